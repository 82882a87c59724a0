// SPDX-License-Identifier: Apache-2.0
// Reads large files beside DuckDB and prints how many times faster, and with how much memory: `ingest
// --help`.
//
// Each measurement is a process of its own, started by this one: first the two answers are compared in full,
// then the two programs run in turn. The processes are this program again, with `--run`.
#include "base/csv_columns.h"
#include "base/mapped_file.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <date/date.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

extern char** environ;

namespace {

using truce::csv::ColumnType;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One column of a file: its name (or its number without a header), and the type both programs read it as.
struct BenchColumn {
    std::string name;
    ColumnType type;
    /// DuckDB's name of the type.
    std::string sql_type;
};

/// A piece of work that both programs do.
struct Work {
    std::string name;
    std::string title;
    bool tabs = false;
    /// Straight from the file, without keeping the columns.
    bool aggregates = false;
    std::vector<BenchColumn> wanted{};
    /// All of the file's columns in order; those that nobody wants are read as text, if at all.
    std::vector<std::string> layout{};
};

std::vector<std::string> words(std::string_view text) {
    std::istringstream in{std::string(text)};
    std::vector<std::string> all;
    for (std::string word; in >> word;) all.push_back(word);
    return all;
}

const std::vector<std::string>& acled_layout() {
    static const auto layout = words(
        "event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 "
        "assoc_actor_1 inter1 "
        "actor2 assoc_actor_2 inter2 interaction civilian_targeting iso region country admin1 admin2 admin3 "
        "location latitude "
        "longitude geo_precision source source_scale notes fatalities tags timestamp");
    return layout;
}

const std::vector<std::string>& ged_layout() {
    static const auto layout = words(
        "id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id "
        "conflict_name dyad_dset_id "
        "dyad_new_id dyad_name side_a_dset_id side_a_new_id side_a side_b_dset_id side_b_new_id side_b "
        "number_of_sources "
        "source_article source_office source_date source_headline source_original where_prec "
        "where_coordinates "
        "where_description adm_1 adm_2 latitude longitude geom_wkt priogrid_gid country country_id region "
        "event_clarity "
        "date_prec date_start date_end deaths_a deaths_b deaths_civilians deaths_unknown best high low gwnoa "
        "gwnob");
    return layout;
}

std::vector<std::string> numbered_layout(std::size_t count) {
    std::vector<std::string> layout;
    for (std::size_t i = 0; i < count; ++i) layout.push_back(fmt::format("c{}", i));
    return layout;
}

const std::vector<Work>& all_work() {
    constexpr auto text = ColumnType::text;
    constexpr auto category = ColumnType::category;
    constexpr auto integer = ColumnType::integer;
    constexpr auto real = ColumnType::real;
    constexpr auto day = ColumnType::day;
    static const std::vector<Work> all{
        {.name = "acled-columns",
         .title = "ACLED-shaped, 12 typed columns into memory",
         .wanted = {{"event_id_cnty", text, "VARCHAR"},
                    {"event_date", day, "DATE"},
                    {"event_type", category, "VARCHAR"},
                    {"sub_event_type", category, "VARCHAR"},
                    {"actor1", category, "VARCHAR"},
                    {"actor2", category, "VARCHAR"},
                    {"iso", integer, "INTEGER"},
                    {"admin1", category, "VARCHAR"},
                    {"latitude", real, "DOUBLE"},
                    {"longitude", real, "DOUBLE"},
                    {"geo_precision", integer, "INTEGER"},
                    {"fatalities", integer, "INTEGER"}},
         .layout = acled_layout()},
        {.name = "acled-aggregates",
         .title = "ACLED-shaped, 5 aggregates straight from the file",
         .aggregates = true,
         .wanted = {{"fatalities", integer, "INTEGER"},
                    {"event_date", day, "DATE"},
                    {"latitude", real, "DOUBLE"}},
         .layout = acled_layout()},
        {.name = "gdelt-aggregates",
         .title = "GDELT-shaped, 5 aggregates straight from the file",
         .tabs = true,
         .aggregates = true,
         .wanted = {{"c30", real, "DOUBLE"}, {"c1", integer, "INTEGER"}, {"c56", real, "DOUBLE"}},
         .layout = numbered_layout(61)},
        {.name = "ged-columns",
         .title = "GED-shaped, 12 typed columns into memory",
         .wanted = {{"id", integer, "INTEGER"},
                    {"date_start", day, "TIMESTAMP"},
                    {"date_end", day, "TIMESTAMP"},
                    {"latitude", real, "DOUBLE"},
                    {"longitude", real, "DOUBLE"},
                    {"side_a_new_id", integer, "INTEGER"},
                    {"side_b_new_id", integer, "INTEGER"},
                    {"dyad_new_id", integer, "INTEGER"},
                    {"type_of_violence", integer, "INTEGER"},
                    {"country_id", integer, "INTEGER"},
                    {"best", integer, "INTEGER"},
                    {"where_prec", integer, "INTEGER"}},
         .layout = ged_layout()},
    };
    return all;
}

const Work& work_called(const std::string& name) {
    for (const Work& work : all_work()) {
        if (work.name == name) return work;
    }
    throw std::runtime_error("no work is called " + name);
}

/// What a program found, as name and value; values that are sums of reals are compared with a tolerance.
using Answer = std::map<std::string, std::string>;

// ---- our side

std::vector<truce::csv::WantedColumn> wanted_columns(const Work& work) {
    std::vector<truce::csv::WantedColumn> wanted;
    for (const BenchColumn& column : work.wanted) {
        if (work.tabs) {
            wanted.push_back({.column = std::size_t{std::stoul(column.name.substr(1))}, .type = column.type});
        } else {
            wanted.push_back({.column = column.name, .type = column.type});
        }
    }
    return wanted;
}

truce::csv::ColumnSettings settings_of(const Work& work, unsigned threads) {
    using namespace truce::csv;
    ColumnSettings settings{.threads = threads};
    if (work.tabs) {
        settings.dialect = {.delimiter = '\t', .quoting = Quoting::none};
        settings.header = Header::none;
    }
    return settings;
}

std::string day_text(std::chrono::sys_days day) {
    return date::format("%F", date::sys_days{date::days{day.time_since_epoch().count()}});
}

template <class T>
T or_fail(truce::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().text());
    return *std::move(result);
}

Answer answer_of(const truce::csv::Summaries& summaries) {
    Answer answer{{"rows", std::to_string(summaries.rows)},
                  {"flaws", std::to_string(summaries.flaws.values + summaries.flaws.records)}};
    for (std::size_t i = 0; i < summaries.columns.size(); ++i) {
        const auto& column = summaries.columns[i];
        const auto put = [&](const char* what, std::string value) {
            answer[fmt::format("{} {}", what, i)] = std::move(value);
        };
        if (column.integer_sum) {
            put("sum", std::to_string(*column.integer_sum));
            put("min", std::to_string(*column.least_integer));
            put("max", std::to_string(*column.greatest_integer));
        }
        if (column.real_sum) put("sum", fmt::format("{}", *column.real_sum));
        if (column.first_day) {
            put("min", day_text(*column.first_day));
            put("max", day_text(*column.last_day));
        }
    }
    return answer;
}

/// Everything about the columns that both sides can say: sums, extremes, how many different values, how many
/// bytes.
Answer answer_of(const truce::csv::Columns& columns, bool full) {
    Answer answer{{"rows", std::to_string(columns.rows)},
                  {"flaws", std::to_string(columns.flaws.values + columns.flaws.records)}};
    if (!full) return answer;
    for (std::size_t i = 0; i < columns.columns.size(); ++i) {
        const truce::csv::Column& column = columns.columns[i];
        const auto put = [&](const char* what, std::string value) {
            answer[fmt::format("{} {}", what, i)] = std::move(value);
        };
        switch (column.type()) {
            case ColumnType::integer: {
                std::int64_t sum = 0;
                for (const std::int64_t value : column.integers()) sum += value;
                put("sum", std::to_string(sum));
                put("min", std::to_string(*std::ranges::min_element(column.integers())));
                put("max", std::to_string(*std::ranges::max_element(column.integers())));
                break;
            }
            case ColumnType::real: {
                long double sum = 0;
                for (const double value : column.reals()) sum += static_cast<long double>(value);
                put("sum", fmt::format("{}", static_cast<double>(sum)));
                put("min", fmt::format("{}", *std::ranges::min_element(column.reals())));
                put("max", fmt::format("{}", *std::ranges::max_element(column.reals())));
                break;
            }
            case ColumnType::day: {
                std::int64_t sum = 0;
                for (const std::int32_t value : column.days()) sum += value;
                put("sum", std::to_string(sum));
                break;
            }
            case ColumnType::text:
            case ColumnType::category: {
                std::set<std::string_view> different;
                std::size_t bytes = 0;
                for (std::size_t row = 0; row < columns.rows; ++row) {
                    const std::string_view value = column.text(row);
                    if (column.type() == ColumnType::category || different.size() < 100'000)
                        different.insert(value);
                    bytes += value.size();
                }
                different.erase("");
                put("bytes", std::to_string(bytes));
                if (column.type() == ColumnType::category) {
                    put("different", std::to_string(different.size()));
                    put("min", std::string(*different.begin()));
                    put("max", std::string(*different.rbegin()));
                }
                break;
            }
        }
    }
    return answer;
}

Answer run_ours(const Work& work, const std::string& path, unsigned threads, bool full, double& seconds) {
    const auto start = Clock::now();
    const auto file = or_fail(truce::map_file(path));
    const auto wanted = wanted_columns(work);
    if (work.aggregates) {
        const auto summaries = or_fail(summarise_columns(file, wanted, settings_of(work, threads)));
        seconds = seconds_since(start);
        return answer_of(summaries);
    }
    const auto columns = or_fail(read_columns(file, wanted, settings_of(work, threads)));
    seconds = seconds_since(start);
    return answer_of(columns, full);
}

// ---- DuckDB's side

/// DuckDB's C interface, as far as it is used here: the stable part of its duckdb.h (1.0 and later).
class DuckDb {
public:
    DuckDb(const std::string& library, unsigned threads) {
        library_ = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (library_ == nullptr) throw std::runtime_error(dlerror());
        void* config = nullptr;
        call<int(void**)>("duckdb_create_config")(&config);
        const auto set = call<int(void*, const char*, const char*)>("duckdb_set_config");
        set(config, "threads", std::to_string(threads).c_str());
        set(config, "autoinstall_known_extensions", "false");
        char* error = nullptr;
        if (call<int(const char*, void**, void*, char**)>("duckdb_open_ext")(":memory:", &database_, config,
                                                                             &error) != 0) {
            throw std::runtime_error(error);
        }
        if (call<int(void*, void**)>("duckdb_connect")(database_, &connection_) != 0)
            throw std::runtime_error("duckdb_connect failed");
    }
    DuckDb(const DuckDb&) = delete;
    DuckDb& operator=(const DuckDb&) = delete;
    ~DuckDb() {
        call<void(void**)>("duckdb_disconnect")(&connection_);
        call<void(void**)>("duckdb_close")(&database_);
    }

    /// The first row of what `sql` answers.
    std::vector<std::string> ask(const std::string& sql) {
        RawResult result{};
        const int state =
            call<int(void*, const char*, RawResult*)>("duckdb_query")(connection_, sql.c_str(), &result);
        if (state != 0)
            throw std::runtime_error(call<const char*(RawResult*)>("duckdb_result_error")(&result));
        std::vector<std::string> row;
        const auto columns = call<std::uint64_t(RawResult*)>("duckdb_column_count")(&result);
        const auto rows = call<std::uint64_t(RawResult*)>("duckdb_row_count")(&result);
        for (std::uint64_t column = 0; rows > 0 && column < columns; ++column) {
            char* const value = call<char*(RawResult*, std::uint64_t, std::uint64_t)>("duckdb_value_varchar")(
                &result, column, 0);
            row.emplace_back(value == nullptr ? "" : value);
            call<void(void*)>("duckdb_free")(value);
        }
        call<void(RawResult*)>("duckdb_destroy_result")(&result);
        return row;
    }

private:
    struct RawResult {
        std::uint64_t column_count;
        std::uint64_t row_count;
        std::uint64_t rows_changed;
        void* columns;
        char* error_message;
        void* internal;
    };

    template <class Function>
    Function* call(const char* name) {
        void* const found = dlsym(library_, name);
        if (found == nullptr) throw std::runtime_error(fmt::format("DuckDB has no {}", name));
        return reinterpret_cast<Function*>(found);
    }

    void* library_ = nullptr;
    void* database_ = nullptr;
    void* connection_ = nullptr;
};

/// DuckDB at its best: every column's type is given, nothing is guessed, and only the wanted columns are
/// asked for.
std::string read_csv(const Work& work, const std::string& path) {
    std::vector<std::string> columns;
    for (const std::string& name : work.layout) {
        const auto wanted = std::ranges::find(work.wanted, name, &BenchColumn::name);
        columns.push_back(
            fmt::format("'{}':'{}'", name, wanted == work.wanted.end() ? "VARCHAR" : wanted->sql_type));
    }
    return fmt::format(
        "read_csv('{}', auto_detect=false, header={}, delim='{}', quote='{}', escape='{}', columns={{{}}})",
        path, work.tabs ? "false" : "true", work.tabs ? "\\t" : ",", work.tabs ? "" : "\"",
        work.tabs ? "" : "\"", fmt::join(columns, ","));
}

Answer run_duckdb(const Work& work, const std::string& path, unsigned threads, bool full,
                  const std::string& library, double& seconds) {
    DuckDb duckdb(library, threads);
    std::vector<std::string> names{"rows"};
    std::vector<std::string> selected{"count(*)"};
    const auto ask_for = [&](const char* what, std::size_t i, std::string sql) {
        names.push_back(fmt::format("{} {}", what, i));
        selected.push_back(std::move(sql));
    };
    const auto start = Clock::now();
    std::vector<std::string> row;
    if (work.aggregates) {
        // count, sum, least and greatest, sum: one sum for each number and the two ends of the date.
        for (std::size_t i = 0; i < work.wanted.size(); ++i) {
            const BenchColumn& column = work.wanted[i];
            const bool date = i == 1;
            if (date) {
                ask_for("min", i, fmt::format("min({})", column.name));
                ask_for("max", i, fmt::format("max({})", column.name));
            } else {
                ask_for("sum", i, fmt::format("sum({})", column.name));
            }
        }
        row = duckdb.ask(fmt::format("select {} from {}", fmt::join(selected, ", "), read_csv(work, path)));
        seconds = seconds_since(start);
    } else {
        std::vector<std::string> kept;
        for (const BenchColumn& column : work.wanted) kept.push_back(column.name);
        duckdb.ask(
            fmt::format("create table t as select {} from {}", fmt::join(kept, ", "), read_csv(work, path)));
        seconds = seconds_since(start);
        for (std::size_t i = 0; full && i < work.wanted.size(); ++i) {
            const std::string& name = work.wanted[i].name;
            switch (work.wanted[i].type) {
                case ColumnType::integer:
                case ColumnType::real:
                    ask_for("sum", i, fmt::format("sum({})", name));
                    ask_for("min", i, fmt::format("min({})", name));
                    ask_for("max", i, fmt::format("max({})", name));
                    break;
                case ColumnType::day:
                    ask_for("sum", i, fmt::format("sum({}::date - date '1970-01-01')", name));
                    break;
                case ColumnType::text:
                    ask_for("bytes", i, fmt::format("sum(strlen({}))", name));
                    break;
                case ColumnType::category:
                    ask_for("bytes", i, fmt::format("sum(strlen({}))", name));
                    ask_for("different", i, fmt::format("count(distinct {})", name));
                    ask_for("min", i, fmt::format("min({})", name));
                    ask_for("max", i, fmt::format("max({})", name));
                    break;
            }
        }
        row = duckdb.ask(fmt::format("select {} from t", fmt::join(selected, ", ")));
    }
    Answer answer;
    for (std::size_t i = 0; i < names.size(); ++i) answer[names[i]] = row.at(i);
    return answer;
}

// ---- comparing and timing

/// One run of one program, seen from outside.
struct Run {
    Answer answer{};
    double wall = 0;
    double work = 0;
    double cpu = 0;
    double peak_mib = 0;
};

/// Uses some memory and gives it back, before each run of either program: a virtual machine pays its host
/// anew for memory that nobody has used for a while, and neither program should pay for the other. In a
/// process of its own, so that the memory is counted to no run.
void warm_memory() {
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("cannot start a process");
    if (child == 0) {
        constexpr std::size_t bytes = std::size_t{1} << 30;
        void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) _exit(1);
        madvise(memory, bytes, MADV_HUGEPAGE);
        for (std::size_t at = 0; at < bytes; at += 4096) static_cast<volatile char*>(memory)[at] = 1;
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0) throw std::runtime_error("there is not 1 GiB of memory to use first");
}

/// Starts this program again with `arguments`, waits, and reads its answer.
Run start(const std::vector<std::string>& arguments) {
    warm_memory();
    std::vector<char*> argv;
    std::vector<std::string> copies{"/proc/self/exe"};
    copies.insert(copies.end(), arguments.begin(), arguments.end());
    for (std::string& argument : copies) argv.push_back(argument.data());
    argv.push_back(nullptr);
    std::array<int, 2> pipe_ends{};
    if (pipe(pipe_ends.data()) != 0) throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], 1);
    posix_spawn_file_actions_addclose(&actions, pipe_ends[0]);
    const auto begun = Clock::now();
    pid_t child = 0;
    if (posix_spawn(&child, "/proc/self/exe", &actions, nullptr, argv.data(), environ) != 0)
        throw std::runtime_error("cannot start");
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_ends[1]);
    std::string said;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = read(pipe_ends[0], buffer.data(), buffer.size())) > 0;)
        said.append(buffer.data(), static_cast<std::size_t>(got));
    close(pipe_ends[0]);
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    Run run{.wall = seconds_since(begun)};
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw std::runtime_error("a run failed: " + fmt::format("{}", fmt::join(arguments, " ")));
    const auto time_of = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    run.cpu = time_of(usage.ru_utime) + time_of(usage.ru_stime);
    run.peak_mib = static_cast<double>(usage.ru_maxrss) / 1024.0;
    std::istringstream lines(said);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t tab = line.find('\t');
        if (tab == std::string::npos) continue;
        run.answer[line.substr(0, tab)] = line.substr(tab + 1);
    }
    run.work = std::stod(run.answer.at("seconds"));
    run.answer.erase("seconds");
    return run;
}

/// Whether two answers agree in everything that both say; sums of reals within 1e-9 of their size.
bool agree(const Answer& ours, const Answer& theirs, std::string& difference) {
    if (ours.at("flaws") != "0") {
        difference = "we found flaws: " + ours.at("flaws");
        return false;
    }
    for (const auto& [name, value] : theirs) {
        const auto found = ours.find(name);
        if (found == ours.end()) {
            difference = "we do not say " + name;
            return false;
        }
        if (found->second == value) continue;
        char* end = nullptr;
        const double a = std::strtod(found->second.c_str(), &end);
        const double b = std::strtod(value.c_str(), nullptr);
        const bool number =
            end != found->second.c_str() && found->second.find_first_of(".e") != std::string::npos;
        if (number && std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b))) continue;
        difference = fmt::format("{}: we say {}, DuckDB says {}", name, found->second, value);
        return false;
    }
    return true;
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

template <class Of>
std::vector<double> each(const std::vector<Run>& runs, Of of) {
    std::vector<double> values;
    for (const Run& run : runs) values.push_back(of(run));
    return values;
}

std::string load() {
    std::ifstream in("/proc/loadavg");
    std::string first;
    in >> first;
    return first;
}

/// Puts the file into the page cache as any program that reads it from one end to the other leaves it there;
/// what an earlier reader left is taken out first.
void warm(const std::string& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) throw std::runtime_error("cannot read " + path);
    fsync(file);
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    std::vector<char> buffer(std::size_t{1} << 20);
    while (read(file, buffer.data(), buffer.size()) > 0) {
    }
    close(file);
}

struct Settings {
    std::string library;
    unsigned pairs = 5;
    std::vector<unsigned> threads{1, 2};
};

/// Compares, then times; false if the answers differ, and then there are no figures.
bool compare(const Work& work, const std::string& path, const Settings& settings) {
    warm(path);
    bool good = true;
    for (const unsigned threads : settings.threads) {
        const auto arguments = [&](const char* whose, const char* how) {
            return std::vector<std::string>{"--run",     whose,
                                            "--how",     how,
                                            "--work",    work.name,
                                            "--file",    path,
                                            "--library", settings.library,
                                            "--threads", std::to_string(threads)};
        };
        const Run ours_once = start(arguments("ours", "full"));
        const Run theirs_once = start(arguments("duckdb", "full"));
        std::string difference;
        if (!agree(ours_once.answer, theirs_once.answer, difference)) {
            fmt::print("{}, {} thread(s): the answers DIFFER, so there is no figure. {}\n", work.title,
                       threads, difference);
            good = false;
            continue;
        }
        std::vector<Run> ours;
        std::vector<Run> theirs;
        const std::string load_before = load();
        for (unsigned pair = 0; pair < settings.pairs; ++pair) {
            ours.push_back(start(arguments("ours", "timed")));
            theirs.push_back(start(arguments("duckdb", "timed")));
        }
        const auto ratios = [&](auto of) {
            std::vector<double> values;
            for (std::size_t i = 0; i < ours.size(); ++i) values.push_back(of(theirs[i]) / of(ours[i]));
            return values;
        };
        const auto show = [&](const char* what, auto of) {
            const auto r = ratios(of);
            fmt::print("    {:14} {:8.3f} s {:8.3f} s   {:6.1f} times  [{:.1f} to {:.1f}]\n", what,
                       median(each(ours, of)), median(each(theirs, of)), median(r),
                       *std::ranges::min_element(r), *std::ranges::max_element(r));
        };
        fmt::print("{}, {} thread(s): {} rows, {} answers equal\n", work.title, threads,
                   ours_once.answer.at("rows"), theirs_once.answer.size());
        fmt::print(
            "    {:14} {:>10} {:>10}   DuckDB / ours, median of {} pairs [least to greatest]; load {} to "
            "{}\n",
            "", "ours", "DuckDB", settings.pairs, load_before, load());
        show("whole process", [](const Run& run) { return run.wall; });
        show("work alone", [](const Run& run) { return run.work; });
        show("CPU", [](const Run& run) { return run.cpu; });
        fmt::print("    {:14} {:6.0f} MiB {:6.0f} MiB\n", "peak memory",
                   median(each(ours, [](const Run& run) { return run.peak_mib; })),
                   median(each(theirs, [](const Run& run) { return run.peak_mib; })));
        std::fflush(stdout);
    }
    return good;
}

}  // namespace

int main(int argc, char** argv) try {
    CLI::App app{"Reads large files beside DuckDB, compares the answers, and prints how many times faster.",
                 "ingest"};
    std::string run;
    std::string how = "timed";
    std::string name;
    std::string path;
    Settings settings;
    app.add_option("--work", name,
                   "which work: acled-columns, acled-aggregates, gdelt-aggregates, ged-columns")
        ->required();
    app.add_option("--file", path, "the file to read")->required();
    app.add_option("--library", settings.library, "libduckdb.so");
    app.add_option("--threads", settings.threads, "threads for both (default: 1 and 2)");
    app.add_option("--pairs", settings.pairs, "how many pairs of runs");
    app.add_option("--run", run, "run one program once: ours or duckdb");
    app.add_option("--how", how, "with --run: timed, or full for the whole answer");
    CLI11_PARSE(app, argc, argv);
    const Work& work = work_called(name);
    if (run.empty()) return compare(work, path, settings) ? 0 : 1;
    double seconds = 0;
    const unsigned threads = settings.threads.front();
    const Answer answer = run == "ours"
                              ? run_ours(work, path, threads, how == "full", seconds)
                              : run_duckdb(work, path, threads, how == "full", settings.library, seconds);
    for (const auto& [what, value] : answer) fmt::print("{}\t{}\n", what, value);
    fmt::print("seconds\t{}\n", seconds);
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "ingest: {}\n", error.what());
    return 3;
}
