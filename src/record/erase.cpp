// SPDX-License-Identifier: Apache-2.0
#include "record/erase.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "record/storage.h"

namespace truce::record {
namespace {

namespace fs = std::filesystem;

/// A file descriptor that is closed with its scope.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

[[noreturn]] void fail(const fs::path& file) {
    throw StorageFailure(StorageFailure::Act::other, errno, "cannot destroy " + file.string() + "; destroy it again once that is mended");
}

void write_zeros(int file, off_t size, const fs::path& name) {
    const std::string zeros(65536, '\0');
    for (off_t at = 0; at < size;) {
        const auto count = std::min(zeros.size(), static_cast<std::size_t>(size - at));
        const auto written = ::pwrite(file, zeros.data(), count, at);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(name);
        at += written;
    }
}

}  // namespace

bool overwrite(const fs::path& file) {
    struct stat status {};
    if (::lstat(file.c_str(), &status) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return false;
        fail(file);
    }
    if (!S_ISREG(status.st_mode)) {
        errno = EINVAL;
        fail(file);
    }
    // Originals are kept without the right to write.
    if ((status.st_mode & S_IWUSR) == 0 && ::chmod(file.c_str(), S_IRUSR | S_IWUSR) != 0) fail(file);
    const Descriptor open(::open(file.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
    if (open.number() < 0 || ::fstat(open.number(), &status) != 0) fail(file);
    write_zeros(open.number(), status.st_size, file);
    if (::fsync(open.number()) != 0 || ::ftruncate(open.number(), 0) != 0 || ::fsync(open.number()) != 0) fail(file);
    return true;
}

bool erase(const fs::path& file) {
    if (!overwrite(file)) return false;
    if (::unlink(file.c_str()) != 0) fail(file);
    const auto folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    const Descriptor open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (open.number() < 0 || ::fsync(open.number()) != 0) fail(folder);
    return true;
}

}  // namespace truce::record
