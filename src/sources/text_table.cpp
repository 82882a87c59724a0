// SPDX-License-Identifier: Apache-2.0
#include "sources/text_table.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cstring>
#include <exception>
#include <mutex>
#include <thread>

#include "base/large_pages.h"
#include "base/text.h"

namespace truce::sources {
namespace {

constexpr std::size_t raw_kept = std::size_t{64} << 10;
constexpr csv::Limits limits{.max_row_bytes = std::size_t{16} << 20, .max_columns = 4096};

void append_code_point(std::string& out, std::uint32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | (c >> 6));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | (c >> 12));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (c >> 18));
        out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    }
}

/// UTF-16 as UTF-8. A half of a pair without its other half becomes three bytes that are not UTF-8, and so a
/// reject of its row.
std::string from_utf16(std::string_view text, bool big_endian) {
    const auto unit = [&](std::size_t at) {
        const auto a = static_cast<unsigned char>(text[at]);
        const auto b = static_cast<unsigned char>(text[at + 1]);
        return static_cast<std::uint32_t>(big_endian ? (a << 8) | b : (b << 8) | a);
    };
    std::string out;
    out.reserve(text.size() / 2 + text.size() / 8);
    std::size_t at = 0;
    if (text.size() >= 2 && unit(0) == 0xFEFF) at = 2;
    for (; at + 1 < text.size(); at += 2) {
        auto c = unit(at);
        if (c >= 0xD800 && c < 0xDC00 && at + 3 < text.size()) {
            const auto low = unit(at + 2);
            if (low >= 0xDC00 && low < 0xE000) {
                c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                at += 2;
            }
        }
        append_code_point(out, c);
    }
    if (at < text.size()) out += '\xFF';  // half a unit at the end
    return out;
}

/// A single-byte code page as UTF-8. Bytes that the page leaves open stay as they are, and so make rejects.
std::string from_code_page(std::string_view text, const char* page) {
    std::array<std::string, 256> as_utf8;
    UErrorCode code = U_ZERO_ERROR;
    UConverter* converter = ucnv_open(page, &code);
    assert(U_SUCCESS(code));
    for (unsigned byte = 0; byte < 256; ++byte) {
        const char in = static_cast<char>(byte);
        std::array<char16_t, 4> units{};
        UErrorCode fault = U_ZERO_ERROR;
        const auto n = ucnv_toUChars(converter, units.data(), 4, &in, 1, &fault);
        const bool mapped =
            U_SUCCESS(fault) && n == 1 && units[0] != 0xFFFD && (byte < 0x80 || units[0] > 0x9F);
        auto& out = as_utf8[byte];
        if (mapped) {
            append_code_point(out, units[0]);
        } else {
            out += in;
        }
    }
    ucnv_close(converter);
    std::string out;
    out.reserve(text.size() * 2);
    for (const char c : text) out += as_utf8[static_cast<unsigned char>(c)];
    return out;
}

bool is_blank(std::string_view cell) {
    return cell.empty() || trimmed(cell).empty();
}

bool begins_as_rejects(std::span<const std::string_view> fields) {
    constexpr std::size_t n = std::size(reject_columns);
    if (fields.size() <= n) return false;
    for (std::size_t i = 0; i < n; ++i) {
        if (header_key(fields[i]) != reject_columns[i]) return false;
    }
    return true;
}

/// The text without the bytes that are not UTF-8: U+FFFD stands for each run that breaks it.
std::string with_marks(std::string_view text) {
    std::string out;
    while (const auto fault = first_utf8_fault(text)) {
        out += text.substr(0, *fault);
        out += "\uFFFD";
        text.remove_prefix(*fault + 1);
        while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xC0) == 0x80)
            text.remove_prefix(1);
    }
    out += text;
    return out;
}

/// Where a row's cells break UTF-8 first.
RowFault broken_cell(const TableRow& row) {
    for (std::size_t column = 0; column < row.cells.size(); ++column) {
        const auto cell = row[column];
        const auto at = first_utf8_fault(cell);
        if (!at) continue;
        auto from = *at < 20 ? 0 : *at - 20;
        while (from > 0 && (static_cast<unsigned char>(cell[from]) & 0xC0) == 0x80) --from;
        return {.column = column,
                .found = fmt::format("byte {} of the cell is 0x{:02x}, which is not UTF-8, in '{}'", *at + 1,
                                     static_cast<unsigned char>(cell[*at]), shown(cell.substr(from, 40), 60)),
                .expected = "UTF-8 text: mend the character, or name the file's encoding in a mapping file"};
    }
    return {.found = "bytes that are not UTF-8", .expected = "UTF-8 text"};
}

/// Deals with a row whose bytes are not UTF-8. Where the words alone are concerned, U+FFFD takes the place of
/// what cannot be read, and a remark says so. Where a key, a place or a party would rest on it, the row is a
/// reject.
RowResult with_readable_words(RowResult made, const TableRow& row) {
    if (!made) return made;
    auto& account = *made;
    const auto& place = account.told.place;
    const auto& parties = account.told.parties;
    const std::array<std::string_view, 8> decisive{account.key,           account.act_as_told, place.name,
                                                   place.admin1,          place.admin2,        place.country,
                                                   parties.attacker.name, parties.target.name};
    auto fault = broken_cell(row);
    if (!std::ranges::all_of(decisive, is_utf8)) return tl::unexpected(std::move(fault));
    for (auto* words : {&account.summary, &account.cites, &account.url}) *words = with_marks(*words);
    if (!account.extra.empty()) account.extra = account.extra.with(with_marks);
    account.remarks.push_back(
        fmt::format("column {}: {}; shown as \uFFFD", fault.column ? *fault.column + 1 : 0, fault.found));
    return made;
}

}  // namespace

Header::Header(std::vector<std::string> names) : names_(std::move(names)) {
    keys_.reserve(names_.size());
    for (std::size_t i = 0; i < names_.size(); ++i) {
        keys_.push_back(header_key(names_[i]));
        if (!keys_.back().empty()) by_key_.try_emplace(keys_.back(), i);
    }
}

std::optional<std::size_t> Header::find(std::string_view key) const {
    const auto found = by_key_.find(std::string(key));
    return found == by_key_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> Header::find_any(std::initializer_list<std::string_view> keys) const {
    for (const auto key : keys) {
        if (const auto found = find(key)) return found;
    }
    return std::nullopt;
}

bool Header::has_all(std::initializer_list<std::string_view> keys) const {
    return std::ranges::all_of(keys, [this](std::string_view key) { return has(key); });
}

std::vector<std::string> Header::shared_names() const {
    std::vector<std::string> shared;
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (keys_[i].empty() || by_key_.at(keys_[i]) == i) continue;
        if (std::ranges::find(shared, names_[by_key_.at(keys_[i])]) == shared.end())
            shared.push_back(names_[by_key_.at(keys_[i])]);
    }
    return shared;
}

bool is_hxl_row(std::span<const std::string> cells) {
    bool any = false;
    for (const auto& cell : cells) {
        const auto text = trimmed(cell);
        if (text.empty()) continue;
        if (text.size() < 2 || text[0] != '#') return false;
        const char c = text[1];
        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z')) return false;
        any = true;
    }
    return any;
}

void append_field(std::string& out, std::string_view field, csv::Dialect dialect) {
    const bool quote = dialect.quoting == csv::Quoting::rfc4180 &&
                       (field.find_first_of("\"\r\n") != std::string_view::npos ||
                        field.find(dialect.delimiter) != std::string_view::npos);
    if (!quote) {
        out += field;
        return;
    }
    out += '"';
    for (const char c : field) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

Result<TextTable> TextTable::open(std::string_view text, const TableForm& form) {
    TextTable table;
    table.given_ = text;
    auto sniffed = csv::sniff(text);
    const auto begins = csv::without_byte_order_mark(text);
    const bool rejects = begins.starts_with(reject_columns[0]);  // always UTF-8: we wrote it
    if (sniffed.encoding != csv::Encoding::utf8) {
        table.decoded_ = std::make_shared<const std::string>(
            from_utf16(text, sniffed.encoding == csv::Encoding::utf16_be));
        sniffed = csv::sniff(*table.decoded_);
    } else if (form.encoding != TextEncoding::utf8 && !rejects) {
        table.decoded_ = std::make_shared<const std::string>(from_code_page(
            text, form.encoding == TextEncoding::windows_1251 ? "windows-1251" : "windows-1256"));
        sniffed = csv::sniff(*table.decoded_);
    }
    table.dialect_ = sniffed.dialect;
    if (form.delimiter && !rejects) table.dialect_.delimiter = *form.delimiter;
    // Between our own first two columns stands the delimiter.
    if (rejects && begins.size() > reject_columns[0].size())
        table.dialect_.delimiter = begins[reject_columns[0].size()];
    if (form.quoting) table.dialect_.quoting = *form.quoting;
    csv::Rows rows(table.text(), table.dialect_, limits);
    while (table.head_.size() < head_size) {
        const auto* row = rows.next();
        if (row == nullptr) break;
        auto fields = row->fields;
        if (table.head_.empty() && begins_as_rejects(fields))
            table.skipped_columns_ = std::size(reject_columns);
        fields = fields.subspan(std::min(fields.size(), table.skipped_columns_));
        table.head_.emplace_back(fields.begin(), fields.end());
    }
    if (table.head_.empty()) return failure({.message = "the file is empty; want a table with a header"});
    return table;
}

void TextTable::set_header(std::size_t record) {
    assert(record < head_.size());
    header_ = Header(head_[record]);
    preamble_ = record;
    first_row_ = record + 1;
    fewest_cells_ = header_.size();
    hxl_tags_.clear();
    if (first_row_ < head_.size() && is_hxl_row(head_[first_row_])) {
        hxl_tags_ = head_[first_row_];
        hxl_tags_.resize(header_.size());
        ++first_row_;
    }
}

void TextTable::set_names(std::vector<std::string> names, std::size_t fewest_cells) {
    header_ = Header(std::move(names));
    preamble_ = 0;
    first_row_ = 0;
    fewest_cells_ = fewest_cells;
    hxl_tags_.clear();
}

Reject reject_of(const RowFault& fault, const Header& header, const TableRow& row) {
    return {.source = {},
            .row = row.number,
            .line = row.line,
            .column = fault.column ? *fault.column + 1 : 0,
            .column_name = fault.column ? header.name(*fault.column) : std::string(),
            .found = fault.found,
            .expected = fault.expected,
            .raw = std::string(row.raw.substr(0, raw_kept))};
}

/// Reads one chunk after another on one thread.
class TextTable::Worker {
public:
    Worker(const TextTable& table, RowMaker make) : table_(table), make_(std::move(make)) {
        cells_.resize(table.header_.size());
    }

    void read(const csv::Chunk& chunk, ReadRows& out) {
        csv::Rows rows(table_.text(), table_.dialect_, chunk, limits);
        out.accounts.reserve(rows_of_last_chunk_ + rows_of_last_chunk_ / 8);
        while (const auto* record = rows.next()) {
            if (record->number <= table_.first_row_) continue;
            ++out.rows;
            add(*record, out);
        }
        rows_of_last_chunk_ = out.rows;
    }

private:
    void add(const csv::Row& record, ReadRows& out) {
        TableRow row{.cells = cells_,
                     .raw = record.raw,
                     .number = record.number - table_.first_row_,
                     .line = record.line};
        auto made = account(record, row, out);
        if (made) {
            made->row = row.number;
            made->line = row.line;
            made->raw = sha256(row.raw);
            out.accounts.push_back(std::move(*made));
        } else {
            out.waiting_for_date_order += made.error().kind == RowFault::Kind::needs_date_order ? 1U : 0U;
            out.rejects.push_back(reject_of(made.error(), table_.header_, row));
        }
    }

    RowResult account(const csv::Row& record, TableRow& row, ReadRows& out) {
        if (const auto problem = record.error())
            return tl::unexpected(RowFault{.found = problem->message, .expected = "a row that can be read"});
        auto fields = record.fields;
        const auto skipped = table_.skipped_columns_;
        if (fields.size() <= skipped) return tl::unexpected(wrong_count(fields.size()));
        if (skipped > 0) row.raw = record.raw.substr(record.starts[skipped]);
        if (!row.raw.empty() && std::memchr(row.raw.data(), 0, row.raw.size()) != nullptr)
            return tl::unexpected(RowFault{.found = "a NUL byte", .expected = "text without NUL"});
        fields = fields.subspan(skipped);
        const auto columns = cells_.size();
        if (fields.size() < table_.fewest_cells_) return tl::unexpected(wrong_count(fields.size()));
        for (std::size_t i = columns; i < fields.size(); ++i) {
            if (!is_blank(fields[i])) return tl::unexpected(wrong_count(fields.size()));
        }
        const auto n = std::min(columns, fields.size());
        std::copy_n(fields.begin(), n, cells_.begin());
        std::fill(cells_.begin() + static_cast<std::ptrdiff_t>(n), cells_.end(), std::string_view());
        if (std::ranges::all_of(cells_, is_blank))
            return tl::unexpected(
                RowFault{.found = "a row without a value", .expected = "a row that says something"});
        if (simdjson::validate_utf8(row.raw.data(), row.raw.size())) return make_(row);
        ++out.not_utf8;
        return with_readable_words(make_(row), row);
    }

    [[nodiscard]] RowFault wrong_count(std::size_t found) const {
        return {.found = fmt::format("{} cells", found),
                .expected = fmt::format("{} cells, one for each column of the header", cells_.size())};
    }

    const TextTable& table_;
    RowMaker make_;
    std::vector<std::string_view> cells_;
    std::size_t rows_of_last_chunk_ = 0;
};

ReadRows TextTable::read(int threads, const std::function<RowMaker()>& new_maker) const {
    assert(header_.size() > 0);
    const auto wanted = static_cast<unsigned>(std::max(threads, 1));
    const auto chunks = csv::cut(text(), dialect_, wanted, limits);
    std::vector<ReadRows> parts(chunks.size());
    std::atomic<std::size_t> next{0};
    std::exception_ptr failed;
    std::mutex failing;
    const auto work = [&] {
        try {
            Worker worker(*this, new_maker());
            for (auto i = next++; i < chunks.size(); i = next++) worker.read(chunks[i], parts[i]);
        } catch (...) {
            const std::lock_guard lock(failing);
            failed = std::current_exception();
            next = chunks.size();
        }
    };
    {
        std::vector<std::jthread> others;
        for (unsigned i = 1; i < std::min<std::size_t>(wanted, chunks.size()); ++i) others.emplace_back(work);
        work();
    }
    if (failed) std::rethrow_exception(failed);
    ReadRows all;
    std::size_t accounts = 0;
    for (const auto& part : parts) accounts += part.accounts.size();
    all.accounts.reserve(accounts);
    ask_for_large_pages(all.accounts.data(), accounts * sizeof(Account));
    for (auto& part : parts) {
        all.rows += part.rows;
        all.waiting_for_date_order += part.waiting_for_date_order;
        all.not_utf8 += part.not_utf8;
        std::ranges::move(part.accounts, std::back_inserter(all.accounts));
        std::ranges::move(part.rejects, std::back_inserter(all.rejects));
        part = {};
    }
    return all;
}

void TextTable::for_each_row(const std::function<void(const TableRow&)>& use) const {
    csv::Rows rows(text(), dialect_, limits);
    std::vector<std::string_view> cells(header_.size());
    while (const auto* record = rows.next()) {
        if (record->number <= first_row_ || record->problem != csv::Problem::none) continue;
        if (record->fields.size() < skipped_columns_ + fewest_cells_) continue;
        const auto fields = record->fields.subspan(skipped_columns_);
        const auto n = std::min(cells.size(), fields.size());
        std::copy_n(fields.begin(), n, cells.begin());
        std::fill(cells.begin() + static_cast<std::ptrdiff_t>(n), cells.end(), std::string_view());
        use({.cells = cells,
             .raw = record->raw,
             .number = record->number - first_row_,
             .line = record->line});
    }
}

}  // namespace truce::sources
