// SPDX-License-Identifier: Apache-2.0
#include "server/people.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <utility>

#include "base/sha256.h"
#include "base/text.h"

namespace truce::server {
namespace {

using Statement = PrivateDatabase::Statement;
using Transaction = PrivateDatabase::Transaction;

constexpr std::size_t first_code_length = 16;  // of 32 letters: 80 bits
constexpr int first_code_most_tries = 20;
constexpr std::size_t longest_name = 80;
constexpr std::size_t most_tokens = 100;
constexpr std::chrono::seconds seen_step{60};  // last_seen is written no more often

constexpr std::string_view person_columns = "id, name, role, party, disabled, last_seen, hash";

tl::unexpected<FieldError> wrong(std::string field, Words message) {
    return tl::unexpected<FieldError>({std::move(field), std::move(message)});
}

std::int64_t seconds_of(sys_seconds time) { return time.time_since_epoch().count(); }
sys_seconds time_of(std::int64_t seconds) { return sys_seconds{std::chrono::seconds{seconds}}; }
std::optional<sys_seconds> time_at(const Statement& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return time_of(row.number(column));
}

/// One spelling of a name, whatever its case: two people whose names look alike to those who type them are one too many.
std::string key_of(std::string_view name) { return name_key(name); }

std::string hash_of_secret(std::string_view secret) { return sha256(secret).hex(); }

Person person_of(const Statement& row) {
    return {.id = row.text(0),
            .name = row.text(1),
            // A role that no version wrote is taken for the least.
            .role = role_named(row.text(2)).value_or(Role::viewer),
            .party = row.text(3),
            .disabled = row.number(4) != 0,
            .last_seen = time_at(row, 5)};
}

}  // namespace

std::string text_of(Scopes scopes) {
    std::string text;
    const auto add = [&](bool has, std::string_view word) {
        if (has) text += (text.empty() ? "" : " ") + std::string(word);
    };
    add(scopes.read, "read");
    add(scopes.write, "write");
    add(scopes.exchange, "exchange");
    return text;
}

std::optional<Scopes> scopes_named(std::string_view text) {
    Scopes scopes;
    for (const auto word : split(text, ' ')) {
        if (word == "read") scopes.read = true;
        else if (word == "write") scopes.write = true;
        else if (word == "exchange") scopes.exchange = true;
        else return std::nullopt;
    }
    return scopes;
}

People::People(const std::filesystem::path& file, PeopleSettings settings)
    : database_(file), settings_(std::move(settings)), decoy_(hash_of_password(fresh_secret(), settings_.cost)) {
    database_.run(
        "CREATE TABLE IF NOT EXISTS people (id TEXT PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, role TEXT NOT NULL,"
        " party TEXT NOT NULL, hash TEXT NOT NULL, disabled INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL,"
        " last_seen INTEGER) STRICT;"
        "CREATE TABLE IF NOT EXISTS sessions (hash TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
        " person TEXT NOT NULL REFERENCES people (id), created INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
        " expires INTEGER NOT NULL) STRICT;"
        "CREATE TABLE IF NOT EXISTS tokens (hash TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
        " person TEXT NOT NULL REFERENCES people (id), label TEXT NOT NULL, scopes TEXT NOT NULL, created INTEGER NOT NULL,"
        " expires INTEGER NOT NULL, last_used INTEGER) STRICT;"
        "PRAGMA user_version=1;");
}

bool People::has_admin() const {
    Statement row(database_, "SELECT 1 FROM people WHERE role = 'admin' AND disabled = 0");
    return row.step();
}

bool People::wants_first_admin() const {
    const std::lock_guard lock(mutex_);
    return !has_admin();
}

std::string People::fresh_first_code() {
    const std::lock_guard lock(mutex_);
    first_code_ = fresh_code(first_code_length);
    first_code_tries_ = 0;
    return first_code_;
}

tl::expected<Person, std::variant<People::Denial, FieldError>> People::make_first_admin(std::string_view code, std::string_view name,
                                                                                   std::string_view password,
                                                                                   std::string_view peer, sys_seconds now) {
    const std::lock_guard lock(mutex_);
    const auto denied = [&](Denial denial) {
        ++denied_;
        return tl::unexpected<std::variant<Denial, FieldError>>(denial);
    };
    if (const auto wait = throttle_.wait("first administrator", peer, now); wait.count() > 0)
        return denied({Denied::too_often, wait});
    const bool tries_left = first_code_tries_ < first_code_most_tries;
    const bool same = !first_code_.empty() && code.size() == first_code_.size() &&
                      sodium_memcmp(code.data(), first_code_.data(), code.size()) == 0;
    if (has_admin() || !tries_left || !same) {
        ++first_code_tries_;
        throttle_.failed("first administrator", peer, now);
        return denied({Denied::wrong});
    }
    auto person = insert(name, Role::admin, "", password, now);
    if (!person) return tl::unexpected<std::variant<Denial, FieldError>>(person.error());
    first_code_.clear();
    return *person;
}

std::optional<FieldError> People::fault_of(std::string_view name, std::string_view password) const {
    auto words = settings_.context_words;
    words.emplace_back(name);
    if (auto fault = fault_of_password(password, words)) return FieldError{"password", std::move(*fault)};
    return std::nullopt;
}

Checked<Person> People::insert(std::string_view name, Role role, std::string_view party, std::string_view password,
                              sys_seconds now) {
    const auto plain = trimmed(name);
    const bool printable = is_utf8(plain) && std::ranges::none_of(plain, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
    if (plain.empty() || plain.size() > longest_name || !printable) {
        return wrong("name", say("field.name_form", {{"most", longest_name}}));
    }
    if (stored("key", key_of(plain)))
        return wrong("name", say("field.name_taken", {{"name", shown(plain)}}));
    if (auto fault = fault_of(plain, password)) return tl::unexpected(std::move(*fault));
    const Person person{.id = fresh_id("p"), .name = std::string(plain), .role = role, .party = std::string(party)};
    Statement add(database_, "INSERT INTO people (id, name, key, role, party, hash, created) VALUES (?, ?, ?, ?, ?, ?, ?)");
    add.with(person.id)
        .with(person.name)
        .with(key_of(plain))
        .with(name_of(role))
        .with(party)
        .with(hash_of_password(password, settings_.cost))
        .with(seconds_of(now))
        .step();
    return person;
}

std::optional<People::Stored> People::stored(std::string_view column, std::string_view value) {
    Statement row(database_, fmt::format("SELECT {} FROM people WHERE {} = ?", person_columns, column));
    row.with(value);
    if (!row.step()) return std::nullopt;
    return Stored{person_of(row), row.text(6)};
}

tl::expected<People::Stored, People::Denial> People::checked(std::string_view column, std::string_view value,
                                                             std::string_view password, std::string_view peer, sys_seconds now,
                                                             std::unique_lock<std::mutex>& lock) {
    if (const auto wait = throttle_.wait(value, peer, now); wait.count() > 0) {
        ++denied_;
        return tl::unexpected(Denial{Denied::too_often, wait});
    }
    const auto found = stored(column, value);
    // The slow part is done without the lock; others sign in and work meanwhile.
    lock.unlock();
    const bool right = is_password(password, found ? found->hash : decoy_);
    lock.lock();
    if (!found || !right) {
        throttle_.failed(value, peer, now);
        ++denied_;
        return tl::unexpected(Denial{Denied::wrong});
    }
    if (found->person.disabled) {
        ++denied_;
        return tl::unexpected(Denial{Denied::disabled});
    }
    throttle_.succeeded(value, peer);
    return *found;
}

tl::expected<People::SignedIn, People::Denial> People::sign_in(std::string_view name, std::string_view password,
                                                               std::string_view peer, sys_seconds now) {
    std::unique_lock lock(mutex_);
    auto found = checked("key", key_of(trimmed(name.substr(0, 4 * longest_name))), password, peer, now, lock);
    if (!found) return tl::unexpected(found.error());
    if (is_outdated(found->hash, settings_.cost)) {
        Statement renew(database_, "UPDATE people SET hash = ? WHERE id = ? AND hash = ?");
        renew.with(hash_of_password(password, settings_.cost)).with(found->person.id).with(found->hash).step();
    }
    ++signed_in_;
    return begin(found->person, now);
}

tl::expected<void, People::Denial> People::check_password(const std::string& id, std::string_view password, std::string_view peer,
                                                          sys_seconds now) {
    std::unique_lock lock(mutex_);
    const auto found = checked("id", id, password, peer, now, lock);
    if (!found) return tl::unexpected(found.error());
    return {};
}

People::SignedIn People::begin_session(const Person& person, sys_seconds now) {
    const std::lock_guard lock(mutex_);
    ++signed_in_;
    return begin(person, now);
}

People::SignedIn People::begin(const Person& person, sys_seconds now) {
    SignedIn in{.person = person,
                .secret = fresh_secret(),
                .session = {.id = fresh_id("s"), .created = now, .last_seen = now, .expires = now + settings_.longest}};
    Transaction change(database_);
    Statement(database_, "DELETE FROM sessions WHERE expires <= ? OR last_seen <= ?")
        .with(seconds_of(now))
        .with(seconds_of(now - settings_.idle))
        .step();
    Statement(database_, "INSERT INTO sessions (hash, id, person, created, last_seen, expires) VALUES (?, ?, ?, ?, ?, ?)")
        .with(hash_of_secret(in.secret))
        .with(in.session.id)
        .with(person.id)
        .with(seconds_of(now))
        .with(seconds_of(now))
        .with(seconds_of(in.session.expires))
        .step();
    Statement(database_, "UPDATE people SET last_seen = ? WHERE id = ?").with(seconds_of(now)).with(person.id).step();
    change.commit();
    return in;
}

std::optional<People::Known> People::by_session(std::string_view secret, sys_seconds now) {
    const std::lock_guard lock(mutex_);
    const auto hash = hash_of_secret(secret);
    Known known;
    sys_seconds seen;
    {
        Statement row(database_,
                      "SELECT p.id, p.name, p.role, p.party, p.disabled, p.last_seen, s.id, s.last_seen, s.expires"
                      " FROM sessions s JOIN people p ON p.id = s.person WHERE s.hash = ?");
        row.with(hash);
        if (!row.step()) return std::nullopt;
        known = {.person = person_of(row), .session = row.text(6), .expires = time_of(row.number(8))};
        seen = time_of(row.number(7));
    }
    if (known.person.disabled || known.expires <= now || seen + settings_.idle <= now) return std::nullopt;
    if (seen + seen_step <= now) {
        Transaction change(database_);
        Statement(database_, "UPDATE sessions SET last_seen = ? WHERE hash = ?").with(seconds_of(now)).with(hash).step();
        Statement(database_, "UPDATE people SET last_seen = ? WHERE id = ?").with(seconds_of(now)).with(known.person.id).step();
        change.commit();
    }
    return known;
}

std::optional<People::Known> People::by_token(std::string_view secret, sys_seconds now) {
    const std::lock_guard lock(mutex_);
    const auto hash = hash_of_secret(secret);
    Known known;
    std::optional<sys_seconds> used;
    {
        Statement row(database_,
                      "SELECT p.id, p.name, p.role, p.party, p.disabled, p.last_seen, t.scopes, t.last_used, t.expires"
                      " FROM tokens t JOIN people p ON p.id = t.person WHERE t.hash = ?");
        row.with(hash);
        if (!row.step()) return std::nullopt;
        known = {.person = person_of(row),
                 .session = {},
                 .scopes = scopes_named(row.text(6)).value_or(Scopes{}),
                 .expires = time_of(row.number(8))};
        used = time_at(row, 7);
    }
    if (known.person.disabled || known.expires <= now) return std::nullopt;
    if (!used || *used + seen_step <= now) {
        Statement(database_, "UPDATE tokens SET last_used = ? WHERE hash = ?").with(seconds_of(now)).with(hash).step();
    }
    return known;
}

std::vector<Session> People::sessions_of(const std::string& person, sys_seconds now) {
    const std::lock_guard lock(mutex_);
    std::vector<Session> sessions;
    Statement row(database_,
                  "SELECT id, created, last_seen, expires FROM sessions WHERE person = ? AND expires > ? AND last_seen > ?"
                  " ORDER BY last_seen DESC, id");
    row.with(person).with(seconds_of(now)).with(seconds_of(now - settings_.idle));
    while (row.step())
        sessions.push_back({row.text(0), time_of(row.number(1)), time_of(row.number(2)), time_of(row.number(3))});
    return sessions;
}

void People::end_session(const std::string& session) {
    const std::lock_guard lock(mutex_);
    Statement(database_, "DELETE FROM sessions WHERE id = ?").with(session).step();
}

void People::end_all(const std::string& person, const std::string& kept_session) {
    Statement(database_, "DELETE FROM sessions WHERE person = ? AND id <> ?").with(person).with(kept_session).step();
    Statement(database_, "DELETE FROM tokens WHERE person = ?").with(person).step();
}

void People::sign_out_everywhere(const std::string& person) {
    const std::lock_guard lock(mutex_);
    Transaction change(database_);
    end_all(person, "");
    change.commit();
}

std::vector<Person> People::all() {
    const std::lock_guard lock(mutex_);
    std::vector<Person> people;
    Statement row(database_, fmt::format("SELECT {} FROM people ORDER BY key", person_columns));
    while (row.step()) people.push_back(person_of(row));
    return people;
}

std::optional<Person> People::find(const std::string& id) {
    const std::lock_guard lock(mutex_);
    auto found = stored("id", id);
    if (!found) return std::nullopt;
    return std::move(found->person);
}

Checked<Person> People::add(std::string_view name, Role role, std::string_view party, std::string_view password, sys_seconds now) {
    const std::lock_guard lock(mutex_);
    return insert(name, role, party, password, now);
}

Checked<Person> People::change(const std::string& id, const Change& wanted, const std::string& kept_session) {
    const std::lock_guard lock(mutex_);
    auto found = stored("id", id);
    if (!found) return wrong("id", say("no_person"));
    auto person = found->person;
    person.role = wanted.role.value_or(person.role);
    person.disabled = wanted.disabled.value_or(person.disabled);
    auto hash = found->hash;
    if (wanted.password) {
        if (auto fault = fault_of(person.name, *wanted.password)) return tl::unexpected(std::move(*fault));
        hash = hash_of_password(*wanted.password, settings_.cost);
    }
    Transaction change(database_);
    Statement(database_, "UPDATE people SET role = ?, disabled = ?, hash = ? WHERE id = ?")
        .with(name_of(person.role))
        .with(std::int64_t{person.disabled ? 1 : 0})
        .with(hash)
        .with(id)
        .step();
    const bool was_admin = found->person.role == Role::admin && !found->person.disabled;
    if (was_admin && !has_admin()) {
        return wrong(wanted.disabled ? "disabled" : "role", say("field.last_admin"));
    }
    const bool narrower = person.role != found->person.role || person.disabled || wanted.password;
    if (narrower) end_all(id, kept_session);
    change.commit();
    return person;
}

Checked<People::NewToken> People::add_token(const std::string& person, std::string_view label, Scopes scopes, sys_seconds expires,
                                           sys_seconds now) {
    const std::lock_guard lock(mutex_);
    if (expires <= now || expires > now + settings_.longest_token) {
        return wrong("expires", say("field.token_end", {{"latest", day_text(std::chrono::floor<std::chrono::days>(now + settings_.longest_token))}}));
    }
    Statement(database_, "DELETE FROM tokens WHERE expires <= ?").with(seconds_of(now)).step();
    {
        Statement count(database_, "SELECT count(*) FROM tokens WHERE person = ?");
        count.with(person).step();
        if (count.number(0) >= static_cast<std::int64_t>(most_tokens))
            return wrong("label", say("field.many_tokens", {{"count", most_tokens}}));
    }
    NewToken made{.token = {.id = fresh_id("t"), .label = std::string(label), .scopes = scopes, .expires = expires},
                  .secret = "truce_" + fresh_secret()};
    Statement(database_, "INSERT INTO tokens (hash, id, person, label, scopes, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)")
        .with(hash_of_secret(made.secret))
        .with(made.token.id)
        .with(person)
        .with(label)
        .with(text_of(scopes))
        .with(seconds_of(now))
        .with(seconds_of(expires))
        .step();
    return made;
}

std::vector<Token> People::tokens_of(const std::string& person, sys_seconds now) {
    const std::lock_guard lock(mutex_);
    std::vector<Token> tokens;
    Statement row(database_,
                  "SELECT id, label, scopes, expires, last_used FROM tokens WHERE person = ? AND expires > ? ORDER BY created, id");
    row.with(person).with(seconds_of(now));
    while (row.step()) {
        tokens.push_back({row.text(0), row.text(1), scopes_named(row.text(2)).value_or(Scopes{}), time_of(row.number(3)), time_at(row, 4)});
    }
    return tokens;
}

bool People::end_token(const std::string& person, const std::string& token) {
    const std::lock_guard lock(mutex_);
    Statement(database_, "DELETE FROM tokens WHERE person = ? AND id = ?").with(person).with(token).step();
    return database_.changes() > 0;
}

People::Counts People::counts(sys_seconds now) {
    const std::lock_guard lock(mutex_);
    const auto count = [&](std::string_view sql) {
        Statement row(database_, sql);
        if (sql.find('?') != std::string_view::npos) row.with(seconds_of(now));
        row.step();
        return static_cast<std::uint64_t>(row.number(0));
    };
    return {.people = count("SELECT count(*) FROM people WHERE disabled = 0"),
            .sessions = count("SELECT count(*) FROM sessions WHERE expires > ?"),
            .tokens = count("SELECT count(*) FROM tokens WHERE expires > ?"),
            .signed_in = signed_in_,
            .denied = denied_};
}

}  // namespace truce::server
