// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "base/yaml_fields.h"
#include "model/agreement.h"
#include "model/localised.h"

namespace truce::sources {

/// What a date without an hour says of a moment.
enum class DateAlone {
    first_instant,  ///< what begins or ends with that day does so with its first instant
    whole_day,      ///< it happened at some time of that day
};

/// A moment as mission files write it. Times without an offset are read on the clocks of `zone`.
///
///     2016-05-04T00:01            that minute
///     2016-05-04T00:01+03:00      the same, whatever the zone
///     2016-05-04                  by `alone`: the day's first instant, or some instant of that day
///     2016-05, 2016               some day of that month or year, each day read as above
///     {earliest: .., latest: ..}  some instant between the two; either may be left out
///     unknown                     unknown bounds
///     open                        no end set: `open_end`; only where `open_allowed`
///
/// A time that the zone's clocks skipped, or showed twice, is an error that says so. Nothing after an error.
struct MomentForm {
    DateAlone alone = DateAlone::first_instant;
    bool open_allowed = false;
};
[[nodiscard]] std::optional<Moment> moment_of(const YamlNode& node, std::string_view what, const Zone& zone,
                                              MomentForm form, Problems& problems);
/// As `moment_of` for a member; nothing where the key is absent, unknown bounds where it says so.
[[nodiscard]] std::optional<Moment> moment_in(Fields& fields, std::string_view key, const Zone& zone,
                                              MomentForm form, Problems& problems);

/// A period of relations and exclusions, from the members `from` and `to` of a mapping: open where one is
/// absent or unknown, and as wide as they allow where they are known only within bounds. An end that is not
/// after the start is an error.
[[nodiscard]] Period period_in(Fields& fields, const Zone& zone, Problems& problems);

/// A stretch of time by ISO 8601: `P3D`, `PT48H`, `P1DT12H30M`. Days may be 23 or 25 hours long; hours never
/// are. Years and months have no fixed length and are not taken.
struct Duration {
    int days = 0;
    std::chrono::seconds rest{0};
    /// With every day taken as 24 hours.
    [[nodiscard]] std::chrono::seconds plain() const { return std::chrono::days{days} + rest; }
};
[[nodiscard]] std::optional<Duration> duration_of(const YamlNode& node, std::string_view what,
                                                  Problems& problems);
[[nodiscard]] std::optional<Duration> duration_in(Fields& fields, std::string_view key, Problems& problems);
/// The moment that lies `duration` after `start`: its days counted on the zone's clocks, its hours on none.
[[nodiscard]] Moment after(Moment start, Duration duration, const Zone& zone);

/// A text in several languages: a mapping of language tags to texts; a bare text is English.
[[nodiscard]] Localised localised_of(const YamlNode& node, std::string_view what, Problems& problems);
[[nodiscard]] Localised localised_in(Fields& fields, std::string_view key, Problems& problems);

/// An id: 1 to 100 ASCII letters, digits, dots, hyphens and underscores, the first a letter or digit.
[[nodiscard]] std::optional<std::string> id_of(const YamlNode& node, std::string_view what,
                                               Problems& problems);

/// Notes an error where the member `trucewatch` (the version of the format) is not 1.
void check_format_version(Fields& fields, Problems& problems);

/// A value as one line of text, for fields that are kept as they are: `[a, b]`, `{by: usa, from:
/// 2016-05-04}`.
[[nodiscard]] std::string flat_text(const YamlNode& node);

}  // namespace truce::sources
