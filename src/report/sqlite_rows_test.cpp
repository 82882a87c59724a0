// SPDX-License-Identifier: Apache-2.0
#include "report/sqlite_rows.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <cstring>
#include <optional>
#include <stdexcept>
#include <tuple>

namespace truce::report {
namespace {

using Row = std::tuple<std::string, double, std::string, std::optional<std::int64_t>>;

/// A database with one empty table, in a folder of its own that goes when the test ends.
class Sample {
public:
    /// Small pages make deep trees of few rows.
    explicit Sample(int page_size = 512) {
        auto pattern = (std::filesystem::temp_directory_path() / "sqlite_rows_test.XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        run("PRAGMA page_size = " + std::to_string(page_size) +
            "; CREATE TABLE rows (id INTEGER PRIMARY KEY, name TEXT, share DOUBLE, shape BLOB, count "
            "INTEGER)");
    }
    Sample(const Sample&) = delete;
    Sample& operator=(const Sample&) = delete;
    ~Sample() { std::filesystem::remove_all(folder_); }

    std::filesystem::path path() const { return folder_ / "made.sqlite"; }

    /// The rows of what `sql` finds, cells separated by `|`.
    std::string run(const std::string& sql) const {
        sqlite3* database = nullptr;
        sqlite3_open(path().c_str(), &database);
        std::string out;
        const auto add = [](void* into, int n, char** cells, char** /*names*/) {
            for (int i = 0; i < n; ++i) {
                static_cast<std::string*>(into)->append(cells[i] != nullptr ? cells[i] : "null").append("|");
            }
            return 0;
        };
        char* error = nullptr;
        if (sqlite3_exec(database, sql.c_str(), add, &out, &error) != SQLITE_OK) out += error;
        sqlite3_free(error);
        sqlite3_close(database);
        return out;
    }
    std::vector<Row> rows() const {
        sqlite3* database = nullptr;
        sqlite3_open(path().c_str(), &database);
        sqlite3_stmt* statement = nullptr;
        sqlite3_prepare_v2(database, "SELECT name, share, shape, count FROM rows ORDER BY id", -1, &statement,
                           nullptr);
        std::vector<Row> rows;
        const auto bytes = [&](int column) {
            const auto* start = static_cast<const char*>(sqlite3_column_blob(statement, column));
            return std::string(start, start + sqlite3_column_bytes(statement, column));
        };
        while (sqlite3_step(statement) == SQLITE_ROW) {
            std::optional<std::int64_t> count;
            if (sqlite3_column_type(statement, 3) != SQLITE_NULL) count = sqlite3_column_int64(statement, 3);
            rows.emplace_back(bytes(0), sqlite3_column_double(statement, 1), bytes(2), count);
        }
        sqlite3_finalize(statement);
        sqlite3_close(database);
        return rows;
    }
    void fill(const std::vector<Row>& rows) const {
        SqliteFile file(path());
        SqliteRows into(file, 2);
        for (const auto& [name, share, shape, count] : rows) {
            into.rowid();
            into.text(name);
            into.real(share);
            into.blob(shape);
            if (count) {
                into.integer(*count);
            } else {
                into.null();
            }
            into.end_row();
        }
        into.finish();
        file.close();
    }

private:
    std::filesystem::path folder_;
};

RC_GTEST_PROP(SqliteRows, SqliteReadsBackWhatWasWritten, ()) {
    const auto rows = *rc::gen::container<std::vector<Row>>(rc::gen::apply(
        [](std::size_t name, double share, std::size_t shape, std::optional<std::int64_t> count) {
            return Row(std::string(name, 'n'), share, std::string(shape, '\x07'), count);
        },
        rc::gen::inRange<std::size_t>(0, 700), rc::gen::arbitrary<double>(),
        rc::gen::inRange<std::size_t>(0, 2000),
        rc::gen::map(rc::gen::arbitrary<std::pair<bool, std::int64_t>>(),
                     [](auto one) { return one.first ? std::optional(one.second) : std::nullopt; })));
    const Sample sample;
    sample.fill(rows);
    RC_ASSERT(sample.run("PRAGMA integrity_check") == "ok|");
    RC_ASSERT(sample.rows() == rows);
}

TEST(SqliteRows, FindsEveryRowOfADeepTreeByItsNumber) {
    const Sample sample;
    sample.fill(std::vector<Row>(5000, Row("a name of some length", 0.25, "", 7)));
    EXPECT_EQ(sample.run("PRAGMA integrity_check"), "ok|");
    EXPECT_EQ(sample.run("SELECT count(*), min(id), max(id), sum(share) FROM rows"), "5000|1|5000|1250.0|");
    EXPECT_EQ(sample.run("SELECT count FROM rows WHERE id = 4321"), "7|");
}

TEST(SqliteRows, ATableWithoutRowsStaysEmpty) {
    const Sample sample;
    sample.fill({});
    EXPECT_EQ(sample.run("PRAGMA integrity_check"), "ok|");
    EXPECT_EQ(sample.run("SELECT count(*) FROM rows"), "0|");
}

TEST(SqliteRows, SqliteGoesOnWhereTheyEnded) {
    const Sample sample(65536);
    sample.fill(std::vector<Row>(3000, Row("name", 1.0, "", std::nullopt)));
    EXPECT_EQ(
        sample.run(
            "INSERT INTO rows (name) VALUES ('last'); SELECT max(id) FROM rows; PRAGMA integrity_check"),
        "3001|ok|");
}

TEST(SqliteFile, ThePageOfSqlitesLocksIsPassedOver) {
    const Sample sample;
    constexpr std::uint32_t lock_page = (1U << 30U) / 512 + 1;
    // The file has holes: it takes no room.
    std::filesystem::resize_file(sample.path(), (lock_page - 2) * std::uintmax_t{512});
    SqliteFile file(sample.path());
    const std::string page(512, '\0');
    EXPECT_EQ(file.append(page), lock_page - 1);
    EXPECT_EQ(file.append(page), lock_page + 1);
    file.close();
    EXPECT_EQ(std::filesystem::file_size(sample.path()), (lock_page + 1) * std::uintmax_t{512});
}

TEST(SqliteFile, AFileThatIsNotThereIsAnErrorThatNamesIt) {
    EXPECT_THROW(SqliteFile("/nowhere/made.sqlite"), std::runtime_error);
}

}  // namespace
}  // namespace truce::report
