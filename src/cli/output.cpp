// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <system_error>

#include "base/text.h"
#include "cli/interrupt.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;

Error failed(std::string_view what, const fs::path& path, int code) {
    return {.message = fmt::format("{} {}: {}", what, shown(path.string(), 300),
                                   std::generic_category().message(code))};
}

/// A file that is being written. After the first failure nothing more is written, and its number is kept.
class Writing {
public:
    explicit Writing(const fs::path& path)
        : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644)),
          code_(file_ < 0 ? errno : 0) {}
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;
    ~Writing() {
        if (file_ >= 0) ::close(file_);
    }

    void write(std::string_view bytes) {
        while (!bytes.empty() && code_ == 0) {
            const auto written =
                ::write(file_, bytes.data(), std::min<std::size_t>(bytes.size(), std::size_t{1} << 24U));
            if (written < 0) {
                if (errno != EINTR) code_ = errno;
            } else {
                bytes.remove_prefix(static_cast<std::size_t>(written));
            }
        }
    }
    /// 0, or the error's number.
    int close() {
        if (file_ >= 0 && ::close(file_) != 0 && code_ == 0) code_ = errno;
        file_ = -1;
        return code_;
    }

private:
    int file_;
    int code_;
};

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
    return write(name, [bytes](const Pieces& write_piece) { write_piece(bytes); });
}

Result<void> OutputFolder::write(const std::string& name, const std::function<void(const Pieces&)>& make) {
    Writing file(place_for(name));
    make([&file](std::string_view piece) { file.write(piece); });
    if (const int code = file.close(); code != 0)
        return failure(failed("cannot write", folder_ / name, code));
    return {};
}

fs::path OutputFolder::place_for(const std::string& name) {
    {
        const std::scoped_lock lock(written_->mutex);
        written_->names.push_back(name);
    }
    auto place = temporary(name);
    remember_temporary(place);
    return place;
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
