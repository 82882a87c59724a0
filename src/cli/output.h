// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace truce::cli {

/// A folder of results that appears whole or not at all.
///
/// Files are written under temporary names and renamed by `finish`, after all of them are on disk; until
/// then, and when the run is interrupted or fails, what lay in the folder stays as it was. A file of an
/// earlier run that this run does not write, among those that `owned` names, is removed by `finish`, so that
/// a folder never mixes two runs.
class OutputFolder {
public:
    /// Takes a file piece by piece.
    using Pieces = std::function<void(std::string_view piece)>;

    /// Creates the folder where it does not exist. Fails when it cannot be written to.
    [[nodiscard]] static Result<OutputFolder> open(const std::filesystem::path& folder);
    OutputFolder(OutputFolder&&) noexcept;
    OutputFolder& operator=(OutputFolder&&) = delete;
    /// Removes what was written under temporary names.
    ~OutputFolder();

    /// Writes one file under its temporary name. Safe to call from several threads with different names.
    [[nodiscard]] Result<void> write(const std::string& name, std::string_view bytes);
    /// Writes one file under its temporary name, in the pieces that `make` hands to its argument. What `make`
    /// throws is thrown on. Threads: as above.
    [[nodiscard]] Result<void> write(const std::string& name,
                                     const std::function<void(const Pieces& write_piece)>& make);
    /// Where to put a file that its maker writes itself: under its temporary name, which is not there yet.
    /// Threads: as above.
    [[nodiscard]] std::filesystem::path place_for(const std::string& name);
    /// Gives all written files their names, and removes those of `owned` that were not written.
    [[nodiscard]] Result<void> finish(const std::vector<std::string>& owned);

private:
    explicit OutputFolder(std::filesystem::path folder);
    [[nodiscard]] std::filesystem::path temporary(const std::string& name) const;
    struct Written;
    std::filesystem::path folder_;
    std::unique_ptr<Written> written_;
};

}  // namespace truce::cli
