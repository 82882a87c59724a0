// SPDX-License-Identifier: Apache-2.0
#include "server/list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "base/text.h"

namespace truce::server {
namespace {

constexpr double nowhere = std::numeric_limits<double>::quiet_NaN();
constexpr Period never{open_end, open_start};
constexpr std::size_t most_rows = 1000;
constexpr std::size_t most_ids = 100;
constexpr std::size_t length_of_a_day = 10;

/// A local day or an instant, as a stretch of time.
Result<Period> stretch_of(std::string_view text, const Zone& zone) {
    if (text.size() == length_of_a_day) {
        const auto day = parse_day(text);
        if (!day) return tl::unexpected(day.error());
        return zone.day(*day);
    }
    const auto local = parse_local_time(text);
    if (!local) return tl::unexpected(local.error());
    const auto instants = zone.instants(*local);
    return Period{instants.first, instants.first};
}

Result<List::Question::Box> box_of(std::string_view text) {
    const auto parts = split(text, ',');
    std::vector<double> numbers;
    for (const auto part : parts) {
        const auto number = parse_real(part);
        if (number) numbers.push_back(*number);
    }
    // Some programs send heights too: west, south, lowest, east, north, highest.
    if (numbers.size() == 6 && parts.size() == 6) numbers = {numbers[0], numbers[1], numbers[3], numbers[4]};
    const auto within = [](double value, double most) { return value >= -most && value <= most; };
    const bool good = numbers.size() == 4 && (parts.size() == 4 || parts.size() == 6) && within(numbers[0], 180) &&
                      within(numbers[2], 180) && within(numbers[1], 90) && within(numbers[3], 90) &&
                      numbers[1] <= numbers[3];
    if (!good) {
        return failure({.message = fmt::format("'{}' is no box; want west,south,east,north in degrees", shown(text, 60))});
    }
    return List::Question::Box{numbers[0], numbers[1], numbers[2], numbers[3]};
}

std::optional<List::Question::Order> order_named(std::string_view name) {
    using enum List::Question::Order;
    if (name == "start") return start;
    if (name == "-start") return start_down;
    if (name == "killed") return killed;
    if (name == "-killed") return killed_down;
    return std::nullopt;
}

}  // namespace

List::List(std::vector<Dimension> dimensions, Zone zone) : dimensions_(std::move(dimensions)), zone_(zone) {
    value_numbers_.resize(dimensions_.size());
    first_value_.resize(dimensions_.size(), {0});
    row_values_.resize(dimensions_.size());
    for (std::size_t d = 0; d < dimensions_.size(); ++d) {
        for (std::size_t v = 0; v < dimensions_[d].values.size(); ++v)
            value_numbers_[d].emplace(dimensions_[d].values[v], static_cast<std::uint32_t>(v));
    }
}

std::uint32_t List::value(std::size_t dimension, std::string_view value) {
    auto& values = dimensions_[dimension].values;
    const auto [found, is_new] =
        value_numbers_[dimension].try_emplace(std::string(value), static_cast<std::uint32_t>(values.size()));
    if (is_new) values.emplace_back(value);
    return found->second;
}

void List::add(const Row& row) {
    assert(row.values.size() == dimensions_.size());
    ids_.push_back(row.id);
    for (std::size_t d = 0; d < dimensions_.size(); ++d) {
        auto& all = row_values_[d];
        const auto first = all.size();
        for (const auto value : row.values[d]) {
            if (std::find(all.begin() + static_cast<std::ptrdiff_t>(first), all.end(), value) == all.end())
                all.push_back(value);
        }
        first_value_[d].push_back(static_cast<std::uint32_t>(all.size()));
    }
    when_.push_back(row.when.value_or(never));
    place_.push_back(row.place.value_or(Point{nowhere, nowhere}));
    killed_.push_back(row.killed ? std::int64_t{*row.killed} : -1);
    texts_ += ' ';
    texts_ += name_key(row.text);
    first_text_.push_back(texts_.size());
}

void List::finish() {
    for (std::uint32_t row = 0; row < ids_.size(); ++row) rows_by_id_.emplace(ids_[row], row);
    const auto sorted = [&](auto before) {
        std::vector<std::uint32_t> order(ids_.size());
        std::iota(order.begin(), order.end(), 0U);
        std::ranges::stable_sort(order, before);
        return order;
    };
    const auto ranks = [](const std::vector<std::uint32_t>& order) {
        std::vector<std::uint32_t> rank(order.size());
        for (std::uint32_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
        return rank;
    };
    by_start_ = sorted([&](std::uint32_t a, std::uint32_t b) {
        return when_[a].first != when_[b].first ? when_[a].first < when_[b].first : ids_[a] < ids_[b];
    });
    by_killed_ = sorted([&](std::uint32_t a, std::uint32_t b) {
        return killed_[a] != killed_[b] ? killed_[a] < killed_[b] : ids_[a] > ids_[b];
    });
    rank_by_start_ = ranks(by_start_);
    rank_by_killed_ = ranks(by_killed_);
}

std::optional<std::uint32_t> List::row_of(std::string_view id) const {
    const auto found = rows_by_id_.find(id);
    if (found == rows_by_id_.end()) return std::nullopt;
    return found->second;
}

tl::expected<List::Question, FieldError> List::question(const Query& query,
                                                        std::vector<std::string_view> others) const {
    Question asked;
    asked.chosen.resize(dimensions_.size());
    const auto wrong = [](std::string_view field, Words message) {
        return tl::unexpected<FieldError>({std::string(field), std::move(message)});
    };
    std::vector<std::string> known{"limit", "cursor", "facets", "from", "until", "bbox", "q", "sort", "killed_at_least", "id"};
    for (const auto& dimension : dimensions_) known.push_back(dimension.name);
    Period when{open_start, open_end};
    for (const auto& [name, given] : query.pairs()) {
        if (std::ranges::find(others, name) != others.end()) continue;
        const auto dimension = std::ranges::find(dimensions_, name, &Dimension::name);
        if (dimension != dimensions_.end()) {
            const auto d = static_cast<std::size_t>(dimension - dimensions_.begin());
            auto& chosen = asked.chosen[d];
            if (!chosen) chosen.emplace(dimension->values.size(), false);
            bool any = false;
            for (std::size_t v = 0; v < dimension->values.size(); ++v) {
                const bool meets = dimension->meets ? dimension->meets(dimension->values[v], given)
                                                    : dimension->values[v] == given;
                if (meets) (*chosen)[v] = any = true;
            }
            if (!any && dimension->kind == Dimension::Values::closed) {
                return wrong(name, say("field.none_of", {{"found", shown(given, 60)},
                                                   {"known", Words(fmt::format("{}", fmt::join(dimension->values, ", ")))},
                                                   {"hint", hint(given, dimension->values)}}));
            }
        } else if (name == "limit") {
            const auto limit = parse_integer(given);
            if (!limit || *limit < 1 || *limit > static_cast<long long>(most_rows))
                return wrong(name, say("field.want_whole", {{"least", 1}, {"most", most_rows}}));
            asked.limit = static_cast<std::size_t>(*limit);
        } else if (name == "cursor") {
            asked.after = row_of(given);
            if (!asked.after) return wrong(name, say("field.no_cursor"));
        } else if (name == "facets") {
            if (given != "1") return wrong(name, say("field.want_one"));
            asked.facets = Question::Facets::with;
        } else if (name == "from" || name == "until") {
            const auto stretch = stretch_of(given, zone_);
            if (!stretch) return wrong(name, stretch.error().message);
            if (name == "from") when.first = stretch->first;
            if (name == "until") when.end = stretch->end;
            asked.when = when;
        } else if (name == "bbox") {
            const auto box = box_of(given);
            if (!box) return wrong(name, box.error().message);
            asked.box = *box;
        } else if (name == "killed_at_least") {
            const auto killed = parse_integer(given);
            if (!killed || *killed < 0 || *killed > std::numeric_limits<std::uint32_t>::max())
                return wrong(name, say("field.want_number_from", {{"least", 0}}));
            asked.killed_at_least = static_cast<std::uint32_t>(*killed);
        } else if (name == "q") {
            const auto key = name_key(given);
            for (const auto word : split(key, ' ')) asked.words.push_back(" " + std::string(word));
        } else if (name == "id") {
            if (!asked.rows) asked.rows.emplace();
            if (asked.rows->size() == most_ids) return wrong(name, say("field.too_many_ids", {{"most", most_ids}}));
            if (const auto row = row_of(given)) asked.rows->push_back(*row);
        } else if (name == "sort") {
            const auto order = order_named(given);
            if (!order) return wrong(name, say("field.want", {{"want", Words("start, -start, killed, -killed")}}));
            asked.order = *order;
        } else {
            return wrong(name, say("field.no_filter", {{"hint", hint(name, known)}, {"known", Words(fmt::format("{}", fmt::join(known, ", ")))}}));
        }
    }
    if (asked.rows) std::ranges::sort(*asked.rows);
    return asked;
}

std::span<const std::uint32_t> List::values_of(std::size_t dimension, std::uint32_t row) const {
    const auto& first = first_value_[dimension];
    return std::span(row_values_[dimension]).subspan(first[row], first[row + 1] - first[row]);
}

List::Failed List::failed(const Question& question, std::uint32_t row) const {
    Failed failed;
    if (question.rows && !std::ranges::binary_search(*question.rows, row)) return {2, 0};
    if (question.when) {
        const auto& when = when_[row];
        if (when.first >= question.when->end || when.end <= question.when->first) return {2, 0};
    }
    if (question.box) {
        const auto& [lat, lon] = place_[row];
        const auto& box = *question.box;
        const bool in_lon = box.west <= box.east ? lon >= box.west && lon <= box.east : lon >= box.west || lon <= box.east;
        if (std::isnan(lat) || lat < box.south || lat > box.north || !in_lon) return {2, 0};
    }
    if (question.killed_at_least && killed_[row] < std::int64_t{*question.killed_at_least}) return {2, 0};
    for (std::size_t d = 0; d < dimensions_.size(); ++d) {
        const auto& chosen = question.chosen[d];
        if (!chosen) continue;
        const bool met = std::ranges::any_of(values_of(d, row), [&](std::uint32_t value) { return (*chosen)[value]; });
        if (met) continue;
        failed.dimension = d;
        if (++failed.filters > 1) return failed;
    }
    if (!question.words.empty()) {
        const auto text = std::string_view(texts_).substr(first_text_[row], first_text_[row + 1] - first_text_[row]);
        for (std::size_t i = 0; i < question.words.size(); ++i) {
            const auto& word = question.words[i];
            auto at = text.find(word);
            // All words but the last must be there whole.
            if (i + 1 < question.words.size()) {
                while (at != std::string_view::npos && at + word.size() < text.size() && text[at + word.size()] != ' ')
                    at = text.find(word, at + 1);
            }
            if (at == std::string_view::npos) return {2, 0};
        }
    }
    if (question.also && !question.also(row)) return {2, 0};
    return failed;
}

std::uint32_t List::in_order(Question::Order order, std::size_t place) const {
    const auto last = ids_.size() - 1;
    switch (order) {
        case Question::Order::own:
            return static_cast<std::uint32_t>(place);
        case Question::Order::start:
            return by_start_[place];
        case Question::Order::start_down:
            return by_start_[last - place];
        case Question::Order::killed:
            return by_killed_[place];
        case Question::Order::killed_down:
            return by_killed_[last - place];
    }
    return 0;
}

List::Answer List::answer(const Question& question) const {
    Answer answer;
    const bool with_facets = question.facets == Question::Facets::with;
    if (with_facets) {
        for (const auto& dimension : dimensions_) answer.facets.emplace_back(dimension.values.size(), 0);
    }
    const auto last = ids_.size() - 1;
    std::size_t begin = 0;
    if (question.after) {
        const auto row = *question.after;
        switch (question.order) {
            case Question::Order::own:
                begin = row + std::size_t{1};
                break;
            case Question::Order::start:
                begin = rank_by_start_[row] + std::size_t{1};
                break;
            case Question::Order::start_down:
                begin = last - rank_by_start_[row] + 1;
                break;
            case Question::Order::killed:
                begin = rank_by_killed_[row] + std::size_t{1};
                break;
            case Question::Order::killed_down:
                begin = last - rank_by_killed_[row] + 1;
                break;
        }
    }
    bool more = false;
    for (std::size_t place = 0; place < ids_.size(); ++place) {
        const auto row = in_order(question.order, place);
        const auto failure_of_row = failed(question, row);
        if (with_facets && failure_of_row.filters < 2) {
            for (std::size_t d = 0; d < dimensions_.size(); ++d) {
                if (failure_of_row.filters == 1 && failure_of_row.dimension != d) continue;
                for (const auto value : values_of(d, row)) ++answer.facets[d][value];
            }
        }
        if (failure_of_row.filters > 0) continue;
        ++answer.total;
        if (place < begin) continue;
        if (answer.rows.size() < question.limit) {
            answer.rows.push_back(row);
        } else {
            more = true;
        }
    }
    if (more) answer.next = ids_[answer.rows.back()];
    return answer;
}

std::vector<std::uint32_t> List::all(const Question& question) const {
    std::vector<std::uint32_t> rows;
    for (std::size_t place = 0; place < ids_.size(); ++place) {
        const auto row = in_order(question.order, place);
        if (failed(question, row).filters == 0) rows.push_back(row);
    }
    return rows;
}

}  // namespace truce::server
