// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace truce {

/// The folder that the tests were built from: the one that holds `src`, `examples`, `messages`.
///
/// A function of a small library of its own, not a macro in every test: so an object file is the same in every
/// checkout, and one compiler cache serves them all.
std::filesystem::path checkout();

}  // namespace truce
