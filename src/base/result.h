// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <tl/expected.hpp>

namespace truce {

/// What went wrong with an input: what was found, what was expected, what to do if we know.
///
/// `line` and `column` count from 1; 0 means that the error is not about a line (or column). `file` is empty
/// where the caller knows the file and the callee does not.
struct Error {
    std::string message;
    std::string file{};
    std::size_t line = 0;
    std::size_t column = 0;

    /// `file:line:column: message`, leaving out what is not known: the form in which every error is printed.
    [[nodiscard]] std::string text() const;

    friend bool operator==(const Error&, const Error&) = default;
};

/// A value, or the reason why there is none.
template <class T>
using Result = tl::expected<T, Error>;

/// The failed half of a Result: `return failure({.message = "..."});`.
inline tl::unexpected<Error> failure(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace truce
