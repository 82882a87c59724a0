// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/shared_text.h"

namespace truce {

/// Several texts as one, for `ExtraCells`.
[[nodiscard]] SharedText packed(std::span<const std::string_view> texts);

/// A row's cells in columns that no field of an account is made for: by the column's name, as they are.
///
/// Few readers ask for them, and every row has some: they lie in one text, their names in one for all rows of
/// a table.
class ExtraCells {
public:
    ExtraCells() = default;
    /// Requires: `packed_names` holds as many names as there are `cells`, in their order.
    ExtraCells(SharedText packed_names, std::span<const std::string_view> cells)
        : names_(std::move(packed_names)), cells_(packed(cells)) {}

    [[nodiscard]] bool empty() const { return cells_.empty(); }
    struct Cell {
        std::string_view name;
        std::string_view value;
        friend bool operator==(const Cell&, const Cell&) = default;
    };
    /// The cells that are not empty, in the table's order; views into this.
    [[nodiscard]] std::vector<Cell> cells() const;
    /// The same cells, each value as `change` makes it.
    template <class Change>
    [[nodiscard]] ExtraCells with(Change&& change) const;

private:
    SharedText names_;
    SharedText cells_;
};

namespace extra_cells_detail {
[[nodiscard]] std::vector<std::string_view> unpacked(std::string_view packed);
}

template <class Change>
ExtraCells ExtraCells::with(Change&& change) const {
    std::vector<std::string> changed;
    for (const auto cell : extra_cells_detail::unpacked(cells_)) changed.push_back(change(cell));
    const std::vector<std::string_view> views(changed.begin(), changed.end());
    return {names_, views};
}

}  // namespace truce
