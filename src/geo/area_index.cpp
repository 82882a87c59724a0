// SPDX-License-Identifier: Apache-2.0
#include "geo/area_index.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <mutex>
#include <numbers>
#include <numeric>
#include <thread>
#include <utility>

#include "geo/disc_cut.h"
#include "geo/flatten.h"
#include "geo/orientation.h"
#include "geo/share.h"

namespace truce {
namespace {

using geo_detail::orientation;
using std::chrono::sys_days;

/// The float next to `value` on the side of minus infinity. Requires: neither infinite nor NaN.
float next_below(float value) {
    const auto bits = std::bit_cast<std::int32_t>(value);
    return value > 0 ? std::bit_cast<float>(bits - 1)
                     : std::bit_cast<float>(value < 0 ? bits + 1 : std::int32_t{-0x7FFFFFFF});
}

/// The largest float that is no larger than `value`.
float below(double value) {
    const auto rounded = static_cast<float>(value);
    return static_cast<double>(rounded) <= value ? rounded : next_below(rounded);
}

/// The smallest float that is no smaller than `value`.
float above(double value) {
    return -below(-value);
}

/// Runs `work(i)` for i below `count`, on several threads where asked; which thread gets which i is left
/// open.
void in_parallel(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& work) {
    if (threads <= 1 || count <= 1) {
        for (std::size_t i = 0; i < count; ++i) work(i);
        return;
    }
    std::atomic<std::size_t> next{0};
    const auto run = [&] {
        for (std::size_t i = next++; i < count; i = next++) work(i);
    };
    std::vector<std::jthread> helpers;
    for (unsigned t = 1; t < std::min<std::size_t>(threads, count); ++t) helpers.emplace_back(run);
    run();
}

/// Maps a coordinate onto 0 ... cells - 1 in even steps. Never decreases as the coordinate grows, so that
/// what lies in an earlier cell lies at a smaller coordinate, whatever the rounding.
class Ruler {
public:
    Ruler() = default;
    Ruler(double from, double to, std::uint32_t cells)
        : from_(from), scale_(to > from ? cells / (to - from) : 0), last_(static_cast<double>(cells - 1)) {
        if (!std::isfinite(scale_)) scale_ = 0;
    }
    [[nodiscard]] std::uint32_t cell(double value) const {
        const double steps = (value - from_) * scale_;
        return static_cast<std::uint32_t>(std::min(std::max(steps, 0.0), last_));
    }
    /// About where cell `cell` begins.
    [[nodiscard]] double start(std::uint32_t cell) const {
        return scale_ > 0 ? from_ + cell / scale_ : from_;
    }
    [[nodiscard]] double step() const { return scale_ > 0 ? 1 / scale_ : 0; }

private:
    double from_ = 0;
    double scale_ = 0;
    double last_ = 0;
};

constexpr std::uint32_t bands = 64;

/// Some of a shape's edges, each noted once however often it is found. Empty between uses.
class NearEdges {
public:
    /// Requires: `first < end`.
    void note(std::uint32_t first, std::uint32_t end) {
        const std::uint32_t first_word = first / 64;
        const std::uint32_t last_word = (end - 1) / 64;
        if (words_.size() <= last_word) words_.resize(last_word + 1);
        first_word_ = std::min(first_word_, first_word);
        last_word_ = std::max(last_word_, last_word);
        const std::uint64_t from = ~std::uint64_t{0} << (first % 64);
        const std::uint64_t to = ~std::uint64_t{0} >> (63 - (end - 1) % 64);
        if (first_word == last_word) {
            words_[first_word] |= from & to;
            return;
        }
        words_[first_word] |= from;
        for (std::uint32_t w = first_word + 1; w < last_word; ++w) words_[w] = ~std::uint64_t{0};
        words_[last_word] |= to;
    }
    /// Calls `visit(first, end)` for stretches of noted edges in ascending order, and forgets them.
    template <class Visit>
    void take(Visit&& visit) {
        std::uint32_t first = 0;
        std::uint32_t end = 0;
        for (std::uint32_t w = first_word_; w <= last_word_ && w < words_.size(); ++w) {
            std::uint64_t left = std::exchange(words_[w], 0);
            while (left != 0) {
                const auto skipped = static_cast<std::uint32_t>(std::countr_zero(left));
                const auto length = static_cast<std::uint32_t>(std::countr_one(left >> skipped));
                const std::uint32_t begin = w * 64 + skipped;
                if (begin != end) {
                    if (first < end) visit(first, end);
                    first = begin;
                }
                end = begin + length;
                left &= skipped + length == 64 ? 0 : ~std::uint64_t{0} << (skipped + length);
            }
        }
        if (first < end) visit(first, end);
        first_word_ = std::numeric_limits<std::uint32_t>::max();
        last_word_ = 0;
    }

private:
    std::vector<std::uint64_t> words_;
    std::uint32_t first_word_ = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t last_word_ = 0;
};

/// The integral of (sin lat - level) dlon along a shape's rings, from each ring's beginning to each vertex:
/// what DiscCut wants of chains.
struct Sweeps {
    /// Edges of one ring that follow one another, first ... end - 1, and a box that holds them all.
    struct Stretch {
        float south;
        float west;
        float north;
        float east;
        float longest;  // of the edges, in degrees, latitude and longitude added up
        std::uint32_t first;
        std::uint32_t end;
        [[nodiscard]] Box box() const { return {south, west, north, east}; }
    };
    static constexpr std::uint32_t edges_in_stretch = 24;
    static constexpr std::size_t stretches_in_group = 16;

    double level = 0;
    std::vector<double> to;
    std::vector<Stretch> stretches;  // in the order of their edges
    std::vector<Box> groups;         // around sixteen stretches each

    static Sweeps of(const Shape& shape, const Box& box) {
        constexpr double radians = std::numbers::pi / 180;
        Sweeps sweeps;
        sweeps.level = std::sin((box.south + box.north) / 2 * radians);
        sweeps.to.resize(shape.lats().size());
        for (std::size_t p = 0; p < shape.polygon_count(); ++p) {
            for (std::size_t r = 0; r < shape.ring_count(p); ++r) {
                const RingView ring = shape.ring(p, r);
                double* to = sweeps.to.data() + (ring.lats.data() - shape.lats().data());
                double swept = 0;
                for (std::size_t v = 0; v + 1 < ring.size(); ++v) {
                    to[v] = swept;
                    const double middle = (ring.lats[v] + ring.lats[v + 1]) / 2 * radians;
                    const double half = (ring.lats[v + 1] - ring.lats[v]) / 2 * radians;
                    // The mean of the sine over the edge, which is straight in longitude and latitude.
                    const double squared = half * half;
                    const double flattening = std::abs(half) < 0.05
                                                  ? 1 - squared / 6 * (1 - squared / 20 * (1 - squared / 42))
                                                  : std::sin(half) / half;
                    swept += (std::sin(middle) * flattening - sweeps.level) *
                             (ring.lons[v + 1] - ring.lons[v]) * radians;
                }
                if (ring.size() > 0) to[ring.size() - 1] = swept;
            }
        }
        sweeps.add_stretches(shape);
        return sweeps;
    }

private:
    void add_stretches(const Shape& shape) {
        for (std::size_t p = 0; p < shape.polygon_count(); ++p) {
            for (std::size_t r = 0; r < shape.ring_count(p); ++r) {
                const RingView ring = shape.ring(p, r);
                const auto begin = static_cast<std::uint32_t>(ring.lats.data() - shape.lats().data());
                const auto edges = static_cast<std::uint32_t>(ring.size() - 1);
                for (std::uint32_t e = 0; e < edges; e += edges_in_stretch) {
                    add_stretch(ring, e, std::min(edges, e + edges_in_stretch), begin);
                }
            }
        }
        for (std::size_t i = 0; i < stretches.size(); i += stretches_in_group) {
            Box around = stretches[i].box();
            for (std::size_t j = i + 1; j < std::min(stretches.size(), i + stretches_in_group); ++j) {
                const Box next = stretches[j].box();
                around = {std::min(around.south, next.south), std::min(around.west, next.west),
                          std::max(around.north, next.north), std::max(around.east, next.east)};
            }
            groups.push_back(around);
        }
    }

    void add_stretch(RingView ring, std::uint32_t first, std::uint32_t end, std::uint32_t ring_begin) {
        const auto lats = std::ranges::minmax(ring.lats.subspan(first, end - first + 1));
        const auto lons = std::ranges::minmax(ring.lons.subspan(first, end - first + 1));
        double longest = 0;
        for (std::uint32_t e = first; e < end; ++e) {
            longest = std::max(longest, std::abs(ring.lats[e + 1] - ring.lats[e]) +
                                            std::abs(ring.lons[e + 1] - ring.lons[e]));
        }
        stretches.push_back({below(lats.min), below(lons.min), above(lats.max), above(lons.max),
                             above(longest), ring_begin + first, ring_begin + end});
    }
};

/// One shape, prepared: its outline sorted into thin rows of latitude, and a 64 x 64 map of cells that lie
/// wholly inside, wholly outside, or on the outline.
class PreparedShape {
public:
    PreparedShape() = default;
    explicit PreparedShape(const Shape& shape) {
        if (shape.discs().empty() && shape.polygon_count() == 0) return;
        box_ = *shape.bounds();
        if (geo_detail::has_mixed_parts(shape)) flat_ = std::make_unique<Flat>();
        swept_ = std::make_unique<Swept>();
        const std::size_t vertices = shape.lats().size();
        std::uint32_t rows_per_band = 1;
        while (rows_per_band < 64 && std::size_t{rows_per_band} * bands * vertices_per_row < vertices)
            rows_per_band *= 2;
        band_shift_ = static_cast<std::uint32_t>(std::countr_zero(rows_per_band));
        const std::uint32_t rows = bands * rows_per_band;
        rows_ = Ruler(box_.south, box_.north, rows);
        columns_ = Ruler(box_.west, box_.east, 64);
        Sorting sorting{
            .runs = {}, .rows_of = std::vector<std::uint32_t>(shape.lats().size()), .outline = {}, .odd = {}};
        sorting.runs.reserve(vertices / 2 + 64);
        row_first_.assign(rows + 1, 0);
        for (std::size_t i = 0; i < shape.polygon_count(); ++i) sort_polygon(shape, i, sorting);
        place_runs(sorting);
        if (!shape.discs().empty()) {
            for (std::uint32_t band = 0; band < bands; ++band) cells_[band].outline = ~cells_[band].inside;
        }
    }

    [[nodiscard]] const Box& box() const { return box_; }

    /// Whether all of a box lies inside, or all of it outside; nothing where the outline may pass through.
    [[nodiscard]] std::optional<bool> wholly(const Box& box) const {
        if (box.north < box_.south || box.south > box_.north || box.east < box_.west || box.west > box_.east)
            return false;
        const std::uint64_t mask = columns(columns_.cell(box.west), columns_.cell(box.east));
        const std::uint32_t last = rows_.cell(box.north) >> band_shift_;
        std::uint64_t any = 0;
        std::uint64_t all = ~std::uint64_t{0};
        for (std::uint32_t band = rows_.cell(box.south) >> band_shift_; band <= last; ++band) {
            any |= cells_[band].outline | cells_[band].inside;
            all &= cells_[band].inside;
        }
        if ((any & mask) == 0) return false;
        const bool within = box.south >= box_.south && box.north <= box_.north && box.west >= box_.west &&
                            box.east <= box_.east;
        if (within && (all & mask) == mask) return true;
        return std::nullopt;
    }

    /// What the map of cells says of a place in the box: inside, on a cell with outline in it, or neither.
    struct Look {
        bool inside;
        bool outline;
    };
    [[nodiscard]] Look look(Point p) const {
        const Cells& cells = cells_[rows_.cell(p.lat) >> band_shift_];
        const std::uint32_t column = columns_.cell(p.lon);
        return {(cells.inside >> column & 1) != 0, (cells.outline >> column & 1) != 0};
    }

    /// Whether the polygons of `shape`, from which this was prepared, hold `p`, leaving the poles and the
    /// antimeridian aside. Requires: `p` lies in the box, on a cell with outline in it.
    [[nodiscard]] bool holds_near_outline(const Shape& shape, Point p) const {
        const std::uint32_t row = rows_.cell(p.lat);
        bool odd = false;
        for (std::uint32_t i = row_first_[row]; i < row_first_[row + 1]; ++i) {
            const Run& run = runs_[i];
            if (p.lon > static_cast<double>(run.east)) {
                odd ^= run.through();
            } else if (p.lon >= static_cast<double>(run.west)) {
                const int crossings = crossings_of(shape, run, p);
                if (crossings < 0) return true;
                odd ^= (crossings & 1) != 0;
            }
            if ((run.flags & last_of_polygon) != 0) {
                if (odd) return true;
                odd = false;
            }
        }
        return false;
    }

    /// The same for any place in the box.
    [[nodiscard]] bool holds(const Shape& shape, Point p) const {
        const Look seen = look(p);
        return seen.outline ? holds_near_outline(shape, p) : seen.inside;
    }

    /// Whether chains of edges may be added by what they sweep, or each edge is laid out.
    enum class Chains : std::uint8_t { swept, laid_out };

    /// Adds to `cut` every edge that may pass through its disc. `shape`: as above.
    void add_near_edges(const Shape& shape, geo_detail::DiscCut& cut, NearEdges& near_edges,
                        Chains chains) const {
        const Box& near = cut.box();
        if (runs_.empty() || near.north < box_.south || near.south > box_.north) return;
        if (chains == Chains::swept && cut.takes_chains()) {
            Chaining(shape, sweeps(shape), cut).add_all();
            return;
        }
        const std::uint32_t last = rows_.cell(near.north);
        for (std::uint32_t row = rows_.cell(near.south); row <= last; ++row) {
            for (std::uint32_t i = row_first_[row]; i < row_first_[row + 1]; ++i) {
                const Run& run = runs_[i];
                if (static_cast<double>(run.west) > near.east || static_cast<double>(run.east) < near.west)
                    continue;
                // An edge that goes through several rows is found in each, and counts once.
                near_edges.note(run.first, run.first + run.count());
            }
        }
        const auto lats = shape.lats();
        const auto lons = shape.lons();
        near_edges.take([&](std::uint32_t first, std::uint32_t end) {
            for (std::uint32_t e = first; e < end; ++e)
                cut.add_edge({lats[e], lons[e]}, {lats[e + 1], lons[e + 1]});
        });
    }

    /// `shape` without overlaps where its parts may overlap; made when first asked for. `shape`: as above.
    [[nodiscard]] const Shape* flat(const Shape& shape) const {
        if (!flat_) return nullptr;
        std::call_once(flat_->once, [&] { flat_->shape = geo_detail::flattened(shape); });
        return &flat_->shape;
    }

private:
    static constexpr std::size_t vertices_per_row = 16;

    /// Edges that follow one another and all touch one row.
    ///
    /// Both ends of the run lie outside the row (or the run is a whole ring), so on any parallel within the
    /// row the number of its crossings is odd if it goes `through` and even if it comes back: for a point
    /// east of the run its edges need not be looked at.
    struct Run {
        float west;
        float east;
        std::uint32_t first;
        std::uint32_t flags;
        [[nodiscard]] std::uint32_t count() const { return flags & (last_of_polygon - 1); }
        [[nodiscard]] bool through() const { return (flags & goes_through) != 0; }
    };
    static constexpr std::uint32_t goes_through = std::uint32_t{1} << 31;
    static constexpr std::uint32_t last_of_polygon = std::uint32_t{1} << 30;

    struct Flat {
        std::once_flag once;
        Shape shape;
    };
    struct Swept {
        std::once_flag once;
        Sweeps sweeps;
    };

    /// Made when first asked for: exact places never do.
    [[nodiscard]] const Sweeps& sweeps(const Shape& shape) const {
        std::call_once(swept_->once, [&] { swept_->sweeps = Sweeps::of(shape, box_); });
        return swept_->sweeps;
    }

    /// Adds an outline's edges in their order, those inside as chains.
    class Chaining {
    public:
        Chaining(const Shape& shape, const Sweeps& swept, geo_detail::DiscCut& cut)
            : lats_(shape.lats()), lons_(shape.lons()), swept_(swept), cut_(cut) {}

        void add_all() {
            using Lie = geo_detail::DiscCut::Lie;
            const auto& stretches = swept_.stretches;
            constexpr auto in_group = Sweeps::stretches_in_group;
            for (std::size_t group = 0; group < swept_.groups.size(); ++group) {
                const auto lie_of_group = cut_.lie_of(swept_.groups[group], 360.0);
                if (lie_of_group == Lie::clear) continue;
                for (auto i = group * in_group; i < std::min(stretches.size(), (group + 1) * in_group); ++i) {
                    const auto& stretch = stretches[i];
                    const auto lie = cut_.lie_of(stretch.box(), static_cast<double>(stretch.longest));
                    if (lie == Lie::inside) {
                        continue_chain(stretch.first, stretch.end);
                    } else if (lie == Lie::near) {
                        add_one_by_one(stretch.first, stretch.end);
                    }
                }
            }
            end_chain();
        }

    private:
        [[nodiscard]] Point vertex(std::uint32_t i) const { return {lats_[i], lons_[i]}; }

        /// The edges first ... end - 1 lie inside.
        void continue_chain(std::uint32_t first, std::uint32_t end) {
            if (first != chain_end_) {
                end_chain();
                chain_first_ = first;
            }
            chain_end_ = end;
        }
        void end_chain() {
            if (chain_first_ != chain_end_) {
                cut_.add_chain(vertex(chain_first_), vertex(chain_end_),
                               swept_.to[chain_end_] - swept_.to[chain_first_], swept_.level);
            }
            chain_first_ = chain_end_ = none;
        }

        void add_one_by_one(std::uint32_t first, std::uint32_t end) {
            using Lie = geo_detail::DiscCut::Lie;
            Point a = vertex(first);
            bool a_deep = cut_.holds_deep_inside(a);
            for (std::uint32_t e = first; e < end; ++e) {
                const Point b = vertex(e + 1);
                const bool b_deep = cut_.holds_deep_inside(b);
                const auto lie = (a_deep & b_deep) && cut_.is_short(a, b) ? Lie::inside : cut_.lie_of(a, b);
                if (lie == Lie::inside) continue_chain(e, e + 1);
                if (lie == Lie::near) cut_.add_edge(a, b);
                a = b;
                a_deep = b_deep;
            }
        }

        static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
        std::span<const double> lats_;
        std::span<const double> lons_;
        const Sweeps& swept_;
        geo_detail::DiscCut& cut_;
        std::uint32_t chain_first_ = none;
        std::uint32_t chain_end_ = none;
    };

    struct RunInRow {
        std::uint32_t row;
        std::uint32_t polygon;
        Run run;
    };
    struct Cells {
        std::uint64_t inside = 0;
        std::uint64_t outline = 0;
    };
    struct Sorting {
        std::vector<RunInRow> runs;
        std::vector<std::uint32_t> rows_of;
        std::array<std::uint64_t, bands> outline;
        std::array<std::uint64_t, bands> odd;
    };
    struct Span {
        double west = std::numeric_limits<double>::infinity();
        double east = -std::numeric_limits<double>::infinity();
        void widen(double lon) {
            west = std::min(west, lon);
            east = std::max(east, lon);
        }
    };

    [[nodiscard]] static std::uint64_t columns(std::uint32_t first, std::uint32_t last) {
        return (~std::uint64_t{0} << first) & (~std::uint64_t{0} >> (63 - last));
    }

    void add_run(Sorting& sorting, std::uint32_t polygon, std::uint32_t row, Span span, std::size_t first,
                 std::size_t count, bool through) {
        const Run run{below(span.west), above(span.east), static_cast<std::uint32_t>(first),
                      static_cast<std::uint32_t>(count) | (through ? goes_through : 0)};
        sorting.runs.push_back({row, polygon, run});
        ++row_first_[row + 1];
        const std::uint32_t from = columns_.cell(static_cast<double>(run.west));
        const std::uint32_t to = columns_.cell(static_cast<double>(run.east));
        const std::uint32_t band = row >> band_shift_;
        sorting.outline[band] |= columns(from, to);
        // Off the outline all rows of a band agree; the first one speaks for them.
        if (through && (row & ((1U << band_shift_) - 1)) == 0 && to < 63) {
            sorting.odd[band] ^= ~std::uint64_t{0} << (to + 1);
        }
    }

    /// Where the edge from `a` to `b` may pass through `row`, with a margin for rounding.
    [[nodiscard]] Span span_in_row(Point a, Point b, std::uint32_t row) const {
        const double slope = (b.lon - a.lon) / (b.lat - a.lat);
        const double margin_lat = 1e-6 * rows_.step() + 1e-11;
        const double margin_lon = 1e-11 + 1e-15 * std::abs(slope);
        const double west = std::min(a.lon, b.lon);
        const double east = std::max(a.lon, b.lon);
        const double at_south = a.lon + slope * (rows_.start(row) - margin_lat - a.lat);
        const double at_north = a.lon + slope * (rows_.start(row + 1) + margin_lat - a.lat);
        if (!std::isfinite(slope)) return {west, east};
        return {std::clamp(std::min(at_south, at_north) - margin_lon, west, east),
                std::clamp(std::max(at_south, at_north) + margin_lon, west, east)};
    }

    /// Adds to `span` where the edge from `a` (in `row_a`) to `b` (in `row_b`) passes through `row`.
    void widen_by_edge(Span& span, Point a, std::uint32_t row_a, Point b, std::uint32_t row_b,
                       std::uint32_t row) const {
        const bool long_edge = row_a > row_b ? row_a - row_b > 1 : row_b - row_a > 1;
        const Span part =
            long_edge ? span_in_row(a, b, row) : Span{std::min(a.lon, b.lon), std::max(a.lon, b.lon)};
        span.widen(part.west);
        span.widen(part.east);
    }

    void sort_ring(const Shape& shape, std::uint32_t polygon, std::size_t begin, std::size_t end,
                   Sorting& sorting) {
        const double* lats = shape.lats().data();
        const double* lons = shape.lons().data();
        std::uint32_t* rows = sorting.rows_of.data();
        for (std::size_t i = begin; i < end; ++i) rows[i] = rows_.cell(lats[i]);
        const auto vertex = [&](std::size_t i) { return Point{lats[i], lons[i]}; };
        Span first_span;
        std::size_t first_last = 0;
        for (std::size_t i = begin; i < end;) {
            // Vertices i ... j - 1 lie in one row.
            const std::uint32_t row = rows[i];
            Span span;
            std::size_t j = i;
            for (; j < end && rows[j] == row; ++j) span.widen(lons[j]);
            if (i > begin) widen_by_edge(span, vertex(i - 1), rows[i - 1], vertex(i), row, row);
            if (j < end) widen_by_edge(span, vertex(j - 1), row, vertex(j), rows[j], row);
            if (i == begin && j == end) {
                add_run(sorting, polygon, row, span, begin, end - 1 - begin, false);
            } else if (i == begin) {
                first_span = span;
                first_last = j - 1;
            } else if (j == end) {
                // The ring was begun in the middle of a run: two entries, one span, one answer between them.
                span.widen(first_span.west);
                span.widen(first_span.east);
                const bool through = (rows[i - 1] < row) != (rows[first_last + 1] < row);
                add_run(sorting, polygon, row, span, i - 1, end - i, through);
                add_run(sorting, polygon, row, span, begin, first_last + 1 - begin, false);
            } else {
                const bool through = (rows[i - 1] < row) != (rows[j] < row);
                add_run(sorting, polygon, row, span, i - 1, j - i + 1, through);
            }
            if (j < end) {
                const std::uint32_t low = std::min(row, rows[j]);
                const std::uint32_t high = std::max(row, rows[j]);
                for (std::uint32_t between = low + 1; between < high; ++between) {
                    add_run(sorting, polygon, between, span_in_row(vertex(j - 1), vertex(j), between), j - 1,
                            1, true);
                }
            }
            i = j;
        }
    }

    void sort_polygon(const Shape& shape, std::size_t polygon, Sorting& sorting) {
        const Box box = shape.polygon_bounds(polygon);
        const std::uint32_t first_band = rows_.cell(box.south) >> band_shift_;
        const std::uint32_t last_band = rows_.cell(box.north) >> band_shift_;
        for (std::uint32_t band = first_band; band <= last_band; ++band)
            sorting.outline[band] = sorting.odd[band] = 0;
        for (std::size_t r = 0; r < shape.ring_count(polygon); ++r) {
            const RingView ring = shape.ring(polygon, r);
            const auto begin = static_cast<std::size_t>(ring.lats.data() - shape.lats().data());
            sort_ring(shape, static_cast<std::uint32_t>(polygon), begin, begin + ring.size(), sorting);
        }
        for (std::uint32_t band = first_band; band <= last_band; ++band) {
            cells_[band].inside |= sorting.odd[band] & ~sorting.outline[band];
            cells_[band].outline |= sorting.outline[band];
        }
    }

    /// Puts the runs in order of row, within it of polygon, and marks the last of each polygon.
    void place_runs(const Sorting& sorting) {
        std::partial_sum(row_first_.begin(), row_first_.end(), row_first_.begin());
        std::vector<std::uint32_t> next(row_first_.begin(), row_first_.end() - 1);
        runs_.resize(sorting.runs.size());
        std::vector<std::uint32_t> polygon_of_last(next.size());
        for (const RunInRow& in_row : sorting.runs) {
            const std::uint32_t at = next[in_row.row]++;
            if (at > row_first_[in_row.row] && polygon_of_last[in_row.row] != in_row.polygon) {
                runs_[at - 1].flags |= last_of_polygon;
            }
            polygon_of_last[in_row.row] = in_row.polygon;
            runs_[at] = in_row.run;
        }
        for (std::size_t row = 0; row + 1 < row_first_.size(); ++row) {
            if (row_first_[row + 1] > row_first_[row])
                runs_[row_first_[row + 1] - 1].flags |= last_of_polygon;
        }
        for (Cells& cells : cells_) cells.outline &= ~cells.inside;
    }

    /// How many edges of `run` pass west of `p`; -1 where one passes through it.
    [[nodiscard]] static int crossings_of(const Shape& shape, const Run& run, Point p) {
        const double* lats = shape.lats().data() + run.first;
        const double* lons = shape.lons().data() + run.first;
        const std::uint32_t count = run.count();
        int crossings = 0;
        double lat_a = lats[0];
        bool a_below = lat_a <= p.lat;
        if (lat_a == p.lat && lons[0] == p.lon) return -1;
        for (std::uint32_t e = 1; e <= count; ++e) {
            const double lat_b = lats[e];
            const bool b_below = lat_b <= p.lat;
            if (a_below != b_below) {
                const int side = orientation({lat_a, lons[e - 1]}, {lat_b, lons[e]}, p);
                if (side == 0) return -1;
                crossings += a_below == (side < 0) ? 1 : 0;
            } else if (lat_b == p.lat) {
                if (lons[e] == p.lon) return -1;
                if (lat_a == p.lat && (lons[e - 1] < p.lon) != (lons[e] < p.lon)) return -1;
            }
            lat_a = lat_b;
            a_below = b_below;
        }
        return crossings;
    }

    Box box_{1, 1, -1, -1};  // of the empty shape: holds nothing
    Ruler rows_;
    Ruler columns_;
    std::uint32_t band_shift_ = 0;
    std::array<Cells, bands> cells_{};
    std::vector<std::uint32_t> row_first_;
    std::vector<Run> runs_;
    std::unique_ptr<Flat> flat_;
    std::unique_ptr<Swept> swept_;
};

constexpr double cell_degrees = 2;
constexpr std::uint32_t cells_per_parallel = 180;
constexpr std::uint32_t parallels = 90;
constexpr std::uint32_t cell_count = cells_per_parallel * parallels;

std::uint32_t parallel_of(double lat) {
    return static_cast<std::uint32_t>(std::clamp((lat + 90) / cell_degrees, 0.0, parallels - 1.0));
}

std::uint32_t meridian_of(double lon) {
    return static_cast<std::uint32_t>(std::clamp((lon + 180) / cell_degrees, 0.0, cells_per_parallel - 1.0));
}

/// The day as a number, days beyond any calendar being brought to `limit` days from 1970: far enough, and
/// differences cannot overflow.
int day_number(sys_days day, std::int64_t limit) {
    return static_cast<int>(std::clamp<std::int64_t>(day.time_since_epoch().count(), -limit, limit));
}

constexpr std::int64_t last_day_of_places = 500'000'000;
constexpr std::int64_t last_day_of_queries = last_day_of_places + 1;

/// The places of one sort, put in order by group, then by day, then as they were given.
struct Sorted {
    std::vector<double> lats;
    std::vector<double> lons;
    std::vector<int> days;
    std::vector<std::uint32_t> places;
};

/// Sorts `order` stably by `key_of`, digit by digit, leaving out digits in which all keys agree.
template <class KeyOf>
void radix_sort(std::vector<std::uint32_t>& order, KeyOf&& key_of) {
    struct Keyed {
        std::uint32_t key;
        std::uint32_t place;
    };
    constexpr unsigned digit_bits = 11;
    constexpr std::size_t digits = std::size_t{1} << digit_bits;
    const std::size_t n = order.size();
    std::vector<Keyed> from(n);
    std::vector<Keyed> to(n);
    std::array<std::array<std::uint32_t, digits>, 3> counts{};
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint32_t key = key_of(order[i]);
        from[i] = {key, order[i]};
        for (unsigned d = 0; d < 3; ++d) ++counts[d][key >> (d * digit_bits) & (digits - 1)];
    }
    for (unsigned d = 0; d < 3; ++d) {
        auto& count = counts[d];
        const unsigned shift = d * digit_bits;
        if (n == 0 || count[from[0].key >> shift & (digits - 1)] == n) continue;
        std::exclusive_scan(count.begin(), count.end(), count.begin(), 0U);
        for (const Keyed& one : from) to[count[one.key >> shift & (digits - 1)]++] = one;
        std::swap(from, to);
    }
    for (std::size_t i = 0; i < n; ++i) order[i] = from[i].place;
}

}  // namespace

struct PlaceIndex::Orders {
    /// Places about equally uncertain, in space and in time.
    struct Class {
        double largest_radius_km = 0;
        int longest_days = 0;  // beyond the first
        /// On the antimeridian or at a pole: in shapes whose boxes do not hold them, too.
        bool on_seam = false;
        Sorted by_cell;
        std::vector<std::uint32_t> cell_first;
        Sorted by_key;
        std::vector<std::uint32_t> keys;
        std::vector<std::uint32_t> key_first;
    };

    std::size_t size = 0;
    bool dated = false;
    bool keyed = false;
    bool discs = false;
    std::vector<float> radii_km;
    std::vector<int> last_days;  // empty: each place has one day
    std::vector<Class> classes;
};

namespace {

int class_of_radius(double radius_km) {
    if (radius_km <= 0) return 0;
    return std::clamp(std::ilogb(radius_km), -4, 14) + 5;
}

int class_of_length(int days) {
    return days <= 0 ? 0 : static_cast<int>(std::bit_width(static_cast<unsigned>(days)));
}

}  // namespace

PlaceIndex::PlaceIndex(const PlaceColumns& columns) : orders_(std::make_unique<Orders>()) {
    const std::size_t n = columns.lats.size();
    assert(n <= std::numeric_limits<std::int32_t>::max());
    assert(columns.lons.size() == n);
    assert(columns.radii_km.empty() || columns.radii_km.size() == n);
    assert(columns.first_days.empty() || columns.first_days.size() == n);
    assert(columns.last_days.empty() || columns.last_days.size() == n);
    assert(columns.keys.empty() || columns.keys.size() == n);
    Orders& orders = *orders_;
    orders.size = n;
    orders.dated = !columns.first_days.empty() || n == 0;
    orders.keyed = !columns.keys.empty() || n == 0;
    orders.discs = !columns.radii_km.empty();
    std::vector<int> days(n, 0);
    for (std::size_t i = 0; i < columns.first_days.size(); ++i)
        days[i] = day_number(columns.first_days[i], last_day_of_places);
    if (!columns.last_days.empty() && !columns.first_days.empty()) {
        orders.last_days.resize(n);
        for (std::size_t i = 0; i < n; ++i) {
            orders.last_days[i] = std::max(days[i], day_number(columns.last_days[i], last_day_of_places));
        }
    }
    orders.radii_km.assign(columns.radii_km.begin(), columns.radii_km.end());

    constexpr std::size_t lengths = 33;
    constexpr std::size_t radii = 20;
    std::vector<std::vector<std::uint32_t>> members(2 * radii * lengths);
    for (std::uint32_t i = 0; i < n; ++i) {
        if (!is_valid({columns.lats[i], columns.lons[i]})) continue;
        const int radius = orders.discs ? class_of_radius(columns.radii_km[i]) : 0;
        const int length = orders.last_days.empty() ? 0 : class_of_length(orders.last_days[i] - days[i]);
        const bool seam = std::abs(columns.lons[i]) == 180 || std::abs(columns.lats[i]) == 90;
        const std::size_t group = (seam ? radii : 0) + static_cast<std::size_t>(radius);
        members[group * lengths + static_cast<std::size_t>(length)].push_back(i);
    }
    for (std::size_t m = 0; m < members.size(); ++m) {
        std::vector<std::uint32_t>& order = members[m];
        if (order.empty()) continue;
        Orders::Class group;
        group.on_seam = m >= radii * lengths;
        for (const std::uint32_t i : order) {
            if (orders.discs)
                group.largest_radius_km = std::max(group.largest_radius_km, columns.radii_km[i]);
            if (!orders.last_days.empty())
                group.longest_days = std::max(group.longest_days, orders.last_days[i] - days[i]);
        }
        if (orders.dated) {
            radix_sort(order, [&](std::uint32_t i) {
                return static_cast<std::uint32_t>(days[i] + last_day_of_places);
            });
        }
        const auto fill = [&](Sorted& sorted) {
            sorted.lats.resize(order.size());
            sorted.lons.resize(order.size());
            sorted.days.resize(order.size());
            for (std::size_t k = 0; k < order.size(); ++k) {
                const std::uint32_t i = order[k];
                sorted.lats[k] = columns.lats[i];
                sorted.lons[k] = columns.lons[i];
                sorted.days[k] = days[i];
            }
        };
        if (orders.keyed && n > 0) {
            std::vector<std::uint32_t> by_day = order;
            radix_sort(order, [&](std::uint32_t i) { return columns.keys[i]; });
            fill(group.by_key);
            for (std::size_t k = 0; k < order.size(); ++k) {
                const std::uint32_t key = columns.keys[order[k]];
                if (!group.keys.empty() && group.keys.back() == key) continue;
                group.keys.push_back(key);
                group.key_first.push_back(static_cast<std::uint32_t>(k));
            }
            group.key_first.push_back(static_cast<std::uint32_t>(order.size()));
            group.by_key.places = order;
            order = std::move(by_day);
        }
        const auto cell_of = [&](std::uint32_t i) {
            return parallel_of(columns.lats[i]) * cells_per_parallel + meridian_of(columns.lons[i]);
        };
        radix_sort(order, cell_of);
        fill(group.by_cell);
        group.cell_first.assign(cell_count + 1, 0);
        for (const std::uint32_t i : order) ++group.cell_first[cell_of(i) + 1];
        std::partial_sum(group.cell_first.begin(), group.cell_first.end(), group.cell_first.begin());
        group.by_cell.places = std::move(order);
        orders.classes.push_back(std::move(group));
    }
}

PlaceIndex::PlaceIndex(PlaceIndex&&) noexcept = default;
PlaceIndex& PlaceIndex::operator=(PlaceIndex&&) noexcept = default;
PlaceIndex::~PlaceIndex() = default;

std::size_t PlaceIndex::size() const {
    return orders_->size;
}

struct AreaIndex::Prepared {
    std::vector<Shape> own;  // empty where they stay with the caller
    std::vector<const Shape*> shapes;
    std::vector<PreparedShape> prepared;
    /// A shape's box, rounded outwards.
    struct SmallBox {
        float south;
        float west;
        float north;
        float east;
    };
    std::vector<SmallBox> boxes;
    // Which shapes' boxes touch a cell of the map, in ascending order; those that touch very many stand in
    // `wide`.
    std::vector<std::uint32_t> cell_first;
    std::vector<std::uint32_t> in_cell;
    std::vector<std::uint32_t> wide;

    /// Calls `visit(cell)` for every cell of the map that `box` touches.
    template <class Visit>
    static void for_each_cell(const Box& box, Visit&& visit) {
        for (std::uint32_t parallel = parallel_of(box.south); parallel <= parallel_of(box.north);
             ++parallel) {
            for (std::uint32_t m = meridian_of(box.west); m <= meridian_of(box.east); ++m)
                visit(parallel * cells_per_parallel + m);
        }
    }

    void prepare(JoinSettings settings) {
        const std::size_t n = shapes.size();
        assert(n <= std::numeric_limits<std::int32_t>::max());
        prepared.resize(n);
        constexpr std::size_t chunk = 16;
        in_parallel((n + chunk - 1) / chunk, settings.threads, [&](std::size_t c) {
            for (std::size_t i = c * chunk; i < std::min(n, (c + 1) * chunk); ++i)
                prepared[i] = PreparedShape(*shapes[i]);
        });
        lay_out_boxes();
    }

    void lay_out_boxes() {
        constexpr std::uint32_t many_cells = 2048;
        cell_first.assign(cell_count + 1, 0);
        std::vector<bool> is_wide(shapes.size(), false);
        for (std::uint32_t i = 0; i < shapes.size(); ++i) {
            const Box& box = prepared[i].box();
            boxes.push_back({below(box.south), below(box.west), above(box.north), above(box.east)});
            if (shapes[i]->empty()) continue;
            const std::uint32_t cells = (parallel_of(box.north) - parallel_of(box.south) + 1) *
                                        (meridian_of(box.east) - meridian_of(box.west) + 1);
            is_wide[i] = cells > many_cells;
            if (is_wide[i]) {
                wide.push_back(i);
            } else {
                for_each_cell(box, [&](std::uint32_t cell) { ++cell_first[cell + 1]; });
            }
        }
        std::partial_sum(cell_first.begin(), cell_first.end(), cell_first.begin());
        in_cell.resize(cell_first.back());
        std::vector<std::uint32_t> next(cell_first.begin(), cell_first.end() - 1);
        for (std::uint32_t i = 0; i < shapes.size(); ++i) {
            if (shapes[i]->empty() || is_wide[i]) continue;
            for_each_cell(prepared[i].box(), [&](std::uint32_t cell) { in_cell[next[cell]++] = i; });
        }
    }

    [[nodiscard]] bool holds(std::uint32_t shape, Point p) const {
        if (std::abs(p.lon) == 180 || std::abs(p.lat) == 90) return truce::contains(*shapes[shape], p);
        const PreparedShape& area = prepared[shape];
        if (!area.box().contains(p)) return false;
        if (area.holds(*shapes[shape], p)) return true;
        return std::ranges::any_of(shapes[shape]->discs(),
                                   [&](const Disc& disc) { return truce::contains(disc, p); });
    }

    [[nodiscard]] double share(std::uint32_t shape, const Disc& disc, NearEdges& scratch) const {
        if (disc.radius.in_km() <= 0) return holds(shape, disc.centre) ? 1.0 : 0.0;
        const PreparedShape& area = prepared[shape];
        geo_detail::DiscCut cut(disc);
        if (const auto whole = area.wholly(cut.box())) return *whole ? 1.0 : 0.0;
        if (const Shape* flat = area.flat(*shapes[shape])) return truce::share(disc, *flat);
        using Chains = PreparedShape::Chains;
        const auto added = [&](geo_detail::DiscCut to, Chains chains) {
            area.add_near_edges(*shapes[shape], to, scratch, chains);
            for (const Disc& part : shapes[shape]->discs()) to.add_circle(part);
            return to;
        };
        const auto swept = added(cut, Chains::swept);
        // Where next to nothing or all but nothing is covered, the rounding of sums over a whole ring could
        // turn one into the other.
        constexpr double doubtful = 1e-6;
        const double part = swept.share();
        const bool sure = !swept.touched() || (part > doubtful && part < 1 - doubtful);
        const auto settled = [&](const geo_detail::DiscCut& from) {
            return geo_detail::settled_share(from, [&] { return holds(shape, disc.centre); });
        };
        return sure ? settled(swept) : settled(added(cut, Chains::laid_out));
    }
};

namespace {

/// A range of places in some order.
struct Range {
    std::uint32_t first;
    std::uint32_t end;
};

/// Longitudes from `west` to `east`, west <= east.
struct Longitudes {
    double west;
    double east;
};

/// The longitudes within `radius_km` of `box`, as up to two ranges within [-180, 180].
std::vector<Longitudes> longitudes_near(const Box& box, double radius_km) {
    const double arc = radius_km / earth_radius_km;
    const double furthest = std::max(std::abs(box.south), std::abs(box.north)) * std::numbers::pi / 180 + arc;
    if (furthest >= std::numbers::pi / 2) return {{-180, 180}};
    const double reach =
        std::asin(std::min(1.0, std::sin(arc) / std::cos(furthest))) * 180 / std::numbers::pi + 1e-9;
    const double west = box.west - reach;
    const double east = box.east + reach;
    if (east - west >= 360) return {{-180, 180}};
    if (west < -180) return {{-180, east}, {west + 360, 180}};
    if (east > 180) return {{-180, east - 360}, {west, 180}};
    return {{west, east}};
}

}  // namespace

/// One thread's share of a join: looks up queries one after another and keeps what they find.
class AreaIndex::Lookup {
public:
    Lookup(const Prepared& areas, const PlaceIndex::Orders& orders) : areas_(areas), places_(orders) {}

    /// Appends what `query` finds.
    void run(const AreaQuery& query) {
        query_ = query;
        shape_ = areas_.shapes[query.shape];
        area_ = &areas_.prepared[query.shape];
        if (shape_->empty()) return;
        from_day_ = query.days ? day_number(query.days->first, last_day_of_queries)
                               : std::numeric_limits<int>::min() / 2;
        to_day_ = query.days ? day_number(query.days->end, last_day_of_queries)
                             : std::numeric_limits<int>::max() / 2;
        if (from_day_ >= to_day_) return;
        for (const auto& group : places_.classes) {
            group_ = &group;
            if (query.key) {
                run_by_key();
            } else if (group.on_seam) {
                for (std::uint32_t cell = 0; cell < cell_count; ++cell) {
                    scan(group.by_cell,
                         on_days(group.by_cell, {group.cell_first[cell], group.cell_first[cell + 1]}));
                }
            } else {
                run_by_cell();
            }
        }
    }

    std::vector<std::uint32_t> places;
    std::vector<float> shares;

private:
    void run_by_key() {
        const auto& keys = group_->keys;
        const auto found = std::ranges::lower_bound(keys, *query_.key);
        if (found == keys.end() || *found != *query_.key) return;
        const auto rank = static_cast<std::size_t>(found - keys.begin());
        scan(group_->by_key, on_days(group_->by_key, {group_->key_first[rank], group_->key_first[rank + 1]}));
    }

    void run_by_cell() {
        const Box& box = area_->box();
        const double radius = group_->largest_radius_km;
        const double reach = radius > 0 ? radius / earth_radius_km * 180 / std::numbers::pi + 1e-9 : 0;
        const auto ranges =
            radius > 0 ? longitudes_near(box, radius) : std::vector<Longitudes>{{box.west, box.east}};
        const std::uint32_t last = parallel_of(box.north + reach);
        for (std::uint32_t parallel = parallel_of(box.south - reach); parallel <= last; ++parallel) {
            std::uint32_t next = 0;
            for (const Longitudes& range : ranges) {
                const std::uint32_t end = meridian_of(range.east) + 1;
                for (std::uint32_t m = std::max(next, meridian_of(range.west)); m < end; ++m)
                    look_into(parallel, m);
                next = end;
            }
        }
    }

    void look_into(std::uint32_t parallel, std::uint32_t meridian) {
        const Sorted& sorted = group_->by_cell;
        const std::uint32_t cell = parallel * cells_per_parallel + meridian;
        const Range all{group_->cell_first[cell], group_->cell_first[cell + 1]};
        if (all.first == all.end) return;
        const Range range = on_days(sorted, all);
        constexpr std::uint32_t worth_a_look = 16;
        if (!places_.discs && places_.last_days.empty() && range.end - range.first >= worth_a_look) {
            constexpr double margin = 1e-9;
            const double south = parallel * cell_degrees - 90;
            const double west = meridian * cell_degrees - 180;
            const auto whole = area_->wholly(
                {south - margin, west - margin, south + cell_degrees + margin, west + cell_degrees + margin});
            if (whole && *whole)
                places.insert(places.end(), sorted.places.begin() + range.first,
                              sorted.places.begin() + range.end);
            if (whole) return;
        }
        scan(sorted, range);
    }

    /// The part of `range` that may have a day within the query's.
    [[nodiscard]] Range on_days(const Sorted& sorted, Range range) const {
        if (!query_.days || range.first == range.end) return range;
        const int* days = sorted.days.data();
        const int* first =
            std::lower_bound(days + range.first, days + range.end, from_day_ - group_->longest_days);
        const int* end = std::lower_bound(first, days + range.end, to_day_);
        return {static_cast<std::uint32_t>(first - days), static_cast<std::uint32_t>(end - days)};
    }

    void scan(const Sorted& sorted, Range range) {
        if (places_.discs || !places_.last_days.empty() || group_->on_seam || !shape_->discs().empty()) {
            scan_with_care(sorted, range);
            return;
        }
        // No branch asks where a place lies: guessed wrong, it would cost more than the look itself.
        const PreparedShape& area = *area_;
        const Box box = area.box();
        const std::size_t most = range.end - range.first;
        if (inside_.size() < most) {
            inside_.resize(most);
            doubtful_.resize(most);
        }
        std::uint32_t* inside = inside_.data();
        std::uint32_t* doubtful = doubtful_.data();
        for (std::uint32_t i = range.first; i < range.end; ++i) {
            const Point p{sorted.lats[i], sorted.lons[i]};
            const PreparedShape::Look seen = area.look(p);
            const bool in_box =
                (p.lat >= box.south) & (p.lat <= box.north) & (p.lon >= box.west) & (p.lon <= box.east);
            *inside = sorted.places[i];
            inside += static_cast<std::ptrdiff_t>(in_box & seen.inside);
            *doubtful = i;
            doubtful += static_cast<std::ptrdiff_t>(in_box & seen.outline);
        }
        places.insert(places.end(), inside_.data(), inside);
        for (const std::uint32_t* i = doubtful_.data(); i != doubtful; ++i) {
            if (area.holds_near_outline(*shape_, {sorted.lats[*i], sorted.lons[*i]}))
                places.push_back(sorted.places[*i]);
        }
    }

    void scan_with_care(const Sorted& sorted, Range range) {
        for (std::uint32_t i = range.first; i < range.end; ++i) {
            const std::uint32_t place = sorted.places[i];
            if (!places_.last_days.empty() && places_.last_days[place] < from_day_) continue;
            const Point p{sorted.lats[i], sorted.lons[i]};
            if (!places_.discs) {
                if (areas_.holds(query_.shape, p)) places.push_back(place);
                continue;
            }
            const Disc disc{p, Distance::km(places_.radii_km[place])};
            const double share = areas_.share(query_.shape, disc, scratch_);
            if (share > 0) {
                places.push_back(place);
                shares.push_back(static_cast<float>(share));
            }
        }
    }

    const Prepared& areas_;
    const PlaceIndex::Orders& places_;
    AreaQuery query_;
    const Shape* shape_ = nullptr;
    const PreparedShape* area_ = nullptr;
    const PlaceIndex::Orders::Class* group_ = nullptr;
    int from_day_ = 0;
    int to_day_ = 0;
    NearEdges scratch_;
    std::vector<std::uint32_t> inside_;
    std::vector<std::uint32_t> doubtful_;
};

AreaIndex::AreaIndex(std::vector<Shape> shapes, JoinSettings settings)
    : prepared_(std::make_unique<Prepared>()) {
    prepared_->own = std::move(shapes);
    for (const Shape& shape : prepared_->own) prepared_->shapes.push_back(&shape);
    prepared_->prepare(settings);
}

AreaIndex::AreaIndex(std::span<const Shape* const> shapes, JoinSettings settings)
    : prepared_(std::make_unique<Prepared>()) {
    prepared_->shapes.assign(shapes.begin(), shapes.end());
    prepared_->prepare(settings);
}

AreaIndex::AreaIndex(AreaIndex&&) noexcept = default;
AreaIndex& AreaIndex::operator=(AreaIndex&&) noexcept = default;
AreaIndex::~AreaIndex() = default;

std::size_t AreaIndex::size() const {
    return prepared_->shapes.size();
}

const Shape& AreaIndex::shape(std::uint32_t shape) const {
    return *prepared_->shapes[shape];
}

bool AreaIndex::contains(std::uint32_t shape, Point point) const {
    return is_valid(point) && prepared_->holds(shape, point);
}

double AreaIndex::share(std::uint32_t shape, const Disc& disc) const {
    thread_local NearEdges scratch;
    return prepared_->share(shape, disc, scratch);
}

AreaIndex::Candidates::Candidates(const AreaIndex& index, Point point) : index_(index), point_(point) {
    const Prepared& own = *index.prepared_;
    if (!is_valid(point)) return;
    // There a place may lie in shapes whose boxes do not hold it.
    anywhere_ = std::abs(point.lon) == 180 || std::abs(point.lat) == 90;
    if (anywhere_) return;
    const std::uint32_t cell = parallel_of(point.lat) * cells_per_parallel + meridian_of(point.lon);
    near_ =
        std::span(own.in_cell).subspan(own.cell_first[cell], own.cell_first[cell + 1] - own.cell_first[cell]);
    wide_ = own.wide;
}

std::optional<std::uint32_t> AreaIndex::Candidates::next() {
    const Prepared& own = *index_.prepared_;
    if (anywhere_) return next_of_all_ < own.shapes.size() ? std::optional(next_of_all_++) : std::nullopt;
    while (!near_.empty() || !wide_.empty()) {
        auto& first = wide_.empty() || (!near_.empty() && near_.front() < wide_.front()) ? near_ : wide_;
        const std::uint32_t shape = first.front();
        first = first.subspan(1);
        const Prepared::SmallBox& box = own.boxes[shape];
        if (point_.lat >= static_cast<double>(box.south) && point_.lat <= static_cast<double>(box.north) &&
            point_.lon >= static_cast<double>(box.west) && point_.lon <= static_cast<double>(box.east)) {
            return shape;
        }
    }
    return std::nullopt;
}

AreaPairs AreaIndex::join(const PlaceIndex& places, std::span<const AreaQuery> queries,
                          JoinSettings settings) const {
    const PlaceIndex::Orders& orders = *places.orders_;
    for (const AreaQuery& query : queries) {
        assert(query.shape < prepared_->shapes.size());
        assert((!query.days || orders.dated) && (!query.key || orders.keyed));
    }
    struct Found {
        std::size_t worker;
        std::size_t first;
        std::size_t end;
    };
    constexpr std::size_t chunk = 16;
    const std::size_t chunks = (queries.size() + chunk - 1) / chunk;
    const std::size_t workers = std::max<std::size_t>(1, std::min<std::size_t>(settings.threads, chunks));
    std::vector<Lookup> lookups(workers, Lookup(*prepared_, orders));
    std::vector<Found> found(queries.size());
    std::atomic<std::size_t> next_chunk{0};
    in_parallel(workers, settings.threads, [&](std::size_t worker) {
        Lookup& lookup = lookups[worker];
        for (std::size_t c = next_chunk++; c < chunks; c = next_chunk++) {
            for (std::size_t q = c * chunk; q < std::min(queries.size(), (c + 1) * chunk); ++q) {
                const std::size_t first = lookup.places.size();
                lookup.run(queries[q]);
                found[q] = {worker, first, lookup.places.size()};
            }
        }
    });
    AreaPairs pairs;
    pairs.first.push_back(0);
    for (const Found& part : found) pairs.first.push_back(pairs.first.back() + part.end - part.first);
    if (workers == 1) {
        pairs.places = std::move(lookups.front().places);
        pairs.shares = std::move(lookups.front().shares);
        return pairs;
    }
    pairs.places.reserve(pairs.first.back());
    for (const Found& part : found) {
        const Lookup& lookup = lookups[part.worker];
        const auto slice = [&](const auto& column) {
            return std::span(column).subspan(part.first, part.end - part.first);
        };
        const auto mine = slice(lookup.places);
        pairs.places.insert(pairs.places.end(), mine.begin(), mine.end());
        if (orders.discs) {
            const auto shares = slice(lookup.shares);
            pairs.shares.insert(pairs.shares.end(), shares.begin(), shares.end());
        }
    }
    return pairs;
}

}  // namespace truce
