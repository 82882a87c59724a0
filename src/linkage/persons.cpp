// SPDX-License-Identifier: Apache-2.0
#include "linkage/persons.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/side_by_side.h"
#include "base/text.h"
#include "linkage/comparands.h"
#include "linkage/names.h"
#include "linkage/similarity.h"

namespace truce::linkage {
namespace {

constexpr std::size_t most_lists = 64;
constexpr double very_alike = 0.92;
constexpr double alike = 0.8;
/// A name or word that fewer than this share of all entries have, or no more than a few, tells much.
constexpr double rare_share = 0.002;
constexpr std::uint32_t rare_count = 8;
/// Bands of the signatures, and hashes in each: pairs that share 0.3 of their shingles meet with 0.8 or more.
constexpr std::size_t bands = 60;
constexpr std::size_t hashes_in_band = 3;
/// Entries that share a band, a code or a name with more others than this say little by it.
constexpr std::size_t largest_block = 60;
/// Two entries of one person never speak against each other by more than this.
constexpr double least_chance_within = 0.02;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// The eight digits of a date; the text as it is where it has not eight.
std::string digits_of(std::string_view date) {
    std::string digits;
    for (const char c : date) {
        if (is_digit(c)) digits += c;
    }
    return digits.size() == 8 ? digits : std::string(date);
}

std::uint8_t date_level(std::string_view a, std::string_view b) {
    if (a == b) return 3;
    if (edit_distance(a, b) <= 1) return 2;
    if (a.size() != 8 || b.size() != 8) return 0;
    const auto part = [](std::string_view date, std::size_t which) {
        return which == 0 ? date.substr(0, 4) : date.substr(2 + 2 * which, 2);
    };
    if (part(a, 0) == part(b, 0) && part(a, 1) == part(b, 2) && part(a, 2) == part(b, 1)) return 2;
    int same = 0;
    for (std::size_t which = 0; which < 3; ++which) same += part(a, which) == part(b, which) ? 1 : 0;
    return same >= 2 ? 1 : 0;
}

std::uint8_t code_level(std::string_view a, std::string_view b) {
    if (a == b) return 3;
    const auto slips = edit_distance(a, b);
    return slips == 1 ? 2 : slips == 2 ? 1 : 0;
}

std::uint8_t number_level(std::string_view a, std::string_view b) {
    const auto x = parse_real(a);
    const auto y = parse_real(b);
    if (!x || !y) return a == b ? 3 : 0;
    const double apart = std::abs(*x - *y);
    return apart < 0.5 ? 3 : apart <= 1 ? 2 : apart <= 5 ? 1 : 0;
}

std::uint8_t likeness_level(double likeness) {
    return likeness >= 1 ? 3 : likeness >= very_alike ? 2 : likeness >= alike ? 1 : 0;
}

std::uint8_t levels_of(PersonFieldKind kind) {
    switch (kind) {
        case PersonFieldKind::name:
        case PersonFieldKind::text:
            return 5;
        case PersonFieldKind::code:
        case PersonFieldKind::date:
        case PersonFieldKind::number:
            return 4;
    }
    return 2;
}

/// A value as it is compared.
std::string normal_form(PersonFieldKind kind, std::string_view value) {
    switch (kind) {
        case PersonFieldKind::name:
            return latin_key(value);
        case PersonFieldKind::text:
            return name_key(value);
        case PersonFieldKind::code:
            return name_key(ascii_digits(value));
        case PersonFieldKind::date:
            return digits_of(ascii_digits(trimmed(value)));
        case PersonFieldKind::number:
            return std::string(trimmed(ascii_digits(value)));
    }
    return {};
}

std::uint64_t mixed(std::uint64_t x) {
    x ^= x >> 32U;
    x *= 0xd6e8feb86659fd93U;
    x ^= x >> 32U;
    x *= 0xd6e8feb86659fd93U;
    return x ^ (x >> 32U);
}

std::uint64_t hash_of(std::string_view text, std::uint64_t salt) {
    std::uint64_t hash = 0xcbf29ce484222325U ^ salt;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return mixed(hash);
}

/// All lists as columns: one value for each entry in every field, by code.
class Entries {
public:
    explicit Entries(std::span<const PersonList> lists) {
        for (const auto& list : lists) {
            for (const auto& field : list.fields) add_field(field);
        }
        codes_.resize(fields_.size());
        books_.resize(fields_.size());
        for (std::uint32_t l = 0; l < lists.size(); ++l) add_list(lists[l], l);
        count_values();
    }

    [[nodiscard]] std::size_t size() const { return lists_.size(); }
    [[nodiscard]] const std::vector<PersonField>& fields() const { return fields_; }
    [[nodiscard]] const std::vector<std::uint32_t>& lists() const { return lists_; }
    [[nodiscard]] std::uint32_t code(std::size_t field, std::uint32_t entry) const {
        return codes_[field][entry];
    }
    [[nodiscard]] const std::string& value(std::size_t field, std::uint32_t entry) const {
        return books_[field][codes_[field][entry]];
    }
    [[nodiscard]] const std::string& value_of_code(std::size_t field, std::uint32_t code) const {
        return books_[field][code];
    }
    [[nodiscard]] bool rare(std::size_t field, std::uint32_t code) const {
        const auto count = counts_[field][code];
        return count <= rare_count || count <= rare_share * static_cast<double>(size());
    }

private:
    void add_field(const PersonField& field) {
        const auto known = std::ranges::find(fields_, field.name, &PersonField::name);
        if (known == fields_.end()) fields_.push_back(field);
    }

    void add_list(const PersonList& list, std::uint32_t number) {
        const auto before = lists_.size();
        lists_.insert(lists_.end(), list.size(), number);
        for (auto& column : codes_) column.resize(lists_.size());
        for (std::size_t f = 0; f < list.fields.size(); ++f) {
            const auto known = std::ranges::find(fields_, list.fields[f].name, &PersonField::name);
            const auto field = static_cast<std::size_t>(known - fields_.begin());
            // Names recur: each is brought into its form once.
            std::unordered_map<std::string, std::uint32_t> forms;
            for (std::size_t i = 0; i < list.size(); ++i) {
                const auto& value = list.values[f][i];
                const auto [form, fresh] = forms.try_emplace(value, 0U);
                if (fresh) form->second = books_[field].code(normal_form(known->kind, value));
                codes_[field][before + i] = form->second;
            }
        }
    }

    void count_values() {
        counts_.resize(fields_.size());
        for (std::size_t f = 0; f < fields_.size(); ++f) {
            for (const auto code : codes_[f]) {
                if (code >= counts_[f].size()) counts_[f].resize(code + 1);
                ++counts_[f][code];
            }
        }
    }

    std::vector<PersonField> fields_;
    std::vector<NameBook> books_;
    std::vector<std::uint32_t> lists_;
    std::vector<std::vector<std::uint32_t>> codes_;
    std::vector<std::vector<std::uint32_t>> counts_;
};

/// Compares entries pair by pair and remembers what it found of values: one for each thread.
class EntryComparison {
public:
    explicit EntryComparison(const Entries& entries) : entries_(entries), seen_(entries.fields().size()) {
        for (auto& memory : seen_) memory.resize(std::size_t{1} << memory_bits);
        std::vector<std::size_t> names;
        for (std::size_t f = 0; f < entries.fields().size(); ++f) {
            if (entries.fields()[f].kind == PersonFieldKind::name) names.push_back(f);
        }
        // The first two names are a person's, given and family.
        if (names.size() >= 2) exchanged_ = {names[0], names[1]};
    }

    Pattern operator()(std::uint32_t a, std::uint32_t b) {
        Pattern pattern;
        for (std::size_t f = 0; f < entries_.fields().size(); ++f) {
            if (exchanged_ && (f == exchanged_->first || f == exchanged_->second)) continue;
            if (const auto level = compare(f, entries_.code(f, a), entries_.code(f, b)))
                pattern.set(f, *level);
        }
        if (exchanged_) set_names(pattern, a, b);
        return pattern;
    }

private:
    static constexpr unsigned memory_bits = 14;

    std::optional<std::uint8_t> compare(std::size_t field, std::uint32_t a, std::uint32_t b) {
        if (a == 0 || b == 0) return std::nullopt;
        const auto kind = entries_.fields()[field].kind;
        const bool names = kind == PersonFieldKind::name || kind == PersonFieldKind::text;
        if (a == b) return names && entries_.rare(field, a) ? std::uint8_t{4} : std::uint8_t{3};
        const auto pair = static_cast<std::uint64_t>(std::min(a, b)) << 30U | std::max(a, b);
        auto& entry = seen_[field][(pair * 0x9e3779b97f4a7c15U) >> (64 - memory_bits)];
        if (entry >> 4U != pair) {
            entry = pair << 4U |
                    person_level(kind, entries_.value_of_code(field, a), entries_.value_of_code(field, b));
        }
        return static_cast<std::uint8_t>(entry & 15U);
    }

    /// Given and family name as they are, or exchanged where both are there and agree better so.
    void set_names(Pattern& pattern, std::uint32_t a, std::uint32_t b) {
        const auto [given, family] = *exchanged_;
        const auto straight_given = compare(given, entries_.code(given, a), entries_.code(given, b));
        const auto straight_family = compare(family, entries_.code(family, a), entries_.code(family, b));
        const auto& x = entries_.value(given, a);
        const auto& y = entries_.value(family, a);
        // An exchange must agree exactly on at least one of the two: chance agreement is common otherwise.
        const bool may = (straight_given.value_or(0) < 3 && straight_family.value_or(0) < 3) && !x.empty() &&
                         !y.empty() && (x == entries_.value(family, b) || y == entries_.value(given, b));
        if (may) {
            const auto& v = entries_.value(given, b);
            const auto& w = entries_.value(family, b);
            pattern.set(given, w.empty() ? 0 : person_level(PersonFieldKind::name, x, w));
            pattern.set(family, v.empty() ? 0 : person_level(PersonFieldKind::name, y, v));
            return;
        }
        if (straight_given) pattern.set(given, *straight_given);
        if (straight_family) pattern.set(family, *straight_family);
    }

    const Entries& entries_;
    std::vector<std::vector<std::uint64_t>> seen_;
    std::optional<std::pair<std::size_t, std::size_t>> exchanged_;
};

/// Entries under keys, and the pairs of entries that share one.
class Blocks {
public:
    Blocks(const Entries& entries, std::span<const std::uint8_t> repeats)
        : entries_(entries), repeats_(repeats) {}

    void add(std::uint64_t key, std::uint32_t entry) { keyed_.emplace_back(key, entry); }

    /// Takes the pairs under each key, unless too many share it, and forgets the keys.
    void flush() {
        std::ranges::sort(keyed_);
        for (std::size_t begin = 0; begin < keyed_.size();) {
            auto end = begin;
            while (end < keyed_.size() && keyed_[end].first == keyed_[begin].first) ++end;
            if (end - begin <= largest_block) add_pairs(begin, end);
            begin = end;
        }
        keyed_.clear();
        std::ranges::sort(fresh_);
        fresh_.erase(std::ranges::unique(fresh_).begin(), fresh_.end());
        std::vector<std::uint64_t> all;
        std::ranges::set_union(pairs_, fresh_, std::back_inserter(all));
        pairs_ = std::move(all);
        fresh_.clear();
    }

    [[nodiscard]] std::vector<std::uint64_t> take() { return std::move(pairs_); }

private:
    void add_pairs(std::size_t begin, std::size_t end) {
        const auto& lists = entries_.lists();
        for (auto i = begin; i < end; ++i) {
            for (auto j = i + 1; j < end; ++j) {
                const auto a = keyed_[i].second;
                const auto b = keyed_[j].second;
                if (a == b || (lists[a] == lists[b] && repeats_[lists[a]] == 0)) continue;
                fresh_.push_back(static_cast<std::uint64_t>(std::min(a, b)) << 32U | std::max(a, b));
            }
        }
    }

    const Entries& entries_;
    std::span<const std::uint8_t> repeats_;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> keyed_;
    std::vector<std::uint64_t> fresh_;
    std::vector<std::uint64_t> pairs_;
};

/// The two-letter shingles of an entry: names by their skeletons, so that letters and vowels do not matter;
/// everything else as it is, each field by itself.
std::vector<std::uint64_t> entry_shingles(const Entries& entries, std::uint32_t entry) {
    std::vector<std::uint64_t> shingles;
    const auto add = [&](std::string_view text, std::uint64_t salt) {
        for (std::size_t i = 0; i + 2 <= text.size(); ++i)
            shingles.push_back(hash_of(text.substr(i, 2), salt));
        if (text.size() == 1) shingles.push_back(hash_of(text, salt));
    };
    for (std::size_t f = 0; f < entries.fields().size(); ++f) {
        const auto& value = entries.value(f, entry);
        if (value.empty()) continue;
        switch (entries.fields()[f].kind) {
            case PersonFieldKind::name:
                add(skeleton(value), 1);  // one salt: given and family name may be exchanged
                break;
            case PersonFieldKind::text:
            case PersonFieldKind::code:
            case PersonFieldKind::date:
                add(value, 2 + f);
                break;
            case PersonFieldKind::number:
                shingles.push_back(hash_of(value, 2 + f));
                break;
        }
    }
    return shingles;
}

/// The pairs of entries worth comparing: sorted, each once.
std::vector<std::uint64_t> pairs_to_compare(const Entries& entries, std::span<const std::uint8_t> repeats,
                                            const PersonSettings& settings) {
    const auto n = static_cast<std::uint32_t>(entries.size());
    Blocks blocks(entries, repeats);
    std::vector<std::array<std::uint64_t, bands>> keys(n);
    constexpr std::size_t piece = 512;
    run_side_by_side(settings.threads, (n + piece - 1) / piece, [&](std::size_t part) {
        for (auto i = static_cast<std::uint32_t>(part * piece);
             i < std::min<std::size_t>(n, (part + 1) * piece); ++i) {
            const auto shingles = entry_shingles(entries, i);
            for (std::size_t band = 0; band < bands; ++band) {
                std::uint64_t key = band;
                for (std::size_t h = 0; h < hashes_in_band; ++h) {
                    const auto salt = mixed(settings.seed * 1000003 + band * hashes_in_band + h + 1);
                    auto least = std::numeric_limits<std::uint64_t>::max();
                    for (const auto shingle : shingles) least = std::min(least, mixed(shingle ^ salt));
                    key = mixed(key ^ least);
                }
                keys[i][band] = key;
            }
        }
    });
    for (std::size_t band = 0; band < bands; ++band) {
        for (std::uint32_t i = 0; i < n; ++i) blocks.add(keys[i][band], i);
        blocks.flush();
    }
    // A code, a date or a rare name that is the same is reason enough.
    for (std::size_t f = 0; f < entries.fields().size(); ++f) {
        if (entries.fields()[f].kind == PersonFieldKind::number) continue;
        for (std::uint32_t i = 0; i < n; ++i) {
            if (entries.code(f, i) != 0) blocks.add(entries.code(f, i), i);
        }
        blocks.flush();
    }
    return blocks.take();
}

/// What is usually so of lists of persons: fields mostly agree in pairs that are one.
LevelPrior usual_levels_of(std::span<const ComparedField> fields) {
    LevelPrior prior{.m = {}, .u = {}, .pairs = 10, .share = 0.05};
    for (const auto& field : fields) {
        std::vector<double> m(field.levels, 0.1 / (field.levels - 1));
        std::vector<double> u(field.levels, 0.2 / (field.levels - 1));
        m.back() = 0.5;
        m[field.levels - 2U] += 0.4;
        u.front() = 0.8;
        prior.m.push_back(std::move(m));
        prior.u.push_back(std::move(u));
    }
    return prior;
}

class PersonLinking {
public:
    PersonLinking(std::span<const PersonList> lists, const PersonSettings& settings)
        : lists_(lists), settings_(settings), entries_(lists) {
        for (const auto& list : lists) repeats_.push_back(list.repeats == Repeats::may ? 1 : 0);
        for (const auto& field : entries_.fields()) fields_.push_back({field.name, levels_of(field.kind)});
    }

    Result<LinkedPersons> run() {
        if (auto bad = problem()) return failure(std::move(*bad));
        result_.entries = entries_.size();
        result_.fields = entries_.fields();
        pairs_ = pairs_to_compare(entries_, repeats_, settings_);
        result_.compared = pairs_.size();
        compare_pairs();
        const auto counts = count_patterns();
        if (!counts.empty()) {
            EmSettings em;
            em.prior = usual_levels_of(fields_);
            em.expected_links = static_cast<double>(entries_.size());
            auto fit = fit_link_model(fields_, counts, em);
            if (!fit) return tl::unexpected(std::move(fit.error()));
            result_.fit = std::move(*fit);
            result_.fit.model.weight_cap = settings_.weight_cap;
            weigh();
        }
        group(counts);
        return std::move(result_);
    }

private:
    std::optional<Error> problem() const {
        if (lists_.size() > most_lists)
            return Error{.message = fmt::format("more than {} lists", most_lists)};
        if (fields_.empty()) return Error{.message = "the lists have no fields to compare"};
        if (fields_.size() > Pattern::most_fields)
            return Error{.message = fmt::format("more than {} fields", Pattern::most_fields)};
        for (const auto& list : lists_) {
            for (const auto& field : list.fields) {
                const auto known = std::ranges::find(entries_.fields(), field.name, &PersonField::name);
                if (known->kind != field.kind) {
                    return Error{
                        .message = fmt::format("field '{}' is compared in one way in one list and in another "
                                               "way in list '{}'",
                                               field.name, list.id)};
                }
            }
        }
        return std::nullopt;
    }

    void compare_pairs() {
        patterns_.resize(pairs_.size());
        const unsigned lanes = std::max(1U, settings_.threads);
        run_side_by_side(lanes, lanes, [&](std::size_t lane) {
            EntryComparison comparison(entries_);
            const auto begin = pairs_.size() * lane / lanes;
            const auto end = pairs_.size() * (lane + 1) / lanes;
            for (auto i = begin; i < end; ++i) patterns_[i] = comparison(first(i), second(i));
        });
    }

    [[nodiscard]] std::vector<PatternCount> count_patterns() const {
        auto sorted = patterns_;
        std::ranges::sort(sorted);
        std::vector<PatternCount> counts;
        for (const auto pattern : sorted) {
            if (counts.empty() || counts.back().pattern != pattern) counts.push_back({pattern, 0});
            ++counts.back().count;
        }
        return counts;
    }

    void weigh() {
        const auto& model = result_.fit.model;
        std::unordered_map<std::uint64_t, std::pair<double, double>> known;
        for (std::size_t i = 0; i < pairs_.size(); ++i) {
            const auto [entry, fresh] = known.try_emplace(patterns_[i].bits());
            if (fresh) entry->second = {model.weight(patterns_[i]), model.posterior(patterns_[i])};
            const auto [weight, chance] = entry->second;
            if (chance < settings_.review_from) continue;
            PersonLink link;
            link.pair = {first(i), second(i)};
            link.pattern = patterns_[i];
            link.weight = weight;
            link.chance = chance;
            result_.links.push_back(link);
        }
    }

    void group(std::span<const PatternCount> counts) {
        Clusters clusters(entries_.lists(), repeats_);
        std::vector<std::uint32_t> order(result_.links.size());
        for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
        std::ranges::sort(order, {}, [&](std::uint32_t i) {
            return std::tuple(-result_.links[i].weight, result_.links[i].pair);
        });
        EntryComparison comparison(entries_);
        const auto& model = result_.fit.model;
        const auto fits = [&](std::uint32_t a, std::uint32_t b) {
            return model.posterior(comparison(a, b)) >= least_chance_within;
        };
        double found = 0;
        for (const auto i : order) {
            auto& link = result_.links[i];
            link.linked = link.chance >= settings_.link_from && clusters.offer(link.pair, fits);
        }
        for (auto& link : result_.links) {
            link.linked = link.linked || clusters.together(link.pair);
            ++(link.linked ? result_.linked : result_.review);
            if (!link.linked) continue;
            result_.expected_false += 1 - link.chance;
            found += link.chance;
        }
        double all = 0;
        for (const auto& [pattern, count] : counts)
            all += static_cast<double>(count) * model.posterior(pattern);
        result_.expected_missed = std::max(0.0, all - found);
        result_.persons = clusters.groups();
        for (const auto& person : result_.persons) {
            std::uint64_t in = 0;
            for (const auto entry : person) in |= std::uint64_t{1} << entries_.lists()[entry];
            ++result_.by_lists[in];
        }
    }

    [[nodiscard]] std::uint32_t first(std::size_t i) const {
        return static_cast<std::uint32_t>(pairs_[i] >> 32U);
    }
    [[nodiscard]] std::uint32_t second(std::size_t i) const { return static_cast<std::uint32_t>(pairs_[i]); }

    std::span<const PersonList> lists_;
    const PersonSettings& settings_;
    Entries entries_;
    std::vector<std::uint8_t> repeats_;
    std::vector<ComparedField> fields_;
    std::vector<std::uint64_t> pairs_;
    std::vector<Pattern> patterns_;
    LinkedPersons result_;
};

}  // namespace

std::uint8_t person_level(PersonFieldKind kind, std::string_view a, std::string_view b) {
    switch (kind) {
        case PersonFieldKind::name:
            return likeness_level(name_likeness(a, b));
        case PersonFieldKind::text:
            return likeness_level(jaro_winkler(a, b));
        case PersonFieldKind::code:
            return code_level(a, b);
        case PersonFieldKind::date:
            return date_level(a, b);
        case PersonFieldKind::number:
            return number_level(a, b);
    }
    return 0;
}

Result<LinkedPersons> link_persons(std::span<const PersonList> lists, const PersonSettings& settings) {
    return PersonLinking(lists, settings).run();
}

}  // namespace truce::linkage
