// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <fmt/format.h>

namespace truce {

std::string Error::text() const {
    std::string where = file;
    if (line != 0) {
        where += fmt::format("{}{}", where.empty() ? "" : ":", line);
        if (column != 0) where += fmt::format(":{}", column);
    }
    return where.empty() ? message : where + ": " + message;
}

}  // namespace truce
