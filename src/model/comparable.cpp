// SPDX-License-Identifier: Apache-2.0
#include "model/comparable.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace truce {

namespace {

constexpr std::array<std::pair<TruceEnd, std::string_view>, truce_end_count> names{{
    {TruceEnd::still_held, "still_held"},
    {TruceEnd::collapsed, "collapsed"},
    {TruceEnd::ended, "ended"},
    {TruceEnd::expired, "expired"},
    {TruceEnd::extended, "extended"},
    {TruceEnd::superseded, "superseded"},
    {TruceEnd::not_known, "not_known"},
}};

}  // namespace

std::string_view name_of(TruceEnd end) {
    return names.at(static_cast<std::size_t>(end)).second;
}

std::optional<TruceEnd> truce_end_named(std::string_view name) {
    for (const auto& [end, known] : names) {
        if (known == name) return end;
    }
    return std::nullopt;
}

std::vector<std::string> ceasefire_covariates() {
    return {"several_parties", "humanitarian", "mechanism"};
}

std::vector<double> ceasefire_covariates_of(const Agreement& agreement) {
    const auto bound = std::ranges::count_if(agreement.adherents, [](const Adherent& one) {
        return one.capacity == Capacity::signatory || one.capacity == Capacity::adherent;
    });
    const bool humanitarian =
        std::ranges::find(agreement.purposes, "humanitarian") != agreement.purposes.end();
    double mechanism = agreement.mechanism.monitors.empty() && agreement.mechanism.decides.empty() ? 0 : 1;
    const auto code =
        std::ranges::find(agreement.raw_codes, "implement", &std::pair<std::string, std::string>::first);
    if (code != agreement.raw_codes.end()) {
        mechanism = code->second == "1"   ? 1
                    : code->second == "0" ? 0
                                          : std::numeric_limits<double>::quiet_NaN();
    }
    return {bound >= 2 ? 1.0 : 0.0, humanitarian ? 1.0 : 0.0, mechanism};
}

}  // namespace truce
