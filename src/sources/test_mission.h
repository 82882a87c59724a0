// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checkout.h"
#include "sources/accounts.h"
#include "sources/lookup.h"

namespace truce::sources {

/// A small mission for the tests of readers: two Syrian parties, one governorate, Damascus time.
struct TestMission {
    ActorRegister actors = ActorRegister({actor("sy-government", "Government of Syria", "118"),
                                          actor("syrian-insurgents", "Syrian insurgents", "4456"),
                                          actor("nusra-front", "Nusra Front", "")});
    AreaRegister areas = AreaRegister({area("sy-aleppo", "Aleppo", 1, {.lat = 36.2, .lon = 37.2})});
    Zone zone = Zone::named("Asia/Damascus").value();

    [[nodiscard]] Context context(int threads = 1) const {
        return {.actors = actors, .areas = areas, .zone = zone, .threads = threads};
    }
    [[nodiscard]] Result<ReadResult> read(std::string_view text, const Mapping* mapping = nullptr,
                                          int threads = 1) const {
        return read_accounts(text, "test.csv", context(threads), mapping);
    }

    static Actor actor(std::string id, std::string name, std::string ucdp) {
        Actor made;
        made.id = std::move(id);
        made.name.by_language["en"] = std::move(name);
        if (!ucdp.empty()) made.codes.ucdp.push_back(std::move(ucdp));
        return made;
    }
    static Area area(std::string id, std::string name, int level, Point centre) {
        Area made;
        made.id = std::move(id);
        made.name.by_language["en"] = std::move(name);
        made.admin_level = level;
        made.shape = Shape(Disc{.centre = centre, .radius = Distance::km(60)});
        return made;
    }
};

/// A real file beside the project, for tests that are skipped where it is not.
inline std::optional<std::string> real_file(const std::string& path) {
    const auto full = checkout() / "../shared/data" / path;
    if (!std::filesystem::exists(full)) return std::nullopt;
    std::ifstream file(full, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace truce::sources
