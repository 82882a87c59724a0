// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/numeric/interval.h"
#include "analysis/numeric/list_counts.h"
#include "analysis/numeric/log_linear.h"

namespace truce::analysis {

/// Lists of the dead of one area and period, and how many people each combination of them holds.
struct ListTable {
    std::vector<std::string> lists;  ///< their names, one for each list of `counts`
    numeric::ListCounts counts;
};

/// How many people two lists share.
struct Overlap {
    int first = 0;
    int second = 1;
    std::uint64_t shared = 0;
    std::uint64_t on_first = 0;
    std::uint64_t on_second = 0;
    friend bool operator==(const Overlap&, const Overlap&) = default;
};

/// What an estimate of undocumented deaths needs before one may be given. The values are METHODS' defaults.
struct EnoughLists {
    int lists = 3;
    std::uint64_t shared = 10;   ///< by every two lists
    std::uint64_t people = 200;  ///< on all lists together
};

/// Whether people could be added or lost between the lists: a truce in the middle changes who is listed, by
/// whom, and with what chance.
enum class PopulationIs : std::uint8_t { closed, open };

struct MultipleSystemsSettings {
    EnoughLists enough{};
    PopulationIs population = PopulationIs::closed;
    /// Models whose weight by BIC is at least this share of the best one's belong to the answer: Occam's
    /// window of Madigan and Raftery (1994), JASA 89: 1535.
    double window = 1.0 / 20;
    int chains = 4;
    int burn_in = 1000;
    int draws = 2000;  ///< for each chain
    int bootstrap_replicates = 1000;
    std::uint64_t seed = 0;
    numeric::Level level{};
};

/// Why there is no estimate of the undocumented, but only "at least".
struct MultipleSystemsRefusal {
    enum class Reason : std::uint8_t {
        nobody,          ///< nobody is on any list
        too_few_lists,   ///< fewer than `EnoughLists::lists`: what two lists share cannot be told from
                         ///< dependence
        thin_overlap,    ///< two lists share fewer than `EnoughLists::shared`; `overlap` says which, the
                         ///< thinnest
        too_few_people,  ///< fewer than `EnoughLists::people`
        no_estimate,     ///< no model's estimate exists
    } reason = Reason::nobody;
    std::optional<Overlap> overlap;
};

/// What a reader must know beside the figures, each because its condition holds.
struct MultipleSystemsWarning {
    enum class Kind : std::uint8_t {
        thin_overlap,     ///< two lists share few: fewer than three times what is enough
        copied_list,      ///< nearly all of one list are on another: it may have been copied from it
        open_population,  ///< the population is not closed
        heterogeneity,    ///< chances of being listed differ or lists depend: independence does not fit, and
                          ///< models that allow too little of it come out too low with narrow intervals
        models_disagree,  ///< the models that fit about as well differ by more than a quarter
        not_mixed,        ///< the latent-class chains do not agree, or gave too few effective draws
        links_taken_as_certain,  ///< no linkage draws were given: false links lower, missed links raise
        few_linkage_draws,       ///< fewer than 20
    } kind = Kind::thin_overlap;
    std::optional<Overlap> overlap;  ///< for thin_overlap and copied_list
};

enum class MultipleSystemsMethod : std::uint8_t {
    latent_class,  ///< numeric::draw_latent_classes
    graphs,        ///< numeric::average_over_graphs; 2 to 5 lists
    log_linear,    ///< every log-linear model in the window; up to 5 lists
    chosen_model,  ///< one log-linear model, its choice bootstrapped: lowest BIC up to 4 lists, stepwise
                   ///< beyond
    chao,          ///< a lower bound; in no range
    independence,  ///< lists that do not depend on one another; shown for comparison, in no range
};

/// What one method makes of the lists: all dead, those on no list included.
struct MethodEstimate {
    MultipleSystemsMethod method{};
    /// The median, the model's estimate or the bound; the lowest and the highest where several models or
    /// linkage draws give several.
    double low = 0;
    double high = 0;
    /// At the settings' level; that which holds all where several are joined.
    numeric::Interval interval;
};

/// A range of estimates over methods and models, and the interval that holds all their intervals.
struct EstimateRange {
    double low = 0;
    double high = 0;
    numeric::Interval interval;
};

/// How many died, those on no list included, as far as several lists of the dead can tell.
struct MultipleSystems {
    std::vector<std::string> lists;
    std::uint64_t documented = 0;  ///< on any list
    std::vector<std::uint64_t> on_list;
    std::vector<Overlap> overlaps;  ///< of every two lists
    /// The answer: a range over methods and models. Nothing where refused; then the dead are "at least
    /// `documented`", and Chao's bound is in `methods` as far as it exists.
    std::optional<EstimateRange> range;
    std::optional<MultipleSystemsRefusal> refused;
    std::vector<MethodEstimate> methods;  ///< in the order of the methods
    /// The log-linear models, the lowest BIC first: all that can be estimated, up to 5 lists. Shown also
    /// where the estimate is refused, since the reader should see what they would have given.
    std::vector<numeric::RankedModel> models;
    std::uint64_t models_tried = 0;
    std::size_t in_window = 0;  ///< how many models at the head of `models` are in the window
    std::optional<numeric::Stepwise> stepwise;
    std::vector<MultipleSystemsWarning> warnings;
    double effective_draws = 0;  ///< of the latent-class chains together; 0 where not run
    double scale_reduction = 0;  ///< potential_scale_reduction of them
    int linkage_draws = 0;
    numeric::Interval documented_over_draws;  ///< of those on any list, over linkage draws
};

/// Estimates how many died, from how the lists overlap.
///
/// `linkage_draws` are the same lists under alternative decisions of which records are one person, as drawn
/// from what linkage leaves open; every method is run on each of them and their uncertainty is pooled.
/// Without any, the table is taken as certain, and a warning says so. Requires: each has as many lists as the
/// table.
///
/// The range is over the latent-class model, the average over decomposable graphs and the log-linear models
/// in the window; the chosen model's bootstrapped interval widens it. One number is never given.
/// Deterministic; chains and bootstraps draw from the streams of the seed.
///
/// Refused, with the reason, where lists are too few or overlap too little: an estimate would be an
/// extrapolation from almost nothing.
///
/// Cost: some tenths of a second for four lists.
/// Lum, Price, Banks (2013), The American Statistician 67: 191, for the use with conflict deaths; Whitehead,
/// Jackson, Balch, Francis (2019), Crime and Delinquency, for its limits.
MultipleSystems estimate_undocumented(const ListTable& table,
                                      std::span<const numeric::ListCounts> linkage_draws,
                                      const MultipleSystemsSettings& settings);

[[nodiscard]] std::string_view name_of(MultipleSystemsMethod method);
[[nodiscard]] std::string_view name_of(MultipleSystemsWarning::Kind kind);
[[nodiscard]] std::string_view name_of(MultipleSystemsRefusal::Reason reason);

}  // namespace truce::analysis
