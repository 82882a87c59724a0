// SPDX-License-Identifier: Apache-2.0
#include "server/pdf.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "base/text.h"

namespace truce::server {
namespace {

namespace fs = std::filesystem;

/// A folder of its own that goes with what is in it.
class TemporaryFolder {
public:
    TemporaryFolder() {
        auto name = (fs::temp_directory_path() / "truce-pdf-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), name);
        path_ = name;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code left;  // what a program ended by force left open stays for the system to clean up
        fs::remove_all(path_, left);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

std::vector<std::string> arguments_of(const PdfProgram& program, const fs::path& folder, const fs::path& page, const fs::path& pdf) {
    if (program.kind == PdfProgram::Kind::weasyprint) return {program.path, page, pdf};
    std::vector<std::string> arguments{program.path,
                                       "--headless",
                                       "--disable-gpu",
                                       "--disable-extensions",
                                       "--disable-background-networking",
                                       "--no-first-run",
                                       "--host-resolver-rules=MAP * ~NOTFOUND",
                                       "--no-pdf-header-footer",
                                       "--virtual-time-budget=10000",
                                       "--user-data-dir=" + (folder / "profile").string(),
                                       "--print-to-pdf=" + pdf.string()};
    // Chromium's own sandbox refuses the superuser; the page is one that this server made.
    if (::geteuid() == 0) arguments.emplace_back("--no-sandbox");
    arguments.push_back("file://" + page.string());
    return arguments;
}

/// How the process is begun: a group and signals of its own, no open files but those given.
class Beginning {
public:
    explicit Beginning(const fs::path& folder) {
        posix_spawn_file_actions_init(&files_);
        posix_spawn_file_actions_addopen(&files_, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&files_, 1, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&files_, 2, (folder / "complaints").c_str(), O_WRONLY | O_CREAT, 0600);
        posix_spawn_file_actions_addclosefrom_np(&files_, 3);
        posix_spawn_file_actions_addchdir_np(&files_, folder.c_str());
        posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setpgroup(&attributes_, 0);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    Beginning(const Beginning&) = delete;
    Beginning& operator=(const Beginning&) = delete;
    ~Beginning() {
        posix_spawnattr_destroy(&attributes_);
        posix_spawn_file_actions_destroy(&files_);
    }

    /// The process's id, or the system's error.
    tl::expected<pid_t, int> spawn(std::vector<std::string> arguments, std::vector<std::string> environment) const {
        pid_t process = 0;
        const int error = ::posix_spawn(&process, arguments.front().c_str(), &files_, &attributes_, pointers(arguments).data(),
                                        pointers(environment).data());
        if (error != 0) return tl::unexpected(error);
        return process;
    }

private:
    static std::vector<char*> pointers(std::vector<std::string>& texts) {
        std::vector<char*> all;
        for (auto& text : texts) all.push_back(text.data());
        all.push_back(nullptr);
        return all;
    }

    posix_spawn_file_actions_t files_{};
    posix_spawnattr_t attributes_{};
};

/// The process's status as `waitpid` has it; nothing where it was ended since `patience` was over. Its whole group ends with it.
std::optional<int> wait_for(pid_t process, std::chrono::milliseconds patience) {
    const auto handle = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));  // glibc 2.36 does not declare it for C++
    if (handle < 0) {
        const int error = errno;
        ::kill(-process, SIGKILL);
        ::waitpid(process, nullptr, 0);
        throw std::system_error(error, std::generic_category(), "pidfd_open");
    }
    pollfd ended{.fd = handle, .events = POLLIN, .revents = 0};
    const auto end = std::chrono::steady_clock::now() + patience;
    int ready = 0;
    do {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        ready = ::poll(&ended, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    } while (ready < 0 && errno == EINTR);
    ::close(handle);
    ::kill(-process, SIGKILL);
    int status = 0;
    ::waitpid(process, &status, 0);
    return ready > 0 ? std::optional(status) : std::nullopt;
}

std::string text_of_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::optional<PdfProgram> find_pdf_program(std::string_view folders) {
    static constexpr std::array names{std::pair{"chromium", PdfProgram::Kind::chromium}, std::pair{"google-chrome", PdfProgram::Kind::chromium},
                                      std::pair{"weasyprint", PdfProgram::Kind::weasyprint}};
    for (const auto& [name, kind] : names) {
        for (const auto folder : split(folders, ':')) {
            if (!folder.starts_with('/')) continue;
            const auto path = fs::path(folder) / name;
            if (::access(path.c_str(), X_OK) == 0 && fs::is_regular_file(path)) return PdfProgram{.kind = kind, .path = path};
        }
    }
    return std::nullopt;
}

Result<std::string> pdf_of(const PdfProgram& program, std::string_view html, std::chrono::milliseconds patience) {
    const TemporaryFolder folder;
    const auto page = folder.path() / "report.html";
    const auto pdf = folder.path() / "report.pdf";
    {
        std::ofstream file(page, std::ios::binary);
        file.exceptions(std::ios::failbit | std::ios::badbit);
        file.write(html.data(), static_cast<std::streamsize>(html.size()));
        file.close();
    }
    const auto name = program.path.filename().string();
    const auto home = folder.path().string();
    const auto process = Beginning(folder.path()).spawn(arguments_of(program, folder.path(), page, pdf),
                                                        {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + home, "TMPDIR=" + home});
    if (!process)
        return failure({.message = fmt::format("{} cannot be started: {}", program.path.string(), std::generic_category().message(process.error()))});
    const auto status = wait_for(*process, patience);
    if (!status) return failure({.message = fmt::format("{} was not done after {} milliseconds", name, patience.count())});
    auto made = text_of_file(pdf);
    if (*status != 0 || !made.starts_with("%PDF-")) {
        return failure({.message = fmt::format("{} made no PDF (status {}): {}", name, WIFEXITED(*status) ? WEXITSTATUS(*status) : -WTERMSIG(*status),
                                               shown(text_of_file(folder.path() / "complaints"), 400))});
    }
    return made;
}

}  // namespace truce::server
