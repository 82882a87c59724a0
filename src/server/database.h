// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace truce::server {

/// An SQLite file that nobody but its owner may read, and in which what was committed stays through a power cut and what was
/// deleted is overwritten. Everything here throws std::runtime_error where the machine or the file fails. Not for several threads
/// at once.
class PrivateDatabase {
public:
    explicit PrivateDatabase(const std::filesystem::path& file);
    PrivateDatabase(const PrivateDatabase&) = delete;
    PrivateDatabase& operator=(const PrivateDatabase&) = delete;
    ~PrivateDatabase();

    void run(const char* sql);
    /// Rows that the last statement changed.
    [[nodiscard]] int changes() const;

    /// One statement with its values bound in order, its rows stepped through.
    class Statement {
    public:
        Statement(PrivateDatabase& database, std::string_view sql);
        Statement(const Statement&) = delete;
        Statement& operator=(const Statement&) = delete;
        ~Statement();
        Statement& with(std::string_view text);
        Statement& with(std::int64_t number);
        Statement& with(const std::optional<std::int64_t>& number);
        /// Whether there is a (further) row.
        bool step();
        [[nodiscard]] std::string text(int column) const;
        [[nodiscard]] std::int64_t number(int column) const;
        [[nodiscard]] bool is_null(int column) const;

    private:
        PrivateDatabase& database_;
        sqlite3_stmt* handle_ = nullptr;
        int bound_ = 0;
    };

    /// Undone where it was not committed.
    class Transaction {
    public:
        explicit Transaction(PrivateDatabase& database) : database_(database) { database_.run("BEGIN IMMEDIATE"); }
        Transaction(const Transaction&) = delete;
        Transaction& operator=(const Transaction&) = delete;
        ~Transaction();
        void commit();

    private:
        PrivateDatabase& database_;
        bool open_ = true;
    };

private:
    [[noreturn]] void fail() const;
    std::filesystem::path file_;
    sqlite3* handle_ = nullptr;
};

}  // namespace truce::server
