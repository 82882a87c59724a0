// SPDX-License-Identifier: Apache-2.0
// Any bytes as the files of a mission, parted by lines of `====`: mission.yaml, actors.yaml, an agreement, an
// area file. Whatever they hold, there is a mission or an error.
#include <cstdint>
#include <cstdlib>

#include "sources/mission_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view mark = "\n====\n";
    constexpr std::string_view paths[] = {"mission.yaml", "actors.yaml", "agreements/a.yaml",
                                          "areas/a.geojson", "agreements/b.yaml"};
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    truce::sources::MissionFiles files;
    for (const auto path : paths) {
        const auto end = rest.find(mark);
        files.texts[std::string(path)] = std::string(rest.substr(0, end)) + "\n";
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + mark.size());
    }
    const auto loaded = truce::sources::load_mission(files);
    if (!loaded && loaded.error().errors.empty()) std::abort();
    return 0;
}
