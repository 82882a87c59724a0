// SPDX-License-Identifier: Apache-2.0
#include "sources/acled.h"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <unordered_map>

#include "sources/cell.h"
#include "sources/widening.h"

namespace truce::sources::acled {
namespace {

/// ACLED's coverage begins in 1997.
constexpr std::chrono::year earliest{1997};
constexpr std::chrono::year latest{2100};

constexpr std::array<std::pair<std::string_view, Act>, 41> acts{{
    // sub-event types since 2019
    {"armed clash", Act::attack_armed_clash},
    {"government regains territory", Act::territory_acquire},
    {"non state actor overtakes territory", Act::territory_acquire},
    {"chemical weapon", Act::attack_chemical},
    {"air drone strike", Act::attack_air_strike},
    {"suicide bomb", Act::attack_suicide_bombing},
    {"shelling artillery missile attack", Act::attack_shelling},
    {"remote explosive landmine ied", Act::attack_explosive},
    {"grenade", Act::attack_explosive},
    {"sexual violence", Act::attack_sexual_violence},
    {"attack", Act::attack},
    {"abduction forced disappearance", Act::attack_abduction},
    {"peaceful protest", Act::demonstration},
    {"protest with intervention", Act::demonstration},
    {"excessive force against protesters", Act::attack},
    {"violent demonstration", Act::demonstration},
    {"mob violence", Act::attack},
    {"agreement", Act::other},
    {"arrests", Act::detain},
    {"change to group activity", Act::other},
    {"disrupted weapons use", Act::other},
    {"headquarters or base established", Act::fortify},
    {"looting property destruction", Act::looting},
    {"non violent transfer of territory", Act::territory_acquire},
    {"other", Act::other},
    // event types, for rows without a sub-event type that we know
    {"battles", Act::attack_armed_clash},
    {"explosions remote violence", Act::attack},
    {"violence against civilians", Act::attack},
    {"protests", Act::demonstration},
    {"riots", Act::demonstration},
    {"strategic developments", Act::other},
    // before 2019
    {"battle no change of territory", Act::attack_armed_clash},
    {"battle government regains territory", Act::territory_acquire},
    {"battle non state actor overtakes territory", Act::territory_acquire},
    {"remote violence", Act::attack},
    {"riots protests", Act::demonstration},
    {"strategic development", Act::other},
    {"headquarters or base established", Act::fortify},
    {"non violent activity by a conflict actor", Act::other},
    {"battle", Act::attack_armed_clash},
    {"drone strike", Act::attack_drone},
}};

std::optional<Act> act_in(std::string_view words) {
    static const std::unordered_map<std::string, Act> by_key = [] {
        std::unordered_map<std::string, Act> made;
        for (const auto& [words_, act] : acts) made.emplace(words_, act);
        return made;
    }();
    const auto found = by_key.find(name_key(words));
    return found == by_key.end() ? std::nullopt : std::optional(found->second);
}

/// Who an actor is, by ACLED's interaction codes: as numbers, or as words since the change of 2024.
enum class Inter : std::uint8_t {
    none,
    state,
    rebels,
    political_militia,
    identity_militia,
    rioters,
    protesters,
    civilians,
    others
};

Inter inter_of(std::string_view code) {
    if (code.size() == 1 && code[0] >= '0' && code[0] <= '8') return static_cast<Inter>(code[0] - '0');
    static const std::unordered_map<std::string, Inter> words{
        {"state forces", Inter::state},
        {"rebel group", Inter::rebels},
        {"rebel groups", Inter::rebels},
        {"rebel forces", Inter::rebels},
        {"political militia", Inter::political_militia},
        {"political militias", Inter::political_militia},
        {"identity militia", Inter::identity_militia},
        {"identity militias", Inter::identity_militia},
        {"rioters", Inter::rioters},
        {"protesters", Inter::protesters},
        {"civilians", Inter::civilians},
        {"external other forces", Inter::others},
        {"other forces", Inter::others}};
    const auto found = words.find(name_key(code));
    return found == words.end() ? Inter::none : found->second;
}

bool is_armed(Inter inter) {
    switch (inter) {
        case Inter::state:
        case Inter::rebels:
        case Inter::political_militia:
        case Inter::identity_militia:
        case Inter::others:
            return true;
        case Inter::none:
        case Inter::rioters:
        case Inter::protesters:
        case Inter::civilians:
            return false;
    }
    return false;
}

bool is_unarmed(Inter inter) {
    return inter == Inter::rioters || inter == Inter::protesters || inter == Inter::civilians;
}

struct Columns {
    std::size_t date, event_type, actor1, fatalities;
    std::optional<std::size_t> id, time_precision, sub_event, inter1, actor2, assoc2, inter2, civilians,
        country, admin1, admin2, location, lat, lon, geo_precision, source, notes;

    explicit Columns(const Header& h)
        : date(*h.find("event_date")),
          event_type(*h.find("event_type")),
          actor1(*h.find("actor1")),
          fatalities(*h.find("fatalities")),
          id(h.find_any({"event_id_cnty", "event_id"})),
          time_precision(h.find_any({"time_precision", "time_prec"})),
          sub_event(h.find("sub_event_type")),
          inter1(h.find("inter1")),
          actor2(h.find("actor2")),
          assoc2(h.find_any({"assoc_actor_2", "ally_actor_2"})),
          inter2(h.find("inter2")),
          civilians(h.find("civilian_targeting")),
          country(h.find("country")),
          admin1(h.find("admin1")),
          admin2(h.find("admin2")),
          location(h.find("location")),
          lat(h.find("latitude")),
          lon(h.find("longitude")),
          geo_precision(h.find_any({"geo_precision", "geo_prec"})),
          source(h.find("source")),
          notes(h.find("notes")) {}

    /// Those that an account has a place for, and those that say again what another column says.
    [[nodiscard]] std::vector<std::size_t> used(const Header& h) const {
        std::vector<std::size_t> all{date, event_type, actor1, fatalities};
        for (const auto& column : {id, time_precision, sub_event, actor2, country, admin1, admin2, location,
                                   lat, lon, geo_precision, source, notes}) {
            if (column) all.push_back(*column);
        }
        for (const auto key : {"year", "iso", "iso3", "gwno", "event_id_no_cnty", "data_id"}) {
            if (const auto column = h.find(key)) all.push_back(*column);
        }
        return all;
    }
};

class Maker {
public:
    Maker(const Header& header, const Context& context, std::optional<DateOrder> order)
        : at_(header), lookup_(context), order_(order), extra_(header, at_.used(header)) {}

    RowResult operator()(const TableRow& row) {
        Account account;
        account.key = std::string(cell(row, at_.id));
        if (auto fault = read_when(row, account)) return tl::unexpected(std::move(*fault));
        if (auto fault = read_place(row, account)) return tl::unexpected(std::move(*fault));
        read_act(row, account);
        read_parties(row, account);
        if (auto fault = read_toll(row, account)) return tl::unexpected(std::move(*fault));
        account.summary = cell(row, at_.notes);
        account.cites = lookup_.name(cell(row, at_.source));
        extra_.put(row, account);
        return account;
    }

private:
    using Fault = std::optional<RowFault>;

    static std::string_view cell(const TableRow& row, std::optional<std::size_t> column) {
        return column ? text_of(row[*column]) : std::string_view();
    }

    Fault read_when(const TableRow& row, Account& account) {
        auto date = read_date(text_of(row[at_.date]), order_);
        if (date) date = within(*date, earliest, latest);
        if (!date) return fault_at(row, at_.date, date.error());
        DayRange days{date->first, date->last};
        auto precision = TimePrecision::day;
        if (const auto code = cell(row, at_.time_precision); !code.empty()) {
            if (code == "2") {
                // Only the week is known, so any of its days may be the one. ACLED's weeks begin on
                // Saturdays.
                precision = TimePrecision::week;
                const auto saturday = days.first - (std::chrono::weekday{days.first} - std::chrono::Saturday);
                days = {saturday, saturday + std::chrono::days{6}};
            } else if (code == "3") {
                precision = TimePrecision::month;
                days = widened(days, precision);
            } else if (code != "1") {
                return fault_at(row, *at_.time_precision, "a time precision from 1 to 3");
            }
        }
        account.told.when = {.window = lookup_.days(days.first, days.last), .precision = precision};
        return std::nullopt;
    }

    Fault read_place(const TableRow& row, Account& account) {
        auto& place = account.told.place;
        if (at_.lat && at_.lon) {
            const auto point = read_point(row, *at_.lat, *at_.lon);
            if (!point) return point.error();
            place.centre = *point;
        }
        place.name = lookup_.name(cell(row, at_.location));
        place.admin1 = lookup_.name(cell(row, at_.admin1));
        place.admin2 = lookup_.name(cell(row, at_.admin2));
        place.country = lookup_.name(cell(row, at_.country));
        const auto code = cell(row, at_.geo_precision);
        if (code == "1") {
            place.precision = PlacePrecision::town;
        } else if (code == "2") {
            place.precision = PlacePrecision::near;
        } else if (code == "3") {
            place.precision = PlacePrecision::region;
        } else if (!code.empty()) {
            return fault_at(row, *at_.geo_precision, "a geographical precision from 1 to 3");
        }
        drop_zero_centre(account);
        widen(place, lookup_);
        return std::nullopt;
    }

    void read_act(const TableRow& row, Account& account) {
        const auto type = text_of(row[at_.event_type]);
        const auto sub_type = cell(row, at_.sub_event);
        account.act_as_told = lookup_.name(sub_type.empty() ? type : sub_type);
        const auto words = fmt::format("{}\n{}", type, sub_type);
        auto found = acts_.find(words);
        if (found == acts_.end()) found = acts_.emplace(words, act_of(type, sub_type)).first;
        account.told.act = found->second.value_or(Act::unknown);
        if (!found->second)
            account.remarks.push_back(fmt::format("event type '{}', '{}' is not one of ACLED's that we know",
                                                  shown(type), shown(sub_type)));
    }

    void read_parties(const TableRow& row, Account& account) {
        auto& parties = account.told.parties;
        const auto one = text_of(row[at_.actor1]);
        const auto two = cell(row, at_.actor2);
        auto first = lookup_.side({}, one, CodeSystem::acled, Basis::reported);
        auto second = lookup_.side({}, two, CodeSystem::acled, Basis::reported);
        auto inter1 = inter_of(cell(row, at_.inter1));
        auto inter2 = inter_of(cell(row, at_.inter2));
        if (inter2 == Inter::none && two.starts_with("Civilians")) inter2 = Inter::civilians;
        // The order of the two actors says who attacked in every kind but these.
        const auto sub_type = name_key(account.act_as_told);
        bool swapped = sub_type == "excessive force against protesters" && !is_armed(inter1);
        if (account.told.act == Act::attack_armed_clash) {
            parties.roles = Roles::unstated;
        } else if (account.told.act == Act::territory_acquire && !second.name.empty()) {
            const bool state_gained = sub_type.ends_with("government regains territory");
            const bool rebels_gained = sub_type.ends_with("non state actor overtakes territory");
            const bool one_is_state = inter1 == Inter::state;
            const bool two_is_state = inter2 == Inter::state;
            if ((state_gained || rebels_gained) && one_is_state != two_is_state) {
                swapped = state_gained ? two_is_state : one_is_state;
            } else if (state_gained || rebels_gained) {
                parties.roles = Roles::unstated;
            }
        }
        if (swapped) {
            std::swap(first, second);
            std::swap(inter1, inter2);
        }
        parties.attacker = std::move(first);
        parties.target = std::move(second);
        read_target_kinds(row, inter2, parties);
    }

    void read_target_kinds(const TableRow& row, Inter inter, Parties& parties) const {
        if (is_unarmed(inter) || !cell(row, at_.civilians).empty())
            parties.target_kinds.add(TargetKind::civilian);
        if (is_armed(inter)) parties.target_kinds.add(TargetKind::combatant);
        if (!at_.assoc2) return;
        for (const auto associate : split(row[*at_.assoc2], ';')) {
            if (associate.starts_with("Health Workers")) parties.target_kinds.add(TargetKind::medical);
            if (associate.starts_with("Aid Workers")) parties.target_kinds.add(TargetKind::humanitarian);
            if (associate.starts_with("Teachers") || associate.starts_with("Students"))
                parties.target_kinds.add(TargetKind::school);
            if (associate.starts_with("Refugees/IDPs")) parties.target_kinds.add(TargetKind::camp);
        }
    }

    Fault read_toll(const TableRow& row, Account& account) const {
        const auto fatalities = read_count(text_of(row[at_.fatalities]));
        if (!fatalities) return fault_at(row, at_.fatalities, fatalities.error());
        // ACLED writes 0 where no death was reported: that is not a count of nobody.
        if (*fatalities && **fatalities > 0) account.told.toll.killed = CountRange::exactly(**fatalities);
        return std::nullopt;
    }

    Columns at_;
    Lookup lookup_;
    std::optional<DateOrder> order_;
    ExtraColumns extra_;
    std::unordered_map<std::string, std::optional<Act>> acts_;
};

}  // namespace

std::optional<Act> act_of(std::string_view event_type, std::string_view sub_event_type) {
    if (const auto act = act_in(sub_event_type)) return act;
    return act_in(event_type);
}

bool is_header(const Header& header) {
    return header.has_all({"event_date", "event_type", "actor1", "fatalities"}) &&
           header.find_any({"event_id_cnty", "event_id", "data_id"}).has_value();
}

RowMaker row_maker(const Header& header, const Context& context, std::optional<DateOrder> order) {
    auto maker = std::make_shared<Maker>(header, context, order);
    return [maker](const TableRow& row) { return (*maker)(row); };
}

DateOrderEvidence date_order(const TextTable& table) {
    const auto column = *table.header().find("event_date");
    DateOrderEvidence evidence;
    table.for_each_row([&](const TableRow& row) { evidence.add(row[column]); });
    return evidence;
}

Source source() {
    Source made;
    made.id = "acled";
    made.format = "acled";
    made.title.by_language["en"] = "Armed Conflict Location and Event Data (ACLED)";
    made.licence = "ACLED Terms and Conditions";
    made.credit = "ACLED (Armed Conflict Location and Event Data), www.acleddata.com";
    made.republish = Republish::aggregates;
    return made;
}

}  // namespace truce::sources::acled
