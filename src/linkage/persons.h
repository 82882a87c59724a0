// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "linkage/clusters.h"
#include "linkage/fellegi_sunter.h"
#include "model/person_list.h"

namespace truce::linkage {

/// How well two values of a field agree. Requires: neither is empty.
///
/// name, text: 4 the same and rare, 3 the same, 2 at least 0.92 alike, 1 at least 0.8, 0 less (names by
/// `name_likeness`, in whatever letters; texts by Jaro and Winkler). code: 3 the same, 2 one slip of the pen
/// (a character put in, left out, changed, or swapped with its neighbour), 1 two slips, 0 more. date: 3 the
/// same, 2 one slip, or day and month exchanged, 1 two of year, month and day the same, 0 less. number: 3 the
/// same, 2 one apart, 1 up to five, 0 more. Rare is decided by the lists, so this form never says 4.
[[nodiscard]] std::uint8_t person_level(PersonFieldKind kind, std::string_view a, std::string_view b);

struct PersonSettings {
    double link_from = 0.95;
    double review_from = 0.5;
    /// The most that all fields together count, in bits either way.
    double weight_cap = 40;
    std::uint64_t seed = 1;
    unsigned threads = 1;
};

/// Two entries that are one person, or nearly.
struct PersonLink {
    Pair pair;  ///< by their places in all lists, one list after another
    bool linked = false;
    Pattern pattern;
    double weight = 0;
    double chance = 0;
};

/// What linkage found of lists of persons.
struct LinkedPersons {
    std::uint64_t entries = 0;
    /// Entries by person, each in rising order, persons by their first entry.
    std::vector<std::vector<std::uint32_t>> persons;
    /// All pairs that are linked, or nearly: by entry.
    std::vector<PersonLink> links;
    std::vector<PersonField> fields;  ///< that were compared, in the order of patterns
    /// How many persons stand in each set of lists: bit i of the key is list i.
    std::map<std::uint64_t, std::uint64_t> by_lists;
    std::uint64_t compared = 0;
    FittedModel fit;
    std::uint64_t linked = 0;
    std::uint64_t review = 0;
    double expected_false = 0;   ///< among `linked`: the sum of 1 - chance
    double expected_missed = 0;  ///< among pairs compared and not linked: the sum of chances
};

/// Finds the entries of lists that are one person.
///
/// Entries are compared when they share a band of MinHash signatures of two-letter shingles of their names,
/// dates and places, or a name and a date, or a code, exactly: so a slip in any one field does not part them.
/// Weights are learned by expectation and maximisation without any known pair. Given and family name are also
/// tried in exchanged order. Best pairs are joined first; a person has at most one entry of a list that does
/// not repeat itself, and no two entries that speak clearly against each other.
///
/// Fails where there are more than 64 lists, or no field that two lists (or one that repeats itself) share,
/// or nothing to learn from. Deterministic; the same for any number of threads. Memory: 24 bytes for each
/// pair compared.
///
/// Sadosky, Shrivastava, Price, Steorts (2015), arXiv 1510.07714; Broder (1997).
[[nodiscard]] Result<LinkedPersons> link_persons(std::span<const PersonList> lists,
                                                 const PersonSettings& settings);

}  // namespace truce::linkage
