// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "geo/point.h"
#include "geo/shape.h"

namespace truce {

/// Many places as columns, for the joins of AreaIndex. A column that does not apply is left empty.
struct PlaceColumns {
    std::span<const double> lats;
    std::span<const double> lons;
    std::span<const double> radii_km{};                   ///< empty: every place is exact
    std::span<const std::chrono::sys_days> first_days{};  ///< empty: no query may ask for days
    std::span<const std::chrono::sys_days> last_days{};   ///< inclusive; empty: each the same as the first
    std::span<const std::uint32_t> keys{};  ///< whose incident; empty: no query may ask for keys
};

/// Places put in order, so that joins find those of one region, period and key without looking at the others.
///
/// Holds its own copy of the columns. Places that are not valid are kept and join with nothing.
class PlaceIndex {
public:
    /// Requires: the columns that are not empty are equally long; radii are finite and not negative; at most
    /// 2^31 places. Cost: O(n).
    explicit PlaceIndex(const PlaceColumns& places);
    PlaceIndex(PlaceIndex&&) noexcept;
    PlaceIndex& operator=(PlaceIndex&&) noexcept;
    ~PlaceIndex();
    [[nodiscard]] std::size_t size() const;

private:
    friend class AreaIndex;
    struct Orders;
    std::unique_ptr<Orders> orders_;
};

/// Days from `first` up to, not including, `end`.
struct DayInterval {
    std::chrono::sys_days first;
    std::chrono::sys_days end;
};

/// What is asked of a join: the places in one shape, and where given, of days within `days` and with key
/// `key`.
///
/// A place that is dated to several days is found when one of them lies within `days`.
struct AreaQuery {
    std::uint32_t shape = 0;
    std::optional<DayInterval> days{};
    std::optional<std::uint32_t> key{};
};

/// The answers of a join. `places[first[q]] ... places[first[q + 1]]` are the places found by query q.
///
/// The order within a query depends on the places and the query alone, never on the number of threads.
struct AreaPairs {
    std::vector<std::size_t> first;
    std::vector<std::uint32_t> places;
    /// Beside each place the share of its disc within the shape, above 0. Empty where every place is exact.
    std::vector<float> shares;

    [[nodiscard]] std::span<const std::uint32_t> places_of(std::size_t query) const {
        return std::span(places).subspan(first[query], first[query + 1] - first[query]);
    }
};

/// How to run a bulk operation; the answer never depends on it.
struct JoinSettings {
    unsigned threads = 1;
};

/// Many shapes, prepared for questions about many places.
///
/// Answers are those of `contains(Shape, Point)` and `share(Disc, Shape)`, which are the definition.
class AreaIndex {
public:
    /// Takes the shapes over. Cost: O(number of vertices), once. Requires: at most 2^31 shapes.
    explicit AreaIndex(std::vector<Shape> shapes, JoinSettings settings = {});
    /// The same for shapes that stay where they are. Requires: none is null; they outlive the index and do not change.
    explicit AreaIndex(std::span<const Shape* const> shapes, JoinSettings settings = {});
    AreaIndex(AreaIndex&&) noexcept;
    AreaIndex& operator=(AreaIndex&&) noexcept;
    ~AreaIndex();

    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] const Shape& shape(std::uint32_t shape) const;

    /// Whether shape `shape` holds `point`. Cost: near constant.
    [[nodiscard]] bool contains(std::uint32_t shape, Point point) const;
    /// `share(disc, this->shape(shape))` to within 1e-6, visiting only the edges near the disc and laying out
    /// only those near its circle.
    [[nodiscard]] double share(std::uint32_t shape, const Disc& disc) const;

    /// Calls `visit(std::uint32_t shape)` for every shape that holds `point`, in ascending order.
    template <class Visit>
    void for_each_containing(Point point, Visit&& visit) const {
        for_each_containing(point, static_cast<Visit&&>(visit), [](std::uint32_t) { return true; });
    }
    /// The same for those shapes alone for which `wanted(std::uint32_t shape)` says true; it is asked first,
    /// since a look at a period costs less than one at a polygon.
    template <class Visit, class Wanted>
    void for_each_containing(Point point, Visit&& visit, Wanted&& wanted) const {
        Candidates near(*this, point);
        while (const auto shape = near.next()) {
            if (wanted(*shape) && contains(*shape, point)) visit(*shape);
        }
    }

    /// All pairs of a query and a place that it finds; see AreaPairs for their order.
    ///
    /// Requires: every query names a shape of this index; queries ask for days or keys only where the places
    /// have them. Cost: about that of looking at the places that share box, days and key with a query.
    [[nodiscard]] AreaPairs join(const PlaceIndex& places, std::span<const AreaQuery> queries,
                                 JoinSettings settings = {}) const;

private:
    /// Shapes whose box holds a point, one after another.
    class Candidates {
    public:
        Candidates(const AreaIndex& index, Point point);
        std::optional<std::uint32_t> next();

    private:
        const AreaIndex& index_;
        Point point_;
        std::span<const std::uint32_t> near_;
        std::span<const std::uint32_t> wide_;
        bool anywhere_ = false;
        std::uint32_t next_of_all_ = 0;
    };
    class Lookup;
    struct Prepared;
    std::unique_ptr<Prepared> prepared_;
};

}  // namespace truce
