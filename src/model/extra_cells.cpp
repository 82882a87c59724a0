// SPDX-License-Identifier: Apache-2.0
#include "model/extra_cells.h"

#include <cstdint>
#include <cstring>
#include <string>

namespace truce {

SharedText packed(std::span<const std::string_view> texts) {
    std::string all;
    for (const auto text : texts) {
        const auto size = static_cast<std::uint32_t>(text.size());
        char length[sizeof size];
        std::memcpy(length, &size, sizeof size);
        all.append(length, sizeof size).append(text);
    }
    return all;
}

std::vector<std::string_view> extra_cells_detail::unpacked(std::string_view packed) {
    std::vector<std::string_view> texts;
    while (!packed.empty()) {
        std::uint32_t size = 0;
        std::memcpy(&size, packed.data(), sizeof size);
        texts.push_back(packed.substr(sizeof size, size));
        packed.remove_prefix(sizeof size + size);
    }
    return texts;
}

std::vector<ExtraCells::Cell> ExtraCells::cells() const {
    const auto names = extra_cells_detail::unpacked(names_);
    const auto values = extra_cells_detail::unpacked(cells_);
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!values[i].empty()) cells.push_back({names[i], values[i]});
    }
    return cells;
}

}  // namespace truce
