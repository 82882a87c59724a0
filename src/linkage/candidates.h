// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "linkage/window.h"

namespace truce::linkage {

/// Where and when many accounts are, as columns of one length.
struct Spots {
    std::span<const double> lats;  ///< NaN: not known; such accounts are in no pair
    std::span<const double> lons;
    std::span<const std::uint8_t> coarse;  ///< not 0: known to its district at best
    std::span<const std::int32_t> first_days;
    std::span<const std::int32_t> last_days;  ///< included
    /// Whose accounts they are, and by source whether (not 0) it repeats itself: two of one source that does
    /// not are no pair. Empty: any two may be.
    std::span<const std::uint32_t> sources{};
    std::span<const std::uint8_t> repeats{};
    /// Accounts of different parts are no pair. Empty: one part.
    std::span<const std::uint32_t> parts{};
};

/// Accounts of more days than so are episodes.
inline constexpr std::int32_t longest_moment_days = 7;

/// All pairs of accounts that a window holds together, found by a grid whose cells are as large as the
/// window.
///
/// Every pair is found once. Cost: O(n log n) to build, and about the number of pairs within three windows'
/// width to visit.
class Candidates {
public:
    Candidates(const Spots& spots, const Window& window);

    /// The pieces in which pairs may be visited, side by side; each pair is in one of them.
    [[nodiscard]] std::size_t pieces() const { return pieces_.size(); }

    /// Calls `visit(a, b, km)` for every pair of one piece; `km` is the distance between the places. Which of
    /// the two comes first is not fixed.
    template <class Visit>
    void visit(std::size_t piece, Visit&& visit) const;

private:
    /// One account in its cell.
    struct Member {
        std::uint32_t account;
        std::int32_t first_day;
        std::int32_t last_day;
        float lat;  // for a first look
        float lon;
        std::uint32_t source;  // `no_source` where those of one source may be a pair
        std::uint32_t part;
    };
    static constexpr std::uint32_t no_source = 0xFFFFFFFF;
    struct Cell {
        std::uint32_t row;
        std::uint32_t column;
        std::uint32_t begin;
        std::uint32_t end;
    };
    /// Rows of cells between parallels; each row has columns as wide as its reach is in longitude.
    struct Grid {
        double reach_km = 0;
        double row_degrees = 1;
        int days = 0;
        bool episodes = false;
        /// Pairs of two that are known better than to their district are another grid's.
        bool with_coarse_only = false;
        std::vector<std::uint32_t> columns{};  ///< of each row
        std::vector<double> reach_degrees{};   ///< in longitude, of each row and its neighbours
        std::vector<Cell> cells{};             ///< by row and column
        std::vector<std::uint32_t> row_begin{};
        std::vector<Member> members{};  ///< by cell and first day
    };
    struct Piece {
        std::uint32_t grid;
        std::uint32_t first_cell;
        std::uint32_t begin;  ///< members
        std::uint32_t end;
    };
    struct UnitVector {
        double x, y, z;
    };

    void add_grid(std::span<const std::uint32_t> accounts, Grid grid);
    [[nodiscard]] double km_between(std::uint32_t a, std::uint32_t b) const;
    [[nodiscard]] bool in_box(std::uint32_t a, std::uint32_t b) const;

    template <class Visit>
    void visit_cells(const Grid& grid, const Cell& cell, std::uint32_t begin, std::uint32_t end,
                     const Cell& other, Visit&& visit) const;
    template <class Use>
    void for_each_neighbour(const Grid& grid, const Cell& cell, Use&& use) const;

    Spots spots_;
    Window window_;
    std::vector<UnitVector> places_;
    std::vector<Grid> grids_;
    std::vector<Piece> pieces_;
};

// What follows is how.

template <class Use>
void Candidates::for_each_neighbour(const Grid& grid, const Cell& cell, Use&& use) const {
    use(cell);
    for (std::uint32_t row = cell.row; row <= cell.row + 1 && row < grid.columns.size(); ++row) {
        const auto columns = static_cast<std::int64_t>(grid.columns[row]);
        const double width = 360.0 / static_cast<double>(columns);
        const double own_width = 360.0 / static_cast<double>(grid.columns[cell.row]);
        const double reach = std::max(grid.reach_degrees[row], grid.reach_degrees[cell.row]);
        const double west = own_width * cell.column - reach;
        const double east = own_width * (cell.column + 1) + reach;
        auto first = static_cast<std::int64_t>(std::floor(west / width));
        auto last = static_cast<std::int64_t>(std::floor(east / width));
        if (last - first + 1 >= columns) {
            first = 0;
            last = columns - 1;
        }
        const auto cells_begin = grid.cells.begin() + grid.row_begin[row];
        const auto cells_end = grid.cells.begin() + grid.row_begin[row + 1];
        const auto use_range = [&](std::int64_t from, std::int64_t to) {
            auto it =
                std::lower_bound(cells_begin, cells_end, from, [](const Cell& one, std::int64_t column) {
                    return static_cast<std::int64_t>(one.column) < column;
                });
            for (; it != cells_end && static_cast<std::int64_t>(it->column) <= to; ++it) {
                // Within a row each pair of cells is met from both: it is taken from the one to the west.
                if (row != cell.row || it->column > cell.column) use(*it);
            }
        };
        // The row closes upon itself at the antimeridian.
        use_range(std::max(first, std::int64_t{0}), std::min(last, columns - 1));
        if (first < 0) use_range(std::max(first + columns, last + 1), columns - 1);
        if (last >= columns) use_range(0, std::min(last - columns, first - 1));
    }
}

template <class Visit>
void Candidates::visit_cells(const Grid& grid, const Cell& cell, std::uint32_t begin, std::uint32_t end,
                             const Cell& other, Visit&& visit) const {
    const bool same = &cell == &other;
    const auto lat_reach = static_cast<float>(grid.row_degrees);
    const auto lon_reach =
        static_cast<float>(std::max(grid.reach_degrees[cell.row], grid.reach_degrees[other.row]));
    const auto* const members = grid.members.data();
    // How much earlier a partner may begin: it may last up to a week.
    const std::int32_t before = grid.days + (grid.episodes ? 0 : longest_moment_days - 1);
    auto from = std::lower_bound(members + (same ? begin : other.begin), members + other.end,
                                 members[begin].first_day - before,
                                 [](const Member& one, std::int32_t day) { return one.first_day < day; });
    for (auto i = begin; i < end; ++i) {
        const Member& a = members[i];
        if (same) {
            from = members + i + 1;
        } else {
            while (from != members + other.end && from->first_day < a.first_day - before) ++from;
        }
        const std::int32_t until = (grid.episodes ? a.first_day : a.last_day) + grid.days;
        for (auto it = from; it != members + other.end && it->first_day <= until; ++it) {
            const Member& b = *it;
            if ((a.source == b.source && a.source != no_source) || a.part != b.part) continue;
            if (grid.episodes) {
                if (std::abs(a.last_day - b.last_day) > grid.days) continue;
            } else if (b.last_day < a.first_day - grid.days) {
                continue;
            }
            if (std::abs(a.lat - b.lat) > lat_reach) continue;
            const float lon = std::abs(a.lon - b.lon);
            if (std::min(lon, 360 - lon) > lon_reach) continue;
            if (grid.with_coarse_only && spots_.coarse[a.account] == 0 && spots_.coarse[b.account] == 0)
                continue;
            if (window_.box_degrees) {
                if (in_box(a.account, b.account))
                    visit(a.account, b.account, km_between(a.account, b.account));
                continue;
            }
            const double km = km_between(a.account, b.account);
            const bool coarse = spots_.coarse[a.account] != 0 || spots_.coarse[b.account] != 0;
            if (km <= (coarse ? window_.coarse_km : window_.km)) visit(a.account, b.account, km);
        }
    }
}

template <class Visit>
void Candidates::visit(std::size_t index, Visit&& visit) const {
    const Piece& piece = pieces_[index];
    const Grid& grid = grids_[piece.grid];
    for (auto c = piece.first_cell; c < grid.cells.size() && grid.cells[c].begin < piece.end; ++c) {
        const Cell& cell = grid.cells[c];
        const auto begin = std::max(cell.begin, piece.begin);
        const auto end = std::min(cell.end, piece.end);
        for_each_neighbour(grid, cell,
                           [&](const Cell& other) { visit_cells(grid, cell, begin, end, other, visit); });
    }
}

}  // namespace truce::linkage
