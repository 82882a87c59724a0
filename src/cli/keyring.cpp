// SPDX-License-Identifier: Apache-2.0
#include "cli/keyring.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "base/text.h"
#include "cli/folder.h"

namespace truce::cli {
namespace {

constexpr std::size_t longest_file = 64 * 1024;
constexpr std::size_t longest_passphrase = 1024;

/// The terminal, not showing what is typed, as long as the object lives.
class QuietTerminal {
public:
    QuietTerminal() : file_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
        if (file_ < 0 || ::tcgetattr(file_, &before_) != 0) return;
        auto quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        changed_ = ::tcsetattr(file_, TCSAFLUSH, &quiet) == 0;
    }
    QuietTerminal(const QuietTerminal&) = delete;
    QuietTerminal& operator=(const QuietTerminal&) = delete;
    ~QuietTerminal() {
        if (changed_) ::tcsetattr(file_, TCSAFLUSH, &before_);
        if (file_ >= 0) ::close(file_);
    }

    [[nodiscard]] bool is_there() const { return changed_; }

    std::optional<std::string> answer_to(std::string_view question) {
        if (::write(file_, question.data(), question.size()) < 0) return std::nullopt;
        std::string line;
        char c = 0;
        while (line.size() < longest_passphrase && ::read(file_, &c, 1) == 1) {
            if (c == '\n') {
                if (::write(file_, "\n", 1) < 0) return std::nullopt;
                return line;
            }
            line += c;
        }
        return std::nullopt;
    }

private:
    int file_;
    termios before_{};
    bool changed_ = false;
};

}  // namespace

std::string memory_folder_of(const std::string& key_path) {
    return key_path + ".signed";
}

Result<std::string> passphrase(const std::string& passphrase_file, Ask ask) {
    if (!passphrase_file.empty()) {
        auto text = read_file(passphrase_file, longest_passphrase);
        if (!text) return text;
        auto line = text->substr(0, text->find('\n'));
        if (line.ends_with('\r')) line.pop_back();
        if (line.empty())
            return failure({.message = "its first line, the passphrase, is empty", .file = passphrase_file});
        return line;
    }
    QuietTerminal terminal;
    if (!terminal.is_there()) {
        return failure({.message = "there is no terminal to ask for the passphrase; give --passphrase-file"});
    }
    const auto first = terminal.answer_to("Passphrase: ");
    if (!first || first->empty()) return failure({.message = "no passphrase was given"});
    if (ask == Ask::twice && terminal.answer_to("The same again: ") != first) {
        return failure({.message = "the two passphrases differ"});
    }
    return *first;
}

Result<std::unique_ptr<OpenKey>> open_key(const std::string& path, const std::string& passphrase_file) {
    const auto text = read_file(path, longest_file);
    if (!text) return tl::unexpected(text.error());
    if (auto keys = record::read_key_file(*text); !keys) {
        return failure({.message = keys.error().message, .file = path});
    }
    const auto folder = memory_folder_of(path);
    if (!std::filesystem::is_directory(folder)) {
        return failure(
            {.message =
                 "this folder, the memory of what the key signed last, is missing. A key without it "
                 "could sign a second history, so it signs nothing; bring the folder that belongs to the "
                 "key, or see truce-key(1)",
             .file = folder});
    }
    const auto phrase = passphrase(passphrase_file, Ask::once);
    if (!phrase) return tl::unexpected(phrase.error());
    auto secret = record::open_key_file(*text, *phrase);
    if (!secret) return failure({.message = secret.error().message, .file = path});
    auto feed = secret->feed_key();
    auto witness_key = secret->witness_key();
    auto disk = std::make_unique<record::Disk>(folder, record::Disk::Access::write);
    auto memory = std::make_unique<record::HeadMemory>(
        *disk, std::vector<record::VerifierKey>{feed.verifier(), witness_key.verifier()});
    auto open = std::make_unique<OpenKey>(OpenKey{*std::move(secret), std::move(feed), std::move(witness_key),
                                                  std::move(disk), std::move(memory), nullptr});
    open->witness = std::make_unique<record::Witness>(open->witness_key, *open->memory);
    return open;
}

}  // namespace truce::cli
