// SPDX-License-Identifier: Apache-2.0
#include "missions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <string>

#include "base/sha256.h"
#include "courses.h"

namespace truce::validity {

using std::chrono::days;

namespace {

constexpr std::array<const char*, 24> towns{
    "Sarmada", "Anadan",  "Daraya",   "Douma",   "Zabadani", "Rastan",   "Talbiseh", "Harasta",
    "Jobar",   "Salqin",  "Binnish",  "Saraqib", "Atarib",   "Hayyan",   "Kafranbel", "Taftanaz",
    "Maskana", "Tadef",   "Bza'a",    "Khanasir", "Nubl",    "Haritan",  "Batbu",     "Idlib"};
constexpr std::array<Act, 4> acts{Act::attack_shelling, Act::attack_air_strike, Act::attack_armed_clash,
                                  Act::attack_sniping};
constexpr std::uint32_t sources = 3;

/// One thing that happened.
struct Truth {
    int day = 0;
    std::uint64_t town = 0;
    Point point;
    Act act = Act::attack;
    std::uint32_t attacker = 0;
    std::uint32_t killed = 0;
};

Truth happened(int day, Random& random) {
    constexpr double most_killed = 60;
    Truth truth;
    truth.day = day;
    truth.town = random.below(towns.size());
    truth.point = {.lat = 35 + 0.25 * static_cast<double>(truth.town / 5) + 0.02 * random.normal(),
                   .lon = 36 + 0.3 * static_cast<double>(truth.town % 5) + 0.02 * random.normal()};
    truth.act = acts[random.below(acts.size())];
    truth.attacker = static_cast<std::uint32_t>(random.below(3));
    truth.killed = static_cast<std::uint32_t>(std::min(most_killed, std::exp(0.8 + 1.1 * random.normal())));
    return truth;
}

/// The same as one source tells it: a little off, some of it left out.
Account told(const Truth& truth, const Happenings& how, Random& random) {
    Account account;
    const auto left_out = [&] { return random.uniform() < how.left_out; };
    const int off = random.below(5) == 0 ? 1 : 0;
    const auto day = sys_seconds(entry + days(truth.day + off));
    account.told.when = {.window = {day, day + days(1)}, .precision = TimePrecision::day};
    account.told.place.centre = Point{.lat = truth.point.lat + 0.008 * random.normal(),
                                      .lon = truth.point.lon + 0.008 * random.normal()};
    account.told.place.radius = Distance::km(random.below(3) == 0 ? 5 : 2);
    if (!left_out()) account.told.place.name = towns[truth.town];
    account.told.act = left_out() ? Act::attack : truth.act;
    if (!left_out()) {
        account.told.parties.attacker = {.candidates = {{ActorId{truth.attacker}, 1.0}},
                                         .name = fmt::format("party {}", truth.attacker),
                                         .basis = Basis::reported};
    }
    if (random.uniform() >= how.no_figure) {
        const double seen = std::round(static_cast<double>(truth.killed) * how.toll_bias *
                                       std::exp(how.toll_error * random.normal()));
        const auto best = static_cast<std::uint32_t>(seen);
        account.told.toll.killed =
            CountRange{static_cast<std::uint32_t>(std::floor(0.8 * seen)), best,
                       static_cast<std::uint32_t>(std::ceil(1.3 * seen))};
    }
    return account;
}

}  // namespace

DrawnMission draw_mission(const Happenings& how, Random& random) {
    DrawnMission made;
    Dossier& dossier = made.dossier;
    std::vector<Actor> actors(3);
    for (std::size_t i = 0; i < actors.size(); ++i) actors[i].id = fmt::format("party-{}", i);
    dossier.actors = ActorRegister(std::move(actors));
    dossier.sources.resize(sources);
    for (std::uint32_t source = 0; source < sources; ++source) {
        dossier.sources[source].id = fmt::format("source-{}", source);
        dossier.sources[source].recording = Recording::systematic;
    }
    for (int day = -how.days_before; day < how.days_after; ++day) {
        for (auto number = random.poisson(how.per_day * (day < 0 ? 1 : how.ratio)); number > 0; --number) {
            const Truth truth = happened(day, random);
            bool any = false;
            for (std::uint32_t source = 0; source < sources; ++source) {
                if (random.uniform() >= (day < 0 ? how.told : how.told_after)) continue;
                Account account = told(truth, how, random);
                account.source = SourceId{source};
                account.row = dossier.accounts.size() + 1;
                account.key = fmt::format("{}-{}", source, account.row);
                account.raw = sha256(account.key);
                dossier.accounts.push_back(std::move(account));
                made.truth.push_back(made.incidents);
                any = true;
            }
            ++made.incidents;
            made.killed_in_all += truth.killed;
            if (any) {
                ++made.told_of;
                made.killed += truth.killed;
            }
        }
    }
    return made;
}

}  // namespace truce::validity
