// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "base/text.h"
#include "cli/interrupt.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;

Error failed(std::string_view what, const fs::path& path, int code) {
    return {.message = fmt::format("{} {}: {}", what, shown(path.string(), 300), std::strerror(code))};
}

/// Writes all of `bytes` and asks the disk to keep them. 0, or the error's number.
int write_durably(const fs::path& path, std::string_view bytes) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (file < 0) return errno;
    int code = 0;
    while (!bytes.empty() && code == 0) {
        const auto written =
            ::write(file, bytes.data(), std::min<std::size_t>(bytes.size(), std::size_t{1} << 24U));
        if (written < 0) {
            if (errno != EINTR) code = errno;
        } else {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    if (::close(file) != 0 && code == 0) code = errno;
    return code;
}

}  // namespace

struct OutputFolder::Written {
    std::mutex mutex;
    std::vector<std::string> names;
};

OutputFolder::OutputFolder(fs::path folder)
    : folder_(std::move(folder)), written_(std::make_unique<Written>()) {}
OutputFolder::OutputFolder(OutputFolder&&) noexcept = default;

OutputFolder::~OutputFolder() {
    if (!written_) return;
    for (const auto& name : written_->names) {
        forget_temporary(temporary(name));
        std::error_code ignored;
        fs::remove(temporary(name), ignored);
    }
}

Result<OutputFolder> OutputFolder::open(const fs::path& folder) {
    std::error_code code;
    fs::create_directories(folder, code);
    if (code) return failure(failed("cannot make the folder", folder, code.value()));
    if (!fs::is_directory(folder)) {
        return failure({.message = fmt::format("{} is not a folder; name one to write the results to",
                                               shown(folder.string(), 300))});
    }
    if (::access(folder.c_str(), W_OK) != 0) return failure(failed("cannot write to", folder, errno));
    return OutputFolder(folder);
}

fs::path OutputFolder::temporary(const std::string& name) const {
    return folder_ / fmt::format(".{}.{}.tmp", name, ::getpid());
}

Result<void> OutputFolder::write(const std::string& name, std::string_view bytes) {
    {
        const std::scoped_lock lock(written_->mutex);
        written_->names.push_back(name);
    }
    remember_temporary(temporary(name));
    if (const int code = write_durably(temporary(name), bytes); code != 0) {
        return failure(failed("cannot write", folder_ / name, code));
    }
    return {};
}

Result<void> OutputFolder::finish(const std::vector<std::string>& owned) {
    auto names = written_->names;
    std::ranges::sort(names);
    for (const auto& name : names) {
        std::error_code code;
        fs::rename(temporary(name), folder_ / name, code);
        if (code) return failure(failed("cannot put in place", folder_ / name, code.value()));
        forget_temporary(temporary(name));
    }
    for (const auto& name : owned) {
        if (std::ranges::binary_search(names, name)) continue;
        std::error_code ignored;
        fs::remove(folder_ / name, ignored);
    }
    written_->names.clear();
    return {};
}

}  // namespace truce::cli
