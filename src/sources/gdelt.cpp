// SPDX-License-Identifier: Apache-2.0
#include "sources/gdelt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <memory>

#include "sources/cell.h"
#include "sources/widening.h"

namespace truce::sources::gdelt {
namespace {

/// GDELT begins in 1979.
constexpr std::chrono::year earliest{1979};
constexpr std::chrono::year latest{2100};

/// From this many days on, the article was written about another time than its own.
constexpr int days_of_doubt = 30;

struct CodedAct {
    std::string_view code;
    Act act;
};

/// CAMEO codes; of those that a code begins with, the longest counts.
constexpr std::array coded_acts{
    CodedAct{"0841", Act::release},
    CodedAct{"0863", Act::access_allow},
    CodedAct{"0872", Act::access_allow},
    CodedAct{"0874", Act::withdraw},
    CodedAct{"14", Act::demonstration},
    CodedAct{"144", Act::access_deny},
    CodedAct{"152", Act::movement_force},
    CodedAct{"154", Act::movement_force},
    CodedAct{"171", Act::looting},
    CodedAct{"173", Act::detain},
    CodedAct{"175", Act::attack},
    CodedAct{"18", Act::attack},
    CodedAct{"181", Act::attack_abduction},
    CodedAct{"1821", Act::attack_sexual_violence},
    CodedAct{"183", Act::attack_explosive},
    CodedAct{"1831", Act::attack_suicide_bombing},
    CodedAct{"1833", Act::attack_explosive_ied},
    CodedAct{"19", Act::attack},
    CodedAct{"191", Act::access_deny},
    CodedAct{"192", Act::territory_acquire},
    CodedAct{"193", Act::attack_armed_clash},
    CodedAct{"194", Act::attack_shelling},
    CodedAct{"195", Act::attack_air_strike},
    CodedAct{"1952", Act::attack_drone},
    CodedAct{"20", Act::attack},
    CodedAct{"2041", Act::attack_chemical},
};

void add_actor(std::vector<std::string>& names, std::string_view actor) {
    for (const auto* part : {"Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code",
                             "Religion2Code", "Type1Code", "Type2Code", "Type3Code"})
        names.push_back(fmt::format("{}{}", actor, part));
}

void add_place(std::vector<std::string>& names, std::string_view whose, Edition edition) {
    for (const auto* part :
         {"Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID"}) {
        if (edition == Edition::v1 && std::string_view(part) == "ADM2Code") continue;
        names.push_back(fmt::format("{}Geo_{}", whose, part));
    }
}

PlacePrecision precision_of(std::string_view geo_type) {
    if (geo_type == "1") return PlacePrecision::country;
    if (geo_type == "2" || geo_type == "5") return PlacePrecision::region;
    if (geo_type == "3" || geo_type == "4") return PlacePrecision::town;
    return PlacePrecision::unknown;
}

class Maker {
public:
    Maker(const Header& h, const Context& context)
        : id_(*h.find("globaleventid")),
          day_(*h.find("sqldate")),
          code_(*h.find("eventcode")),
          actor1_{h.find("actor1code"), h.find("actor1name")},
          actor2_{h.find("actor2code"), h.find("actor2name")},
          geo_type_(h.find("actiongeo_type")),
          geo_name_(h.find("actiongeo_fullname")),
          lat_(h.find("actiongeo_lat")),
          lon_(h.find("actiongeo_long")),
          added_(h.find("dateadded")),
          url_(h.find("sourceurl")),
          lookup_(context),
          extra_(h, used(h)) {}

    RowResult operator()(const TableRow& row) {
        Account account;
        account.kind = AccountKind::lead;
        if (!parse_integer(row[id_])) return tl::unexpected(fault_at(row, id_, "GDELT's number of the row"));
        account.key = std::string(text_of(row[id_]));
        if (auto fault = read_when(row, account)) return tl::unexpected(std::move(*fault));
        if (auto fault = read_place(row, account)) return tl::unexpected(std::move(*fault));
        const auto code = text_of(row[code_]);
        account.act_as_told = fmt::format("CAMEO {}", code);
        account.told.act = act_of(code);
        auto& parties = account.told.parties;
        parties.attacker = side(row, actor1_);
        parties.target = side(row, actor2_);
        if (account.told.act == Act::attack_armed_clash) parties.roles = Roles::unstated;
        account.url = std::string(cell(row, url_));
        extra_.put(row, account);
        return account;
    }

private:
    struct ActorColumns {
        std::optional<std::size_t> code, name;
    };

    static std::string_view cell(const TableRow& row, std::optional<std::size_t> column) {
        return column ? text_of(row[*column]) : std::string_view();
    }

    Side side(const TableRow& row, const ActorColumns& at) {
        const auto code = cell(row, at.code);
        const auto name = cell(row, at.name);
        return lookup_.side(code, name.empty() ? code : name, CodeSystem::gdelt, Basis::reported);
    }

    [[nodiscard]] std::vector<std::size_t> used(const Header& h) const {
        std::vector<std::size_t> all{id_, day_, code_};
        for (const auto& column : {actor1_.code, actor1_.name, actor2_.code, actor2_.name, geo_type_,
                                   geo_name_, lat_, lon_, url_}) {
            if (column) all.push_back(*column);
        }
        // What follows from other columns.
        for (const auto key : {"monthyear", "year", "fractiondate", "eventbasecode", "eventrootcode"}) {
            if (const auto column = h.find(key)) all.push_back(*column);
        }
        return all;
    }

    std::optional<RowFault> read_when(const TableRow& row, Account& account) {
        const auto day = read_compact_day(row[day_]);
        if (!day) return fault_at(row, day_, day.error());
        const auto date = within({.first = *day, .last = *day}, earliest, latest);
        if (!date) return fault_at(row, day_, date.error());
        account.told.when = {.window = lookup_.days(*day, *day), .precision = TimePrecision::day};
        const auto added = cell(row, added_);
        if (const auto read =
                added.size() >= 8 ? read_compact_day(added.substr(0, 8)) : DateResult<sys_days>(*day)) {
            const auto apart = (*read - *day).count();
            if (apart > days_of_doubt || apart < -1)
                account.remarks.push_back(
                    fmt::format("the article is {} days from the day it is coded for", apart));
        }
        return std::nullopt;
    }

    std::optional<RowFault> read_place(const TableRow& row, Account& account) {
        auto& place = account.told.place;
        const auto name = cell(row, geo_name_);
        place.name = std::string(name);
        place.precision = precision_of(cell(row, geo_type_));
        // The parts run from small to large: "Aleppo, Halab, Syria".
        const auto parts = split(name, ',');
        if (!parts.empty()) place.country = std::string(parts.back());
        if (parts.size() > 1 && place.precision != PlacePrecision::country)
            place.admin1 = std::string(parts[parts.size() - 2]);
        if (lat_ && lon_) {
            const auto point = read_point(row, *lat_, *lon_);
            if (!point) return point.error();
            place.centre = *point;
        }
        drop_zero_centre(account);
        widen(place, lookup_);
        return std::nullopt;
    }

    std::size_t id_;
    std::size_t day_;
    std::size_t code_;
    ActorColumns actor1_;
    ActorColumns actor2_;
    std::optional<std::size_t> geo_type_;
    std::optional<std::size_t> geo_name_;
    std::optional<std::size_t> lat_;
    std::optional<std::size_t> lon_;
    std::optional<std::size_t> added_;
    std::optional<std::size_t> url_;
    Lookup lookup_;
    ExtraColumns extra_;
};

}  // namespace

Act act_of(std::string_view cameo) {
    Act act = Act::other;
    std::size_t longest = 0;
    for (const auto& coded : coded_acts) {
        if (cameo.starts_with(coded.code) && coded.code.size() > longest) {
            longest = coded.code.size();
            act = coded.act;
        }
    }
    return act;
}

std::optional<Edition> edition_of_row(std::span<const std::string> cells) {
    if (cells.size() != 57 && cells.size() != 58 && cells.size() != 61) return std::nullopt;
    const auto day = std::string_view(cells[1]);
    if (!parse_integer(cells[0]) || day.size() != 8 || !parse_integer(day)) return std::nullopt;
    if (cells[2] != day.substr(0, 6) || cells[3] != day.substr(0, 4)) return std::nullopt;
    return cells.size() == 61 ? Edition::v2 : Edition::v1;
}

bool is_header(const Header& header) {
    return header.has_all({"globaleventid", "sqldate", "eventcode"});
}

std::vector<std::string> column_names(Edition edition) {
    std::vector<std::string> names{"GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate"};
    add_actor(names, "Actor1");
    add_actor(names, "Actor2");
    for (const auto* name : {"IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass",
                             "GoldsteinScale", "NumMentions", "NumSources", "NumArticles", "AvgTone"})
        names.emplace_back(name);
    add_place(names, "Actor1", edition);
    add_place(names, "Actor2", edition);
    add_place(names, "Action", edition);
    names.emplace_back("DATEADDED");
    names.emplace_back("SOURCEURL");
    assert(names.size() == (edition == Edition::v1 ? 58U : 61U));
    return names;
}

std::size_t fewest_cells(Edition edition) {
    return edition == Edition::v1 ? 57 : 61;
}

RowMaker row_maker(const Header& header, const Context& context) {
    auto maker = std::make_shared<Maker>(header, context);
    return [maker](const TableRow& row) { return (*maker)(row); };
}

Source source() {
    Source made;
    made.id = "gdelt";
    made.format = "gdelt";
    made.title.by_language["en"] = "GDELT Event Database";
    made.licence = "free for any use, with citation";
    made.credit = "The GDELT Project, https://www.gdeltproject.org";
    made.republish = Republish::rows;
    return made;
}

}  // namespace truce::sources::gdelt
