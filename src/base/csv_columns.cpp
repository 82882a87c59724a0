// SPDX-License-Identifier: Apache-2.0
#include "base/csv_columns.h"

#include "base/csv_kernels.h"
#include "base/csv_records.h"
#include "base/side_by_side.h"
#include "base/text.h"
#include "base/time.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <unordered_map>
#include <utility>

namespace truce::csv {

namespace {

/// The text is worked on in cells of this size: with what a scan finds in one it stays in a core's own cache.
constexpr std::size_t cell_bytes = std::size_t{256} << 10;
/// How many cells one of several workers takes at once.
constexpr std::size_t cells_at_once = 4;
/// Pages are given back this many cells behind; a multiple of `cells_at_once`.
constexpr std::size_t release_cells = 64;

/// A list in memory of its own that grows without being copied; what is reserved and not yet written costs
/// nothing.
template <class T>
class Store {
public:
    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    ~Store() {
        if (bytes_ != 0) munmap(items_, bytes_);
    }

    [[nodiscard]] std::size_t capacity() const { return bytes_ / sizeof(T); }
    [[nodiscard]] T* data() const { return items_; }

    /// Makes room for at least `count` items. Those that are there keep their values and may move.
    void reserve(std::size_t count) {
        if (count > capacity()) resize(count);
    }

    /// Gives back all but the first `count` items.
    void shrink(std::size_t count) {
        if (bytes_ != 0) resize(std::max<std::size_t>(count, 1));
    }

private:
    void resize(std::size_t count) {
        constexpr std::size_t page = 4096;
        const std::size_t bytes = (count * sizeof(T) + page - 1) & ~(page - 1);
        if (bytes == bytes_) return;
        void* const moved = bytes_ == 0 ? mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
                                        : mremap(items_, bytes_, bytes, MREMAP_MAYMOVE);
        if (moved == MAP_FAILED) throw std::bad_alloc();
        madvise(moved, bytes, MADV_HUGEPAGE);
        items_ = static_cast<T*>(moved);
        bytes_ = bytes;
    }

    T* items_ = nullptr;
    std::size_t bytes_ = 0;
};

/// Codes of values, in the order in which they were first asked for.
class Dictionary {
public:
    /// The code of `value`, a new one if it was not seen before; `row` is then remembered as its first.
    std::uint32_t code_of(std::string_view value, std::size_t row) {
        if (value.size() > kernels::Slot::max_length) return code_among_others(value, row);
        kernels::Slot slot;
        std::memcpy(slot.bytes, value.data(), value.size());
        slot.length = static_cast<std::uint32_t>(value.size());
        kernels::Slot* const place = find(slot);
        if (place != nullptr && place->code != kernels::Slot::free_slot) return place->code;
        if (place == nullptr) return code_among_others(value, row);
        // A value may have gone to the others when its slots were full; since then the table may have grown.
        if (const auto other = others_.find(value); other != others_.end()) return other->second;
        slot.code = add(value, row);
        *place = slot;
        if (names_.size() * slots_for_each() > mask_) grow();
        return slot.code;
    }

    [[nodiscard]] kernels::Slots slots() const { return {.slots = slots_.data(), .mask = mask_}; }
    [[nodiscard]] std::vector<std::string>& names() { return names_; }
    [[nodiscard]] const std::vector<std::size_t>& first_rows() const { return first_rows_; }

private:
    std::uint32_t add(std::string_view value, std::size_t row) {
        names_.emplace_back(value);
        first_rows_.push_back(row);
        return static_cast<std::uint32_t>(names_.size() - 1);
    }

    /// Values that are long, or that more equal hashes than a short search covers belong to: hostile input
    /// ends here, where it costs a logarithm.
    std::uint32_t code_among_others(std::string_view value, std::size_t row) {
        const auto found = others_.find(value);
        if (found != others_.end()) return found->second;
        const std::uint32_t code = add(value, row);
        others_.emplace(value, code);
        return code;
    }

    /// The slot that holds the value, or else the free one where it belongs; nullptr if there is neither.
    kernels::Slot* find(const kernels::Slot& wanted) {
        kernels::Slot* slot = slots_.data() + (kernels::best_kernels().hash(wanted) & mask_);
        for (std::size_t probe = 0; probe < kernels::Slots::max_probes; ++probe, ++slot) {
            if (slot->code == kernels::Slot::free_slot) return slot;
            if (slot->length == wanted.length && std::memcmp(slot->bytes, wanted.bytes, wanted.length) == 0)
                return slot;
        }
        return nullptr;
    }

    /// Few values get many slots: where two values contend for one, the processor guesses wrong half the
    /// time.
    [[nodiscard]] std::size_t slots_for_each() const { return mask_ < (1U << 14) - 1 ? 16 : 2; }

    void grow() {
        std::vector<kernels::Slot> old(std::size_t{2} * (mask_ + std::size_t{1}) +
                                       kernels::Slots::max_probes);
        std::swap(old, slots_);
        mask_ = 2 * mask_ + 1;
        for (const kernels::Slot& slot : old) {
            if (slot.code == kernels::Slot::free_slot) continue;
            if (kernels::Slot* const place = find(slot)) {
                *place = slot;
            } else {
                others_.emplace(names_[slot.code], slot.code);
            }
        }
    }

    std::uint32_t mask_ = 255;
    std::vector<kernels::Slot> slots_ = std::vector<kernels::Slot>(256 + kernels::Slots::max_probes);
    std::map<std::string, std::uint32_t, std::less<>> others_;
    std::vector<std::string> names_;
    std::vector<std::size_t> first_rows_;
};

/// A flaw as a worker notes it down; lines are counted when all is read.
struct Noted {
    std::size_t offset = 0;
    /// Empty for a record's flaw.
    std::string column{};
    std::string message{};
};

/// The first `limit` flaws that one worker met, and how many there were. Workers meet them in the order of
/// the text.
struct Notes {
    std::size_t limit = 0;
    std::size_t values = 0;
    std::size_t records = 0;
    std::vector<Noted> kept{};

    void keep(std::size_t offset, std::string message) {
        if (kept.size() < limit) kept.push_back({.offset = offset, .message = std::move(message)});
    }
};

/// What is asked of the file, settled against its first record.
struct Plan {
    std::string_view text{};
    const MappedFile* file = nullptr;
    ColumnSettings settings{};
    std::size_t begin = 0;
    std::size_t fields = 0;
    struct Wanted {
        std::string name;
        std::size_t index;
        ColumnType type;
    };
    std::vector<Wanted> wanted{};

    [[nodiscard]] std::size_t cells() const { return (text.size() - begin + cell_bytes - 1) / cell_bytes; }
    [[nodiscard]] std::size_t cell_begin(std::size_t cell) const {
        return std::min(text.size(), begin + cell * cell_bytes);
    }
};

std::string normal_name(std::string_view name) {
    std::string normal = lower_ascii(name);
    std::ranges::replace_if(
        normal, [](char c) { return c == '_' || c == '-'; }, ' ');
    const std::size_t first = normal.find_first_not_of(" \t");
    if (first == std::string::npos) return {};
    return normal.substr(first, normal.find_last_not_of(" \t") + 1 - first);
}

Result<std::size_t> find_column(const std::string& name, std::span<const std::string_view> header,
                                std::size_t line) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (normal_name(header[i]) != normal_name(name)) continue;
        if (found) {
            return failure(
                {.message = fmt::format("columns {} and {} are both called '{}'; ask for one by its number",
                                        *found + 1, i + 1, name),
                 .line = line});
        }
        found = i;
    }
    if (!found) {
        return failure({.message = fmt::format("there is no column '{}'; the header has: {}", name,
                                               fmt::join(header, ", ")),
                        .line = line});
    }
    return *found;
}

Result<Plan> plan(std::string_view text, const MappedFile* file, std::span<const WantedColumn> wanted,
                  const ColumnSettings& settings) {
    if (const Sniffed sniffed = sniff(text.substr(0, 4096)); sniffed.encoding != Encoding::utf8) {
        return failure({.message = "the text is UTF-16; save it as UTF-8"});
    }
    Plan made{.text = text, .file = file, .settings = settings};
    Rows rows(text, settings.dialect, settings.limits);
    const Row* const first = rows.next();
    if (first == nullptr) return failure({.message = "there are no records"});
    if (auto error = first->error()) return failure(*std::move(error));
    made.fields = first->fields.size();
    const bool named = settings.header == Header::first_record;
    for (const WantedColumn& column : wanted) {
        std::size_t index = 0;
        if (const auto* const place = std::get_if<std::size_t>(&column.column)) {
            index = *place;
        } else if (!named) {
            return failure({.message = fmt::format("column '{}' is asked for by name, but there is no header",
                                                   std::get<std::string>(column.column))});
        } else {
            const auto found = find_column(std::get<std::string>(column.column), first->fields, first->line);
            if (!found) return failure(found.error());
            index = *found;
        }
        if (index >= made.fields) {
            return failure(
                {.message = fmt::format("there is no column {}; the records have {}", index + 1, made.fields),
                 .line = first->line});
        }
        std::string name = named ? std::string(first->fields[index]) : fmt::format("column {}", index + 1);
        made.wanted.push_back({.name = std::move(name), .index = index, .type = column.type});
    }
    made.begin = skip_empty_lines(text, named ? first->offset + first->raw.size() : first->offset);
    return made;
}

/// Offsets, with room for many more than there are: what is not written to costs no memory.
class Offsets {
public:
    [[nodiscard]] std::uint32_t* data() { return items_.get(); }
    [[nodiscard]] const std::uint32_t* data() const { return items_.get(); }
    std::uint32_t& operator[](std::size_t i) { return items_[i]; }
    const std::uint32_t& operator[](std::size_t i) const { return items_[i]; }

    /// Makes room for at least `count`; the first `kept` stay.
    void make_room(std::size_t count, std::size_t kept) {
        if (count <= size_) return;
        auto larger = std::make_unique_for_overwrite<std::uint32_t[]>(count);
        if (kept > 0) std::memcpy(larger.get(), items_.get(), std::min(kept, size_) * sizeof(std::uint32_t));
        items_ = std::move(larger);
        size_ = count;
    }

private:
    std::unique_ptr<std::uint32_t[]> items_;
    std::size_t size_ = 0;
};

/// Finds the records of one cell, as the kernels want them.
class Scan {
public:
    explicit Scan(const Plan& plan) : plan_(&plan) {}

    std::size_t begin = 0;
    /// Where the next cell's first record starts.
    std::size_t next = 0;
    Notes notes{};

    [[nodiscard]] std::size_t rows() const { return rows_; }
    [[nodiscard]] kernels::Fields fields(std::size_t column) const {
        return {.text = plan_->text.data() + begin,
                .text_begin = plan_->text.data(),
                .text_end = plan_->text.data() + plan_->text.size(),
                .ends = ends_.data() + 1,
                .first = first_.data(),
                .rows = rows_,
                .column = column,
                .quote = quote_of(plan_->settings.dialect)};
    }

    /// The field of a row as the text has it.
    [[nodiscard]] std::string_view field(std::size_t row, std::size_t column) const {
        const std::uint32_t* const end = ends_.data() + 1 + first_[row] + column;
        const std::uint32_t start = end[-1] + 1;
        return plan_->text.substr(begin + start, end[0] - start);
    }

    /// Finds the records that start in [from, cell_end). `from` must be a record's start for the result to be
    /// right.
    void run(std::size_t from, std::size_t cell_end) {
        begin = from;
        rows_ = 0;
        notes = {.limit = plan_->settings.max_flaws_kept};
        // The field before the first one ends one byte before the text.
        make_room(0);
        ends_[0] = ~std::uint32_t{0};
        if (irregular_for_ > 0) {
            --irregular_for_;
        } else if (take_regular(cell_end)) {
            return;
        } else {
            irregular_for_ = cells_until_tried_again;
        }
        if (!take_all(cell_end)) take_one_by_one(cell_end);
    }

private:
    /// A file with empty lines, CRLF or records of many lengths seldom has a regular cell.
    static constexpr unsigned cells_until_tried_again = 31;

    void make_room(std::size_t size, std::size_t ends = 0, std::size_t rows = 0) {
        ends_.make_room(size + 66, ends);
        row_ends_.make_room(size + 66, rows);
        first_.make_room(size + 66, rows);
    }

    /// Scans the whole cell at once, and on to the end of its last record. `scan` is a kernel's,
    /// `last_end(found)` the index among the ends of the last that ends a record, if there is one. Returns
    /// what was found and leaves in `size` how far the scan went; nothing if a record does not end in time.
    template <class LastEnd>
    std::optional<kernels::Ends> scan_to_last_record(decltype(kernels::Kernels::scan) scan,
                                                     std::size_t cell_end, LastEnd last_end) {
        const std::size_t available = plan_->text.size() - begin;
        const Limits& limits = plan_->settings.limits;
        kernels::ScanState state;
        kernels::Ends found{};
        std::size_t size = 0;
        std::size_t step = std::min(available, (cell_end - begin + 63) & ~std::size_t{63});
        while (true) {
            if (size + step > std::min(limits.max_row_bytes, std::size_t{1} << 30)) return std::nullopt;
            make_room(size + step, found.count + 1, found.rows);
            found.ends = ends_.data() + 1;
            found.row_ends = row_ends_.data();
            scan(plan_->text.data() + begin + size, step, plan_->settings.dialect.delimiter,
                 quote_of(plan_->settings.dialect), static_cast<std::uint32_t>(size), state, found);
            size += step;
            if (size == available) break;
            if (const std::optional<std::size_t> last = last_end(found);
                last && begin + found.ends[*last] + 1 >= cell_end) {
                break;
            }
            step = std::min(available - size, std::clamp<std::size_t>(size & ~std::size_t{63}, 1024, 65536));
        }
        if (size == available) {
            if (state.inside != 0) return std::nullopt;
            // The text's end ends a record, be it an empty one.
            found.ends[found.count] = static_cast<std::uint32_t>(size);
        }
        reached_ = size;
        return found;
    }

    /// Takes a cell in which every record has the fields of the first and ends in LF: then every so many'th
    /// end is a record's, and nothing else need be noted down. False, and nothing taken, if it is any other.
    bool take_regular(std::size_t cell_end) {
        const std::size_t fields = plan_->fields;
        // With one field, an empty line looks like a record.
        if (fields < 2) return false;
        const auto found = scan_to_last_record(kernels::best_kernels().scan_counting, cell_end,
                                               [&](const kernels::Ends& ends) -> std::optional<std::size_t> {
                                                   if (ends.rows == 0 || ends.rows * fields > ends.count)
                                                       return std::nullopt;
                                                   return ends.rows * fields - 1;
                                               });
        if (!found || found->rows * fields > found->count) return false;
        const char* const text = plan_->text.data() + begin;
        const std::uint32_t* const ends = found->ends;
        // As many LF at these places as there are line ends: then there is none elsewhere.
        std::size_t last = fields - 1;
        for (std::size_t row = 0; row < found->rows; ++row, last += fields)
            if (text[ends[last]] != '\n') return false;
        std::size_t records = found->rows;
        if (reached_ == plan_->text.size() - begin) {
            const std::size_t rest = found->count - records * fields;
            const std::uint32_t start = records == 0 ? 0 : ends[records * fields - 1] + 1;
            if (start != reached_) {
                if (rest + 1 != fields) return false;
                ++records;
            }
        }
        const auto limit = static_cast<std::uint32_t>(cell_end - begin);
        std::uint32_t start = 0;
        for (std::size_t row = 0; row < records && start < limit; ++row) {
            first_[rows_++] = static_cast<std::uint32_t>(row * fields);
            start = ends[row * fields + fields - 1] + 1;
        }
        next = skip_empty_lines(plan_->text, std::min(plan_->text.size(), begin + start));
        return true;
    }

    /// Takes a cell whose records may have any number of fields. False if a record does not end in time.
    bool take_all(std::size_t cell_end) {
        const auto found = scan_to_last_record(kernels::best_kernels().scan, cell_end,
                                               [&](const kernels::Ends& ends) -> std::optional<std::size_t> {
                                                   if (ends.rows == 0) return std::nullopt;
                                                   return ends.row_ends[ends.rows - 1];
                                               });
        if (!found) return false;
        std::size_t records = found->rows;
        if (reached_ == plan_->text.size() - begin)
            row_ends_[records++] = static_cast<std::uint32_t>(found->count);
        sort_records(records, cell_end);
        return true;
    }

    /// Tells records from empty lines and good ones from bad.
    void sort_records(std::size_t records, std::size_t cell_end) {
        const auto limit = static_cast<std::uint32_t>(cell_end - begin);
        const auto expected = static_cast<std::uint32_t>(plan_->fields);
        std::uint32_t start = 0;
        std::uint32_t first = 0;
        std::uint32_t* const rows = first_.data();
        for (std::size_t i = 0; i < records && start < limit; ++i) {
            const std::uint32_t last = row_ends_[i];
            const std::uint32_t end = ends_[1 + last];
            if (last + 1 - first == expected && end != start) [[likely]] {
                rows[rows_++] = first;
            } else if (end != start) {
                note_ragged(begin + start, last + 1 - first);
            }
            first = last + 1;
            start = end + 1;
        }
        next = skip_empty_lines(plan_->text, std::min(plan_->text.size(), begin + start));
    }

    void note_ragged(std::size_t offset, std::size_t found) {
        ++notes.records;
        notes.keep(offset, fmt::format("a record with {} fields; want {} as in the first record", found,
                                       plan_->fields));
    }

    /// The careful way, for cells that hold a record with a problem.
    void take_one_by_one(std::size_t cell_end) {
        Records records(plan_->text, plan_->settings.dialect, plan_->settings.limits, begin, cell_end);
        Record record;
        std::size_t count = 1;
        std::size_t room = 0;
        next = begin;
        while (records.next(record)) {
            next = record.next;
            if (record.problem != Problem::none) {
                note_problem(record);
                continue;
            }
            if (record.fields_found != plan_->fields) {
                note_ragged(record.begin, record.fields_found);
                continue;
            }
            if (count + record.ends.size() + 1 > room) {
                room = 2 * (count + record.ends.size() + 1);
                make_room(room, count, rows_);
            }
            const auto start = static_cast<std::uint32_t>(record.begin - begin);
            // The end before the first field stands among the ends, as if another field were between.
            ends_[count] = start - 1;
            first_[rows_++] = static_cast<std::uint32_t>(count);
            ++count;
            for (const std::uint32_t end : record.ends)
                ends_[count++] = static_cast<std::uint32_t>(record.base + end - begin);
        }
        next = skip_empty_lines(plan_->text, next);
    }

    void note_problem(const Record& record) {
        ++notes.records;
        const Row row{.problem = record.problem, .fields_found = record.fields_found};
        if (record.problem == Problem::unterminated_quote) {
            notes.keep(record.begin,
                       "a quote is opened and never closed; want a closing '\"' before the next delimiter or "
                       "line end");
        } else {
            notes.keep(record.begin, row.error()->message);
        }
    }

    const Plan* plan_;
    Offsets ends_;
    Offsets row_ends_;
    Offsets first_;
    std::size_t rows_ = 0;
    /// How far from `begin` the scan has come.
    std::size_t reached_ = 0;
    /// How many cells more are not taken for regular, after one that was not.
    unsigned irregular_for_ = 0;
};

std::optional<std::int32_t> parse_day_with_time(std::string_view text) {
    const auto digits = [&](std::size_t first, std::size_t count) {
        return text.size() >= first + count &&
               std::ranges::all_of(text.substr(first, count), [](char c) { return c >= '0' && c <= '9'; });
    };
    std::string day;
    if (text.size() == 8 && digits(0, 8)) {
        day = fmt::format("{}-{}-{}", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2));
    } else if (text.size() >= 10) {
        day = text.substr(0, 10);
    }
    const auto parsed = parse_day(day);
    if (!parsed) return std::nullopt;
    const auto count = static_cast<std::int32_t>(parsed->time_since_epoch().count());
    if (text.size() <= 10) return count;
    if ((text[10] != ' ' && text[10] != 'T') || !digits(11, 2) || text.size() < 16 || text[13] != ':' ||
        !digits(14, 2)) {
        return std::nullopt;
    }
    if (text.substr(11, 2) > "23" || text.substr(14, 2) > "59") return std::nullopt;
    if (text.size() == 16) return count;
    if (text[16] != ':' || !digits(17, 2) || text.substr(17, 2) > "60") return std::nullopt;
    if (text.size() == 19) return count;
    if (text[19] != '.' || text.size() == 20 || !digits(20, text.size() - 20)) return std::nullopt;
    return count;
}

std::string_view trimmed_of_spaces(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

std::string_view type_name(ColumnType type) {
    switch (type) {
        case ColumnType::text:
        case ColumnType::category:
            return "text";
        case ColumnType::integer:
            return "an integer";
        case ColumnType::real:
            return "a number";
        case ColumnType::day:
            return "a day, YYYY-MM-DD";
    }
    return "";
}

/// Turns the fields of one scan into values. One per worker.
class Conversion {
public:
    Conversion(const Plan& plan, Notes& notes) : plan_(plan), notes_(notes), invalid_(plan.wanted.size()) {}

    void integers(const Scan& scan, std::size_t column, std::int64_t* out) {
        kernels::Left left = start(scan);
        kernels::best_kernels().integers(scan.fields(plan_.wanted[column].index), Column::no_integer, out,
                                         left);
        finish(scan, column, left, [&](std::size_t row, std::string_view value) {
            const auto parsed = parse_integer(value);
            const bool good = parsed && *parsed != Column::no_integer;
            out[row] = good ? *parsed : Column::no_integer;
            return good;
        });
    }

    void reals(const Scan& scan, std::size_t column, double* out) {
        kernels::Left left = start(scan);
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        kernels::best_kernels().reals(scan.fields(plan_.wanted[column].index), none, out, left);
        finish(scan, column, left, [&](std::size_t row, std::string_view value) {
            const auto parsed = parse_real(value);
            out[row] = parsed.value_or(none);
            return parsed.has_value();
        });
    }

    void days(const Scan& scan, std::size_t column, std::int32_t* out) {
        kernels::Left left = start(scan);
        kernels::best_kernels().days(scan.fields(plan_.wanted[column].index), Column::no_day, out, left);
        finish(scan, column, left, [&](std::size_t row, std::string_view value) {
            const auto parsed = parse_day_with_time(value);
            out[row] = parsed.value_or(Column::no_day);
            return parsed.has_value();
        });
    }

    void codes(const Scan& scan, std::size_t column, Dictionary& dictionary, std::size_t first_row,
               std::uint32_t* out) {
        kernels::Left left = start(scan);
        kernels::best_kernels().codes(scan.fields(plan_.wanted[column].index), dictionary.slots(), out, left);
        for (std::size_t i = 0; i < left.count; ++i) {
            const std::size_t row = left.rows[i];
            const std::string value =
                unquoted(scan.field(row, plan_.wanted[column].index), plan_.settings.dialect);
            out[row] = dictionary.code_of(value, first_row + row);
        }
    }

    void texts(const Scan& scan, std::size_t column, char* arena, std::size_t base, std::uint64_t* begins,
               std::uint32_t* lengths) {
        kernels::Left left = start(scan);
        base = kernels::best_kernels().texts(scan.fields(plan_.wanted[column].index), arena, base, begins,
                                             lengths, left);
        for (std::size_t i = 0; i < left.count; ++i) {
            const std::size_t row = left.rows[i];
            const std::string value =
                unquoted(scan.field(row, plan_.wanted[column].index), plan_.settings.dialect);
            std::memcpy(arena + base, value.data(), value.size());
            begins[row] = base;
            lengths[row] = static_cast<std::uint32_t>(value.size());
            base += value.size();
        }
    }

    [[nodiscard]] const std::vector<std::size_t>& invalid() const { return invalid_; }

private:
    kernels::Left start(const Scan& scan) {
        if (left_.size() < scan.rows()) left_.resize(scan.rows());
        return {.rows = left_.data()};
    }

    /// Reads the rows that the fast loop left. `take` stores a value, or the mark of a missing one and
    /// returns false.
    template <class Take>
    void finish(const Scan& scan, std::size_t column, const kernels::Left& left, Take take) {
        const Plan::Wanted& wanted = plan_.wanted[column];
        for (std::size_t i = 0; i < left.count; ++i) {
            const std::size_t row = left.rows[i];
            const std::string_view field = scan.field(row, wanted.index);
            const std::string value = unquoted(field, plan_.settings.dialect);
            const std::string_view core = trimmed_of_spaces(value);
            if (take(row, core) || core.empty()) continue;
            ++notes_.values;
            ++invalid_[column];
            constexpr std::size_t shown = 60;
            notes_.keep(static_cast<std::size_t>(field.data() - plan_.text.data()),
                        fmt::format("'{}' in column '{}'; want {}",
                                    value.size() > shown ? value.substr(0, shown) + "..." : value,
                                    wanted.name, type_name(wanted.type)));
        }
    }

    const Plan& plan_;
    Notes& notes_;
    std::vector<std::uint32_t> left_;
    std::vector<std::size_t> invalid_;
};

/// Passes a turn from cell to cell, so that each learns where the one before ended.
class Turns {
public:
    explicit Turns(std::size_t first) : begin(first) {}

    /// Where the next record starts. Only whoever has the turn may touch it.
    std::size_t begin;

    [[nodiscard]] bool is(std::size_t cell) const { return turn_.load(std::memory_order_acquire) == cell; }

    /// Waits for the turn of `cell`; false if the work was given up.
    bool await(std::size_t cell) const {
        constexpr int patience = 2000;
        for (int i = 0; i < patience; ++i) {
            const std::size_t now = turn_.load(std::memory_order_acquire);
            if (now == cell) return true;
            if (now == given_up) return false;
        }
        while (true) {
            const std::size_t now = turn_.load(std::memory_order_acquire);
            if (now == cell) return true;
            if (now == given_up) return false;
            turn_.wait(now);
        }
    }

    void pass(std::size_t cell) {
        turn_.store(cell + 1, std::memory_order_release);
        turn_.notify_all();
    }

    void give_up() {
        turn_.store(given_up, std::memory_order_release);
        turn_.notify_all();
    }

private:
    static constexpr std::size_t given_up = ~std::size_t{0};
    std::atomic<std::size_t> turn_{0};
};

/// Scans the text cell by cell on several threads and hands each cell's records to `output`.
///
/// A worker takes some cells at once, so that it seldom has to wait for another. `output.place(scan)` is
/// called cell after cell in the order of the text and says where the records go; `output.take(worker, scan,
/// place)` is then called side by side with others. A worker's scans start at a guess and are done again,
/// from where the cell before has ended, if the guess was wrong: what is handed on never depends on a guess.
template <class Output>
void work_through(const Plan& plan, Output& output) {
    const std::size_t cells = plan.cells();
    const std::size_t workers =
        std::clamp<std::size_t>(plan.settings.threads, 1, std::max<std::size_t>(cells, 1));
    // Several shares for each worker, so that they end together; a power of two, since pages are given back
    // by shares.
    const std::size_t share =
        workers == 1 ? 1 : std::bit_floor(std::clamp<std::size_t>(cells / (4 * workers), 1, cells_at_once));
    Turns turns(plan.begin);
    std::atomic<std::size_t> next_share{0};
    const auto worker = [&](std::size_t number) {
        std::vector<Scan> scans;
        for (std::size_t i = 0; i < share; ++i) scans.emplace_back(plan);
        std::vector<typename Output::Place> places;
        Window window;
        std::size_t used = 0;
        // Scans the cells from `first` on, whose first record starts at `begin`; returns where the next one
        // starts.
        const auto scan_all = [&](std::size_t first, std::size_t begin) {
            used = 0;
            for (std::size_t cell = first; cell < std::min(cells, first + share); ++cell) {
                const std::size_t end = plan.cell_begin(cell + 1);
                if (begin >= end) continue;
                scans[used].run(begin, end);
                begin = scans[used++].next;
            }
            return begin;
        };
        for (std::size_t turn = next_share++; turn * share < cells; turn = next_share++) {
            const std::size_t first = turn * share;
            const bool known = turns.is(turn);
            const std::size_t guess =
                known ? turns.begin
                      : guess_record_start(plan.text, plan.cell_begin(first), plan.settings.dialect, window);
            std::size_t next = scan_all(first, guess);
            if (!turns.await(turn)) return;
            if (guess != turns.begin) next = scan_all(first, turns.begin);
            turns.begin = next;
            output.begin_placing();
            places.clear();
            for (std::size_t i = 0; i < used; ++i) places.push_back(output.place(scans[i]));
            if (plan.file != nullptr && first % release_cells == 0 && first >= 2 * release_cells) {
                plan.file->release(plan.cell_begin(first - 2 * release_cells),
                                   plan.cell_begin(first - release_cells));
            }
            turns.pass(turn);
            for (std::size_t i = 0; i < used; ++i) output.take(number, scans[i], places[i]);
        }
    };
    run_side_by_side(static_cast<unsigned>(workers), workers, [&](std::size_t number) {
        try {
            worker(number);
        } catch (...) {
            // Nobody may wait for a turn that will not be passed on.
            turns.give_up();
            throw;
        }
    });
    if (plan.file != nullptr) plan.file->release(0, plan.text.size());
}

/// Puts the workers' notes together.
Flaws flaws_of(const Plan& plan, std::vector<Notes>& notes) {
    Flaws flaws;
    std::vector<Noted> all;
    for (Notes& note : notes) {
        flaws.values += note.values;
        flaws.records += note.records;
        std::ranges::move(note.kept, std::back_inserter(all));
    }
    std::ranges::stable_sort(all, {}, &Noted::offset);
    if (all.size() > plan.settings.max_flaws_kept) all.resize(plan.settings.max_flaws_kept);
    std::size_t counted_to = 0;
    std::size_t line = 1;
    for (Noted& noted : all) {
        line += line_ends(plan.text, counted_to, noted.offset);
        counted_to = noted.offset;
        std::size_t line_start = noted.offset;
        while (line_start > 0 && !is_line_end(plan.text[line_start - 1])) --line_start;
        flaws.kept.push_back({.message = std::move(noted.message),
                              .file = plan.file != nullptr ? plan.file->path() : std::string(),
                              .line = line,
                              .column = noted.offset - line_start + 1});
    }
    return flaws;
}

void add_scan_notes(const Scan& scan, Notes& notes) {
    notes.records += scan.notes.records;
    for (const Noted& noted : scan.notes.kept) notes.keep(noted.offset, noted.message);
}

std::optional<Error> change_of(const Plan& plan) {
    if (plan.file == nullptr || !plan.file->changed()) return std::nullopt;
    return Error{.message = "the file changed while it was read; read it again when nobody writes to it",
                 .file = plan.file->path()};
}

}  // namespace

struct Column::Values {
    std::string name{};
    ColumnType type{};
    std::size_t rows = 0;
    Store<std::int64_t> integers{};
    Store<double> reals{};
    Store<std::int32_t> days{};
    Store<std::uint32_t> codes{};
    std::vector<std::string> categories{};
    Store<std::uint64_t> begins{};
    Store<std::uint32_t> lengths{};
    Store<char> arena{};

    void reserve(std::size_t count) {
        switch (type) {
            case ColumnType::text:
                begins.reserve(count);
                lengths.reserve(count);
                break;
            case ColumnType::category:
                codes.reserve(count);
                break;
            case ColumnType::integer:
                integers.reserve(count);
                break;
            case ColumnType::real:
                reals.reserve(count);
                break;
            case ColumnType::day:
                days.reserve(count);
                break;
        }
    }

    void shrink(std::size_t count, std::size_t bytes) {
        rows = count;
        begins.shrink(count);
        lengths.shrink(count);
        codes.shrink(count);
        integers.shrink(count);
        reals.shrink(count);
        days.shrink(count);
        arena.shrink(bytes);
    }
};

/// Builds columns in memory, as an output of `work_through`.
class ColumnBuilding {
public:
    explicit ColumnBuilding(const Plan& plan)
        : plan_(plan), workers_(std::max(1U, plan.settings.threads)), arena_bytes_(plan.wanted.size()) {
        for (const Plan::Wanted& wanted : plan.wanted) {
            values_.push_back(std::make_unique<Column::Values>());
            values_.back()->name = wanted.name;
            values_.back()->type = wanted.type;
        }
        for (Worker& worker : workers_) {
            worker.notes.limit = plan.settings.max_flaws_kept;
            worker.conversion.emplace(plan, worker.notes);
            worker.dictionaries.resize(plan.wanted.size());
        }
    }

    struct Place {
        std::size_t row = 0;
        std::vector<std::size_t> arena{};
    };

    /// Whoever has the turn begins to place some scans.
    void begin_placing() { placed_by_others_ = placed_; }

    Place place(const Scan& scan) {
        if (capacity_ == 0) make_first_room(scan);
        Place place{.row = rows_, .arena = arena_bytes_};
        rows_ += scan.rows();
        if (rows_ > capacity_) {
            wait_for_takers();
            capacity_ = rows_ + rows_ / 2;
            for (const auto& values : values_) values->reserve(capacity_);
        }
        for (std::size_t column = 0; column < values_.size(); ++column) {
            if (values_[column]->type == ColumnType::text) make_arena_room(scan, column);
        }
        ++placed_;
        return place;
    }

    void take(std::size_t number, const Scan& scan, const Place& place) {
        Worker& worker = workers_[number];
        add_scan_notes(scan, worker.notes);
        worker.stretches.push_back({.row = place.row, .rows = scan.rows()});
        for (std::size_t column = 0; column < values_.size(); ++column) {
            Column::Values& values = *values_[column];
            switch (values.type) {
                case ColumnType::text:
                    worker.conversion->texts(scan, column, values.arena.data(), place.arena[column],
                                             values.begins.data() + place.row,
                                             values.lengths.data() + place.row);
                    break;
                case ColumnType::category:
                    worker.conversion->codes(scan, column, worker.dictionaries[column], place.row,
                                             values.codes.data() + place.row);
                    break;
                case ColumnType::integer:
                    worker.conversion->integers(scan, column, values.integers.data() + place.row);
                    break;
                case ColumnType::real:
                    worker.conversion->reals(scan, column, values.reals.data() + place.row);
                    break;
                case ColumnType::day:
                    worker.conversion->days(scan, column, values.days.data() + place.row);
                    break;
            }
        }
        taken_.fetch_add(1, std::memory_order_release);
        taken_.notify_all();
    }

    Columns finish() {
        Columns columns{.rows = rows_};
        std::vector<Notes> notes;
        notes.reserve(workers_.size());
        for (Worker& worker : workers_) notes.push_back(std::move(worker.notes));
        columns.flaws = flaws_of(plan_, notes);
        for (std::size_t column = 0; column < values_.size(); ++column) {
            if (values_[column]->type == ColumnType::category) join_dictionaries(column);
            values_[column]->shrink(rows_, arena_bytes_[column]);
            columns.columns.push_back(Column(std::move(values_[column])));
        }
        return columns;
    }

private:
    struct Stretch {
        std::size_t row;
        std::size_t rows;
    };
    struct Worker {
        Notes notes{};
        std::optional<Conversion> conversion{};
        std::vector<Dictionary> dictionaries{};
        std::vector<Stretch> stretches{};
    };

    void make_first_room(const Scan& scan) {
        // As many rows as the first cell has for its bytes, and half as many again; what is not used costs
        // nothing.
        const std::size_t bytes = std::max<std::size_t>(scan.next - scan.begin, 1);
        const auto density = static_cast<double>(scan.rows()) / static_cast<double>(bytes);
        capacity_ = static_cast<std::size_t>(density * 1.5 * static_cast<double>(plan_.text.size())) + 1024;
        for (const auto& values : values_) values->reserve(capacity_);
    }

    void make_arena_room(const Scan& scan, std::size_t column) {
        std::size_t bytes = 64;
        for (std::size_t row = 0; row < scan.rows(); ++row)
            bytes += scan.field(row, plan_.wanted[column].index).size();
        arena_bytes_[column] += bytes;
        Store<char>& arena = values_[column]->arena;
        if (arena_bytes_[column] <= arena.capacity()) return;
        wait_for_takers();
        arena.reserve(std::max(2 * arena_bytes_[column], plan_.text.size() / 16));
    }

    /// Waits until nobody writes to the stores, which are about to move. The caller has the turn: nobody will
    /// begin.
    void wait_for_takers() const {
        while (true) {
            const std::size_t taken = taken_.load(std::memory_order_acquire);
            if (taken >= placed_by_others_) return;
            taken_.wait(taken);
        }
    }

    /// One numbering for all workers: by the row in which a value first occurs.
    void join_dictionaries(std::size_t column) {
        Column::Values& values = *values_[column];
        if (workers_.size() == 1) {
            values.categories = std::move(workers_[0].dictionaries[column].names());
            return;
        }
        struct Entry {
            std::size_t first_row;
            std::size_t worker;
            std::uint32_t code;
        };
        std::vector<Entry> entries;
        std::vector<std::vector<std::uint32_t>> renamed(workers_.size());
        for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
            const auto& rows = workers_[worker].dictionaries[column].first_rows();
            renamed[worker].resize(rows.size());
            for (std::size_t code = 0; code < rows.size(); ++code) {
                entries.push_back(
                    {.first_row = rows[code], .worker = worker, .code = static_cast<std::uint32_t>(code)});
            }
        }
        std::ranges::sort(entries, {}, &Entry::first_row);
        std::unordered_map<std::string_view, std::uint32_t> known;
        std::vector<std::string> categories;
        for (const Entry& entry : entries) {
            const std::string& name = workers_[entry.worker].dictionaries[column].names()[entry.code];
            const auto [found, fresh] = known.emplace(name, static_cast<std::uint32_t>(categories.size()));
            if (fresh) categories.push_back(name);
            renamed[entry.worker][entry.code] = found->second;
        }
        values.categories = std::move(categories);
        run_side_by_side(static_cast<unsigned>(workers_.size()), workers_.size(), [&](std::size_t worker) {
            for (const Stretch& stretch : workers_[worker].stretches) {
                std::uint32_t* const codes = values.codes.data() + stretch.row;
                for (std::size_t row = 0; row < stretch.rows; ++row) codes[row] = renamed[worker][codes[row]];
            }
        });
    }

    const Plan& plan_;
    std::vector<Worker> workers_;
    std::vector<std::unique_ptr<Column::Values>> values_;
    std::vector<std::size_t> arena_bytes_;
    std::size_t rows_ = 0;
    std::size_t capacity_ = 0;
    std::size_t placed_ = 0;
    std::size_t placed_by_others_ = 0;
    std::atomic<std::size_t> taken_{0};
};

Column::Column(std::unique_ptr<Values> values) : values_(std::move(values)) {}
Column::Column(Column&&) noexcept = default;
Column& Column::operator=(Column&&) noexcept = default;
Column::~Column() = default;

const std::string& Column::name() const {
    return values_->name;
}
ColumnType Column::type() const {
    return values_->type;
}

namespace {

template <class T>
std::span<const T> shown(const Store<T>& store, std::size_t rows) {
    return store.data() == nullptr ? std::span<const T>() : std::span<const T>(store.data(), rows);
}

}  // namespace

std::span<const std::int64_t> Column::integers() const {
    return shown(values_->integers, values_->rows);
}
std::span<const double> Column::reals() const {
    return shown(values_->reals, values_->rows);
}
std::span<const std::int32_t> Column::days() const {
    return shown(values_->days, values_->rows);
}
std::span<const std::uint32_t> Column::codes() const {
    return shown(values_->codes, values_->rows);
}
const std::vector<std::string>& Column::categories() const {
    return values_->categories;
}

std::string_view Column::text(std::size_t row) const {
    assert(row < values_->rows);
    if (values_->type == ColumnType::category) return values_->categories[values_->codes.data()[row]];
    assert(values_->type == ColumnType::text);
    return {values_->arena.data() + values_->begins.data()[row], values_->lengths.data()[row]};
}

namespace {

/// A sum of doubles with the error of each step kept apart (Neumaier 1974; the steps are Knuth's TwoSum).
struct CarefulSum {
    double sum = 0;
    double error = 0;

    void add(double value) {
        const double total = sum + value;
        const double part = total - sum;
        error += (sum - (total - part)) + (value - part);
        sum = total;
    }
};

/// What one column comes to over some rows.
struct Part {
    std::size_t present = 0;
    std::size_t empty = 0;
    std::int64_t least_integer = std::numeric_limits<std::int64_t>::max();
    std::int64_t greatest_integer = std::numeric_limits<std::int64_t>::min();
    /// The sum is `high` times 2^32 plus `low`.
    std::int64_t high = 0;
    std::int64_t low = 0;
    double least_real = std::numeric_limits<double>::infinity();
    double greatest_real = -std::numeric_limits<double>::infinity();
    CarefulSum real_sum{};
    std::int32_t first_day = std::numeric_limits<std::int32_t>::max();
    std::int32_t last_day = std::numeric_limits<std::int32_t>::min();

    void add(std::span<const std::int64_t> values) {
        for (const std::int64_t value : values) {
            if (value == Column::no_integer) {
                ++empty;
                continue;
            }
            least_integer = std::min(least_integer, value);
            greatest_integer = std::max(greatest_integer, value);
            high += value >> 32;
            low += static_cast<std::int64_t>(value & 0xFFFFFFFF);
        }
        present = values.size() - empty;
    }

    void add(std::span<const double> values) {
        // Four sums side by side, so that one addition need not wait for the last.
        CarefulSum sums[4];
        std::size_t i = 0;
        const auto add_one = [&](CarefulSum& sum, double value) {
            const bool there = value == value;
            empty += there ? 0U : 1U;
            least_real = value < least_real ? value : least_real;
            greatest_real = value > greatest_real ? value : greatest_real;
            sum.add(there ? value : 0.0);
        };
        for (; i + 4 <= values.size(); i += 4) {
            add_one(sums[0], values[i]);
            add_one(sums[1], values[i + 1]);
            add_one(sums[2], values[i + 2]);
            add_one(sums[3], values[i + 3]);
        }
        for (; i < values.size(); ++i) add_one(sums[0], values[i]);
        for (const CarefulSum& sum : sums) {
            real_sum.add(sum.sum);
            real_sum.error += sum.error;
        }
        present = values.size() - empty;
    }

    void add(std::span<const std::int32_t> values) {
        for (const std::int32_t value : values) {
            if (value == Column::no_day) {
                ++empty;
                continue;
            }
            first_day = std::min(first_day, value);
            last_day = std::max(last_day, value);
        }
        present = values.size() - empty;
    }

    void add(const Part& other) {
        present += other.present;
        empty += other.empty;
        least_integer = std::min(least_integer, other.least_integer);
        greatest_integer = std::max(greatest_integer, other.greatest_integer);
        high += other.high + (other.low >> 32);
        low += other.low & 0xFFFFFFFF;
        high += low >> 32;
        low &= 0xFFFFFFFF;
        least_real = std::min(least_real, other.least_real);
        greatest_real = std::max(greatest_real, other.greatest_real);
        real_sum.add(other.real_sum.sum);
        real_sum.error += other.real_sum.error;
        first_day = std::min(first_day, other.first_day);
        last_day = std::max(last_day, other.last_day);
    }

    [[nodiscard]] std::optional<std::int64_t> integer_sum() const {
        constexpr std::int64_t limit = std::int64_t{1} << 31;
        if (present == 0 || high < -limit || high >= limit) return std::nullopt;
        return high * (std::int64_t{1} << 32) + low;
    }
};

/// Sums columns up, as an output of `work_through`.
class SummingUp {
public:
    explicit SummingUp(const Plan& plan)
        : plan_(plan), workers_(std::max(1U, plan.settings.threads)), totals_(plan.wanted.size()) {
        for (Worker& worker : workers_) {
            worker.notes.limit = plan.settings.max_flaws_kept;
            worker.conversion.emplace(plan, worker.notes);
        }
    }

    /// The place is the cell's number among those with records: sums are added up in that order, since the
    /// order decides the last digits.
    using Place = std::size_t;
    Place place(const Scan& scan) {
        rows_ += scan.rows();
        return placed_++;
    }
    void begin_placing() {}

    void take(std::size_t number, const Scan& scan, Place place) {
        Worker& worker = workers_[number];
        add_scan_notes(scan, worker.notes);
        std::vector<Part> parts(plan_.wanted.size());
        for (std::size_t column = 0; column < parts.size(); ++column) {
            switch (plan_.wanted[column].type) {
                case ColumnType::text:
                case ColumnType::category:
                    for (std::size_t row = 0; row < scan.rows(); ++row) {
                        const std::string_view field = scan.field(row, plan_.wanted[column].index);
                        const bool empty = field.empty() || (field == "\"\"" &&
                                                             plan_.settings.dialect.quoting != Quoting::none);
                        ++(empty ? parts[column].empty : parts[column].present);
                    }
                    break;
                case ColumnType::integer:
                    make_room(worker.integers, scan.rows());
                    worker.conversion->integers(scan, column, worker.integers.data());
                    parts[column].add(std::span<const std::int64_t>(worker.integers.data(), scan.rows()));
                    break;
                case ColumnType::real:
                    make_room(worker.reals, scan.rows());
                    worker.conversion->reals(scan, column, worker.reals.data());
                    parts[column].add(std::span<const double>(worker.reals.data(), scan.rows()));
                    break;
                case ColumnType::day:
                    make_room(worker.days, scan.rows());
                    worker.conversion->days(scan, column, worker.days.data());
                    parts[column].add(std::span<const std::int32_t>(worker.days.data(), scan.rows()));
                    break;
            }
        }
        add_in_order(place, std::move(parts));
    }

    Summaries finish() {
        Summaries summaries{.rows = rows_};
        std::vector<Notes> notes;
        notes.reserve(workers_.size());
        for (Worker& worker : workers_) notes.push_back(std::move(worker.notes));
        summaries.flaws = flaws_of(plan_, notes);
        for (std::size_t column = 0; column < totals_.size(); ++column)
            summaries.columns.push_back(summary(column));
        return summaries;
    }

private:
    struct Worker {
        Notes notes{};
        std::optional<Conversion> conversion{};
        std::vector<std::int64_t> integers{};
        std::vector<double> reals{};
        std::vector<std::int32_t> days{};
    };

    template <class T>
    static void make_room(std::vector<T>& values, std::size_t count) {
        if (values.size() < count) values.resize(count);
    }

    void add_in_order(std::size_t place, std::vector<Part> parts) {
        const std::lock_guard lock(mutex_);
        waiting_.emplace(place, std::move(parts));
        for (auto first = waiting_.begin(); first != waiting_.end() && first->first == added_;
             first = waiting_.begin()) {
            for (std::size_t column = 0; column < totals_.size(); ++column)
                totals_[column].add(first->second[column]);
            waiting_.erase(first);
            ++added_;
        }
    }

    [[nodiscard]] Summary summary(std::size_t column) const {
        const Part& total = totals_[column];
        const ColumnType type = plan_.wanted[column].type;
        Summary summary{.name = plan_.wanted[column].name, .type = type, .present = total.present};
        for (const Worker& worker : workers_) summary.invalid += worker.conversion->invalid()[column];
        summary.missing = total.empty - summary.invalid;
        if (total.present == 0) return summary;
        switch (type) {
            case ColumnType::text:
            case ColumnType::category:
                break;
            case ColumnType::integer:
                summary.least_integer = total.least_integer;
                summary.greatest_integer = total.greatest_integer;
                summary.integer_sum = total.integer_sum();
                break;
            case ColumnType::real:
                summary.least_real = total.least_real;
                summary.greatest_real = total.greatest_real;
                summary.real_sum = total.real_sum.sum + total.real_sum.error;
                break;
            case ColumnType::day:
                summary.first_day = std::chrono::sys_days{std::chrono::days{total.first_day}};
                summary.last_day = std::chrono::sys_days{std::chrono::days{total.last_day}};
                break;
        }
        return summary;
    }

    const Plan& plan_;
    std::vector<Worker> workers_;
    std::vector<Part> totals_;
    std::size_t rows_ = 0;
    std::size_t placed_ = 0;
    std::mutex mutex_;
    std::map<std::size_t, std::vector<Part>> waiting_;
    std::size_t added_ = 0;
};

template <class Output>
auto read(std::string_view text, const MappedFile* file, std::span<const WantedColumn> wanted,
          const ColumnSettings& settings) -> Result<decltype(std::declval<Output>().finish())> {
    const auto planned = plan(text, file, wanted, settings);
    if (!planned) {
        Error error = planned.error();
        if (file != nullptr) error.file = file->path();
        return failure(std::move(error));
    }
    Output output(*planned);
    work_through(*planned, output);
    auto finished = output.finish();
    if (auto error = change_of(*planned)) return failure(*std::move(error));
    return finished;
}

}  // namespace

Result<Columns> read_columns(const MappedFile& file, std::span<const WantedColumn> wanted,
                             const ColumnSettings& settings) {
    return read<ColumnBuilding>(file.text(), &file, wanted, settings);
}

Result<Columns> read_columns(std::string_view text, std::span<const WantedColumn> wanted,
                             const ColumnSettings& settings) {
    return read<ColumnBuilding>(text, nullptr, wanted, settings);
}

Result<Summaries> summarise_columns(const MappedFile& file, std::span<const WantedColumn> wanted,
                                    const ColumnSettings& settings) {
    return read<SummingUp>(file.text(), &file, wanted, settings);
}

Result<Summaries> summarise_columns(std::string_view text, std::span<const WantedColumn> wanted,
                                    const ColumnSettings& settings) {
    return read<SummingUp>(text, nullptr, wanted, settings);
}

}  // namespace truce::csv
