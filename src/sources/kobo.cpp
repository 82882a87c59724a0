// SPDX-License-Identifier: Apache-2.0
#include "sources/kobo.h"

#include "sources/form_export.h"

namespace truce::sources::kobo {
namespace {

constexpr FormExport tool{.key_column = "_uuid",
                          .latitude_end = "_latitude",
                          .longitude_end = "_longitude",
                          .review_column = "_validation_status",
                          .refused = {"validation status not approved", "not approved"},
                          .questioned = {"validation status on hold", "on hold"}};

}  // namespace

bool is_header(const Header& header) {
    int own = 0;
    for (const auto key : {"_id", "_uuid", "_submission_time"}) own += header.has(key) ? 1 : 0;
    return own >= 2;
}

std::optional<Mapping> mapping(const Header& header) {
    return form_mapping(header, tool);
}

RowMaker with_review(const Header& header, RowMaker maker) {
    return sources::with_review(header, tool, std::move(maker));
}

}  // namespace truce::sources::kobo
