// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "analysis/numeric/circles.h"
#include "analysis/numeric/scan_kernels.h"
#include "analysis/numeric/scan_statistic.h"
#include "base/result.h"

namespace truce::numeric {

/// What was counted at each site in each of the successive bins of time.
class ScanTable {
public:
    /// Cases, and what the model holds them against, both site by site, the bins of each in order.
    ///
    /// The base is, for poisson, what is expected, in any unit (it is scaled to the sum of the cases); for
    /// expectation_based_poisson the expected number of cases; for bernoulli the number of trials, cases
    /// included, whole; for space_time_permutation empty, for it comes from the cases.
    /// Base values are rounded to multiples of 2^-51 of their sum, so that their sums are exact in any order
    /// and equal zones get equal values.
    ///
    /// Fails without a case, with 2^24 cases or more, and where the base does not have the right size, is
    /// negative, not finite, 0 where there are cases, or, for bernoulli, less than the cases or not whole.
    [[nodiscard]] static Result<ScanTable> make(ScanModel model, std::size_t sites, std::size_t bins,
                                                std::vector<std::uint32_t> cases, std::vector<double> base);

    [[nodiscard]] ScanModel model() const { return statistic_.model(); }
    [[nodiscard]] std::size_t sites() const { return sites_; }
    [[nodiscard]] std::size_t bins() const { return bins_; }
    [[nodiscard]] std::span<const std::uint32_t> cases(std::size_t site) const {
        return std::span(cases_).subspan(site * bins_, bins_);
    }
    /// Of all sites, one after the other.
    [[nodiscard]] std::span<const std::uint32_t> cases() const { return cases_; }
    /// Empty for space_time_permutation.
    [[nodiscard]] std::span<const double> base(std::size_t site) const {
        return base_.empty() ? std::span<const double>() : std::span(base_).subspan(site * bins_, bins_);
    }
    [[nodiscard]] std::uint64_t all_cases() const { return all_cases_; }
    [[nodiscard]] const ScanStatistic& statistic() const { return statistic_; }

    /// By what the share of a circle is measured: each site's base over all bins; for space_time_permutation
    /// its cases.
    [[nodiscard]] std::vector<double> weights() const;

private:
    explicit ScanTable(const ScanStatistic& statistic) : statistic_(statistic) {}

    std::size_t sites_ = 0;
    std::size_t bins_ = 0;
    std::vector<std::uint32_t> cases_;
    std::vector<double> base_;
    std::uint64_t all_cases_ = 0;
    ScanStatistic statistic_;
};

/// The windows of time that a scan looks at. One bin in all, and the scan is purely spatial.
struct ScanWindows {
    enum class End : std::uint8_t {
        anywhere,  ///< retrospective
        last_bin,  ///< prospective: only what still goes on
    };
    End end = End::anywhere;
    std::size_t longest = 1;  ///< in bins; longer than there are bins means any length
};

/// Which windows a scan compares.
struct ScanDesign {
    ScanWindows windows;
    /// Windows with fewer cases are passed over, in the replicates as well.
    std::uint32_t least_cases = 2;
};

/// One zone during one window of time.
struct ScanWindow {
    std::uint32_t centre = 0;
    std::uint32_t members = 0;  ///< so many of the sites nearest to the centre
    std::uint32_t first_bin = 0;
    std::uint32_t end_bin = 0;  ///< half-open
    std::uint64_t cases = 0;
    double base = 0;
    double expected = 0;   ///< cases that the base lets expect
    double statistic = 0;  ///< logarithm of the likelihood ratio; positive

    friend bool operator==(const ScanWindow&, const ScanWindow&) = default;
};

/// The window of the greatest statistic among the zones that hold no barred site; of equal ones the first, by
/// centre, then members, then end, then first bin. Nothing where none is positive.
///
/// The definition, on single values: every window of every zone, one after the other.
/// Requires: as many circles as sites; `barred` empty or one for each site.
/// Cost: O(zones * bins * longest + members * bins).
[[nodiscard]] std::optional<ScanWindow> most_likely_plainly(const ScanTable& table, const Circles& circles,
                                                            const ScanDesign& design,
                                                            std::span<const char> barred = {});

/// The same window, faster.
///
/// The windows that beat a value L lie above a concave curve in the plane of base and cases, and so above one
/// of some chords of it; a zone in which no window does is passed over after one pass over its bins for all
/// chords at once. So is a run of zones that lie within one another, the cases of the outermost held against
/// the base of the innermost. What remains is computed as in the plain form, so that the answer is the same
/// to the last digit, with every instruction set.
/// Cost: O(zones * bins) at most times, and as the plain form where most zones are close to the best.
///
/// After the half-planes of Neill and Moore (2004), KDD '04: 256, and Agarwal, McGregor, Phillips,
/// Venkatasubramanian, Zhu (2006), KDD '06: 24.
[[nodiscard]] std::optional<ScanWindow> most_likely(
    const ScanTable& table, const Circles& circles, const ScanDesign& design,
    std::span<const char> barred = {}, const scan_kernels::Kernels& kernels = scan_kernels::best_kernels());

/// The most likely window, then the most likely one whose zone holds no site of those before it, and so on:
/// at most `most`, by falling statistic. Fewer where no other is positive.
[[nodiscard]] std::vector<ScanWindow> most_likely_apart(
    const ScanTable& table, const Circles& circles, const ScanDesign& design, std::size_t most,
    const scan_kernels::Kernels& kernels = scan_kernels::best_kernels());

/// Replicates under the hypothesis that no zone is special.
struct MonteCarlo {
    std::uint32_t replicates = 999;
    unsigned threads = 1;
};

/// Makes the cases of one replicate, laid out as a table's. Must depend on its argument alone.
using Replicate = std::function<std::vector<std::uint32_t>(std::uint64_t replicate)>;

/// Cases that come one by one:
/// poisson: as many as in `table`, each in any site and bin by its share of the base;
/// space_time_permutation: the same cases, their bins dealt out anew;
/// expectation_based_poisson: in each site and bin a Poisson number about the base;
/// bernoulli: as many as in `table`, any of the trials.
/// Replicate r draws from stream r + 1 of `seed`. The table must outlive what is returned.
[[nodiscard]] Replicate single_cases(const ScanTable& table, std::uint64_t seed);

/// Cases that belong together, such as the attacks of one offensive: so many in one bin.
struct CaseCluster {
    struct Cases {
        std::uint32_t site;
        std::uint32_t bin;
        std::uint32_t count;
    };
    std::vector<Cases> cases;  ///< not empty
};

/// Cases that come in clusters, moved as wholes. For incidents that call forth others, where single cases
/// vary less than the world does.
///
/// space_time_permutation: each cluster stays where it is and begins when another did; what would end after
/// the last bin is moved back as a whole until it does not;
/// poisson: all of a cluster falls into one site and bin, by its share of the base;
/// expectation_based_poisson: alike, with a Poisson number of clusters drawn from those given, so that the
/// expected number of cases is the base.
/// Requires: model not bernoulli, where labels are shuffled among fixed trials; the clusters hold the table's
/// cases. The table must outlive what is returned.
[[nodiscard]] Replicate clustered_cases(const ScanTable& table, std::vector<CaseCluster> clusters,
                                        std::uint64_t seed);

/// The greatest statistic of each replicate (0 where none is positive), in order of the replicates.
///
/// The same for every number of threads. `go_on` is asked now and then with the number of replicates done;
/// where it says no, the rest is left out. It is called from several threads, one at a time.
[[nodiscard]] std::vector<double> greatest_of_replicates(
    const ScanTable& table, const Circles& circles, const ScanDesign& design, const Replicate& replicate,
    const MonteCarlo& monte_carlo, const std::function<bool(std::size_t done)>& go_on = {},
    const scan_kernels::Kernels& kernels = scan_kernels::best_kernels());

/// (1 + k) / (1 + replicates), k being the number of replicates whose greatest statistic is at least
/// `statistic` (as near as rounding tells).
[[nodiscard]] double rank_p(double statistic, std::span<const double> greatest);

/// The p-value that a Gumbel distribution gives, fitted to the replicates' greatest statistics by their mean
/// and variance: smaller ones than a rank can give, from fewer replicates. Nothing with fewer than 99
/// replicates, or where they do not vary.
///
/// Abrams, Kulldorff, Kleinman (2010), International Journal of Health Geographics 9: 61.
[[nodiscard]] std::optional<double> gumbel_p(double statistic, std::span<const double> greatest);

}  // namespace truce::numeric
