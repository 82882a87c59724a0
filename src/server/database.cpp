// SPDX-License-Identifier: Apache-2.0
#include "server/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stdexcept>

namespace truce::server {

PrivateDatabase::PrivateDatabase(const std::filesystem::path& file) : file_(file) {
    // Made before SQLite makes it, so that it is never readable by others, not even for a moment.
    const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (made < 0) throw std::runtime_error(fmt::format("{} cannot be opened for writing", file.string()));
    ::fchmod(made, S_IRUSR | S_IWUSR);
    ::close(made);
    if (sqlite3_open_v2(file.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK) {
        const std::string why = sqlite3_errmsg(handle_);
        sqlite3_close(handle_);
        throw std::runtime_error(fmt::format("{}: {}", file.string(), why));
    }
    sqlite3_busy_timeout(handle_, 5000);
    run("PRAGMA journal_mode=PERSIST; PRAGMA secure_delete=ON; PRAGMA synchronous=EXTRA; PRAGMA temp_store=MEMORY; "
        "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;");
}

PrivateDatabase::~PrivateDatabase() { sqlite3_close(handle_); }

void PrivateDatabase::run(const char* sql) {
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

int PrivateDatabase::changes() const { return sqlite3_changes(handle_); }

void PrivateDatabase::fail() const {
    throw std::runtime_error(fmt::format("{}: {}", file_.string(), sqlite3_errmsg(handle_)));
}

PrivateDatabase::Statement::Statement(PrivateDatabase& database, std::string_view sql) : database_(database) {
    if (sqlite3_prepare_v2(database.handle_, sql.data(), static_cast<int>(sql.size()), &handle_, nullptr) != SQLITE_OK)
        database.fail();
}
PrivateDatabase::Statement::~Statement() { sqlite3_finalize(handle_); }

PrivateDatabase::Statement& PrivateDatabase::Statement::with(std::string_view text) {
    sqlite3_bind_text64(handle_, ++bound_, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}
PrivateDatabase::Statement& PrivateDatabase::Statement::with(std::int64_t number) {
    sqlite3_bind_int64(handle_, ++bound_, number);
    return *this;
}
PrivateDatabase::Statement& PrivateDatabase::Statement::with(const std::optional<std::int64_t>& number) {
    if (number) return with(*number);
    sqlite3_bind_null(handle_, ++bound_);
    return *this;
}

bool PrivateDatabase::Statement::step() {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) database_.fail();
    return false;
}
std::string PrivateDatabase::Statement::text(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
    const int size = sqlite3_column_bytes(handle_, column);
    return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
}
std::int64_t PrivateDatabase::Statement::number(int column) const { return sqlite3_column_int64(handle_, column); }
bool PrivateDatabase::Statement::is_null(int column) const {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

PrivateDatabase::Transaction::~Transaction() {
    if (open_) sqlite3_exec(database_.handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}
void PrivateDatabase::Transaction::commit() {
    database_.run("COMMIT");
    open_ = false;
}

}  // namespace truce::server
