// SPDX-License-Identifier: Apache-2.0
#include "sources/list_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "sources/cell.h"
#include "sources/text_table.h"

namespace truce::sources {

namespace {

/// Whether a cell of a list's column says that the person is on it; nothing where it says neither.
std::optional<bool> membership(std::string_view cell) {
    static constexpr std::array yes{"1", "x", "X", "yes", "Yes", "YES", "true", "True", "TRUE", "1.0"};
    static constexpr std::array no{"0", "no", "No", "NO", "false", "False", "FALSE", "0.0"};
    const auto text = text_of(cell);
    if (std::ranges::find(yes, text) != yes.end()) return true;
    if (std::ranges::find(no, text) != no.end() || is_missing(text)) return false;
    return std::nullopt;
}

/// One table among those of all strata and draws.
struct Part {
    std::string stratum;
    std::optional<std::uint32_t> draw;
    friend auto operator<=>(const Part&, const Part&) = default;
};

class Reading {
public:
    Reading(const TextTable& table, std::string_view file, const ListColumns& columns)
        : table_(table), file_(file), columns_(columns) {}

    tl::expected<ListTable, std::vector<Error>> run() {
        if (find_columns()) {
            const ReadRows rows =
                table_.read(1, [this] { return [this](const TableRow& row) { return take(row); }; });
            result_.rows = rows.rows;
            for (const Reject& reject : rows.rejects) {
                fault({.message = fmt::format(
                           "{}: found {}, expected {}", shown(reject.column_name, 60),
                           reject.found.empty() ? "nothing" : shown(reject.found, 60),
                           reject.expected),
                       .file = std::string(file_),
                       .line = reject.line,
                       .column = 0});
            }
            if (rows.rows == 0)
                fault({.message = "there is a header and no row", .file = std::string(file_)});
        }
        if (!errors_.empty()) return tl::unexpected(std::move(errors_));
        gather();
        if (!errors_.empty()) return tl::unexpected(std::move(errors_));
        return std::move(result_);
    }

private:
    void fault(Error error) {
        constexpr std::size_t most_errors = 100;
        if (errors_.size() < most_errors) errors_.push_back(std::move(error));
    }
    void fault(std::string message) { fault({.message = std::move(message), .file = std::string(file_)}); }

    std::optional<std::size_t> column_named(const std::string& name) {
        for (std::size_t c = 0; c < table_.header().size(); ++c) {
            if (table_.header().name(c) == name) return c;
        }
        const std::vector<std::string> names(table_.header().names().begin(), table_.header().names().end());
        fault(fmt::format("there is no column '{}'{}; there are: {}", shown(name, 60),
                          did_you_mean(name, names), shown(fmt::format("{}", fmt::join(names, ", ")), 300)));
        return std::nullopt;
    }

    /// Decides what each column is. Whether it could.
    bool find_columns() {
        const Header& header = table_.header();
        draw_ = header.find("draw");
        person_ = header.find("person");
        list_ = header.find("list");
        if (!columns_.stratum.empty()) {
            stratum_ = column_named(columns_.stratum);
            if (!stratum_) return false;
        }
        if (person_ && list_ && columns_.lists.empty()) return true;
        list_.reset();
        if (!columns_.count.empty()) {
            count_ = column_named(columns_.count);
            if (!count_) return false;
        } else {
            count_ = header.find_any({"count", "n", "freq", "frequency", "people"});
        }
        if (!columns_.lists.empty()) {
            for (const auto& name : columns_.lists) {
                const auto column = column_named(name);
                if (!column) return false;
                lists_.push_back(*column);
            }
        } else {
            for (std::size_t c = 0; c < header.size(); ++c) {
                if (c != count_ && c != draw_ && c != person_ && c != stratum_) lists_.push_back(c);
            }
        }
        for (const std::size_t c : lists_) result_.lists.push_back(header.name(c));
        const auto distinct = std::set(result_.lists.begin(), result_.lists.end());
        if (distinct.size() != result_.lists.size()) {
            fault("two lists have one name");
            return false;
        }
        return right_number();
    }

    bool right_number() {
        if (result_.lists.size() >= 2 && result_.lists.size() <= most_lists) return true;
        fault(fmt::format("there {} {} list{} here; from 2 to {} can be compared",
                          result_.lists.size() == 1 ? "is" : "are", result_.lists.size(),
                          result_.lists.size() == 1 ? "" : "s", most_lists));
        return false;
    }

    RowResult take(const TableRow& row) {
        Part part;
        if (stratum_) part.stratum = text_of(row[*stratum_]);
        if (draw_ && !is_missing(text_of(row[*draw_]))) {
            const auto number = read_count(text_of(row[*draw_]));
            if (!number || !*number) {
                return tl::unexpected(fault_at(row, *draw_, "the number of a linkage draw, or nothing"));
            }
            part.draw = **number;
        }
        return list_ ? take_record(row, std::move(part)) : take_combination(row, std::move(part));
    }

    RowResult take_record(const TableRow& row, Part part) {
        const auto person = text_of(row[*person_]);
        const auto list = text_of(row[*list_]);
        if (person.empty()) return tl::unexpected(fault_at(row, *person_, "whose record it is"));
        if (list.empty()) return tl::unexpected(fault_at(row, *list_, "the name of the list"));
        records_[std::move(part)][std::string(person)].insert(std::string(list));
        return Account{};
    }

    RowResult take_combination(const TableRow& row, Part part) {
        std::uint32_t set = 0;
        for (std::size_t j = 0; j < lists_.size(); ++j) {
            const auto on = membership(row[lists_[j]]);
            if (!on) {
                return tl::unexpected(fault_at(row, lists_[j],
                                               "1 or 0 (yes or no, x or nothing): whether the row is on that "
                                               "list; name the lists' columns where others are none"));
            }
            if (*on) set |= std::uint32_t{1} << j;
        }
        std::uint64_t people = 1;
        if (count_) {
            const auto number = read_count(text_of(row[*count_]));
            if (!number || !*number)
                return tl::unexpected(fault_at(row, *count_, "a whole number of people, 0 or more"));
            people = **number;
        }
        if (set == 0 && people > 0) {
            return tl::unexpected(
                fault_at(row, lists_.front(), "a list on which the row is: nobody knows those on none"));
        }
        auto& cells = combinations_[std::move(part)];
        if (set == 0) return Account{};
        const auto [cell, is_new] = cells.try_emplace(set, people);
        if (!is_new && count_) {
            return tl::unexpected(fault_at(row, *count_, "each combination of lists once"));
        }
        if (!is_new) cell->second += people;
        return Account{};
    }

    /// Turns records into combinations, and sorts the tables by stratum and draw.
    void gather() {
        if (list_) {
            std::set<std::string> names;
            for (const auto& [part, people] : records_) {
                for (const auto& [person, on] : people) names.insert(on.begin(), on.end());
            }
            result_.lists.assign(names.begin(), names.end());
            if (!right_number()) return;
            for (const auto& [part, people] : records_) {
                for (const auto& [person, on] : people) {
                    std::uint32_t set = 0;
                    for (const auto& name : on) {
                        const auto place =
                            std::ranges::lower_bound(result_.lists, name) - result_.lists.begin();
                        set |= std::uint32_t{1} << static_cast<unsigned>(place);
                    }
                    ++combinations_[part][set];
                }
            }
        }
        for (const auto& [part, cells] : combinations_) {
            if (result_.strata.empty() || result_.strata.back().name != part.stratum) {
                result_.strata.push_back({.name = part.stratum, .listed = {}, .draws = {}});
            }
            ListStratum& stratum = result_.strata.back();
            ListedPeople listed;
            for (const auto& [set, people] : cells) {
                if (people > 0) listed.emplace_back(set, people);
            }
            if (part.draw) {
                if (stratum.draws.empty() && stratum.listed.empty()) stratum.listed = listed;
                stratum.draws.push_back(std::move(listed));
            } else {
                stratum.listed = std::move(listed);
            }
        }
    }

    const TextTable& table_;
    std::string_view file_;
    const ListColumns& columns_;
    std::optional<std::size_t> draw_;
    std::optional<std::size_t> person_;
    std::optional<std::size_t> list_;
    std::optional<std::size_t> count_;
    std::optional<std::size_t> stratum_;
    std::vector<std::size_t> lists_;
    std::map<Part, std::map<std::uint32_t, std::uint64_t>> combinations_;
    std::map<Part, std::map<std::string, std::set<std::string>>> records_;
    ListTable result_;
    std::vector<Error> errors_;
};

}  // namespace

tl::expected<ListTable, std::vector<Error>> read_list_table(std::string_view text, std::string_view file,
                                                            const ListColumns& columns) {
    auto table = TextTable::open(text);
    if (!table) {
        Error error = table.error();
        error.file = file;
        return tl::unexpected(std::vector{std::move(error)});
    }
    table->set_header(0);
    return Reading(*table, file, columns).run();
}

}  // namespace truce::sources
