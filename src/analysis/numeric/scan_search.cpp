// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <cassert>
#include <cmath>
#include <memory>
#include <mutex>
#include <new>
#include <numeric>
#include <utility>

#include "analysis/numeric/scan.h"
#include "analysis/numeric/scan_lines.h"
#include "base/side_by_side.h"

namespace truce::numeric {

namespace {

using scan_kernels::Course;
using scan_kernels::Kernels;

constexpr std::align_val_t alignment{64};
/// Whole numbers below are exact in the kernels' single precision.
constexpr std::uint64_t most_cases = std::uint64_t{1} << 24U;

/// Numbers in one piece, aligned for the kernels.
template <class Number>
class Aligned {
public:
    Aligned() = default;
    explicit Aligned(std::size_t size)
        : numbers_(static_cast<Number*>(::operator new(size * sizeof(Number), alignment))), size_(size) {
        clear();
    }

    void clear() { std::fill_n(numbers_.get(), size_, Number{}); }
    [[nodiscard]] Number* at(std::size_t i) { return numbers_.get() + i; }
    [[nodiscard]] const Number* at(std::size_t i) const { return numbers_.get() + i; }

private:
    struct Delete {
        void operator()(Number* numbers) const { ::operator delete(numbers, alignment); }
    };
    std::unique_ptr<Number[], Delete> numbers_;
    std::size_t size_ = 0;
};

/// What does not change from one replicate to the next: the windows, the base of zones, and their classes.
class Ground {
public:
    Ground(const ScanTable& table, const Circles& zones, const ScanDesign& wanted)
        : circles(zones), design(wanted), weights(table.weights()) {
        assert(circles.sites() == table.sites());
        const bool only_last = design.windows.end == ScanWindows::End::last_bin;
        longest = std::min(std::max<std::size_t>(design.windows.longest, 1), table.bins());
        first_bin = only_last ? table.bins() - longest : 0;
        bins = table.bins() - first_bin;
        first_end = only_last ? bins : 1;
        stride = (bins + 1 + scan_kernels::block - 1) / scan_kernels::block * scan_kernels::block;

        permutation = table.model() == ScanModel::space_time_permutation;
        if (!permutation) lay_out_base(table);
        for (std::size_t centre = 0; centre < circles.sites(); ++centre) {
            double weight = 0;
            std::uint32_t members = 0;
            for (const std::uint32_t zone : circles.zones(centre)) {
                for (; members < zone; ++members) weight += weights[circles.members(centre)[members]];
                zone_weight.push_back(weight);
                const int zone_class = weight > 0 ? LineTable::class_of(weight) : 0;
                zone_class_of.push_back(zone_class);
                first_class = std::min(first_class, zone_class);
                last_class = std::max(last_class, zone_class);
            }
        }
    }

    const Circles& circles;
    const ScanDesign& design;
    std::vector<double> weights;
    bool permutation = false;
    /// Bins before this can be in no window, and are left out.
    std::size_t first_bin = 0;
    std::size_t bins = 0;
    std::size_t longest = 0;
    std::size_t first_end = 0;
    /// From one site's series to the next.
    std::size_t stride = 0;
    /// Each site's base, summed from the first bin on; nothing for the permutation.
    Aligned<double> base;
    double least_base = 1;
    std::vector<double> zone_weight;  ///< of all zones, centre after centre
    std::vector<int> zone_class_of;
    int first_class = 0;
    int last_class = 0;

private:
    void lay_out_base(const ScanTable& table) {
        base = Aligned<double>(table.sites() * stride);
        least_base = table.statistic().all_base();
        for (std::size_t site = 0; site < table.sites(); ++site) {
            double sum = 0;
            double* series = base.at(site * stride);
            for (std::size_t bin = 0; bin < bins; ++bin) {
                const double value = table.base(site)[first_bin + bin];
                if (value > 0) least_base = std::min(least_base, value);
                series[bin + 1] = sum += value;
            }
        }
    }
};

/// Searches tables that share a ground, one after the other.
class Search {
public:
    Search(const Ground& ground, const ScanStatistic& statistic, const Kernels& kernels)
        : ground_(ground),
          statistic_(statistic),
          kernels_(kernels),
          lines_(statistic, ground.design.least_cases, ground.first_class, ground.last_class),
          series_(ground.circles.sites() * ground.stride),
          bin_cases_(ground.stride),
          outer_cases_(ground.stride),
          inner_base_(ground.permutation ? 0 : ground.stride),
          inner_rounded_(ground.stride),
          places_(ground.stride) {}

    /// `cases` are laid out as a table's; for the permutation each site has as many as the ground's.
    std::optional<ScanWindow> best_of(std::span<const std::uint32_t> cases, std::span<const char> barred) {
        lay_out(cases);
        if (!(all_cases_ > 0)) return std::nullopt;
        set_windows();
        best_.reset();
        lines_.set_level(0);
        std::size_t first_zone = 0;
        for (std::uint32_t centre = 0; centre < ground_.circles.sites(); ++centre) {
            search_about(centre, first_zone, barred);
            first_zone += ground_.circles.zones(centre).size();
        }
        return best_;
    }

private:
    void lay_out(std::span<const std::uint32_t> cases) {
        const std::size_t all_bins = ground_.first_bin + ground_.bins;
        assert(cases.size() == ground_.circles.sites() * all_bins);
        std::uint64_t all = 0;
        bin_cases_.clear();
        for (std::size_t site = 0; site < ground_.circles.sites(); ++site) {
            const std::uint32_t* of_site = cases.data() + site * all_bins;
            std::uint64_t at_site = 0;
            for (std::size_t bin = 0; bin < ground_.first_bin; ++bin) at_site += of_site[bin];
            float* series = series_.at(site * ground_.stride);
            std::uint32_t sum = 0;
            for (std::size_t bin = 0; bin < ground_.bins; ++bin) {
                sum += of_site[ground_.first_bin + bin];
                series[bin + 1] = static_cast<float>(sum);
            }
            at_site += sum;
            assert(!ground_.permutation || static_cast<double>(at_site) == ground_.weights[site]);
            all += at_site;
            kernels_.add(series, bin_cases_.at(0), ground_.stride);
        }
        assert(all < most_cases);
        all_cases_ = static_cast<double>(all);
    }

    /// What windows may hold, for the lines. Where that varies from one replicate to the next, the range soon
    /// holds them all.
    void set_windows() {
        const LineTable::Windows& known = lines_.windows();
        const bool first = known.most_cases == 0;
        LineTable::Windows wanted{.least_share = 0, .least = 0, .most_share = 1, .most_cases = all_cases_};
        if (ground_.permutation) {
            const float* sums = bin_cases_.at(0);
            double least = all_cases_;
            double most = 1;
            for (std::size_t end = 1; end <= ground_.bins; ++end) {
                const std::size_t start = end > ground_.longest ? end - ground_.longest : 0;
                if (sums[end] > sums[end - 1]) least = std::min<double>(least, sums[end] - sums[end - 1]);
                most = std::max<double>(most, sums[end] - sums[start]);
            }
            wanted.least_share = least / all_cases_;
            wanted.most_share = most / all_cases_;
        } else {
            wanted.least = ground_.least_base;
        }
        if (!first && wanted.least_share >= known.least_share && wanted.most_share <= known.most_share &&
            wanted.most_cases <= known.most_cases) {
            return;
        }
        if (!first) {
            wanted.least_share = std::min(wanted.least_share, known.least_share) / 2;
            wanted.most_share = std::min(1.5 * std::max(wanted.most_share, known.most_share), 1.0);
            wanted.most_cases = 2 * std::max(wanted.most_cases, known.most_cases);
        }
        lines_.set_windows(wanted);
    }

    void search_about(std::uint32_t centre, std::size_t first_zone, std::span<const char> barred) {
        const auto members = ground_.circles.members(centre);
        std::span<const std::uint32_t> zones = ground_.circles.zones(centre);
        if (!barred.empty()) {
            const auto open = static_cast<std::size_t>(
                std::ranges::find_if(members, [&](std::uint32_t site) { return barred[site] != 0; }) -
                members.begin());
            zones =
                zones.first(static_cast<std::size_t>(std::ranges::upper_bound(zones, open) - zones.begin()));
        }
        const double* weight = ground_.zone_weight.data() + first_zone;
        const int* zone_class = ground_.zone_class_of.data() + first_zone;

        outer_cases_.clear();
        if (!ground_.permutation) inner_base_.clear();
        std::uint32_t outer = 0;  // the members whose cases are in outer_cases_
        std::uint32_t inner = 0;  // the members whose base is in inner_base_
        std::size_t run = 1;
        std::size_t zone = 0;
        while (zone < zones.size()) {
            if (!(weight[zone] > 0)) {
                ++zone;
                continue;
            }
            std::size_t end = std::min(zone + run, zones.size());
            while (end > zone + 1 && weight[end - 1] > weight[zone] * LineTable::widest_run) --end;
            move_outer(members, outer, zones[end - 1]);
            move_inner(members, inner, zones[zone]);
            const Course course = course_of(weight[zone]);
            if (!kernels_.any_above(course, lines_.lines(zone_class[zone]))) {
                run = std::min<std::size_t>((end - zone) * 2, longest_run);
                zone = end;
            } else if (end == zone + 1) {
                search_zone(centre, members.first(zones[zone]), course, weight[zone], zone_class[zone]);
                zone = end;
            } else {
                run = (end - zone) / 2;
            }
        }
    }

    void move_outer(std::span<const std::uint32_t> members, std::uint32_t& outer, std::uint32_t to) {
        for (; outer < to; ++outer) {
            kernels_.add(series_.at(members[outer] * ground_.stride), outer_cases_.at(0), ground_.stride);
        }
        for (; outer > to; --outer) {
            kernels_.subtract(series_.at(members[outer - 1] * ground_.stride), outer_cases_.at(0),
                              ground_.stride);
        }
    }

    void move_inner(std::span<const std::uint32_t> members, std::uint32_t& inner, std::uint32_t to) {
        if (ground_.permutation) return;
        for (; inner < to; ++inner) {
            kernels_.add_base(ground_.base.at(members[inner] * ground_.stride), inner_base_.at(0),
                              inner_rounded_.at(0), ground_.stride);
        }
    }

    [[nodiscard]] Course course_of(double weight) const {
        return {.cases = outer_cases_.at(0),
                .base = ground_.permutation ? bin_cases_.at(0) : inner_rounded_.at(0),
                .factor = ground_.permutation ? static_cast<float>(weight / all_cases_) : 1.0F,
                .first_end = ground_.first_end,
                .last_end = ground_.bins,
                .longest = ground_.longest};
    }

    /// Looks at every window of one zone that may beat the best so far. Ends come in rising order, and for
    /// each the starts, as in the plain form.
    void search_zone(std::uint32_t centre, std::span<const std::uint32_t> members, const Course& course,
                     double weight, int zone_class) {
        std::uint32_t* ends = places_.at(0);
        const std::size_t count = kernels_.ends_above(course, lines_.lines(zone_class), ends);
        starts_.resize(ground_.stride);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t end = ends[i];
            const std::size_t starts =
                kernels_.starts_above(course, lines_.lines(zone_class), end, starts_.data());
            for (std::size_t j = 0; j < starts; ++j)
                look_at(centre, members, course, weight, starts_[j], end);
        }
    }

    void look_at(std::uint32_t centre, std::span<const std::uint32_t> members, const Course& course,
                 double weight, std::size_t start, std::size_t end) {
        // Whole numbers below 2^24: exact.
        const double cases = course.cases[end] - course.cases[start];
        if (cases < std::max(ground_.design.least_cases, 1U)) return;
        double base = 0;
        if (ground_.permutation) {
            base = weight * (bin_cases_.at(0)[end] - bin_cases_.at(0)[start]) / all_cases_;
        } else {
            base = inner_base_.at(0)[end] - inner_base_.at(0)[start];
        }
        const double value = statistic_(cases, base);
        if (value <= (best_ ? best_->statistic : 0)) return;
        best_ = ScanWindow{.centre = centre,
                           .members = static_cast<std::uint32_t>(members.size()),
                           .first_bin = static_cast<std::uint32_t>(ground_.first_bin + start),
                           .end_bin = static_cast<std::uint32_t>(ground_.first_bin + end),
                           .cases = static_cast<std::uint64_t>(cases),
                           .base = base,
                           .expected = statistic_.expected(base),
                           .statistic = value};
        lines_.set_level(value);
    }

    static constexpr std::size_t longest_run = 64;

    const Ground& ground_;
    ScanStatistic statistic_;
    const Kernels& kernels_;
    LineTable lines_;
    Aligned<float> series_;  ///< each site's cases, summed from the first bin on
    Aligned<float> bin_cases_;
    Aligned<float> outer_cases_;
    Aligned<double> inner_base_;
    Aligned<float> inner_rounded_;
    Aligned<std::uint32_t> places_;
    std::vector<std::uint32_t> starts_;
    double all_cases_ = 0;
    std::optional<ScanWindow> best_;
};

}  // namespace

std::optional<ScanWindow> most_likely(const ScanTable& table, const Circles& circles,
                                      const ScanDesign& design, std::span<const char> barred,
                                      const Kernels& kernels) {
    const Ground ground(table, circles, design);
    return Search(ground, table.statistic(), kernels).best_of(table.cases(), barred);
}

std::vector<ScanWindow> most_likely_apart(const ScanTable& table, const Circles& circles,
                                          const ScanDesign& design, std::size_t most,
                                          const Kernels& kernels) {
    const Ground ground(table, circles, design);
    Search search(ground, table.statistic(), kernels);
    std::vector<char> barred(table.sites(), 0);
    std::vector<ScanWindow> windows;
    while (windows.size() < most) {
        const auto next = search.best_of(table.cases(), barred);
        if (!next) break;
        windows.push_back(*next);
        for (const std::uint32_t site : circles.members(next->centre).first(next->members)) barred[site] = 1;
    }
    return windows;
}

std::vector<double> greatest_of_replicates(const ScanTable& table, const Circles& circles,
                                           const ScanDesign& design, const Replicate& replicate,
                                           const MonteCarlo& monte_carlo,
                                           const std::function<bool(std::size_t done)>& go_on,
                                           const Kernels& kernels) {
    const Ground ground(table, circles, design);
    std::vector<std::optional<double>> greatest(monte_carlo.replicates);
    std::atomic<std::size_t> next{0};
    std::size_t done = 0;
    std::mutex asking;
    const std::size_t workers =
        std::clamp<std::size_t>(monte_carlo.threads, 1, std::max(monte_carlo.replicates, 1U));
    run_side_by_side(static_cast<unsigned>(workers), workers, [&](std::size_t) {
        Search search(ground, table.statistic(), kernels);
        for (std::size_t r = next++; r < greatest.size(); r = next++) {
            const auto best = search.best_of(replicate(r), {});
            greatest[r] = best ? best->statistic : 0;
            if (go_on) {
                const std::lock_guard lock(asking);
                if (!go_on(++done)) next = greatest.size();
            }
        }
    });
    std::vector<double> whole;
    for (const auto& value : greatest) {
        if (!value) break;
        whole.push_back(*value);
    }
    return whole;
}

}  // namespace truce::numeric
