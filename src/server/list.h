// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "geo/point.h"
#include "server/http.h"

namespace truce::server {

/// The rows of a list, in columns, as far as filters ask for them. Rows are numbered from 0 in the list's own
/// order.
///
/// Made once for each version of the numbers; asking changes nothing, so any number of threads may ask.
class List {
public:
    /// A filter by value: each row has none, one or several of its values.
    struct Dimension {
        std::string name;
        /// Refuses values that no row can have (a closed set of words), instead of finding nothing.
        enum class Values : std::uint8_t { closed, open } kind = Values::open;
        std::vector<std::string> values;
        /// Takes the place of `value == given`, where it says more: a broader act takes in its kinds.
        std::function<bool(std::string_view value, std::string_view given)> meets{};
    };

    /// Says which dimensions and other filters there are. `zone`: for local days in `from` and `until`.
    List(std::vector<Dimension> dimensions, Zone zone);
    List(List&&) = default;
    List& operator=(List&&) = default;

    /// What one row has. Members left empty are not known of it, and filters by them leave it out.
    struct Row {
        std::string id;
        std::vector<std::vector<std::uint32_t>> values;  ///< one list for each dimension
        std::optional<Period> when;
        std::optional<Point> place;
        std::optional<std::uint32_t> killed;
        std::string text;  ///< searched by `q`
    };
    void add(const Row& row);
    /// The number of `value` in a dimension's values, which it is added to where it is new.
    [[nodiscard]] std::uint32_t value(std::size_t dimension, std::string_view value);
    /// Sorts once all rows are there. `start` and `killed` are the orders beside the list's own.
    void finish();

    [[nodiscard]] std::size_t size() const { return ids_.size(); }
    [[nodiscard]] std::optional<std::uint32_t> row_of(std::string_view id) const;
    [[nodiscard]] const std::string& id(std::uint32_t row) const { return ids_[row]; }

    /// What is asked of the list.
    struct Question {
        std::vector<std::optional<std::vector<bool>>> chosen;  ///< by dimension: which values; nothing: any
        std::optional<Period> when;
        struct Box {
            double west = -180;
            double south = -90;
            double east = 180;
            double north = 90;
        };
        std::optional<Box> box;
        std::optional<std::uint32_t> killed_at_least;
        std::vector<std::string> words;
        enum class Order : std::uint8_t { own, start, start_down, killed, killed_down } order = Order::own;
        std::size_t limit = 50;
        std::optional<std::uint32_t> after;  ///< the row before the page
        std::optional<std::vector<std::uint32_t>> rows;  ///< these alone; sorted
        /// What else a row must meet, beside what the list knows.
        std::function<bool(std::uint32_t row)> also{};
        enum class Facets : std::uint8_t { without, with } facets = Facets::without;
    };
    /// Reads the question that a query asks. Fails, with the field, for a parameter that is neither a filter
    /// here nor in `others`, for values that cannot be read, and for a cursor that names no row.
    [[nodiscard]] tl::expected<Question, FieldError> question(const Query& query,
                                                              std::vector<std::string_view> others = {}) const;

    struct Answer {
        std::size_t total = 0;
        std::vector<std::uint32_t> rows;
        std::optional<std::string> next;
        /// By dimension and value, how many rows there would be with that value alone chosen in it.
        std::vector<std::vector<std::uint64_t>> facets;
    };
    [[nodiscard]] Answer answer(const Question& question) const;
    /// Every row that meets the question, in its order; `limit` and `after` do not count.
    [[nodiscard]] std::vector<std::uint32_t> all(const Question& question) const;
    [[nodiscard]] const std::vector<Dimension>& dimensions() const { return dimensions_; }

private:
    /// How many filters the row fails, and, where it is one dimension alone, which.
    struct Failed {
        int filters = 0;
        std::size_t dimension = 0;
    };
    [[nodiscard]] Failed failed(const Question& question, std::uint32_t row) const;
    [[nodiscard]] std::span<const std::uint32_t> values_of(std::size_t dimension, std::uint32_t row) const;
    [[nodiscard]] std::uint32_t in_order(Question::Order order, std::size_t place) const;

    std::vector<Dimension> dimensions_;
    Zone zone_;
    std::vector<std::unordered_map<std::string, std::uint32_t>> value_numbers_;
    std::vector<std::string> ids_;
    std::unordered_map<std::string_view, std::uint32_t> rows_by_id_;
    std::vector<std::vector<std::uint32_t>> first_value_;  // by dimension, one more than there are rows
    std::vector<std::vector<std::uint32_t>> row_values_;
    std::vector<Period> when_;
    std::vector<Point> place_;
    std::vector<std::int64_t> killed_;  // -1: not known
    std::string texts_;
    std::vector<std::size_t> first_text_{0};
    std::vector<std::uint32_t> by_start_;
    std::vector<std::uint32_t> by_killed_;
    std::vector<std::uint32_t> rank_by_start_;
    std::vector<std::uint32_t> rank_by_killed_;
};

}  // namespace truce::server
