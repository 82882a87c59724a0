// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/agreement.h"

namespace truce {

/// How a ceasefire ended.
enum class TruceEnd : std::uint8_t {
    still_held,  ///< it had not ended when it was last seen
    collapsed,   ///< fighting ended it
    ended,       ///< it ended, and the source does not say how
    expired,     ///< at the end that it had set itself
    extended,    ///< it went over into its own renewal
    superseded,  ///< another agreement took its place
    not_known,   ///< it is not known whether it ended
};
inline constexpr std::size_t truce_end_count = static_cast<std::size_t>(TruceEnd::not_known) + 1;

[[nodiscard]] std::string_view name_of(TruceEnd end);
[[nodiscard]] std::optional<TruceEnd> truce_end_named(std::string_view name);

/// A ceasefire of the past, or any spell that may end, as something that a truce is compared with.
struct Comparable {
    std::string name;
    std::string conflict;  ///< spells of one conflict are not independent; empty: it stands alone
    std::string kind;      ///< "preliminary" and so on; empty where nobody says
    /// The days on which it may have begun; nothing where only durations are known.
    std::optional<DayRange> began{};
    /// How many days old it was when it came under observation.
    double entered = 0;
    /// How many days it lasted, or had lasted when it was last seen: anything between the two. Equal where
    /// the days are known.
    double at_least = 0;
    double at_most = 0;
    TruceEnd end = TruceEnd::not_known;
    /// One for each name in Comparables::covariates; NaN where it is not known.
    std::vector<double> covariates{};
};

/// One day of one past truce, for a hazard by the day.
struct TruceDay {
    std::string truce;
    std::string conflict;
    int day = 1;          ///< of its age, the first being 1
    double violence = 0;  ///< counted on that day: incidents or deaths, alike in all; not negative
    bool failed = false;  ///< it failed on that day
};

/// A register of such ceasefires.
struct Comparables {
    std::string source;  ///< what to call the register in a sentence
    std::string file;
    std::vector<std::string> covariates;
    std::vector<Comparable> list;
    /// Their days one by one, where somebody counted violence under them.
    std::vector<TruceDay> days{};
    /// Until when the register looked: a ceasefire that had not ended then had held until then. Nothing where
    /// it gives no days.
    std::optional<sys_days> observed_until{};
    std::uint64_t rows = 0;
    std::uint64_t rejects = 0;
    /// Rows that are well-formed and give no beginning.
    std::uint64_t without_beginning = 0;
};

/// What is known alike of a ceasefire of a register and of a mission's own agreement, as covariates: whether
/// several parties are bound, whether its purpose is humanitarian, whether a mechanism was agreed.
[[nodiscard]] std::vector<std::string> ceasefire_covariates();
/// Their values, in that order; NaN where a register's code says that it is not known.
[[nodiscard]] std::vector<double> ceasefire_covariates_of(const Agreement& agreement);

}  // namespace truce
