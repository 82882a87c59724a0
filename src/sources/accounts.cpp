// SPDX-License-Identifier: Apache-2.0
#include "sources/accounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <future>
#include <set>
#include <unordered_map>
#include <utility>
#include <variant>

#include "base/sha256.h"
#include "base/text.h"
#include "sources/acled.h"
#include "sources/acled_aggregated.h"
#include "sources/column_names.h"
#include "sources/firms.h"
#include "sources/gdelt.h"
#include "sources/ged.h"
#include "sources/geojson_points.h"
#include "sources/kobo.h"
#include "sources/mapping.h"
#include "sources/odk.h"
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

/// One line without a delimiter: what a server says in place of data.
bool is_a_sentence(const TextTable& table) {
    const auto head = table.head();
    return head.size() <= 3 && std::ranges::all_of(head, [](const auto& cells) { return cells.size() < 2; });
}

/// A text whose format is known: delimited with its header set, or features of GeoJSON.
struct Input {
    Format format;
    std::variant<TextTable, geojson::FeatureTable> rows;

    [[nodiscard]] const TextTable* table() const { return std::get_if<TextTable>(&rows); }
    [[nodiscard]] const Header& header() const {
        return table() != nullptr ? table()->header() : std::get<geojson::FeatureTable>(rows).header;
    }
    [[nodiscard]] ReadRows read(int threads, const std::function<RowMaker()>& new_maker) const {
        return table() != nullptr ? table()->read(threads, new_maker)
                                  : geojson::read(std::get<geojson::FeatureTable>(rows), new_maker());
    }
};

std::optional<Format> format_of(const Header& header) {
    if (ged::is_header(header)) return Format::ucdp_ged;
    if (acled::is_header(header)) return Format::acled;
    if (acled_aggregated::is_header(header)) return Format::acled_aggregated;
    if (firms::is_header(header)) return Format::firms;
    if (gdelt::is_header(header)) return Format::gdelt;
    if (kobo::is_header(header)) return Format::kobo;
    if (odk::is_header(header)) return Format::odk;
    return std::nullopt;
}

Result<TextTable> open_table(std::string_view text, const TableForm& form) {
    if (const auto why = not_a_table(text); !why.empty()) return not_readable(why);
    auto table = TextTable::open(text, form);
    if (!table) return table;
    for (const auto& cells : table->head()) {
        for (const auto& cell : cells) {
            if (cell.find('\0') != std::string::npos)
                return not_readable("the file has NUL bytes: it is binary, not text");
        }
    }
    return table;
}

/// The edition of GDELT that the text is, by its first line alone: its tabs and commas may mislead a guess.
std::optional<gdelt::Edition> gdelt_edition(std::string_view text) {
    constexpr std::size_t longest = 65536;
    auto line = csv::without_byte_order_mark(text).substr(0, longest);
    line = line.substr(0, line.find_first_of("\r\n"));
    std::vector<std::string> cells;
    for (std::size_t from = 0; from <= line.size() && cells.size() < 64;) {
        const auto end = std::min(line.find('\t', from), line.size());
        cells.emplace_back(line.substr(from, end - from));
        from = end + 1;
    }
    return gdelt::edition_of_row(cells);
}

Result<Input> recognise_table(std::string_view text) {
    // GDELT knows no quotes: a stray one is data, and must not swallow the rows after it.
    const TableForm plain_tabs{.delimiter = '\t', .quoting = csv::Quoting::none};
    if (const auto edition = gdelt_edition(text)) {
        auto unquoted = TextTable::open(text, plain_tabs);
        if (!unquoted) return tl::unexpected(unquoted.error());
        unquoted->set_names(gdelt::column_names(*edition), gdelt::fewest_cells(*edition));
        return Input{Format::gdelt, *std::move(unquoted)};
    }
    auto opened = open_table(text, {});
    if (!opened) return tl::unexpected(opened.error());
    auto& table = *opened;
    const auto head = table.head();
    if (table.of_rejects() && head[0].size() == 1 && head[0][0] == "feature") {
        table.set_header(0);
        return Input{Format::geojson, geojson::read_rejected_features(table)};
    }
    if (is_a_sentence(table)) {
        return not_readable(
            fmt::format("the file says only '{}'", shown(head[0].empty() ? "" : head[0][0], 200)));
    }
    if (ged::is_first_row(head[0])) {
        table.set_names(ged::column_names(), ged::column_names().size());
        return Input{Format::ucdp_ged, std::move(table)};
    }
    for (std::size_t record = 0; record < head.size(); ++record) {
        const auto format = format_of(Header(head[record]));
        if (!format) continue;
        if (*format == Format::gdelt && table.dialect().delimiter == '\t') opened = TextTable::open(text, plain_tabs);
        if (record >= opened->head().size()) continue;
        opened->set_header(record);
        return Input{*format, *std::move(opened)};
    }
    table.set_header(0);
    return Input{Format::table, std::move(table)};
}

Result<Input> recognise_input(std::string_view text) {
    if (!geojson::is_json(text)) return recognise_table(text);
    auto features = geojson::read_features(text);
    if (!features) return tl::unexpected(features.error());
    return Input{Format::geojson, *std::move(features)};
}

using OrderedMaker = std::function<RowMaker(std::optional<DateOrder>)>;
using Evidence = DateOrderEvidence (*)(const TextTable&);

/// Reads a format whose dates may need an order: first without one, and, where rows ask for it, again with
/// what the whole file's dates say.
ReadRows read_with_order(const Input& input, int threads, const OrderedMaker& new_maker, Evidence evidence,
                         std::vector<std::string>& warnings) {
    auto rows = input.read(threads, [&] { return new_maker(std::nullopt); });
    if (rows.waiting_for_date_order == 0) return rows;
    const auto found = input.table() != nullptr ? evidence(*input.table()) : DateOrderEvidence();
    if (const auto order = found.order()) {
        rows = input.read(threads, [&] { return new_maker(order); });
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

void warn_of_header(const Input& input, std::vector<std::string>& warnings) {
    if (input.table() != nullptr && input.table()->preamble() > 0)
        warnings.push_back(
            fmt::format("{} rows before the header are passed over", input.table()->preamble()));
    for (const auto& name : input.header().shared_names())
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

RowMaker reviewed(const Input& input, RowMaker maker) {
    if (kobo::is_header(input.header())) return kobo::with_review(input.header(), std::move(maker));
    if (odk::is_header(input.header())) return odk::with_review(input.header(), std::move(maker));
    return maker;
}

/// Rows read by a mapping, be it a file's or that of the columns' own names.
ReadRows read_mapped(const Input& input, const Mapping& mapping, const Context& context,
                     std::vector<std::string>& warnings) {
    for (auto& warning : table::warnings(mapping)) warnings.push_back(std::move(warning));
    auto rows = input.read(
        context.threads, [&] { return reviewed(input, table::row_maker(input.header(), mapping, context)); });
    if (rows.waiting_for_date_order > 0) {
        warnings.push_back(fmt::format(
            "{} rows have dates such as 03/04/2016: say 'form: day-first' or 'form: month-first' in a "
            "mapping file",
            rows.waiting_for_date_order));
    }
    return rows;
}

/// The input as a mapping file describes it.
Result<Input> open_by_mapping(std::string_view text, const Mapping& mapping) {
    if (geojson::is_json(text)) {
        auto features = geojson::read_features(text);
        if (!features) return tl::unexpected(features.error());
        if (const auto fits = table::check_columns(features->header, mapping); !fits)
            return tl::unexpected(fits.error());
        return Input{Format::geojson, *std::move(features)};
    }
    auto opened = open_table(text, mapping.form);
    if (!opened) return tl::unexpected(opened.error());
    auto table = table::with_header(*std::move(opened), mapping);
    if (!table) return tl::unexpected(table.error());
    auto format = Format::table;
    if (kobo::is_header(table->header())) format = Format::kobo;
    if (odk::is_header(table->header())) format = Format::odk;
    return Input{format, *std::move(table)};
}

tl::unexpected<Error> needs_mapping(const Input& input) {
    std::vector<std::string> names(input.header().names().begin(), input.header().names().end());
    if (names.size() > 12) names.resize(12);
    for (auto& name : names) name = shown(name, 30);
    return failure(
        {.message = fmt::format(
             "the columns ({}) do not say by their names which is the date and which the place; write a "
             "mapping file ('truce map-columns FILE' proposes one)",
             fmt::join(names, ", "))});
}

bool says_where(const Mapping& mapping) {
    for (const auto field : {Field::lat, Field::coordinates, Field::place, Field::admin1, Field::area}) {
        if (mapping.rule(field) != nullptr) return true;
    }
    return false;
}

/// The mapping that the columns' own names amount to.
std::optional<Mapping> own_mapping(const Input& input) {
    auto mapping = kobo::is_header(input.header())  ? kobo::mapping(input.header())
                   : odk::is_header(input.header()) ? odk::mapping(input.header())
                                                    : mapping_by_names(input.header());
    if (!mapping || !says_where(*mapping)) return std::nullopt;
    return mapping;
}

Result<ReadResult> read_recognised(const Input& input, const Context& context) {
    ReadResult result;
    ReadRows rows;
    auto& source = result.source;
    std::vector<std::string> warnings;
    warn_of_header(input, warnings);
    const auto& header = input.header();
    // GeoJSON is a wrapping: what is in it may be a known dataset.
    switch (input.format == Format::geojson ? format_of(header).value_or(Format::geojson) : input.format) {
        case Format::ucdp_ged:
            source = ged::source();
            rows = read_with_order(
                input, context.threads, [&](auto order) { return ged::row_maker(header, context, order); },
                ged::date_order, warnings);
            break;
        case Format::acled:
            source = acled::source();
            rows = read_with_order(
                input, context.threads, [&](auto order) { return acled::row_maker(header, context, order); },
                acled::date_order, warnings);
            break;
        case Format::acled_aggregated:
            source = acled_aggregated::source();
            rows = read_with_order(
                input, context.threads,
                [&](auto order) { return acled_aggregated::row_maker(header, context, order); },
                acled_aggregated::date_order, warnings);
            break;
        case Format::gdelt:
            source = gdelt::source();
            rows = input.read(context.threads, [&] { return gdelt::row_maker(header, context); });
            break;
        case Format::firms:
            source = firms::source();
            rows = input.read(context.threads, [&] { return firms::row_maker(header, context); });
            break;
        case Format::kobo:
        case Format::odk:
        case Format::geojson:
        case Format::table: {
            const auto mapping = own_mapping(input);
            if (!mapping) return needs_mapping(input);
            source = table::source(*mapping);
            source.format = std::string(name_of(input.format));
            warnings.emplace_back("columns are read by their names, without a mapping file");
            rows = read_mapped(input, *mapping, context, warnings);
            break;
        }
    }
    warn_of_rows(rows, warnings);
    source.warnings = std::move(warnings);
    source.rows = rows.rows;
    result.accounts = std::move(rows.accounts);
    result.rejects = std::move(rows.rejects);
    return result;
}

Result<ReadResult> read_by_mapping(std::string_view text, const Context& context, const Mapping& mapping) {
    const auto input = open_by_mapping(text, mapping);
    if (!input) return tl::unexpected(input.error());
    ReadResult result{.source = table::source(mapping), .accounts = {}, .rejects = {}};
    result.source.format = std::string(name_of(input->format));
    std::vector<std::string> warnings;
    if (input->table() != nullptr && input->table()->preamble() > 0)
        warnings.push_back(
            fmt::format("{} rows before the header are passed over", input->table()->preamble()));
    auto rows = read_mapped(*input, mapping, context, warnings);
    warn_of_rows(rows, warnings);
    result.source.warnings = std::move(warnings);
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
    const auto input = recognise_input(text);
    if (!input) return tl::unexpected(input.error());
    return input->format;
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
        const auto input = recognise_input(text);
        if (!input) return tl::unexpected(input.error());
        return read_recognised(*input, context);
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
    const auto input = mapping != nullptr ? open_by_mapping(text, *mapping) : recognise_input(text);
    const bool features = input && input->table() == nullptr;
    if (features) {
        names.emplace_back("feature");
    } else if (input) {
        dialect = input->table()->dialect();
        names.assign(input->header().names().begin(), input->header().names().end());
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
        if (features) {
            append_field(out, reject.raw, dialect);
        } else {
            out += reject.raw;
        }
        out += '\n';
    }
    return out;
}

namespace {

/// Columns by names that are all different.
std::vector<std::string> different_names(std::span<const std::string> given) {
    std::vector<std::string> names;
    std::set<std::string> taken;
    for (const auto& one : given) {
        const std::string plain(trimmed(one));
        auto name = plain.empty() ? fmt::format("column {}", names.size() + 1) : plain;
        for (int n = 2; !taken.insert(name).second; ++n) name = fmt::format("{} ({})", plain, n);
        names.push_back(std::move(name));
    }
    return names;
}

/// Cells without those that are empty: features have columns that other features brought.
NamedCells named(const std::vector<std::string>& names, std::span<const std::string> cells) {
    NamedCells row;
    for (std::size_t c = 0; c < cells.size() && c < names.size(); ++c) {
        if (!cells[c].empty()) row.emplace_back(names[c], cells[c]);
    }
    std::ranges::sort(row);
    return row;
}

}  // namespace

std::map<Sha256, NamedCells> cells_by_hash(std::string_view text, const std::set<Sha256>& wanted, const Mapping* mapping) {
    std::map<Sha256, NamedCells> found;
    const auto input = mapping != nullptr ? open_by_mapping(text, *mapping) : recognise_input(text);
    if (!input) return found;
    const auto names = different_names(input->header().names());
    const auto take = [&](std::string_view raw, const auto& cells_of_row) {
        const auto hash = sha256(raw);
        if (wanted.contains(hash) && is_utf8(raw)) found.try_emplace(hash, cells_of_row());
    };
    if (input->table() == nullptr) {
        for (const auto& feature : std::get<geojson::FeatureTable>(input->rows).rows)
            take(feature.raw, [&] { return named(names, feature.cells); });
        return found;
    }
    input->table()->for_each_row([&](const TableRow& row) {
        take(row.raw, [&] {
            NamedCells cells;
            for (std::size_t c = 0; c < row.cells.size(); ++c) cells.emplace_back(names[c], row.cells[c]);
            std::ranges::sort(cells);
            return cells;
        });
    });
    return found;
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
