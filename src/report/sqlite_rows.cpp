// SPDX-License-Identifier: Apache-2.0
#include "report/sqlite_rows.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cerrno>
#include <cmath>
#include <stdexcept>
#include <system_error>

namespace truce::report {
namespace {

constexpr std::size_t held_back_at_most = std::size_t{1} << 20U;
constexpr std::uint64_t lock_byte = std::uint64_t{1} << 30U;
constexpr char interior_page = 0x05;
constexpr char leaf_page = 0x0D;
constexpr std::size_t leaf_header = 8;
constexpr std::size_t interior_header = 12;
/// A child's number, and its last rowid as a varint of nine bytes at the most; and where that lies.
constexpr std::size_t widest_child = 4 + 9 + 2;

template <std::size_t bytes>
void append_big_endian(std::string& out, std::uint64_t value) {
    for (std::size_t i = bytes; i-- > 0;) out += static_cast<char>(value >> (8 * i));
}

template <std::size_t bytes>
void put_big_endian(std::string& page, std::size_t at, std::uint64_t value) {
    for (std::size_t i = 0; i < bytes; ++i) page[at + i] = static_cast<char>(value >> (8 * (bytes - 1 - i)));
}

/// Seven bits a byte, the highest first; of values below 2^56, which is all that occurs.
void append_varint(std::string& out, std::uint64_t value) {
    assert(value < std::uint64_t{1} << 56U);
    if (value < 0x80) {
        out += static_cast<char>(value);
        return;
    }
    std::array<char, 8> bytes{};
    std::size_t at = bytes.size();
    bytes[--at] = static_cast<char>(value & 0x7FU);
    while (value >>= 7U) bytes[--at] = static_cast<char>((value & 0x7FU) | 0x80U);
    out.append(bytes.data() + at, bytes.size() - at);
}

/// A page's length as its header has it: 65536 is written as 0.
std::uint64_t in_two_bytes(std::size_t offset) {
    return offset & 0xFFFFU;
}

/// The page whose cells are `cells`, each starting where `starts` says.
std::string page_of(std::size_t page_size, char type, std::size_t header, std::string_view cells,
                    const std::vector<std::uint32_t>& starts) {
    std::string page(page_size, '\0');
    const auto content = page_size - cells.size();
    page[0] = type;
    put_big_endian<2>(page, 3, starts.size());
    put_big_endian<2>(page, 5, in_two_bytes(content));
    for (std::size_t i = 0; i < starts.size(); ++i)
        put_big_endian<2>(page, header + 2 * i, content + starts[i]);
    cells.copy(page.data() + content, cells.size());
    return page;
}

}  // namespace

SqliteFile::SqliteFile(const std::filesystem::path& path)
    : path_(path), file_(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW)) {
    if (file_ < 0) fail(errno);
    std::array<unsigned char, 100> header{};
    if (::pread(file_, header.data(), header.size(), 0) != static_cast<ssize_t>(header.size())) fail(EIO);
    page_size_ = static_cast<std::size_t>(header[16]) << 8U | header[17];
    if (page_size_ == 1) page_size_ = 65536;
    lock_page_ = static_cast<std::uint32_t>(lock_byte / page_size_) + 1;
    written_ = std::filesystem::file_size(path);
    next_ = static_cast<std::uint32_t>(written_ / page_size_) + 1;
    held_back_.reserve(held_back_at_most + page_size_);
}

SqliteFile::~SqliteFile() {
    if (file_ >= 0) ::close(file_);
}

void SqliteFile::fail(int code) const {
    throw std::runtime_error(fmt::format("cannot write the GeoPackage {}: {}", path_.string(),
                                         std::generic_category().message(code)));
}

std::uint32_t SqliteFile::after(std::uint32_t number) const {
    return number + 1 == lock_page_ ? number + 2 : number + 1;
}

std::uint32_t SqliteFile::append(std::string_view page) {
    assert(page.size() == page_size_);
    held_back_ += page;
    const auto number = next_;
    next_ = after(number);
    if (next_ != number + 1) held_back_.append(page_size_, '\0');
    if (held_back_.size() >= held_back_at_most) write_out();
    return number;
}

void SqliteFile::replace(std::uint32_t number, std::string_view page) {
    assert(number > 1 && page.size() == page_size_);
    write_at((number - std::uint64_t{1}) * page_size_, page);
}

void SqliteFile::close() {
    write_out();
    constexpr std::uint64_t length_in_header = 28;
    std::string pages;
    append_big_endian<4>(pages, written_ / page_size_);
    write_at(length_in_header, pages);
    const int file = std::exchange(file_, -1);
    if (::close(file) != 0) fail(errno);
}

void SqliteFile::write_out() {
    write_at(written_, held_back_);
    written_ += held_back_.size();
    held_back_.clear();
}

void SqliteFile::write_at(std::uint64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto done = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (done < 0) {
            if (errno != EINTR) fail(errno);
            continue;
        }
        bytes.remove_prefix(static_cast<std::size_t>(done));
        offset += static_cast<std::uint64_t>(done);
    }
}

SqliteRows::SqliteRows(SqliteFile& file, std::uint32_t root_page) : file_(file), root_(root_page) {}

void SqliteRows::integer(std::int64_t value) {
    // Serial types: 8 and 9 are the values 0 and 1 themselves; 1 to 6 are ever wider two's complements.
    constexpr char zero = 8;
    if (value == 0 || value == 1) {
        types_ += static_cast<char>(zero + value);
        return;
    }
    const auto bits = static_cast<std::uint64_t>(value);
    const auto magnitude = static_cast<std::uint64_t>(value < 0 ? ~value : value);
    const auto width = std::bit_width(magnitude) + 1;
    if (width <= 8) {
        types_ += '\x01', append_big_endian<1>(values_, bits);
    } else if (width <= 16) {
        types_ += '\x02', append_big_endian<2>(values_, bits);
    } else if (width <= 32) {
        types_ += '\x04', append_big_endian<4>(values_, bits);
    } else {
        types_ += '\x06', append_big_endian<8>(values_, bits);
    }
}

void SqliteRows::real(double value) {
    // A whole number is kept as an integer, as SQLite does in columns of this type.
    constexpr double small = 1e9;
    if (std::abs(value) < small && value == std::floor(value) && !(value == 0 && std::signbit(value))) {
        integer(static_cast<std::int64_t>(value));
        return;
    }
    types_ += '\x07';
    append_big_endian<8>(values_, std::bit_cast<std::uint64_t>(value));
}

void SqliteRows::text(std::string_view value) {
    append_varint(types_, 13 + 2 * static_cast<std::uint64_t>(value.size()));
    values_ += value;
}

void SqliteRows::blob(std::string_view value) {
    append_varint(types_, 12 + 2 * static_cast<std::uint64_t>(value.size()));
    values_ += value;
}

void SqliteRows::end_row() {
    // The record's header tells its own length, its length included.
    const auto header = types_.size() + (types_.size() + 1 < 0x80 ? 1 : 2);
    assert(header < 0x4000);
    const auto size = header + values_.size();
    const auto page = file_.page_size();
    const auto most = page - 35;
    std::size_t kept = size;
    if (size > most) {
        const auto least = (page - 12) * 32 / 255 - 23;
        kept = least + (size - least) % (page - 4);
        if (kept > most) kept = least;
    }
    constexpr std::size_t widest_head = 9 + 9 + 4;
    if (leaf_header + 2 * (starts_.size() + 1) + cells_.size() + kept + widest_head > page &&
        !starts_.empty()) {
        append_leaf();
    }
    starts_.push_back(static_cast<std::uint32_t>(cells_.size()));
    ++rows_;
    append_varint(cells_, size);
    append_varint(cells_, static_cast<std::uint64_t>(rows_));
    if (kept == size) {
        append_varint(cells_, header);
        cells_ += types_;
        cells_ += values_;
    } else {
        std::string payload;
        payload.reserve(size);
        append_varint(payload, header);
        payload += types_;
        payload += values_;
        add_spilled(payload, kept);
    }
    types_.clear();
    values_.clear();
}

void SqliteRows::add_spilled(std::string_view payload, std::size_t kept) {
    cells_ += payload.substr(0, kept);
    payload.remove_prefix(kept);
    append_big_endian<4>(cells_, file_.next());
    const auto room = file_.page_size() - 4;
    std::string page;
    while (!payload.empty()) {
        const auto part = payload.substr(0, room);
        payload.remove_prefix(part.size());
        page.clear();
        append_big_endian<4>(page, payload.empty() ? 0 : file_.after(file_.next()));
        page += part;
        page.resize(file_.page_size());
        file_.append(page);
    }
}

std::string SqliteRows::leaf() {
    auto page = page_of(file_.page_size(), leaf_page, leaf_header, cells_, starts_);
    cells_.clear();
    starts_.clear();
    return page;
}

void SqliteRows::append_leaf() {
    leaves_.push_back({file_.append(leaf()), rows_});
}

std::string SqliteRows::interior(const Child* first, const Child* end) const {
    std::string cells;
    std::vector<std::uint32_t> starts;
    const auto* rightmost = end - 1;
    for (const auto* child = first; child != rightmost; ++child) {
        starts.push_back(static_cast<std::uint32_t>(cells.size()));
        append_big_endian<4>(cells, child->page);
        append_varint(cells, static_cast<std::uint64_t>(child->last));
    }
    auto page = page_of(file_.page_size(), interior_page, interior_header, cells, starts);
    put_big_endian<4>(page, 8, rightmost->page);
    return page;
}

void SqliteRows::finish() {
    if (leaves_.empty()) {
        if (!starts_.empty()) file_.replace(root_, leaf());
        return;
    }
    append_leaf();
    const auto most = (file_.page_size() - interior_header) / widest_child;
    auto level = std::move(leaves_);
    while (level.size() > most) {
        // Evenly, so that no page has a single child.
        const auto pages = (level.size() + most - 1) / most;
        std::vector<Child> above;
        for (std::size_t p = 0; p < pages; ++p) {
            const auto* first = level.data() + level.size() * p / pages;
            const auto* end = level.data() + level.size() * (p + 1) / pages;
            above.push_back({file_.append(interior(first, end)), end[-1].last});
        }
        level = std::move(above);
    }
    file_.replace(root_, interior(level.data(), level.data() + level.size()));
}

}  // namespace truce::report
