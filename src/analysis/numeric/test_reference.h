// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checkout.h"

#include <charconv>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace truce::numeric {

/// The columns of a table of numbers by header, from the folder of references beside the project; nothing
/// where that is not at hand.
inline std::optional<std::map<std::string, std::vector<double>>> reference_table(const std::string& name) {
    std::ifstream file(checkout() / "../shared/acceptance" / name);
    if (!file) return std::nullopt;
    std::vector<std::string> header;
    std::map<std::string, std::vector<double>> columns;
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream cells(line);
        std::string cell;
        for (std::size_t i = 0; std::getline(cells, cell, ','); ++i) {
            if (cell.starts_with('"')) cell = cell.substr(1, cell.size() - 2);
            double value = 0;
            if (header.size() < i + 1) {
                header.push_back(cell);
            } else if (std::from_chars(cell.data(), cell.data() + cell.size(), value).ec == std::errc{}) {
                columns[header[i]].push_back(value);
            }
        }
    }
    return columns;
}

/// Coal-mining disasters in Britain by year, 1851 to 1962, as R's boot::coal has them (after Jarrett (1979),
/// Biometrika 66: 191).
inline std::vector<double> coal_disasters() {
    return {4, 5, 4, 1, 0, 4, 3, 4, 0, 6, 3, 3, 4, 0, 2, 6, 3, 3, 5, 4, 5, 3, 1, 4, 4, 1, 5, 5,
            3, 4, 2, 5, 2, 2, 3, 4, 2, 1, 3, 2, 2, 1, 1, 1, 1, 3, 0, 0, 1, 0, 1, 1, 0, 0, 3, 1,
            0, 3, 2, 2, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 2, 1, 0, 0, 0, 1, 1, 0, 2, 3, 3, 1, 1,
            2, 1, 1, 1, 1, 2, 3, 3, 0, 0, 0, 1, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1};
}

}  // namespace truce::numeric
