// SPDX-License-Identifier: Apache-2.0
#include "sources/accounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <future>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/sha256.h"
#include "base/text.h"
#include "sources/ged.h"
#include "sources/mapping.h"
#include "sources/table.h"
#include "sources/text_table.h"

namespace truce::sources {
namespace {

constexpr std::string_view formats_there_are =
    "a table or GeoJSON: UCDP GED, ACLED, KoBoToolbox, ODK, GDELT, FIRMS, GeoJSON points, or any table with "
    "a mapping file";

tl::unexpected<Error> not_readable(std::string found) {
    return failure({.message = fmt::format("{}; want {}", found, formats_there_are)});
}

bool begins_with_word(std::string_view text, std::string_view word) {
    return text.size() >= word.size() && lower_ascii(text.substr(0, word.size())) == word;
}

/// What keeps a text from being a table at all, in words; empty where nothing does.
std::string not_a_table(std::string_view text) {
    if (text.empty()) return "the file is empty";
    struct Magic {
        std::string_view bytes;
        std::string_view what;
    };
    static constexpr std::array magics{
        Magic{"PK\x03\x04",
              "this is a ZIP archive (XLSX, ODS and KMZ files are): unpack it, or save the sheet as CSV"},
        Magic{"\x1F\x8B", "this is a gzip archive: unpack it first"},
        Magic{"BZh", "this is a bzip2 archive: unpack it first"},
        Magic{"\xFD"
              "7zXZ",
              "this is an xz archive: unpack it first"},
        Magic{"\x28\xB5\x2F\xFD", "this is a zstd archive: unpack it first"},
        Magic{"%PDF", "this is a PDF document"},
        Magic{"PAR1", "this is a Parquet file: export it as CSV"},
        Magic{"SQLite format 3",
              "this is an SQLite database (GeoPackages are): export the layer as CSV or GeoJSON"},
        Magic{"\xD0\xCF\x11\xE0", "this is an old Excel file: save the sheet as CSV"},
    };
    for (const auto& magic : magics) {
        if (text.starts_with(magic.bytes)) return std::string(magic.what);
    }
    const auto start = trimmed(text.substr(0, 4096));
    if (start.empty() && text.size() <= 4096) return "the file holds nothing but white space";
    if (begins_with_word(start, "<!doctype html") || begins_with_word(start, "<html")) {
        return "this is an HTML page, as servers send when something is wrong: open it in a browser to see "
               "what it says";
    }
    if (start.starts_with("<?xml") || start.starts_with("<"))
        return "this is XML: export CSV or GeoJSON instead";
    return {};
}

bool is_json(std::string_view text) {
    const auto start = trimmed(text.substr(0, 4096));
    return start.starts_with('{') || start.starts_with('[');
}

/// One line without a delimiter: what a server says in place of data.
bool is_a_sentence(const TextTable& table) {
    const auto head = table.head();
    return head.size() <= 3 && std::ranges::all_of(head, [](const auto& cells) { return cells.size() < 2; });
}

/// A known format, with its header set.
struct Recognised {
    Format format;
    TextTable table;
};

std::optional<Format> format_of(const Header& header) {
    if (ged::is_header(header)) return Format::ucdp_ged;
    return std::nullopt;
}

Result<Recognised> recognise_table(TextTable table) {
    const auto head = table.head();
    if (is_a_sentence(table)) {
        return not_readable(
            fmt::format("the file says only '{}'", shown(head[0].empty() ? "" : head[0][0], 200)));
    }
    if (ged::is_first_row(head[0])) {
        table.set_names(ged::column_names(), ged::column_names().size());
        return Recognised{Format::ucdp_ged, std::move(table)};
    }
    for (std::size_t record = 0; record < head.size(); ++record) {
        if (const auto format = format_of(Header(head[record]))) {
            table.set_header(record);
            return Recognised{*format, std::move(table)};
        }
    }
    table.set_header(0);
    return Recognised{Format::table, std::move(table)};
}

Result<TextTable> open_table(std::string_view text, const TableForm& form) {
    if (const auto why = not_a_table(text); !why.empty()) return not_readable(why);
    if (is_json(text))
        return not_readable(
            fmt::format("this is JSON, but not GeoJSON: '{}'", shown(trimmed(text.substr(0, 300)), 200)));
    auto table = TextTable::open(text, form);
    if (!table) return table;
    if (form.encoding == TextEncoding::utf8) {
        // A NUL in the head of what is not UTF-16: no text.
        for (const auto& cells : table->head()) {
            for (const auto& cell : cells) {
                if (cell.find('\0') != std::string::npos)
                    return not_readable("the file has NUL bytes: it is binary, not text");
            }
        }
    }
    return table;
}

/// Reads a format whose dates may need an order: first without one, and, where rows ask for it, again with
/// what the whole file's dates say.
template <class NewMaker, class Evidence>
ReadRows read_with_order(const TextTable& table, int threads, const NewMaker& new_maker,
                         const Evidence& evidence, std::vector<std::string>& warnings) {
    auto rows = table.read(threads, [&] { return new_maker(std::nullopt); });
    if (rows.waiting_for_date_order == 0) return rows;
    const DateOrderEvidence found = evidence();
    if (const auto order = found.order()) {
        rows = table.read(threads, [&] { return new_maker(order); });
        warnings.push_back(
            fmt::format("dates such as 03/04/2016 are read {}: {}", name_of(*order), found.text()));
    } else {
        warnings.push_back(
            fmt::format("{} rows have dates such as 03/04/2016, and nothing in the file says which number is "
                        "the day: {}",
                        rows.waiting_for_date_order, found.text()));
    }
    return rows;
}

void warn_of_header(const TextTable& table, std::vector<std::string>& warnings) {
    if (table.preamble() > 0)
        warnings.push_back(fmt::format("{} rows before the header are passed over", table.preamble()));
    for (const auto& name : table.header().shared_names())
        warnings.push_back(fmt::format("several columns are called '{}': the first is used", shown(name)));
}

void warn_of_rows(const ReadRows& rows, std::vector<std::string>& warnings) {
    if (rows.not_utf8 == 0) return;
    warnings.push_back(fmt::format(
        "{} rows have bytes that are not UTF-8 (another encoding, or a mix of two): see their remarks",
        rows.not_utf8));
}

std::string stem_of(std::string_view file) {
    if (const auto slash = file.find_last_of("/\\"); slash != std::string_view::npos)
        file = file.substr(slash + 1);
    if (const auto dot = file.find_last_of('.'); dot != std::string_view::npos && dot > 0)
        file = file.substr(0, dot);
    return std::string(file);
}

Result<ReadResult> read_by_mapping(std::string_view text, const Context& context, const Mapping& mapping) {
    auto opened = open_table(text, mapping.form);
    if (!opened) return tl::unexpected(opened.error());
    const auto table = table::with_header(std::move(*opened), mapping);
    if (!table) return tl::unexpected(table.error());
    ReadResult result{.source = table::source(mapping), .accounts = {}, .rejects = {}};
    result.source.warnings = table::warnings(mapping);
    if (table->preamble() > 0)
        result.source.warnings.push_back(
            fmt::format("{} rows before the header are passed over", table->preamble()));
    auto rows =
        table->read(context.threads, [&] { return table::row_maker(table->header(), mapping, context); });
    if (rows.waiting_for_date_order > 0) {
        result.source.warnings.push_back(
            fmt::format("{} rows have dates such as 03/04/2016: say 'form: day-first' or "
                        "'form: month-first' in the mapping",
                        rows.waiting_for_date_order));
    }
    warn_of_rows(rows, result.source.warnings);
    result.source.rows = rows.rows;
    result.accounts = std::move(rows.accounts);
    result.rejects = std::move(rows.rejects);
    return result;
}

Result<ReadResult> read_recognised(const Recognised& input, const Context& context) {
    const auto& [format, table] = input;
    ReadResult result;
    ReadRows rows;
    std::vector<std::string> warnings;
    warn_of_header(table, warnings);
    switch (format) {
        case Format::ucdp_ged:
            result.source = ged::source();
            rows = read_with_order(
                table, context.threads,
                [&](auto order) { return ged::row_maker(table.header(), context, order); },
                [&] { return ged::date_order(table); }, warnings);
            break;
        case Format::acled:
        case Format::acled_aggregated:
        case Format::kobo:
        case Format::odk:
        case Format::geojson:
        case Format::gdelt:
        case Format::firms:
        case Format::table:
            return failure(
                {.message =
                     "this is a table of no known layout: write a mapping file for it ('truce map-columns' "
                     "proposes one)"});
    }
    result.source.warnings = std::move(warnings);
    warn_of_rows(rows, result.source.warnings);
    result.source.rows = rows.rows;
    result.accounts = std::move(rows.accounts);
    result.rejects = std::move(rows.rejects);
    return result;
}

}  // namespace

std::string_view name_of(Format format) {
    switch (format) {
        case Format::ucdp_ged:
            return "ucdp-ged";
        case Format::acled:
            return "acled";
        case Format::acled_aggregated:
            return "acled-aggregated";
        case Format::kobo:
            return "kobo";
        case Format::odk:
            return "odk";
        case Format::geojson:
            return "geojson";
        case Format::gdelt:
            return "gdelt";
        case Format::firms:
            return "firms";
        case Format::table:
            return "table";
    }
    return {};
}

Result<Format> recognise(std::string_view text) {
    auto table = open_table(text, {});
    if (!table) return tl::unexpected(table.error());
    const auto recognised = recognise_table(std::move(*table));
    if (!recognised) return tl::unexpected(recognised.error());
    return recognised->format;
}

Result<ReadResult> read_accounts(std::string_view text, std::string_view file, const Context& context,
                                 const Mapping* mapping) {
    const auto about_file = [&](Error error) {
        if (error.file.empty()) error.file = std::string(file);
        return failure(std::move(error));
    };
    // The whole file's hash is taken beside the reading, on a thread of its own where there are several.
    auto hash = std::async(context.threads > 1 ? std::launch::async : std::launch::deferred,
                           [text] { return sha256(text); });
    const auto read = [&]() -> Result<ReadResult> {
        if (mapping != nullptr) return read_by_mapping(text, context, *mapping);
        auto opened = open_table(text, {});
        if (!opened) return tl::unexpected(opened.error());
        const auto recognised = recognise_table(std::move(*opened));
        if (!recognised) return tl::unexpected(recognised.error());
        return read_recognised(*recognised, context);
    };
    auto result = read();
    if (!result) return about_file(result.error());
    auto& source = result->source;
    source.file = std::string(file);
    if (source.id.empty()) source.id = stem_of(file);
    source.sha256 = hash.get();
    source.accounts = result->accounts.size();
    source.rejects = result->rejects.size();
    return result;
}

std::string rejects_csv(const ReadResult& result, std::string_view text, const Mapping* mapping) {
    csv::Dialect dialect;
    std::vector<std::string> names;
    if (mapping != nullptr) {
        const auto opened = TextTable::open(text, mapping->form);
        if (opened) {
            dialect = opened->dialect();
            if (const auto table = table::with_header(*opened, *mapping))
                names.assign(table->header().names().begin(), table->header().names().end());
        }
    } else if (auto opened = TextTable::open(text)) {
        dialect = opened->dialect();
        if (const auto recognised = recognise_table(std::move(*opened)))
            names.assign(recognised->table.header().names().begin(),
                         recognised->table.header().names().end());
    }
    std::string out;
    const auto field = [&](std::string_view value) {
        append_field(out, value, dialect);
        out += dialect.delimiter;
    };
    for (const auto column : reject_columns) field(column);
    for (const auto& name : names) field(name);
    out.back() = '\n';
    for (const auto& reject : result.rejects) {
        field(std::to_string(reject.line));
        field(reject.column == 0 ? reject.found
                                 : fmt::format("column {} {}: {}", reject.column,
                                               shown(reject.column_name, 60), reject.found));
        field(reject.expected);
        out += reject.raw;
        out += '\n';
    }
    return out;
}

namespace {

/// The rows of one release by key, each key with the hashes of its rows, in the file's order.
struct Release {
    std::vector<std::string> order;
    std::unordered_map<std::string, std::multiset<Sha256>> hashes;

    void add(std::string key, const Sha256& raw) {
        if (key.empty()) key = "row " + raw.hex().substr(0, 12);
        auto& of_key = hashes[key];
        if (of_key.empty()) order.push_back(std::move(key));
        of_key.insert(raw);
    }
};

Release release_of(const ReadResult& result) {
    Release release;
    for (const auto& account : result.accounts) release.add(account.key, account.raw);
    for (const auto& reject : result.rejects) release.add({}, sha256(reject.raw));
    return release;
}

}  // namespace

ReleaseChange compare_releases(const ReadResult& before, const ReadResult& after) {
    const auto old_rows = release_of(before);
    const auto new_rows = release_of(after);
    ReleaseChange change;
    for (const auto& key : new_rows.order) {
        const auto& now = new_rows.hashes.at(key);
        const auto was = old_rows.hashes.find(key);
        if (was == old_rows.hashes.end()) {
            change.added.push_back(key);
        } else if (was->second != now) {
            change.changed.push_back(key);
        } else {
            change.unchanged += now.size();
        }
    }
    for (const auto& key : old_rows.order) {
        if (!new_rows.hashes.contains(key)) change.gone.push_back(key);
    }
    return change;
}

}  // namespace truce::sources
