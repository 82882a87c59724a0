// SPDX-License-Identifier: Apache-2.0
#include "report/assets.h"

#include <array>

// Each file's first byte, and the byte after its last; web/CMakeLists.txt makes them.
extern "C" {
extern const char truce_asset_report_js[];
extern const char truce_asset_report_js_end[];
extern const char truce_asset_report_css[];
extern const char truce_asset_report_css_end[];
extern const char truce_asset_countries_10m[];
extern const char truce_asset_countries_10m_end[];
extern const char truce_asset_messages_en[];
extern const char truce_asset_messages_en_end[];
extern const char truce_asset_messages_ar[];
extern const char truce_asset_messages_ar_end[];
extern const char truce_asset_messages_ru[];
extern const char truce_asset_messages_ru_end[];
extern const char truce_asset_messages_fr[];
extern const char truce_asset_messages_fr_end[];
}

namespace truce::assets {
namespace {

std::string_view between(const char* begin, const char* end) {
    return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::string_view report_js() {
    return between(truce_asset_report_js, truce_asset_report_js_end);
}

std::string_view report_css() {
    return between(truce_asset_report_css, truce_asset_report_css_end);
}

std::string_view countries_10m() {
    return between(truce_asset_countries_10m, truce_asset_countries_10m_end);
}

std::span<const Catalogue> catalogues() {
    static const std::array all{
        Catalogue{"en", between(truce_asset_messages_en, truce_asset_messages_en_end)},
        Catalogue{"ar", between(truce_asset_messages_ar, truce_asset_messages_ar_end)},
        Catalogue{"ru", between(truce_asset_messages_ru, truce_asset_messages_ru_end)},
        Catalogue{"fr", between(truce_asset_messages_fr, truce_asset_messages_fr_end)},
    };
    return all;
}

}  // namespace truce::assets
