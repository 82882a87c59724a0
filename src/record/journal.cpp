// SPDX-License-Identifier: Apache-2.0
#include "record/journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <string_view>
#include <utility>

#include "base/crc32c.h"
#include "record/checkpoint.h"
#include "record/tiles.h"

namespace truce::record {
namespace {

constexpr std::string_view folder_name = "journal";
constexpr std::string_view title = "trucewatch journal 1\n";
constexpr std::string_view torn_prefix = "torn-";
constexpr std::size_t salt_length = sizeof(Journal::Salt);
constexpr std::size_t crc_length = 4;
constexpr std::size_t header_length = title.size() + salt_length + crc_length;
/// Salt, CRC, first index, count of entries, length of what follows.
constexpr std::size_t frame_head_length = salt_length + crc_length + 8 + 4 + 4;
constexpr std::size_t hash_length = sizeof(Hash::bytes);

void put_number(std::string& bytes, std::uint64_t number, unsigned length) {
    while (length-- > 0) bytes += static_cast<char>(number >> 8 * length & 255U);
}

std::uint64_t number_at(std::string_view bytes, std::size_t at, unsigned length) {
    std::uint64_t number = 0;
    for (unsigned i = 0; i < length; ++i) number = number << 8U | static_cast<std::uint8_t>(bytes[at + i]);
    return number;
}

std::string_view view_of(const Journal::Salt& salt) {
    return {salt.data(), salt.size()};
}

std::string header_of(const Journal::Salt& salt) {
    std::string bytes(title);
    bytes += view_of(salt);
    put_number(bytes, crc32c(bytes), crc_length);
    return bytes;
}

std::string frame_of(const Journal::Salt& salt, std::uint64_t first_index,
                     std::span<const std::string> entries, std::span<const Hash> leaves) {
    std::string rest;
    std::size_t body_length = 0;
    for (const auto& entry : entries) body_length += 4 + hash_length + entry.size();
    rest.reserve(frame_head_length + body_length);
    put_number(rest, first_index, 8);
    put_number(rest, entries.size(), 4);
    put_number(rest, body_length, 4);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        put_number(rest, entries[i].size(), 4);
        rest += bytes_of(leaves[i]);
        rest += entries[i];
    }
    std::string frame(view_of(salt));
    put_number(frame, crc32c(rest, crc32c(view_of(salt))), crc_length);
    return frame + rest;
}

/// A frame that is whole.
struct Frame {
    std::uint64_t first_index = 0;
    std::vector<std::string_view> entries;
    std::vector<Hash> leaves;
    std::size_t length = 0;
};

/// The frame that starts at `at`, if a whole one does.
std::optional<Frame> frame_at(std::string_view bytes, std::size_t at, std::string_view salt) {
    const auto rest = bytes.substr(at);
    if (rest.size() < frame_head_length || !rest.starts_with(salt)) return std::nullopt;
    const auto body_length = number_at(rest, frame_head_length - 4, 4);
    if (rest.size() - frame_head_length < body_length) return std::nullopt;
    Frame frame{.first_index = number_at(rest, salt_length + crc_length, 8),
                .entries = {},
                .leaves = {},
                .length = frame_head_length + body_length};
    const auto covered = rest.substr(salt_length + crc_length, frame.length - salt_length - crc_length);
    if (crc32c(covered, crc32c(salt)) != number_at(rest, salt_length, crc_length)) return std::nullopt;
    auto body = rest.substr(frame_head_length, body_length);
    for (auto count = number_at(rest, frame_head_length - 8, 4); count > 0; --count) {
        if (body.size() < 4 + hash_length) return std::nullopt;
        const auto length = number_at(body, 0, 4);
        if (body.size() - 4 - hash_length < length) return std::nullopt;
        frame.leaves.push_back(hash_of_bytes(body.substr(4, hash_length)));
        frame.entries.push_back(body.substr(4 + hash_length, length));
        body.remove_prefix(4 + hash_length + length);
    }
    if (!body.empty()) return std::nullopt;
    return frame;
}

Error damaged(std::string message, const std::string& path) {
    return {
        .message =
            std::move(message) +
            "; entries that were acknowledged are lost here: restore them from a copy that another monitor "
            "holds",
        .file = path};
}

/// Reads one file after the other and keeps the entries beyond the checkpoint.
class JournalReader {
public:
    JournalReader(std::uint64_t size, Journal::Found& found) : next_(size), size_(size), found_(found) {}

    Result<void> read(const std::string& path, std::string_view bytes) {
        if (bytes.size() < header_length || bytes.substr(0, header_length) != header_of(salt_of(bytes))) {
            return failure(damaged("the head of the journal is damaged", path));
        }
        const auto salt = bytes.substr(title.size(), salt_length);
        std::size_t at = header_length;
        while (at < bytes.size()) {
            auto start = at;
            auto frame = frame_at(bytes, start, salt);
            while (!frame) {
                start = bytes.find(salt, start + 1);
                if (start == std::string_view::npos) {
                    cut(path, bytes.size() - at);
                    return {};
                }
                frame = frame_at(bytes, start, salt);
            }
            if (auto taken = take(*frame, path); !taken) return taken;
            at = start + frame->length;
        }
        return {};
    }

private:
    static Journal::Salt salt_of(std::string_view bytes) {
        Journal::Salt salt;
        std::ranges::copy(bytes.substr(title.size(), salt_length), salt.begin());
        return salt;
    }

    Result<void> take(const Frame& frame, const std::string& path) {
        for (std::size_t i = 0; i < frame.entries.size(); ++i) {
            const auto index = frame.first_index + i;
            if (index < size_)
                continue;  // under the checkpoint, which vouches for it better than this file does
            if (index > next_) {
                return failure(
                    damaged(fmt::format("entry {} is missing before entry {}", next_, index), path));
            }
            if (leaf_hash(frame.entries[i]) != frame.leaves[i] || frame.entries[i].size() > longest_entry) {
                return failure(damaged(fmt::format("entry {} is not what was received", index), path));
            }
            if (index < next_) {
                if (found_.leaves[index - size_] != frame.leaves[i]) {
                    return failure(damaged(fmt::format("there are two entries {}", index), path));
                }
                continue;
            }
            found_.entries.emplace_back(frame.entries[i]);
            found_.leaves.push_back(frame.leaves[i]);
            ++next_;
        }
        return {};
    }

    void cut(const std::string& path, std::size_t length) {
        found_.torn_files.push_back(path);
        found_.remarks.push_back(fmt::format(
            "{}: the last {} bytes are torn: they were never acknowledged; the feed goes on after entry {}",
            path, length, next_ == 0 ? std::string("none") : std::to_string(next_ - 1)));
    }

    std::uint64_t next_;
    std::uint64_t size_;
    Journal::Found& found_;
};

std::string path_of(std::uint64_t number) {
    return fmt::format("{}/{:06}", folder_name, number);
}

}  // namespace

Result<Journal::Found> Journal::read(const Storage& folder, std::uint64_t size) {
    Found found;
    std::vector<std::uint64_t> numbers;
    for (const auto& name : folder.list(std::string(folder_name))) {
        std::string_view digits = name;
        if (digits.starts_with(torn_prefix)) digits.remove_prefix(torn_prefix.size());
        const auto zeros = std::min(digits.find_first_not_of('0'), digits.size());
        const auto number = parse_count(digits.substr(zeros));
        if (!number) continue;  // a temporary file
        found.next_file = std::max(found.next_file, *number + 1);
        if (digits.size() == name.size()) numbers.push_back(*number);
    }
    std::ranges::sort(numbers);
    JournalReader reader(size, found);
    for (const auto number : numbers) {
        found.files.push_back(path_of(number));
        const auto bytes = folder.read(found.files.back());
        if (!bytes) continue;
        if (auto taken = reader.read(found.files.back(), *bytes); !taken)
            return tl::unexpected(taken.error());
    }
    return found;
}

Journal::Journal(Storage& folder, const Found& found, std::uint64_t size, std::function<Salt()> fresh_salt)
    : folder_(&folder),
      writer_(folder),
      fresh_salt_(std::move(fresh_salt)),
      old_files_(found.files),
      torn_files_(found.torn_files),
      next_file_(found.next_file) {
    if (!found.entries.empty() || !found.torn_files.empty()) start(size, found.entries, found.leaves);
}

void Journal::retire_old_files() {
    for (const auto& path : std::exchange(torn_files_, {})) {
        // What is torn is kept for whoever wants to know what it was.
        folder_->rename(path, std::string(folder_name) + "/" + std::string(torn_prefix) +
                                  path.substr(folder_name.size() + 1));
        std::erase(old_files_, path);
    }
    for (const auto& path : std::exchange(old_files_, {})) folder_->remove(path);
}

void Journal::start(std::uint64_t first_index, std::span<const std::string> entries,
                    std::span<const Hash> leaves) {
    salt_ = fresh_salt_();
    auto bytes = header_of(salt_);
    if (!entries.empty()) bytes += frame_of(salt_, first_index, entries, leaves);
    path_ = path_of(next_file_);
    writer_.write(path_, bytes);
    ++next_file_;
    file_ = folder_->open(path_);
    end_ = bytes.size();
    retire_old_files();
}

void Journal::append(std::uint64_t first_index, std::span<const std::string> entries,
                     std::span<const Hash> leaves) {
    assert(usable_ && entries.size() == leaves.size());
    if (!file_) start(first_index, {}, {});
    const auto frame = frame_of(salt_, first_index, entries, leaves);
    try {
        file_->write(end_, frame);
    } catch (const StorageFailure&) {
        // Not a byte of a frame that was not acknowledged may stand before the next one.
        usable_ = false;
        file_->truncate(end_);
        usable_ = true;
        throw;
    }
    usable_ = false;
    file_->sync();
    usable_ = true;
    end_ += frame.size();
}

void Journal::clear() {
    file_.reset();
    if (!path_.empty()) old_files_.push_back(std::exchange(path_, {}));
    retire_old_files();
    end_ = 0;
}

}  // namespace truce::record
