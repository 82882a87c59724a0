// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/dispersion.h"

#include <cassert>
#include <cstddef>
#include <vector>

#include "analysis/numeric/sum.h"

namespace truce::numeric {

namespace {

struct Blocks {
    std::vector<double> counts;
    std::vector<double> exposure;
};

/// The whole blocks of `stretch` from its day `first` on.
Blocks blocks_of(Stretch stretch, std::size_t length, std::size_t first) {
    Blocks blocks;
    for (std::size_t start = first; start + length <= stretch.counts.size(); start += length) {
        CompensatedSum count;
        CompensatedSum exposure;
        for (std::size_t day = start; day < start + length; ++day) {
            if (stretch.exposure[day] <= 0) continue;
            count.add(stretch.counts[day]);
            exposure.add(stretch.exposure[day]);
        }
        blocks.counts.push_back(count.value());
        blocks.exposure.push_back(exposure.value());
    }
    return blocks;
}

}  // namespace

PearsonSum& PearsonSum::operator+=(PearsonSum other) {
    chi_squared += other.chi_squared;
    degrees += other.degrees;
    return *this;
}

PearsonSum pearson(Stretch stretch) {
    assert(stretch.counts.size() == stretch.exposure.size());
    CompensatedSum count;
    CompensatedSum exposure;
    std::size_t watched = 0;
    for (std::size_t day = 0; day < stretch.counts.size(); ++day) {
        if (stretch.exposure[day] <= 0) continue;
        count.add(stretch.counts[day]);
        exposure.add(stretch.exposure[day]);
        ++watched;
    }
    if (watched < 2 || count.value() <= 0) return {};

    const double rate = count.value() / exposure.value();
    CompensatedSum chi_squared;
    for (std::size_t day = 0; day < stretch.counts.size(); ++day) {
        if (stretch.exposure[day] <= 0) continue;
        const double expected = rate * stretch.exposure[day];
        const double residual = stretch.counts[day] - expected;
        chi_squared.add(residual * residual / expected);
    }
    return {.chi_squared = chi_squared.value(), .degrees = static_cast<double>(watched - 1)};
}

Dispersion MeasuredDispersion::used() const {
    double phi = daily.phi().value_or(1);
    for (const PearsonSum& sum : blocks) {
        if (sum.degrees >= enough_blocks) phi = std::max(phi, sum.phi().value_or(1));
    }
    return Dispersion::at_least_one(phi);
}

MeasuredDispersion& MeasuredDispersion::operator+=(const MeasuredDispersion& other) {
    daily += other.daily;
    for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i] += other.blocks[i];
    return *this;
}

MeasuredDispersion measure_dispersion(Stretch before, Stretch after) {
    MeasuredDispersion measured;
    measured.daily += pearson(before);
    measured.daily += pearson(after);
    for (std::size_t i = 0; i < measured.blocks.size(); ++i) {
        // A remainder of days falls at the far end of either stretch, so that no block straddles the dividing
        // date.
        const std::size_t length = MeasuredDispersion::block_days[i];
        for (const Blocks& blocks :
             {blocks_of(before, length, before.counts.size() % length), blocks_of(after, length, 0)}) {
            measured.blocks[i] += pearson({.counts = blocks.counts, .exposure = blocks.exposure});
        }
    }
    return measured;
}

}  // namespace truce::numeric
