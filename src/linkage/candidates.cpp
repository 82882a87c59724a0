// SPDX-License-Identifier: Apache-2.0
#include "linkage/candidates.h"

#include <cassert>
#include <numbers>
#include <numeric>
#include <utility>

#include "geo/point.h"

namespace truce::linkage {
namespace {

constexpr double radians = std::numbers::pi / 180;
/// Cells are made no smaller than this, so that their number fits in 32 bits.
constexpr double smallest_cell_degrees = 0.02;
/// More than what is lost where degrees are kept in single precision.
constexpr double slack_degrees = 1e-4;
/// Accounts of one piece.
constexpr std::uint32_t piece_size = 4096;

double degrees_of(double km) {
    return km / earth_radius_km / radians;
}

/// How many degrees of longitude a circle of `reach` degrees about a place at latitude `lat` reaches at most.
double longitude_reach(double lat, double reach) {
    const double farthest = std::abs(lat) + reach;
    if (farthest >= 90) return 360;
    return std::asin(std::min(1.0, std::sin(reach * radians) / std::cos(lat * radians))) / radians;
}

struct Keyed {
    std::uint64_t key;
    std::uint32_t account;
};

/// Sorts by key, eleven bits at a time; equal keys keep their order.
void sort_by_key(std::vector<Keyed>& all) {
    constexpr unsigned bits = 11;
    constexpr std::size_t digits = std::size_t{1} << bits;
    std::uint64_t used = 0;
    for (const auto& one : all) used |= one.key ^ all.front().key;
    std::vector<Keyed> other(all.size());
    for (unsigned shift = 0; shift < 64; shift += bits) {
        if (((used >> shift) & (digits - 1)) == 0) continue;
        std::array<std::uint32_t, digits> place{};
        for (const auto& one : all) ++place[(one.key >> shift) & (digits - 1)];
        std::uint32_t sum = 0;
        for (auto& count : place) sum += std::exchange(count, sum);
        for (const auto& one : all) other[place[(one.key >> shift) & (digits - 1)]++] = one;
        all.swap(other);
    }
}

}  // namespace

Candidates::Candidates(const Spots& spots, const Window& window) : spots_(spots), window_(window) {
    const auto n = static_cast<std::uint32_t>(spots.lats.size());
    places_.resize(n);
    std::vector<std::uint32_t> fine;
    std::vector<std::uint32_t> moments;
    std::vector<std::uint32_t> episodes;
    for (std::uint32_t i = 0; i < n; ++i) {
        if (std::isnan(spots.lats[i])) continue;
        const double lat = spots.lats[i] * radians;
        const double lon = spots.lons[i] * radians;
        places_[i] = {std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat)};
        if (spots.last_days[i] - spots.first_days[i] >= longest_moment_days) {
            episodes.push_back(i);
            continue;
        }
        moments.push_back(i);
        if (spots.coarse[i] == 0) fine.push_back(i);
    }
    const double coarse_km = std::max(window.km, window.coarse_km);
    if (window.box_degrees) {
        add_grid(moments, {.days = window.days});
    } else {
        add_grid(fine, {.reach_km = window.km, .days = window.days});
        if (fine.size() != moments.size()) {
            add_grid(moments, {.reach_km = coarse_km, .days = window.days, .with_coarse_only = true});
        }
    }
    add_grid(episodes, {.reach_km = coarse_km, .days = window.episode_days, .episodes = true});
}

void Candidates::add_grid(std::span<const std::uint32_t> accounts, Grid grid) {
    if (accounts.empty()) return;
    const double reach =
        (window_.box_degrees ? *window_.box_degrees : degrees_of(grid.reach_km)) + slack_degrees;
    grid.row_degrees = std::min(180.0, std::max(reach, smallest_cell_degrees));
    const auto rows = static_cast<std::uint32_t>(180.0 / grid.row_degrees) + 1;
    std::vector<std::uint32_t> first_of_row(rows + 1);
    for (std::uint32_t row = 0; row < rows; ++row) {
        const double south = std::abs(row * grid.row_degrees - 90);
        const double north = std::abs((row + 1) * grid.row_degrees - 90);
        const double lat = std::min(90.0, std::max(south, north));
        const double lon = window_.box_degrees ? reach : longitude_reach(lat, reach);
        grid.reach_degrees.push_back(std::min(360.0, lon));
        const double width = std::max(lon, smallest_cell_degrees);
        grid.columns.push_back(std::max(1U, static_cast<std::uint32_t>(360.0 / width)));
        first_of_row[row + 1] = first_of_row[row] + grid.columns.back();
    }
    std::vector<Keyed> keyed;
    keyed.reserve(accounts.size());
    for (const auto i : accounts) {
        const auto row =
            std::min(rows - 1, static_cast<std::uint32_t>((spots_.lats[i] + 90) / grid.row_degrees));
        const double lon = normalised({.lat = 0, .lon = spots_.lons[i]}).lon + 180;
        const auto columns = grid.columns[row];
        const auto column = std::min(columns - 1, static_cast<std::uint32_t>(lon / 360 * columns));
        const auto cell = static_cast<std::uint64_t>(first_of_row[row] + column);
        const auto day = static_cast<std::uint32_t>(spots_.first_days[i]) ^ 0x80000000U;
        keyed.push_back({cell << 32U | day, i});
    }
    sort_by_key(keyed);
    grid.members.reserve(keyed.size());
    grid.row_begin.assign(rows + 1, 0);
    std::uint32_t row = 0;
    for (const auto& [key, i] : keyed) {
        const auto cell = static_cast<std::uint32_t>(key >> 32U);
        while (first_of_row[row + 1] <= cell)
            grid.row_begin[++row] = static_cast<std::uint32_t>(grid.cells.size());
        const auto position = static_cast<std::uint32_t>(grid.members.size());
        if (grid.cells.empty() || grid.cells.back().row != row ||
            grid.cells.back().column != cell - first_of_row[row]) {
            grid.cells.push_back({row, cell - first_of_row[row], position, position});
        }
        ++grid.cells.back().end;
        const bool alone = !spots_.sources.empty() && spots_.repeats[spots_.sources[i]] == 0;
        grid.members.push_back({.account = i,
                                .first_day = spots_.first_days[i],
                                .last_day = spots_.last_days[i],
                                .lat = static_cast<float>(spots_.lats[i]),
                                .lon = static_cast<float>(normalised({.lat = 0, .lon = spots_.lons[i]}).lon),
                                .source = alone ? spots_.sources[i] : no_source,
                                .part = spots_.parts.empty() ? 0 : spots_.parts[i]});
    }
    while (row < rows) grid.row_begin[++row] = static_cast<std::uint32_t>(grid.cells.size());
    const auto which = static_cast<std::uint32_t>(grids_.size());
    std::uint32_t cell = 0;
    const auto count = static_cast<std::uint32_t>(grid.members.size());
    for (std::uint32_t begin = 0; begin < count; begin += piece_size) {
        while (grid.cells[cell].end <= begin) ++cell;
        pieces_.push_back({which, cell, begin, std::min(count, begin + piece_size)});
    }
    grids_.push_back(std::move(grid));
}

double Candidates::km_between(std::uint32_t a, std::uint32_t b) const {
    const auto& p = places_[a];
    const auto& q = places_[b];
    const double dx = p.x - q.x;
    const double dy = p.y - q.y;
    const double dz = p.z - q.z;
    return 2 * earth_radius_km * std::asin(std::min(1.0, 0.5 * std::sqrt(dx * dx + dy * dy + dz * dz)));
}

bool Candidates::in_box(std::uint32_t a, std::uint32_t b) const {
    const double lon = std::abs(spots_.lons[a] - spots_.lons[b]);
    return std::abs(spots_.lats[a] - spots_.lats[b]) <= *window_.box_degrees &&
           std::min(lon, 360 - lon) <= *window_.box_degrees;
}

}  // namespace truce::linkage
