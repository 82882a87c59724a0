// SPDX-License-Identifier: Apache-2.0
#include "base/mapped_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <utility>

namespace truce {

namespace {

constexpr std::size_t max_stream_bytes = std::size_t{2} << 30;

/// One mapped stretch of memory as the signal handler sees it. A free entry has `first` 0.
/// Entries are linked for ever and used again, so that the handler can walk them at any moment.
struct Guarded {
    std::atomic<std::uintptr_t> first{0};
    std::atomic<std::uintptr_t> last{0};
    std::atomic<bool> broken{false};
    Guarded* next = nullptr;
};

std::atomic<Guarded*> all_guarded{nullptr};
std::mutex guarded_mutex;
std::size_t page_bytes = 4096;
struct sigaction handler_before {};

/// Maps zeros over the hole, so that the interrupted read goes on and finds them.
bool mend(std::uintptr_t address) {
    for (Guarded* entry = all_guarded.load(std::memory_order_acquire); entry != nullptr;
         entry = entry->next) {
        const std::uintptr_t first = entry->first.load(std::memory_order_acquire);
        const std::uintptr_t last = entry->last.load(std::memory_order_acquire);
        if (first == 0 || address < first || address >= last) continue;
        const std::uintptr_t page = address & ~(page_bytes - 1);
        void* const zeros = mmap(reinterpret_cast<void*>(page), last - page, PROT_READ,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
        if (zeros == MAP_FAILED) return false;
        entry->broken.store(true, std::memory_order_release);
        return true;
    }
    return false;
}

void on_bus_error(int signal, siginfo_t* info, void* context) {
    const int kept_errno = errno;
    if (mend(reinterpret_cast<std::uintptr_t>(info->si_addr))) {
        errno = kept_errno;
        return;
    }
    // Not ours. Whoever handled it before us goes on; the default action meets the same fault again and ends
    // us.
    if ((handler_before.sa_flags & SA_SIGINFO) != 0 && handler_before.sa_sigaction != nullptr) {
        handler_before.sa_sigaction(signal, info, context);
    } else if (handler_before.sa_handler != SIG_DFL && handler_before.sa_handler != SIG_IGN) {
        handler_before.sa_handler(signal);
    } else {
        std::signal(signal, SIG_DFL);
    }
}

void install_handler() {
    static std::once_flag once;
    std::call_once(once, [] {
        page_bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
        struct sigaction action {};
        action.sa_sigaction = on_bus_error;
        action.sa_flags = SA_SIGINFO;
        sigemptyset(&action.sa_mask);
        sigaction(SIGBUS, &action, &handler_before);
    });
}

Guarded& guard(void* first, std::size_t size) {
    const std::lock_guard lock(guarded_mutex);
    Guarded* entry = all_guarded.load();
    while (entry != nullptr && entry->first.load() != 0) entry = entry->next;
    const bool fresh = entry == nullptr;
    if (fresh) entry = new Guarded;
    const auto begin = reinterpret_cast<std::uintptr_t>(first);
    entry->broken.store(false);
    entry->last.store(begin + size);
    entry->first.store(begin, std::memory_order_release);
    if (fresh) {
        entry->next = all_guarded.load();
        all_guarded.store(entry, std::memory_order_release);
    }
    return *entry;
}

/// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] int give_away() { return std::exchange(number_, -1); }

private:
    int number_;
};

Error cannot(std::string_view what, const std::string& path, int error) {
    return {.message = fmt::format("cannot {} the file: {}", what, std::generic_category().message(error)),
            .file = path};
}

Result<std::string> read_stream(int descriptor, const std::string& path) {
    std::string bytes;
    std::size_t filled = 0;
    while (true) {
        if (filled == bytes.size())
            bytes.resize(std::max<std::size_t>(std::size_t{64} << 10, bytes.size() * 2));
        const ssize_t got = ::read(descriptor, bytes.data() + filled, bytes.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failure(cannot("read", path, errno));
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
        if (filled > max_stream_bytes) {
            return failure(
                {.message = fmt::format("the stream is longer than {} bytes and must be held in memory; "
                                        "save it to a file and read that",
                                        max_stream_bytes),
                 .file = path});
        }
    }
    bytes.resize(filled);
    bytes.shrink_to_fit();
    return bytes;
}

bool same_time(const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

struct MappedFile::Mapping {
    int descriptor;
    struct stat opened;
    void* first;
    std::size_t size;
    Guarded& guarded;

    Mapping(int descriptor_given, const struct stat& opened_as, void* first_byte, std::size_t byte_count)
        : descriptor(descriptor_given),
          opened(opened_as),
          first(first_byte),
          size(byte_count),
          guarded(guard(first_byte, byte_count)) {}
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() {
        guarded.first.store(0, std::memory_order_release);
        munmap(first, size);
        close(descriptor);
    }

    /// Gives back whole pages: one that is half in use stays.
    void release(std::size_t from, std::size_t to) const {
        from = (from + page_bytes - 1) & ~(page_bytes - 1);
        to = to >= size ? size : to & ~(page_bytes - 1);
        if (from < to) madvise(static_cast<char*>(first) + from, to - from, MADV_DONTNEED);
    }
};

MappedFile::MappedFile(std::string path, std::string copy)
    : path_(std::move(path)), copy_(std::make_unique<const std::string>(std::move(copy))), text_(*copy_) {}

MappedFile::MappedFile(std::string path, std::unique_ptr<Mapping> mapping)
    : path_(std::move(path)),
      mapping_(std::move(mapping)),
      text_(static_cast<const char*>(mapping_->first), mapping_->size) {}

MappedFile::MappedFile(MappedFile&&) noexcept = default;
MappedFile& MappedFile::operator=(MappedFile&&) noexcept = default;
MappedFile::~MappedFile() = default;

bool MappedFile::changed() const {
    if (!mapping_) return false;
    if (mapping_->guarded.broken.load(std::memory_order_acquire)) return true;
    struct stat now {};
    if (fstat(mapping_->descriptor, &now) != 0) return true;
    return now.st_size != mapping_->opened.st_size || !same_time(now.st_mtim, mapping_->opened.st_mtim);
}

void MappedFile::release(std::size_t first, std::size_t last) const {
    if (mapping_) mapping_->release(first, last);
}

Result<MappedFile> map_file(std::string path) {
    install_handler();
    // Without O_NONBLOCK a pipe that nobody writes to waits, as any program would; a folder opens and is
    // refused below.
    Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() < 0) return failure(cannot("open", path, errno));
    struct stat opened {};
    if (fstat(file.number(), &opened) != 0) return failure(cannot("examine", path, errno));
    if (S_ISDIR(opened.st_mode)) {
        return failure({.message = "this is a folder; want a file", .file = std::move(path)});
    }
    if (S_ISREG(opened.st_mode) && opened.st_size > 0) {
        const auto size = static_cast<std::size_t>(opened.st_size);
        void* const first = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
        if (first != MAP_FAILED) {
            madvise(first, size, MADV_SEQUENTIAL);
            // What is not in the page cache yet comes in large pieces, which a map shows at a fraction of the
            // cost of small ones, now and for every later reader.
            madvise(first, size, MADV_HUGEPAGE);
            auto mapping = std::make_unique<MappedFile::Mapping>(file.give_away(), opened, first, size);
            return MappedFile(std::move(path), std::move(mapping));
        }
        if (errno != ENODEV) return failure(cannot("map", path, errno));
    }
    auto copy = read_stream(file.number(), path);
    if (!copy) return failure(std::move(copy).error());
    return MappedFile(std::move(path), *std::move(copy));
}

}  // namespace truce
