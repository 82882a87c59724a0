// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace truce::numeric {

/// A set of lists: bit j stands for list j, counted from 0. 0 is the empty set.
using ListSet = std::uint32_t;

/// How many lists are in the set.
inline int size_of(ListSet set) {
    return std::popcount(set);
}

/// How many people each combination of lists holds: the input of multiple systems estimation.
///
/// Each person is counted once, under the set of just those lists that hold them. Nobody is counted under the
/// empty set: how many belong there is what the estimators ask. A combination that was never added has the
/// count 0, which is an observation like any other.
class ListCounts {
public:
    static constexpr int max_lists = 12;

    /// No people yet. Requires: 1 <= lists <= max_lists.
    explicit ListCounts(int lists) : lists_(lists) {
        assert(lists >= 1 && lists <= max_lists);
        cells_.resize(std::size_t{1} << static_cast<unsigned>(lists));
    }

    /// Adds people who are on just these lists. Requires: a set of the lists there are, not the empty one.
    void add(ListSet on, std::uint64_t people) {
        assert(on != 0 && on < cells_.size());
        cells_[on] += people;
        total_ += people;
    }

    /// Takes such people away again. Requires: there are as many.
    void remove(ListSet on, std::uint64_t people) {
        assert(on != 0 && on < cells_.size() && cells_[on] >= people);
        cells_[on] -= people;
        total_ -= people;
    }

    [[nodiscard]] int lists() const { return lists_; }
    /// How many are on any list.
    [[nodiscard]] std::uint64_t total() const { return total_; }
    /// How many are on just these lists.
    [[nodiscard]] std::uint64_t on_just(ListSet set) const { return cells_[set]; }
    /// How many are on all of these lists, whatever others they are on.
    [[nodiscard]] std::uint64_t on_all(ListSet set) const {
        std::uint64_t people = 0;
        for (ListSet cell = 1; cell < cells_.size(); ++cell) {
            if ((cell & set) == set) people += cells_[cell];
        }
        return people;
    }
    /// How many are on just so many lists.
    [[nodiscard]] std::uint64_t on_number(int lists) const {
        std::uint64_t people = 0;
        for (ListSet cell = 1; cell < cells_.size(); ++cell) {
            if (size_of(cell) == lists) people += cells_[cell];
        }
        return people;
    }
    /// Every combination's count, in the order of the sets as numbers; the first, of the empty set, is 0.
    [[nodiscard]] std::span<const std::uint64_t> cells() const { return cells_; }

    friend bool operator==(const ListCounts&, const ListCounts&) = default;

private:
    int lists_;
    std::uint64_t total_ = 0;
    std::vector<std::uint64_t> cells_;
};

}  // namespace truce::numeric
