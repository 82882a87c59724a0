// SPDX-License-Identifier: Apache-2.0
#include "adjudication/case_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <span>
#include <utility>

#include "adjudication/adjudicate.h"
#include "base/text.h"
#include "base/time.h"
#include "model/commitment.h"

namespace truce {
namespace {

constexpr std::size_t most_text = 1U << 20U;
constexpr std::size_t most_cases = 500;
constexpr std::size_t most_lines_of_a_case = 200;
constexpr std::size_t most_bytes_of_a_line = 500;
constexpr double longest_km = 9'000.0;

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Word {
    std::string_view text;
    std::size_t line = 0;
    std::size_t column = 0;
    bool quoted = false;
};

/// One statement: a line that starts at the margin, with the indented lines below it.
struct Statement {
    std::vector<Word> words;
    std::size_t line = 0;
};

Error complaint(const Word& at, std::string message) {
    return {.message = std::move(message), .file = {}, .line = at.line, .column = at.column};
}

/// Reads one statement word by word. After a failure every further reading fails quietly with it.
class Reader {
public:
    explicit Reader(const Statement& statement) : words_(statement.words) {}

    [[nodiscard]] bool done() const { return error_ || next_ == words_.size(); }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }
    [[nodiscard]] std::string_view peek() const { return done() ? std::string_view{} : words_[next_].text; }
    [[nodiscard]] bool next_is_quoted() const { return !done() && words_[next_].quoted; }

    /// Takes the phrase when it comes next, word for word.
    bool take(std::initializer_list<std::string_view> phrase) {
        if (error_ || words_.size() - next_ < phrase.size()) return false;
        std::size_t at = next_;
        for (const auto word : phrase) {
            if (words_[at].quoted || words_[at].text != word) return false;
            ++at;
        }
        next_ = at;
        return true;
    }
    bool take(std::string_view word) { return take({word}); }

    std::string_view word(std::string_view wanted) {
        if (error_) return {};
        if (next_ == words_.size()) {
            fail_at_end(fmt::format("the statement ends where {} should follow", wanted));
            return {};
        }
        return words_[next_++].text;
    }
    void expect(std::string_view expected) {
        if (error_ || take(expected)) return;
        if (next_ == words_.size()) {
            return fail_at_end(fmt::format("the statement ends where '{}' should follow", expected));
        }
        fail(fmt::format("'{}' found, want '{}'", shown(words_[next_].text, 40), expected));
    }
    /// Complains about the word taken last, or about the next one when none was.
    void fail(std::string message) {
        if (error_) return;
        const std::size_t at = next_ == 0 ? 0 : next_ - 1;
        error_ = complaint(words_[at], std::move(message));
    }
    void adopt(const Error& error) { fail(error.message); }

    /// `A,B` or `A, B`: names divided by commas, with or without space after them.
    std::vector<std::string_view> list(std::string_view wanted) {
        std::vector<std::string_view> all;
        bool more = true;
        while (more && !error_) {
            const bool quoted = next_is_quoted();
            const auto text = word(wanted);
            more = !quoted && text.ends_with(',');
            if (quoted) {
                all.push_back(text);
            } else {
                const auto parts = split(text, ',');
                all.insert(all.end(), parts.begin(), parts.end());
            }
        }
        if (all.empty()) fail(fmt::format("want {}", wanted));
        return all;
    }

    double real(std::string_view wanted) {
        const auto text = word(wanted);
        const auto value = parse_real(text);
        if (!error_ && (!value || !std::isfinite(*value))) {
            fail(fmt::format("'{}' found, want {}", shown(text, 40), wanted));
        }
        return value.value_or(0.0);
    }

    /// `10km`, `10 km` or `500m`.
    Distance length() {
        const auto text = word("a length such as 10km");
        auto number = text;
        double scale = 1.0;
        if (text.ends_with("km")) {
            number.remove_suffix(2);
        } else if (text.ends_with('m')) {
            number.remove_suffix(1);
            scale = 0.001;
        } else if (!error_) {
            expect("km");
        }
        const auto value = parse_real(number);
        const bool fits = value && *value >= 0.0 && *value * scale <= longest_km;
        if (!error_ && !fits) {
            fail(fmt::format("'{}' is no length; want a number from 0 to {}km", shown(text, 40), longest_km));
        }
        return fits ? Distance::km(*value * scale) : Distance::km(0);
    }

    /// `36.20,37.16`: latitude, longitude.
    Point point() {
        const auto text = word("a place as latitude,longitude");
        const auto comma = text.find(',');
        const auto lat = parse_real(text.substr(0, comma));
        const auto lon = comma == std::string_view::npos ? std::nullopt : parse_real(text.substr(comma + 1));
        const Point place{lat.value_or(0.0), lon.value_or(0.0)};
        if (!error_ && (!lat || !lon || !is_valid(place))) {
            fail(fmt::format("'{}' is no place; want latitude,longitude as in 36.20,37.16", shown(text, 40)));
        }
        return place;
    }

    /// A point, or `5km east of 36.20,37.16`.
    Point place() {
        if (peek().find("km") == std::string_view::npos) return point();
        const auto away = length();
        const auto direction = word("north, east, south or west");
        expect("of");
        const auto from = point();
        constexpr std::array<std::string_view, 4> winds{"north", "east", "south", "west"};
        const auto wind = std::ranges::find(winds, direction);
        if (wind == winds.end()) {
            fail(fmt::format("'{}' found, want north, east, south or west", shown(direction, 40)));
        }
        if (error_) return {};
        return destination(from, {90.0 * static_cast<double>(wind - winds.begin())}, away);
    }

    /// `48h`, `3 days`, `90min`.
    seconds duration() {
        const auto text = word("a duration such as 48h or 3 days");
        std::size_t digits = 0;
        while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
        const auto count = parse_integer(text.substr(0, digits));
        auto unit = text.substr(digits);
        if (unit.empty() && !error_) unit = word("hours or days");
        constexpr long long most = 100'000;
        if (count && *count >= 0 && *count <= most) {
            if (unit == "h" || unit == "hours" || unit == "hour") return hours{*count};
            if (unit == "d" || unit == "days" || unit == "day") return hours{24 * *count};
            if (unit == "min" || unit == "minutes") return minutes{*count};
        }
        fail(fmt::format("'{}{}' is no duration; want 48h, 3 days or 90min", shown(text, 20),
                         text.size() == digits ? shown(unit, 20) : ""));
        return {};
    }

private:
    void fail_at_end(std::string message) {
        if (!error_) error_ = complaint(words_.back(), std::move(message));
    }

    std::span<const Word> words_;
    std::size_t next_ = 0;
    std::optional<Error> error_;
};

std::string joined(std::span<const std::string_view> words, char between) {
    std::string text;
    for (const auto word : words) {
        if (!text.empty()) text += between;
        text += word;
    }
    return text;
}

/// `shelling` for `attack.shelling`: an act by its own name, or by its last part where that means one act.
std::optional<Act> act_meant(std::string_view name) {
    if (const auto exact = act_named(name)) return exact;
    if (const auto kind = act_named(fmt::format("attack.{}", name))) return kind;
    std::optional<Act> meant;
    for (const auto act : all_acts()) {
        if (!name_of(act).ends_with(fmt::format(".{}", name))) continue;
        if (meant) return std::nullopt;
        meant = act;
    }
    return meant;
}

Act read_act(Reader& in) {
    const auto text = in.word("an act");
    const auto act = act_meant(text);
    if (!act) {
        std::vector<std::string_view> names;
        for (const auto one : all_acts()) names.push_back(name_of(one));
        in.fail(fmt::format("'{}' is no act{}", shown(text, 40), did_you_mean(text, names)));
    }
    return act.value_or(Act::unknown);
}

std::vector<Act> read_acts(Reader& in) {
    std::vector<Act> acts;
    for (const auto text : in.list("an act")) {
        const auto act = act_meant(text);
        if (!act) {
            std::vector<std::string_view> names;
            for (const auto one : all_acts()) names.push_back(name_of(one));
            in.fail(fmt::format("'{}' is no act{}", shown(text, 40), did_you_mean(text, names)));
            return acts;
        }
        acts.push_back(*act);
    }
    return acts;
}

/// Makes one case of its statements, those before the first case coming first.
class CaseBuilder {
public:
    Result<Case> build(std::span<const Statement> prelude, std::span<const Statement> own) {
        std::vector<const Statement*> statements;
        for (const auto& one : prelude) statements.push_back(&one);
        for (const auto& one : own) statements.push_back(&one);
        // Names first, so that a commitment may speak of one further down.
        for (const auto* statement : statements) {
            if (statement->words.size() < 2) continue;
            const auto kind = statement->words[0].text;
            const auto name = statement->words[1].text;
            if (kind == "commitment") {
                if (agreement_names_.contains(name)) {
                    return failure(
                        complaint(statement->words[1],
                                  fmt::format("commitment '{}' is there already", shown(name, 40))));
                }
                const AgreementId id{static_cast<std::uint32_t>(agreement_names_.size())};
                agreement_names_.emplace(name, id);
            }
        }
        case_.agreements.resize(agreement_names_.size());
        for (const auto pass : {Pass::setting, Pass::areas, Pass::rest}) {
            if (pass == Pass::rest) case_.areas = AreaRegister(areas_);
            for (const auto* statement : statements) {
                if (auto failed = read(*statement, pass)) return failure(std::move(*failed));
            }
        }
        case_.actors = ActorRegister(std::move(actors_));
        return std::move(case_);
    }

private:
    enum class Pass { setting, areas, rest };

    std::optional<Error> read(const Statement& statement, Pass pass) {
        Reader in(statement);
        const auto kind = in.word("a statement");
        constexpr std::array<std::string_view, 6> kinds{"zone",       "area",     "actor",
                                                        "commitment", "incident", "expect"};
        if (kind == "zone") {
            if (pass == Pass::setting)
                read_zone(in);
            else
                return std::nullopt;
        } else if (kind == "area") {
            if (pass == Pass::areas)
                read_area(in);
            else
                return std::nullopt;
        } else if (std::ranges::find(kinds, kind) == kinds.end()) {
            in.fail(fmt::format("'{}' is no statement; want case, {}{}", shown(kind, 40), joined(kinds, ' '),
                                did_you_mean(kind, kinds)));
        } else if (pass != Pass::rest) {
            return std::nullopt;
        } else if (kind == "actor") {
            read_actor(in);
        } else if (kind == "commitment") {
            read_commitment(in);
        } else if (kind == "incident") {
            read_incident(in);
        } else {
            read_expectation(in, statement.line);
        }
        if (!in.done()) {
            const auto left_over = in.word("");
            in.fail(fmt::format("'{}' is not understood here", shown(left_over, 40)));
        }
        return in.error();
    }

    // ---- names

    ActorId actor(std::string_view name) {
        const auto found = actor_names_.find(name);
        if (found != actor_names_.end()) return found->second;
        const ActorId id{static_cast<std::uint32_t>(actors_.size())};
        Actor one;
        one.id = std::string(name);
        one.kind = ActorKind::armed_group;
        actors_.push_back(std::move(one));
        actor_names_.emplace(name, id);
        return id;
    }

    AreaClause area_clause(Reader& in) {
        const auto name = in.word("the name of an area");
        AreaClause clause;
        for (const auto id : case_.areas.versions_of(name)) {
            clause.versions.push_back({case_.areas[id].version, id});
        }
        if (clause.versions.empty()) {
            std::vector<std::string> names;
            for (const auto& area : areas_) names.push_back(area.id);
            in.fail(fmt::format("area '{}' is not defined{}", shown(name, 40), did_you_mean(name, names)));
        }
        return clause;
    }

    AgreementId agreement(Reader& in) {
        const auto name = in.word("the name of a commitment");
        const auto found = agreement_names_.find(name);
        if (found != agreement_names_.end()) return found->second;
        std::vector<std::string_view> names;
        for (const auto& [known, id] : agreement_names_) names.push_back(known);
        in.fail(
            fmt::format("commitment '{}' is not in this case{}", shown(name, 40), did_you_mean(name, names)));
        return {};
    }

    // ---- times

    LocalTime local_time(Reader& in, std::string_view text) {
        const auto local = parse_local_time(text);
        if (!local) in.adopt(local.error());
        return local.value_or(LocalTime{.day = std::chrono::year{2000} / 1 / 1});
    }

    bool names_a_day(std::string_view text) const { return text.size() == 10; }

    /// A date is the start of that local day. A reading that the clocks skipped or repeated stays uncertain.
    Moment moment_at(Reader& in, std::string_view text) {
        if (names_a_day(text)) {
            const auto day = parse_day(text);
            if (!day) {
                in.adopt(day.error());
                return {};
            }
            return Moment::at(zone_.day(*day).first);
        }
        const auto local = local_time(in, text);
        if (in.error()) return {};
        const auto stretch = zone_.instants(local);
        return {stretch.first, stretch.end - seconds{1}};
    }

    Moment moment(Reader& in) {
        if (in.take("unknown")) return Moment::unknown();
        if (in.take("between")) {
            const auto first = moment_at(in, in.word("a time"));
            in.expect("and");
            const auto last = moment_at(in, in.word("a time"));
            if (last.latest < first.earliest) in.fail("the second time comes before the first");
            return {first.earliest, std::max(first.earliest, last.latest)};
        }
        if (in.take({"the", "end", "of"})) {
            const auto day = parse_day(in.word("a day"));
            if (!day) {
                in.adopt(day.error());
                return {};
            }
            return Moment::at(zone_.day(*day).end);
        }
        return moment_at(in, in.word("a time"));
    }

    /// When an incident happened: `2016-05-04`, `2016-05-04T00:30`, `2016-05-01..2016-05-03`, `2016-05`,
    /// `the week of 2016-05-02`, `the hour of 2016-05-04T13:00`.
    When when(Reader& in) {
        if (in.take("unknown")) return {Period{}, TimePrecision::unknown};
        if (in.take({"the", "week", "of"})) {
            const auto day = parse_day(in.word("a day"));
            if (day) return {zone_.days(*day, *day + std::chrono::days{6}), TimePrecision::week};
            in.adopt(day.error());
            return {};
        }
        const bool hour = in.take({"the", "hour", "of"});
        const auto text = in.word("a date or time");
        if (const auto dots = text.find(".."); dots != std::string_view::npos && !hour) {
            const auto first = parse_day(text.substr(0, dots));
            const auto last = parse_day(text.substr(dots + 2));
            if (!first || !last || *last < *first) {
                in.fail(
                    fmt::format("'{}' is no stretch of days; want 2016-05-01..2016-05-03", shown(text, 40)));
                return {};
            }
            return {zone_.days(*first, *last), TimePrecision::days};
        }
        if (text.size() <= 10 && !hour) {
            const auto days = parse_partial_day(text);
            if (!days) {
                in.adopt(days.error());
                return {};
            }
            const auto precision = text.size() == 10  ? TimePrecision::day
                                   : text.size() == 7 ? TimePrecision::month
                                                      : TimePrecision::year;
            return {zone_.days(days->first, days->last), precision};
        }
        const auto stretch = zone_.instants(local_time(in, text));
        const seconds long_for = hour ? seconds{hours{1}} : seconds{minutes{1}};
        return {{stretch.first, stretch.end - seconds{1} + long_for},
                hour ? TimePrecision::hour : TimePrecision::minute};
    }

    // ---- statements

    void read_zone(Reader& in) {
        const auto zone = Zone::named(in.word("a time zone, as Asia/Damascus"));
        if (zone)
            zone_ = *zone;
        else
            in.adopt(zone.error());
    }

    Shape shape(Reader& in) {
        if (in.take("within")) {
            const auto radius = in.length();
            in.expect("of");
            const auto centre = in.place();
            return in.error() ? Shape{} : Shape(Disc{centre, radius});
        }
        if (in.take({"the", "world"})) return rectangle({-90, -180, 90, 180});
        constexpr double far_off = 120.0;
        if (in.take({"east", "of"})) {
            const auto lon = in.real("a longitude");
            return bounded(in, {-89, lon, 89, std::min(180.0, lon + far_off)});
        }
        if (in.take({"west", "of"})) {
            const auto lon = in.real("a longitude");
            return bounded(in, {-89, std::max(-180.0, lon - far_off), 89, lon});
        }
        if (in.take({"north", "of"})) return bounded(in, {in.real("a latitude"), -180, 89.9, 180});
        if (in.take({"south", "of"})) return bounded(in, {-89.9, -180, in.real("a latitude"), 180});
        if (in.take("box")) {
            const auto low = in.point();
            const auto high = in.point();
            return bounded(in, {low.lat, low.lon, high.lat, high.lon});
        }
        const auto found = in.word("within, box, east of, west of, north of, south of or the world");
        in.fail(
            fmt::format("'{}' is no area; want within 10km of 36.2,37.1, box 36.0,37.0 36.5,37.5, "
                        "east of 37.1 or the world",
                        shown(found, 40)));
        return {};
    }

    Shape bounded(Reader& in, const Box& box) {
        if (in.error()) return {};
        if (box.south >= box.north || box.west >= box.east || !is_valid({box.south, box.west}) ||
            !is_valid({box.north, box.east})) {
            in.fail("the area has no surface; want the south-western corner first");
            return {};
        }
        return rectangle(box);
    }

    void add_area(Reader& in, std::string name, std::string version, Shape made) {
        const bool there = std::ranges::any_of(
            areas_, [&](const Area& area) { return area.id == name && area.version == version; });
        if (there) return in.fail(fmt::format("area '{}' is there already", shown(name, 40)));
        Area area;
        area.id = std::move(name);
        area.version = std::move(version);
        area.shape = std::move(made);
        areas_.push_back(std::move(area));
    }

    void read_area(Reader& in) {
        const auto name = std::string(in.word("the area's name"));
        std::string version;
        if (in.take({"as", "drawn", "by"})) version = std::string(in.word("who drew it"));
        add_area(in, name, version, shape(in));
    }

    void read_actor(Reader& in) {
        const auto id = actor(in.word("the actor's name"));
        while (!in.done()) {
            if (in.take("is")) {
                const auto text = in.word("a kind of actor");
                const auto kind = actor_kind_named(text);
                if (kind)
                    actors_[id.value].kind = *kind;
                else
                    in.fail(
                        fmt::format("'{}' is no kind of actor; want state, armed_group, coalition, umbrella, "
                                    "organisation, civilians or unknown",
                                    shown(text, 40)));
                continue;
            }
            const auto relation = relation_of(in);
            if (!relation) return;
            const auto others = in.list("an actor");
            Period during;
            if (in.take("since")) during.first = moment(in).latest;
            if (in.take("until")) during.end = moment(in).earliest;
            for (const auto other : others) {
                const auto other_id = actor(other);
                actors_[id.value].relations.push_back({*relation, other_id, during});
            }
        }
    }

    std::optional<ActorRelation> relation_of(Reader& in) {
        if (in.take("contains")) return ActorRelation::contains;
        if (in.take({"part", "of"})) return ActorRelation::part_of;
        if (in.take("commands")) return ActorRelation::commands;
        if (in.take({"allied", "with"})) return ActorRelation::allied_with;
        if (in.take({"associated", "with"})) return ActorRelation::associated_with;
        if (in.take({"splinter", "of"})) return ActorRelation::splinter_of;
        if (in.take({"beside"})) return ActorRelation::co_located_with;
        if (in.take({"same", "as"})) return ActorRelation::same_as;
        const auto found = in.word("a relation");
        in.fail(
            fmt::format("'{}' is not understood of an actor; want is, contains, part of, commands, allied "
                        "with, associated with, splinter of, beside or same as",
                        shown(found, 40)));
        return std::nullopt;
    }

    Adherent& adherent(Reader& in, Agreement& agreement, std::string_view name) {
        const auto id = actor(name);
        for (auto& one : agreement.adherents) {
            if (one.actor == id) return one;
        }
        in.fail(fmt::format("'{}' is not among those bound; name it in the 'by' before", shown(name, 40)));
        static thread_local Adherent nobody;
        return nobody;
    }

    TargetKinds target_kinds(Reader& in) {
        TargetKinds kinds;
        for (const auto text : in.list("whom it protects")) {
            const auto kind = target_kind_named(text);
            if (kind) {
                kinds.add(*kind);
                continue;
            }
            std::vector<std::string_view> names;
            for (const auto one : all_target_kinds()) names.push_back(name_of(one));
            in.fail(fmt::format("'{}' is no kind of target{}; want {}", shown(text, 40),
                                did_you_mean(text, names), joined(names, ' ')));
        }
        return kinds;
    }

    std::optional<LineageRelation> lineage_of(Reader& in) {
        if (in.take({"extends", "the", "area", "of"})) return LineageRelation::extends_area_of;
        if (in.take({"extends", "the", "time", "of"})) return LineageRelation::extends_time_of;
        if (in.take("reaffirms")) return LineageRelation::reaffirms;
        if (in.take({"recommits", "to"})) return LineageRelation::recommits_to;
        if (in.take("implements")) return LineageRelation::implements;
        if (in.take({"annex", "of"})) return LineageRelation::annex_of;
        if (in.take("supersedes")) return LineageRelation::supersedes;
        if (in.take("suspends")) return LineageRelation::suspends;
        if (in.take("terminates")) return LineageRelation::terminates;
        if (in.take("follows")) return LineageRelation::follows;
        return std::nullopt;
    }

    void read_commitment(Reader& in) {
        const auto name = in.word("the commitment's name");
        if (in.error()) return;
        auto& one = case_.agreements[agreement_names_.find(name)->second.value];
        one.id = std::string(name);
        one.zone = std::string(zone_.name());
        one.from = Moment::unknown();
        one.until = Moment::at(open_end);
        named_duty_open_ = false;
        std::optional<seconds> lasts;
        bool has_from = false;
        while (!in.done()) {
            if (in.take("from")) {
                one.from = moment(in);
                has_from = true;
            } else if (in.take("until")) {
                one.until = moment(in);
            } else if (in.take("for")) {
                lasts = in.duration();
            } else if (!read_duty(in, one) && !read_party_clause(in, one) && !read_area_clause(in, one) &&
                       !read_other_clause(in, one)) {
                return;
            }
        }
        if (lasts) one.until = {after(one.from.earliest, *lasts), after(one.from.latest, *lasts)};
        if (!has_from)
            in.fail(fmt::format("commitment '{}' says no 'from'; want from 2016-05-04T00:01, or from unknown",
                                one.id));
    }

    static sys_seconds after(sys_seconds start, seconds lasts) {
        return start == open_end ? open_end : std::min(open_end, start + lasts);
    }

    /// `duty aid: must access.allow`, `no shelling`, `may training.fire`, `against civilian`, `of A`.
    bool read_duty(Reader& in, Agreement& one) {
        if (in.take("duty")) {
            Duty duty;
            auto id = in.word("the duty's name");
            if (id.ends_with(':')) id.remove_suffix(1);
            duty.id = std::string(id);
            one.duties.push_back(std::move(duty));
            named_duty_open_ = true;
            return true;
        }
        std::optional<Deontic> deontic;
        if (in.take("no"))
            deontic = Deontic::prohibited;
        else if (in.take("must"))
            deontic = Deontic::obligatory;
        else if (in.take("may"))
            deontic = Deontic::permitted;
        if (deontic) {
            if (!named_duty_open_ || one.duties.empty()) one.duties.emplace_back();
            named_duty_open_ = false;
            one.duties.back().deontic = *deontic;
            one.duties.back().acts = read_acts(in);
            return true;
        }
        const bool against = in.take("against");
        if (!against && !in.take("of")) return false;
        if (one.duties.empty()) {
            in.fail("there is no duty yet; want 'no', 'must' or 'may' before");
        } else if (against) {
            one.duties.back().against = target_kinds(in);
        } else {
            for (const auto party : in.list("who must keep the duty")) {
                one.duties.back().bound.push_back(actor(party));
            }
        }
        return true;
    }

    bool read_party_clause(Reader& in, Agreement& one) {
        if (in.take("by")) {
            for (const auto party : in.list("who is bound")) {
                Adherent bound;
                bound.actor = actor(party);
                one.adherents.push_back(bound);
            }
        } else if (in.take({"acceptance", "of"})) {
            auto& party = adherent(in, one, in.word("a party"));
            in.take("on");
            party.accepted = moment(in);
        } else if (in.take({"withdrawal", "of"})) {
            auto& party = adherent(in, one, in.word("a party"));
            in.take("on");
            party.withdrawn = moment(in);
        } else if (in.take({"suspension", "by"})) {
            auto& party = adherent(in, one, in.word("a party"));
            in.expect("from");
            party.suspended_from = moment(in);
            if (in.take("until")) party.suspended_until = moment(in);
        } else if (in.take({"with", "associates", "of"})) {
            for (const auto name : in.list("a party")) {
                adherent(in, one, name).reach = Adherent::Reach::allies_and_associates;
            }
        } else if (in.take({"guaranteed", "by"})) {
            for (const auto name : in.list("a guarantor")) {
                Adherent guarantor;
                guarantor.actor = actor(name);
                guarantor.capacity = Capacity::guarantor;
                one.adherents.push_back(guarantor);
                one.guarantors.push_back({guarantor.actor, std::nullopt});
            }
        } else if (in.take({"not", "for"})) {
            read_exclusion(in, one);
        } else {
            return false;
        }
        return true;
    }

    void read_exclusion(Reader& in, Agreement& one) {
        const auto names = in.list("who is excluded");
        Exclusion exclusion;
        bool more = true;
        while (more && !in.error()) {
            if (in.take("since"))
                exclusion.during.first = moment(in).latest;
            else if (in.take({"up", "to"}))
                exclusion.during.end = moment(in).earliest;
            else if (in.take({"on", "the", "list", "of"}))
                exclusion.version = std::string(in.word("whose list"));
            else if (in.take({"on", "delineated", "ground"})) {
                exclusion.scope = Exclusion::Scope::actor_in_delineated_area;
                if (in.take("inside")) exclusion.delineated = area_clause(in);
            } else
                more = false;
        }
        for (const auto name : names) {
            exclusion.actor = actor(name);
            one.excluded.push_back(exclusion);
        }
    }

    bool read_area_clause(Reader& in, Agreement& one) {
        if (in.take("in")) {
            one.area = area_clause(in);
        } else if (in.take("everywhere")) {
            // An area of its own, so that it is one in every respect.
            one.area = AreaClause{{{"", unnamed_area(rectangle({-90, -180, 90, 180}))}}};
        } else if (in.peek() == "within" || in.peek() == "east" || in.peek() == "west" ||
                   in.peek() == "north" || in.peek() == "south" || in.peek() == "box") {
            auto made = shape(in);
            one.area = AreaClause{{{"", unnamed_area(std::move(made))}}};
        } else if (in.take("except")) {
            one.except_areas.push_back(area_clause(in));
        } else if (in.take({"only", "in"})) {
            if (one.duties.empty())
                in.fail("there is no duty yet; want 'no', 'must' or 'may' before");
            else
                one.duties.back().area = area_clause(in);
        } else {
            return false;
        }
        return true;
    }

    AreaId unnamed_area(Shape made) {
        const AreaId id{static_cast<std::uint32_t>(areas_.size())};
        Area area;
        area.id = fmt::format("(area {})", id.value);
        area.shape = std::move(made);
        areas_.push_back(std::move(area));
        case_.areas = AreaRegister(areas_);
        return id;
    }

    bool read_other_clause(Reader& in, Agreement& one) {
        if (const auto relation = lineage_of(in)) {
            Lineage link{*relation, agreement(in), std::nullopt};
            if (in.take("at")) link.at = moment(in);
            one.lineage.push_back(link);
        } else if (in.take("suspended")) {
            in.expect("from");
            const auto from = moment(in);
            const auto until = in.take("until") ? moment(in) : Moment::at(open_end);
            one.suspensions.emplace_back(from, until);
        } else if (in.take({"renewed", "automatically"})) {
            one.renewal = Renewal::automatic;
        } else if (in.take("unless")) {
            Exception exception;
            const auto text = in.word("an exception");
            const auto kind = exception_kind_named(text);
            if (!kind)
                in.fail(fmt::format(
                    "'{}' is no exception; want self_defence, excluded_target, live_fire_in_area, "
                    "law_enforcement, prior_notified, coordinated_return_fire or other",
                    shown(text, 40)));
            exception.kind = kind.value_or(ExceptionKind::other);
            if (in.take("inside")) exception.area = area_clause(in);
            if (in.take("as")) exception.acts = read_acts(in);
            one.exceptions.push_back(std::move(exception));
        } else if (in.take({"orders", "within"})) {
            one.notification = Notification{.grace = in.duration(), .during = {}, .chain = {}};
        } else if (in.take({"orders", "without", "delay"})) {
            one.notification = Notification{};
        } else {
            const auto found = in.word("a clause");
            constexpr std::array<std::string_view, 24> clauses{
                "from",       "until",   "for",    "duty",      "no",         "must",
                "may",        "against", "of",     "by",        "acceptance", "withdrawal",
                "suspension", "with",    "not",    "in",        "within",     "everywhere",
                "except",     "unless",  "orders", "reaffirms", "extends",    "suspended"};
            in.fail(fmt::format("'{}' is no clause of a commitment{}", shown(found, 40),
                                did_you_mean(found, clauses)));
            return false;
        }
        return true;
    }

    /// `A`, `A 70%, S 30%`, `nobody known`, `"a name the mission does not know"`, `civilian`.
    void read_side(Reader& in, Side& side, TargetKinds* kinds) {
        if (in.take({"nobody", "known"})) return;
        bool more = true;
        side.basis = Basis::reported;
        while (more && !in.error()) {
            Candidate candidate;
            const bool quoted = in.next_is_quoted();
            auto name = in.word("an actor");
            more = !quoted && name.ends_with(',');
            if (more) name.remove_suffix(1);
            if (!more && in.peek().ends_with('%'))
                candidate.probability = percent(in, in.word("%"));
            else if (!more && in.peek().ends_with("%,")) {
                auto text = in.word("%");
                text.remove_suffix(1);
                candidate.probability = percent(in, text);
                more = true;
            }
            side.name =
                side.name.empty() ? SharedText(name) : SharedText(fmt::format("{}, {}", side.name, name));
            for (const auto part : quoted ? std::vector{name} : split(name, ',')) {
                const auto kind = quoted ? std::nullopt : target_kind_named(part);
                if (kind && kinds != nullptr) {
                    kinds->add(*kind);
                    continue;
                }
                if (!quoted) candidate.actor = actor(part);
                side.candidates.push_back(candidate);
            }
        }
        if (side.candidates.empty()) side.basis = Basis::unknown;
    }

    double percent(Reader& in, std::string_view text) {
        const auto value = parse_real(text.substr(0, text.size() - 1));
        if (!value || *value < 0.0 || *value > 100.0) {
            in.fail(fmt::format("'{}' is no share; want 0% to 100%", shown(text, 20)));
            return 0.0;
        }
        return *value / 100.0;
    }

    void read_incident(Reader& in) {
        Incident one;
        const auto name = in.word("the incident's name");
        one.accounts.push_back(AccountId{static_cast<std::uint32_t>(case_.incidents.size())});
        auto& what = one.what;
        what.act = read_act(in);
        bool dated = false;
        while (!in.done()) {
            if (in.take("on") || in.take("in")) {
                what.when = when(in);
                dated = true;
            } else if (in.take("by")) {
                read_side(in, what.parties.attacker, nullptr);
            } else if (in.take({"allegedly", "by"})) {
                read_side(in, what.parties.attacker, nullptr);
                what.parties.attacker.basis = Basis::alleged;
            } else if (in.take({"claimed", "by"})) {
                read_side(in, what.parties.attacker, nullptr);
                what.parties.attacker.basis = Basis::claimed;
            } else if (in.take({"allegedly", "against"})) {
                read_side(in, what.parties.target, &what.parties.target_kinds);
                what.parties.target.basis = Basis::alleged;
            } else if (in.take("against")) {
                read_side(in, what.parties.target, &what.parties.target_kinds);
            } else if (in.take("between")) {
                what.parties.roles = Roles::unstated;
                read_side(in, what.parties.attacker, nullptr);
                in.expect("and");
                read_side(in, what.parties.target, nullptr);
            } else if (in.take({"harming"})) {
                for (const auto text : in.list("who was harmed")) {
                    const auto kind = target_kind_named(text);
                    if (kind)
                        what.parties.target_kinds.add(*kind);
                    else
                        in.fail(fmt::format("'{}' is no kind of target", shown(text, 40)));
                }
            } else if (in.take("claiming")) {
                read_excuse(in, what, Basis::claimed);
            } else if (in.take({"found", "to", "be"})) {
                read_excuse(in, what, Basis::assessed);
            } else if (in.take("at")) {
                what.place.centre = in.place();
                what.place.precision = PlacePrecision::exact;
                if (in.take("+-"))
                    what.place.radius = in.length();
                else if (in.peek().starts_with("+-"))
                    read_glued_radius(in, what.place);
            } else if (in.take({"somewhere", "in"})) {
                const auto clause = area_clause(in);
                if (!clause.versions.empty()) what.place.within = clause.versions.front().area;
                what.place.precision = PlacePrecision::region;
            } else {
                const auto found = in.word("a clause");
                constexpr std::array<std::string_view, 10> clauses{
                    "on",      "by", "against",   "allegedly", "claimed",
                    "between", "at", "somewhere", "claiming",  "harming"};
                return in.fail(fmt::format("'{}' is no clause of an incident{}", shown(found, 40),
                                           did_you_mean(found, clauses)));
            }
        }
        if (!dated) in.fail("the incident has no date; want on 2016-05-04, or on unknown");
        case_.incident_names.emplace_back(name);
        case_.incidents.push_back(std::move(one));
    }

    void read_glued_radius(Reader& in, Place& place) {
        auto text = in.word("+-1km");
        text.remove_prefix(2);
        Statement glued{{{text, 0, 0, false}}, 0};
        Reader number(glued);
        place.radius = number.length();
        place.precision = PlacePrecision::stated;
        if (number.error()) in.adopt(*number.error());
    }

    void read_excuse(Reader& in, Happening& what, Basis basis) {
        const auto text = in.word("an exception");
        const auto kind = exception_kind_named(text);
        if (!kind) return in.fail(fmt::format("'{}' is no exception", shown(text, 40)));
        what.excuses.emplace_back(*kind, basis);
    }

    /// Words up to one that starts something else, joined as names are: `out of scope` is `out_of_scope`.
    std::string phrase(Reader& in, std::span<const std::string_view> ends) {
        std::string text;
        while (!in.done() && std::ranges::find(ends, in.peek()) == ends.end()) {
            if (!text.empty()) text += '_';
            text += in.word("");
            if (text.ends_with(')') || in.peek().starts_with('(')) break;
        }
        return text;
    }

    Verdict verdict(Reader& in, std::span<const std::string_view> ends) {
        const auto text = phrase(in, ends);
        const auto named = verdict_named(text);
        if (!named) {
            in.fail(
                fmt::format("'{}' is no verdict; want breach, breach likely, undetermined, out of scope "
                            "likely, not breach or out of scope",
                            shown(text, 60)));
        }
        return named.value_or(Verdict::undetermined);
    }

    void read_expectation(Reader& in, std::size_t line) {
        static constexpr std::array<std::string_view, 7> ends{"chance", "author", "authors", "order",
                                                              "flip",   "under",  "if"};
        Expectation one;
        one.line = line;
        one.incident = std::string(in.word("an incident's name"));
        auto against = in.word("a commitment's name");
        if (const auto slash = against.find('/'); slash != std::string_view::npos) {
            one.duty = std::string(against.substr(slash + 1));
            against = against.substr(0, slash);
        }
        one.agreement = std::string(against);
        if (!in.error() &&
            std::ranges::find(case_.incident_names, one.incident) == case_.incident_names.end()) {
            in.fail(
                fmt::format("incident '{}' is not in this case, or comes later", shown(one.incident, 40)));
        }
        if (!in.error() && !agreement_names_.contains(one.agreement)) {
            in.fail(fmt::format("commitment '{}' is not in this case", shown(one.agreement, 40)));
        }
        one.verdict = verdict(in, ends);
        while (!in.done()) {
            if (in.peek().starts_with('(')) {
                auto text = phrase(in, ends);
                if (text.starts_with('(') && text.ends_with(')')) text = text.substr(1, text.size() - 2);
                one.reason = reason_named(text);
                if (!one.reason)
                    in.fail(fmt::format("'{}' is no reason a finding can give", shown(text, 60)));
            } else if (in.take("chance")) {
                one.chance = chance(in);
            } else if (in.take("author")) {
                one.author = std::string(in.word("an actor, or unknown"));
            } else if (in.take("authors")) {
                one.authors.emplace();
                for (const auto author : in.list("actors")) one.authors->emplace_back(author);
            } else if (in.take("order")) {
                one.order = order(in, ends);
            } else if (in.take("flip")) {
                one.flip = flip(in, ends);
            } else if (in.take("under")) {
                const auto by = in.word("a guarantor");
                one.versions.push_back({std::string(by), verdict(in, ends)});
            } else {
                const auto found = in.word("");
                return in.fail(
                    fmt::format("'{}' is not understood; want (reason), chance, author, authors, "
                                "order, flip or under",
                                shown(found, 40)));
            }
        }
        case_.expectations.push_back(std::move(one));
    }

    Chance chance(Reader& in) {
        const auto text = in.word("a chance");
        const auto dots = text.find("..");
        const auto low = parse_real(text.substr(0, dots));
        const auto high = dots == std::string_view::npos ? low : parse_real(text.substr(dots + 2));
        if (!low || !high || *low < 0 || *high > 1 || *high < *low) {
            in.fail(fmt::format("'{}' is no chance; want 0.7, or 0..1", shown(text, 40)));
            return {};
        }
        return {*low, *high};
    }

    OrderReached order(Reader& in, std::span<const std::string_view> ends) {
        const auto text = phrase(in, ends);
        for (const auto one : {OrderReached::not_required, OrderReached::within_window,
                               OrderReached::window_over, OrderReached::unknown}) {
            if (name_of(one) == text) return one;
        }
        in.fail(fmt::format("'{}' found, want not required, within window, window over or unknown",
                            shown(text, 40)));
        return OrderReached::unknown;
    }

    /// `flip actor bound to breach if G`
    Expectation::ExpectedFlip flip(Reader& in, std::span<const std::string_view> ends) {
        Expectation::ExpectedFlip expected{Element::in_force, Verdict::undetermined, {}};
        std::string text;
        while (!in.done() && in.peek() != "to") {
            if (!text.empty()) text += '_';
            text += in.word("");
        }
        in.expect("to");
        bool found = false;
        for (std::size_t i = 0; i < element_count; ++i) {
            if (name_of(static_cast<Element>(i)) != text) continue;
            expected.element = static_cast<Element>(i);
            found = true;
        }
        if (!found) in.fail(fmt::format("'{}' is no element of a finding", shown(text, 40)));
        expected.then = verdict(in, ends);
        if (in.take("if")) expected.if_actor = std::string(in.word("an actor"));
        return expected;
    }

    Case case_;
    Zone zone_ = Zone::utc();
    std::vector<Actor> actors_;
    std::vector<Area> areas_;
    std::map<std::string, ActorId, std::less<>> actor_names_;
    std::map<std::string, AgreementId, std::less<>> agreement_names_;
    bool named_duty_open_ = false;
};

/// The words of one line; a `#` outside quotes starts a comment.
Result<std::vector<Word>> words_of(std::string_view line, std::size_t number) {
    std::vector<Word> words;
    std::size_t i = 0;
    const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (i < line.size()) {
        if (is_space(line[i])) {
            ++i;
        } else if (line[i] == '#') {
            break;
        } else if (line[i] == '"') {
            const auto end = line.find('"', i + 1);
            if (end == std::string_view::npos) {
                return failure(
                    complaint({line, number, i + 1}, "a quotation mark is not closed on its line"));
            }
            words.push_back({line.substr(i + 1, end - i - 1), number, i + 1, true});
            i = end + 1;
        } else {
            const auto start = i;
            while (i < line.size() && !is_space(line[i]) && line[i] != '#') ++i;
            words.push_back({line.substr(start, i - start), number, start + 1, false});
        }
    }
    return words;
}

/// A case as text: its title, the comment above it, its statements.
struct Block {
    std::string name;
    std::string rule;
    std::size_t line = 0;
    std::size_t lines = 0;
    std::vector<Statement> statements;
};

Result<std::vector<Block>> blocks_of(std::string_view text) {
    if (text.size() > most_text) return failure({.message = "the file is over 1 MiB; cut it up by topic"});
    if (const auto fault = first_utf8_fault(text)) {
        return failure({.message = fmt::format("byte {} is not UTF-8", *fault + 1)});
    }
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    std::vector<Block> blocks(1);  // the first holds what comes before any case
    std::string comment;
    std::size_t number = 0;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        ++number;
        const auto content = trimmed(line);
        if (line.size() > most_bytes_of_a_line) {
            return failure({.message = "the line is over 500 bytes; go on in an indented line below it",
                            .file = {},
                            .line = number});
        }
        if (content.empty()) {
            comment.clear();
            continue;
        }
        if (content.front() == '#') {
            if (!comment.empty()) comment += ' ';
            comment += trimmed(content.substr(1));
            continue;
        }
        auto words = words_of(line, number);
        if (!words) return tl::unexpected(words.error());
        auto& block = blocks.back();
        if (++block.lines > most_lines_of_a_case) {
            return failure({.message = "a case has over 200 lines", .file = {}, .line = number});
        }
        const bool indented = line.front() == ' ' || line.front() == '\t';
        if (indented && !block.statements.empty()) {
            auto& above = block.statements.back().words;
            above.insert(above.end(), words->begin(), words->end());
        } else if (words->front().text == "case") {
            if (comment.empty()) {
                return failure(complaint(
                    words->front(), "a case needs a comment above it that says the rule in plain words"));
            }
            if (blocks.size() > most_cases) {
                return failure(complaint(words->front(), "the file has over 500 cases"));
            }
            Block next;
            next.name = std::string(trimmed(content.substr(4)));
            next.rule = comment;
            next.line = number;
            if (next.name.empty()) return failure(complaint(words->front(), "the case has no title"));
            blocks.push_back(std::move(next));
        } else {
            block.statements.push_back({std::move(*words), number});
        }
        comment.clear();
    }
    return blocks;
}

std::string in_words(Chance chance) {
    return fmt::format("{:.6f}..{:.6f}", chance.low, chance.high);
}

std::string actor_text(const Case& one, const std::optional<ActorId>& actor) {
    return actor ? one.actors[*actor].id : std::string("somebody");
}

/// What of one expectation the finding does not meet.
std::vector<std::string> unmet(const Case& one, const Expectation& expected, const Finding& finding) {
    std::vector<std::string> failures;
    const auto differ = [&](std::string_view what, std::string_view want, std::string_view found) {
        failures.push_back(fmt::format("line {}: {} {}: want {} {}, found {}", expected.line,
                                       expected.incident, expected.agreement, what, want, found));
    };
    if (finding.verdict != expected.verdict) {
        differ("verdict", name_of(expected.verdict),
               fmt::format("{} ({}), chance {}", name_of(finding.verdict), name_of(finding.reason()),
                           in_words(finding.chance)));
    }
    if (expected.reason && finding.reason() != *expected.reason) {
        differ("reason", name_of(*expected.reason), name_of(finding.reason()));
    }
    constexpr double tolerance = 1e-6;
    if (expected.chance && (std::abs(finding.chance.low - expected.chance->low) > tolerance ||
                            std::abs(finding.chance.high - expected.chance->high) > tolerance)) {
        differ("chance", in_words(*expected.chance), in_words(finding.chance));
    }
    if (expected.author) {
        const auto author = finding.author();
        const auto text = author ? one.actors[*author].id : std::string("unknown");
        if (text != *expected.author) differ("author", *expected.author, text);
    }
    if (expected.authors) {
        std::vector<std::string> found;
        for (const auto& author : finding.authors) found.push_back(actor_text(one, author.actor));
        if (found != *expected.authors) {
            differ("authors", fmt::format("{}", fmt::join(*expected.authors, ", ")),
                   fmt::format("{}", fmt::join(found, ", ")));
        }
    }
    if (expected.order && finding.order_reached != *expected.order) {
        differ("order", name_of(*expected.order), name_of(finding.order_reached));
    }
    if (expected.flip) {
        const auto text = [](Element element, Verdict then, std::string_view actor) {
            return fmt::format("{} to {} {}", name_of(element), name_of(then), actor);
        };
        const auto want = text(expected.flip->element, expected.flip->then, expected.flip->if_actor);
        const auto& flip = finding.flip;
        const auto found =
            flip ? text(flip->element, flip->then, flip->if_actor ? one.actors[*flip->if_actor].id : "")
                 : std::string("none");
        if (found != want) differ("flip", want, found);
    }
    for (const auto& version : expected.versions) {
        const auto found = std::ranges::find(finding.versions, version.by, &VersionVerdict::by);
        if (found == finding.versions.end()) {
            differ(fmt::format("under {}", version.by), name_of(version.verdict), "no such version");
        } else if (found->verdict != version.verdict) {
            differ(fmt::format("under {}", version.by), name_of(version.verdict), name_of(found->verdict));
        }
    }
    return failures;
}

}  // namespace

Result<std::vector<Case>> parse_cases(std::string_view text) {
    const auto blocks = blocks_of(text);
    if (!blocks) return tl::unexpected(blocks.error());
    std::vector<Case> cases;
    const auto& prelude = blocks->front().statements;
    for (const auto& block : std::span(*blocks).subspan(1)) {
        auto one = CaseBuilder().build(prelude, block.statements);
        if (!one) return tl::unexpected(one.error());
        one->name = block.name;
        one->rule = block.rule;
        one->line = block.line;
        if (one->expectations.empty()) {
            return failure({.message = fmt::format("case '{}' expects nothing; want an 'expect' line",
                                                   shown(block.name, 60)),
                            .file = {},
                            .line = block.line});
        }
        cases.push_back(std::move(*one));
    }
    return cases;
}

std::vector<std::string> failures_of(const Case& one) {
    std::vector<std::string> failures;
    const auto commitments = commitments_of(one.agreements);
    const Setting setting{one.actors, one.areas};
    for (const auto& expected : one.expectations) {
        const auto named = std::ranges::find(one.incident_names, expected.incident);
        const IncidentId incident{static_cast<std::uint32_t>(named - one.incident_names.begin())};
        std::vector<CommitmentId> meant;
        for (std::uint32_t c = 0; c < commitments.size(); ++c) {
            const auto& commitment = commitments[c];
            const auto& duty = one.agreements[commitment.stated_by.value].duties[commitment.duty];
            const bool same = one.agreements[commitment.agreement.value].id == expected.agreement;
            if (same && (expected.duty.empty() || duty.id == expected.duty)) meant.push_back({c});
        }
        if (meant.size() != 1) {
            failures.push_back(fmt::format(
                "line {}: '{}{}{}' means {} duties; want the name of one, as in C1/aid", expected.line,
                expected.agreement, expected.duty.empty() ? "" : "/", expected.duty, meant.size()));
            continue;
        }
        const auto finding = adjudicate(one.incidents[incident.value], incident,
                                        commitments[meant.front().value], meant.front(), setting);
        const auto found = unmet(one, expected, finding);
        failures.insert(failures.end(), found.begin(), found.end());
    }
    return failures;
}

}  // namespace truce
