// SPDX-License-Identifier: Apache-2.0
#include "base/side_by_side.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>
#include <vector>

namespace truce {
namespace {

TEST(RunSideBySide, DoesEachPieceOfWorkOnce) {
    std::vector<int> done(1000);
    run_side_by_side(3, done.size(), [&](std::size_t index) { ++done[index]; });
    EXPECT_EQ(done, std::vector<int>(1000, 1));
}

TEST(RunSideBySide, OneThreadIsTheCallingOneAndKeepsTheOrder) {
    std::vector<std::size_t> order;
    const auto caller = std::this_thread::get_id();
    run_side_by_side(1, 3, [&](std::size_t index) {
        EXPECT_EQ(std::this_thread::get_id(), caller);
        order.push_back(index);
    });
    EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2}));
}

TEST(RunSideBySide, NoWorkIsDone) {
    run_side_by_side(2, 0, [](std::size_t) { FAIL(); });
}

TEST(RunSideBySide, AnExceptionComesOut) {
    EXPECT_THROW(run_side_by_side(2, 100, [](std::size_t) { throw std::runtime_error("no"); }),
                 std::runtime_error);
}

}  // namespace
}  // namespace truce
