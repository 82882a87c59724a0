// SPDX-License-Identifier: Apache-2.0
#include "sources/odk.h"

#include "sources/form_export.h"

namespace truce::sources::odk {
namespace {

constexpr FormExport tool{.key_column = "key",
                          .latitude_end = "_latitude",
                          .longitude_end = "_longitude",
                          .review_column = "reviewstate",
                          .refused = {"rejected"},
                          .questioned = {"hasissues", "has issues", "hasissue"}};

}  // namespace

bool is_header(const Header& header) {
    return header.has_all({"submissiondate", "key"});
}

std::optional<Mapping> mapping(const Header& header) {
    return form_mapping(header, tool);
}

RowMaker with_review(const Header& header, RowMaker maker) {
    return sources::with_review(header, tool, std::move(maker));
}

}  // namespace truce::sources::odk
