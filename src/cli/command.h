// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace truce::cli {

/// What a command leaves behind: the program's exit status.
///
/// 0: done, or the answer is yes. 1: the answer is no. 2: wrong usage. 3: could not (unreadable file, full
/// disk).
struct Outcome {
    int status = 0;
};

inline constexpr int answered_no = 1;
inline constexpr int wrong_usage = 2;
inline constexpr int could_not = 3;

/// Options that may stand anywhere on the command line.
struct CommonOptions {
    /// How many threads to work with; never changes a byte of any output.
    int threads = 1;
};

}  // namespace truce::cli
