// SPDX-License-Identifier: Apache-2.0
#include "report/assets.h"

#include <array>

// Each file's first byte, and the byte after its last; web/CMakeLists.txt makes them.
extern "C" {
extern const char truce_asset_openapi_yaml[];
extern const char truce_asset_openapi_yaml_end[];
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
extern const char truce_asset_app_css[];
extern const char truce_asset_app_css_end[];
extern const char truce_asset_app_js[];
extern const char truce_asset_app_js_end[];
extern const char truce_asset_app_countries[];
extern const char truce_asset_app_countries_end[];
extern const char truce_asset_app_icon[];
extern const char truce_asset_app_icon_end[];
extern const char truce_asset_app_index[];
extern const char truce_asset_app_index_end[];
extern const char truce_asset_app_manifest[];
extern const char truce_asset_app_manifest_end[];
extern const char truce_asset_app_map_worker[];
extern const char truce_asset_app_map_worker_end[];
extern const char truce_asset_app_map[];
extern const char truce_asset_app_map_end[];
extern const char truce_asset_app_sw[];
extern const char truce_asset_app_sw_end[];
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

std::string_view openapi_yaml() {
    return between(truce_asset_openapi_yaml, truce_asset_openapi_yaml_end);
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

std::span<const AppFile> app_files() {
    static const std::array all{
        AppFile{"app.css", "text/css; charset=utf-8", between(truce_asset_app_css, truce_asset_app_css_end)},
        AppFile{"app.js", "text/javascript; charset=utf-8", between(truce_asset_app_js, truce_asset_app_js_end)},
        AppFile{"countries-50m.json", "application/json", between(truce_asset_app_countries, truce_asset_app_countries_end)},
        AppFile{"icon.svg", "image/svg+xml", between(truce_asset_app_icon, truce_asset_app_icon_end)},
        AppFile{"index.html", "text/html; charset=utf-8", between(truce_asset_app_index, truce_asset_app_index_end)},
        AppFile{"manifest.webmanifest", "application/manifest+json", between(truce_asset_app_manifest, truce_asset_app_manifest_end)},
        AppFile{"map-worker.js", "text/javascript; charset=utf-8", between(truce_asset_app_map_worker, truce_asset_app_map_worker_end)},
        AppFile{"map.js", "text/javascript; charset=utf-8", between(truce_asset_app_map, truce_asset_app_map_end)},
        AppFile{"sw.js", "text/javascript; charset=utf-8", between(truce_asset_app_sw, truce_asset_app_sw_end)},
    };
    return all;
}

}  // namespace truce::assets
