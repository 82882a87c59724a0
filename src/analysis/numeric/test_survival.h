// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/numeric/spells.h"
#include "checkout.h"

namespace truce::numeric::testing {

/// A table of numbers by column; what is no number is NaN.
using NumberTable = std::map<std::string, std::vector<double>>;

/// A comma-separated table of numbers, quoted or not; nothing where there is no such file.
inline std::optional<NumberTable> number_table(const std::string& file) {
    std::ifstream text(file);
    if (!text) return std::nullopt;
    const auto fields = [](const std::string& line) {
        std::vector<std::string> found(1);
        for (const char c : line) {
            if (c == ',') {
                found.emplace_back();
            } else if (c != '"' && c != '\r') {
                found.back() += c;
            }
        }
        return found;
    };
    std::string line;
    std::getline(text, line);
    const std::vector<std::string> header = fields(line);
    NumberTable table;
    while (std::getline(text, line)) {
        const std::vector<std::string> row = fields(line);
        for (std::size_t i = 0; i < header.size(); ++i) {
            double value = std::numeric_limits<double>::quiet_NaN();
            std::from_chars(row[i].data(), row[i].data() + row[i].size(), value);
            table[header[i]].push_back(value);
        }
    }
    return table;
}

/// The North Central Cancer Treatment Group's lung cancer data as the R package survival has it
/// (Loprinzi and others 1994, Journal of Clinical Oncology 12: 601), and the Stanford heart transplant data
/// (Crowley and Hu 1977, JASA 72: 27): what the reference values were computed on.
inline std::optional<NumberTable> reference_table(const std::string& name) {
    return number_table(checkout() / "../shared/acceptance/survival" / name);
}

/// The lung data's spells, with age, sex and ph.ecog.
struct Lung {
    std::vector<double> time;
    std::vector<std::uint8_t> died;
    std::vector<double> age;
    std::vector<double> sex;
    std::vector<double> ecog;

    [[nodiscard]] std::array<std::span<const double>, 3> columns() const { return {age, sex, ecog}; }
    [[nodiscard]] Spells spells() const { return {.start = {}, .stop = time, .failed = died}; }
};

/// All rows, or those of which ph.ecog is known (227 of 228).
enum class LungRows : std::uint8_t { all, complete };
inline std::optional<Lung> lung(LungRows rows) {
    const auto table = reference_table("lung.csv");
    if (!table) return std::nullopt;
    Lung lung;
    for (std::size_t i = 0; i < table->at("time").size(); ++i) {
        if (rows == LungRows::complete && std::isnan(table->at("ph.ecog")[i])) continue;
        lung.time.push_back(table->at("time")[i]);
        lung.died.push_back(table->at("status")[i] == 2 ? 1 : 0);
        lung.age.push_back(table->at("age")[i]);
        lung.sex.push_back(table->at("sex")[i]);
        lung.ecog.push_back(table->at("ph.ecog")[i]);
    }
    return lung;
}

}  // namespace truce::numeric::testing
