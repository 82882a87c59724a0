// SPDX-License-Identifier: Apache-2.0
#include "record/disclosure.h"

#include <fmt/format.h>
#include <sodium.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "base/base64.h"
#include "base/canonical_json.h"
#include "record/erase.h"

namespace truce::record {
namespace {

constexpr std::array<std::string_view, 4> class_names{"public", "parties", "mission", "protected"};
static_assert(static_cast<std::size_t>(FieldClass::protected_value) + 1 == class_names.size());

constexpr std::size_t salt_bytes = 16;  // at least 128 bits, RFC 9901, section 9.3

/// base64url without padding (RFC 4648, section 5).
std::string base64url(std::string_view bytes) {
    std::string text = base64(bytes);
    while (text.ends_with('=')) text.pop_back();
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

std::optional<std::string> bytes_of_base64url(std::string_view text) {
    if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
    std::string padded(text);
    std::ranges::replace(padded, '-', '+');
    std::ranges::replace(padded, '_', '/');
    while (padded.size() % 4 != 0) padded += '=';
    return base64_decoded(padded);
}

const unsigned char* unsigned_bytes(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

std::string_view name_of(FieldClass field_class) {
    return class_names[static_cast<std::size_t>(field_class)];
}

std::optional<FieldClass> field_class_named(std::string_view name) {
    const auto found = std::ranges::find(class_names, name);
    if (found == class_names.end()) return std::nullopt;
    return static_cast<FieldClass>(found - class_names.begin());
}

bool shown_at(Tier tier, FieldClass field_class) {
    switch (tier) {
        case Tier::everyone:
            return field_class == FieldClass::open;
        case Tier::parties:
            return field_class <= FieldClass::parties;
        case Tier::mission:
            return field_class <= FieldClass::mission;
    }
    return false;
}

Disclosure Disclosure::of(std::string name, std::string value) {
    std::array<char, salt_bytes + 1> salt{};  // one more than is asked for, since not every salt is taken
    Disclosure disclosure{.salt = {}, .name = std::move(name), .value = std::move(value)};
    // People give digests to commands, which would take one that begins with a dash for an option.
    do {
        randombytes_buf(salt.data(), salt.size());
        disclosure.salt = base64url({salt.data(), salt.size()});
    } while (disclosure.digest().starts_with('-'));
    return disclosure;
}

std::string Disclosure::encoded() const {
    // Any JSON would do; the canonical form makes the same bytes of the same value everywhere.
    return base64url(canonical_json(nlohmann::json::array({salt, name, value})).value());
}

Digest Disclosure::digest() const {
    return digest_of(encoded());
}

std::optional<Sha256> hash_of(std::string_view digest) {
    const auto bytes = bytes_of_base64url(digest);
    Sha256 hash;
    if (!bytes || bytes->size() != hash.bytes.size()) return std::nullopt;
    std::ranges::transform(*bytes, hash.bytes.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
    return hash;
}

Digest digest_of(std::string_view encoded) {
    const Sha256 hash = sha256(encoded);
    return base64url({reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()});
}

Result<Disclosure> parse_disclosure(std::string_view encoded) {
    const auto bytes = bytes_of_base64url(encoded);
    if (!bytes) return failure({.message = "a disclosure must be base64url without padding"});
    const auto json = parse_strict_json(*bytes);
    if (!json) return tl::unexpected<Error>(json.error());
    const bool three_texts = json->is_array() && json->size() == 3 &&
                             std::ranges::all_of(*json, [](const auto& v) { return v.is_string(); });
    if (!three_texts)
        return failure({.message = "a disclosure must be an array of three texts: salt, name, value"});
    Disclosure disclosure{.salt = (*json)[0], .name = (*json)[1], .value = (*json)[2]};
    const auto salt = bytes_of_base64url(disclosure.salt);
    if (!salt || salt->size() < salt_bytes)
        return failure({.message = "a disclosure's salt must hold 128 bits or more, in base64url"});
    return disclosure;
}

Withheld withhold(AccountReceived account, std::span<const std::pair<std::string, FieldClass>> classes) {
    Withheld withheld;
    const auto class_of = [&](std::string_view column) {
        const auto found = std::ranges::find(classes, column, &std::pair<std::string, FieldClass>::first);
        return found == classes.end() ? FieldClass::open : found->second;
    };
    std::erase_if(account.row, [&](auto& cell) {
        const FieldClass field_class = class_of(cell.first);
        if (field_class == FieldClass::open || cell.second.empty()) return false;
        withheld.values.push_back(
            {.disclosure = Disclosure::of(cell.first, std::move(cell.second)), .field_class = field_class});
        account.hidden.push_back(withheld.values.back().disclosure.digest());
        return true;
    });
    std::ranges::sort(account.hidden);
    if (!account.hidden.empty()) account.raw.reset();
    withheld.account = std::move(account);
    return withheld;
}

std::vector<std::pair<std::string, std::string>> row_with(const AccountReceived& account,
                                                          std::span<const Disclosure> disclosures) {
    auto row = account.row;
    for (const Disclosure& disclosure : disclosures) {
        if (std::ranges::binary_search(account.hidden, disclosure.digest()))
            row.emplace_back(disclosure.name, disclosure.value);
    }
    std::ranges::sort(row);
    return row;
}

/// The file under the store.
class DisclosureStore::Database {
public:
    explicit Database(const std::filesystem::path& file) : file_(file) {
        sqlite3* raw = nullptr;
        const int code = sqlite3_open_v2(
            file.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
        handle_.reset(raw);
        if (code != SQLITE_OK) fail();
        // Nobody but the one who runs the program needs even the sealed values.
        ::chmod(file.c_str(), S_IRUSR | S_IWUSR);
        // What is deleted is overwritten; the journal stays a file, so that it can be overwritten too; a
        // power cut loses nothing that was acknowledged (RELIABILITY: DELETE+FULL lost one in ten cuts, EXTRA
        // none).
        run("PRAGMA journal_mode=PERSIST; PRAGMA secure_delete=ON; PRAGMA synchronous=EXTRA; PRAGMA "
            "temp_store=MEMORY;");
        run("CREATE TABLE IF NOT EXISTS sealed (digest TEXT NOT NULL, reader TEXT NOT NULL, class INTEGER "
            "NOT NULL, box BLOB NOT NULL,"
            " PRIMARY KEY (digest, reader)) STRICT, WITHOUT ROWID;");
    }

    void run(const char* sql) {
        if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
    }
    [[noreturn]] void fail() const {
        throw std::runtime_error(fmt::format("the file of withheld values {} failed: {}", file_.string(),
                                             sqlite3_errmsg(handle_.get())));
    }

    /// One prepared statement, its values bound, its rows stepped through.
    class Statement {
    public:
        Statement(Database& database, std::string_view sql) : database_(database) {
            sqlite3_stmt* raw = nullptr;
            if (sqlite3_prepare_v2(database.handle_.get(), sql.data(), static_cast<int>(sql.size()), &raw,
                                   nullptr) != SQLITE_OK) {
                database.fail();
            }
            handle_.reset(raw);
        }
        Statement& with(std::string_view text) {
            sqlite3_bind_text64(handle_.get(), ++bound_, text.data(), text.size(), SQLITE_TRANSIENT,
                                SQLITE_UTF8);
            return *this;
        }
        Statement& with(std::int64_t number) {
            sqlite3_bind_int64(handle_.get(), ++bound_, number);
            return *this;
        }
        Statement& with_bytes(std::string_view bytes) {
            sqlite3_bind_blob64(handle_.get(), ++bound_, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
            return *this;
        }
        /// Whether there is a (further) row.
        bool step() {
            const int code = sqlite3_step(handle_.get());
            if (code == SQLITE_ROW) return true;
            if (code != SQLITE_DONE) database_.fail();
            return false;
        }
        [[nodiscard]] std::string text(int column) const {
            const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
            const int size = sqlite3_column_bytes(handle_.get(), column);
            return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
        }
        [[nodiscard]] std::int64_t number(int column) const {
            return sqlite3_column_int64(handle_.get(), column);
        }

    private:
        Database& database_;
        std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> handle_{nullptr, &sqlite3_finalize};
        int bound_ = 0;
    };

    [[nodiscard]] int changes() const { return sqlite3_changes(handle_.get()); }

    /// Overwrites what the journal holds of pages that were changed, and cuts it off. Nothing is lost: the
    /// transaction is over.
    void scrub_journal() const { overwrite(file_.string() + "-journal"); }

private:
    std::filesystem::path file_;
    std::unique_ptr<sqlite3, decltype(&sqlite3_close)> handle_{nullptr, &sqlite3_close};
};

DisclosureStore::DisclosureStore(const std::filesystem::path& file) {
    if (sodium_init() < 0)
        throw std::runtime_error("libsodium does not start: the system gives no random numbers");
    database_ = std::make_unique<Database>(file);
}
DisclosureStore::DisclosureStore(DisclosureStore&&) noexcept = default;
DisclosureStore::~DisclosureStore() = default;

void DisclosureStore::keep(std::span<const Withheld::Value> values, std::span<const MonitorKeys> readers) {
    database_->run("BEGIN IMMEDIATE");
    try {
        for (const Withheld::Value& value : values) {
            const std::string plain = value.disclosure.encoded();
            const Digest digest = digest_of(plain);
            for (const MonitorKeys& reader : readers) {
                std::string box(plain.size() + crypto_box_SEALBYTES, '\0');
                if (crypto_box_seal(reinterpret_cast<unsigned char*>(box.data()), unsigned_bytes(plain),
                                    plain.size(), reader.box.data()) != 0) {
                    throw std::runtime_error(
                        fmt::format("nothing can be sealed to the key of '{}'", reader.name));
                }
                Database::Statement insert(
                    *database_,
                    "INSERT OR REPLACE INTO sealed (digest, reader, class, box) VALUES (?, ?, ?, ?)");
                insert.with(digest)
                    .with(reader.name)
                    .with(static_cast<std::int64_t>(value.field_class))
                    .with_bytes(box)
                    .step();
            }
        }
    } catch (...) {
        database_->run("ROLLBACK");
        throw;
    }
    database_->run("COMMIT");
}

std::vector<DisclosureStore::Held> DisclosureStore::held() const {
    std::vector<Held> all;
    Database::Statement rows(*database_, "SELECT digest, reader, class FROM sealed ORDER BY digest, reader");
    while (rows.step()) {
        std::string digest = rows.text(0);
        if (all.empty() || all.back().digest != digest) {
            const auto known = std::clamp<std::int64_t>(
                rows.number(2), 0, static_cast<std::int64_t>(FieldClass::protected_value));
            // A class that no version wrote is taken for the narrowest.
            const auto field_class =
                known == rows.number(2) ? static_cast<FieldClass>(known) : FieldClass::protected_value;
            all.push_back({.digest = std::move(digest), .field_class = field_class, .readers = {}});
        }
        all.back().readers.push_back(rows.text(1));
    }
    return all;
}

Result<Disclosure> DisclosureStore::open(const Digest& digest, const MonitorSecret& reader) const {
    Database::Statement row(*database_, "SELECT box FROM sealed WHERE digest = ? AND reader = ?");
    row.with(digest).with(reader.name());
    if (!row.step())
        return failure({.message = fmt::format("the value {} is not held for '{}'", digest, reader.name())});
    const std::string box = row.text(0);
    if (box.size() < crypto_box_SEALBYTES)
        return failure({.message = fmt::format("what is kept for {} is cut off", digest)});
    const auto keys = reader.keys();
    auto secret = reader.box_secret();
    std::string plain(box.size() - crypto_box_SEALBYTES, '\0');
    const int code = crypto_box_seal_open(reinterpret_cast<unsigned char*>(plain.data()), unsigned_bytes(box),
                                          box.size(), keys.box.data(), secret.data());
    sodium_memzero(secret.data(), secret.size());
    if (code != 0)
        return failure({.message = fmt::format("what is kept for {} does not open with the key of '{}'",
                                               digest, reader.name())});
    if (digest_of(plain) != digest)
        return failure({.message = fmt::format("what was sealed for {} is another value", digest)});
    return parse_disclosure(plain);
}

std::vector<Disclosure> DisclosureStore::released_at(Tier tier, const MonitorSecret& reader) const {
    std::vector<Disclosure> released;
    for (const Held& one : held()) {
        if (!shown_at(tier, one.field_class)) continue;
        if (auto disclosure = open(one.digest, reader)) released.push_back(std::move(*disclosure));
    }
    return released;
}

bool DisclosureStore::destroy(const Digest& digest) {
    Database::Statement remove(*database_, "DELETE FROM sealed WHERE digest = ?");
    remove.with(digest).step();
    const bool was_held = database_->changes() > 0;
    // Also where nothing was held: an earlier attempt may have been cut off between the two.
    database_->scrub_journal();
    return was_held;
}

}  // namespace truce::record
