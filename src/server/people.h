// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "server/caller.h"
#include "server/database.h"
#include "server/http.h"
#include "server/passwords.h"
#include "server/throttle.h"

namespace truce::server {

/// A value, or which field of what was asked for is wrong, and why.
template <class T>
using Checked = tl::expected<T, FieldError>;

/// Somebody who may sign in.
struct Person {
    std::string id;    ///< "p" and 16 hexadecimal digits
    std::string name;  ///< what they sign in with; better a function ("watch officer") than a name: it stands in the record
    Role role = Role::viewer;
    std::string party;  ///< the actor that a party's liaison stands for; empty for others
    bool disabled = false;
    std::optional<sys_seconds> last_seen{};
};

/// What a token may be used for; never for more than its person may do.
struct Scopes {
    bool read = false;
    bool write = false;
    bool exchange = false;
    friend bool operator==(const Scopes&, const Scopes&) = default;
};
[[nodiscard]] std::string text_of(Scopes scopes);                     ///< "read write"
[[nodiscard]] std::optional<Scopes> scopes_named(std::string_view text);  ///< nothing for an unknown word, or none

struct Session {
    std::string id;
    sys_seconds created{};
    sys_seconds last_seen{};
    sys_seconds expires{};
};

struct Token {
    std::string id;
    std::string label;
    Scopes scopes;
    sys_seconds expires{};
    std::optional<sys_seconds> last_used{};
};

/// How long people stay signed in.
struct PeopleSettings {
    HashCost cost = HashCost::people;
    std::chrono::seconds idle = std::chrono::hours(12);
    std::chrono::seconds longest = std::chrono::hours(24 * 7);
    std::chrono::seconds longest_token = std::chrono::hours(24 * 366);
    std::vector<std::string> context_words{};  ///< what a password must not lean on: the mission's names
};

/// The people of a mission, their sessions and tokens: the file `people.db`.
///
/// The file holds no password, session or token, only what one is checked by. Time comes from the caller. May be called from
/// several threads. Throws std::runtime_error where the machine or the file fails.
class People {
public:
    People(const std::filesystem::path& file, PeopleSettings settings);

    /// Whether there is nobody yet who may manage people.
    [[nodiscard]] bool wants_first_admin() const;
    /// A code with which the first administrator can be made, once, as long as this object lives and after that code no other was
    /// made. For whoever can read the server's terminal.
    [[nodiscard]] std::string fresh_first_code();

    /// Why somebody was not let in. `wrong` says not whether there is such a name.
    enum class Denied : std::uint8_t { wrong, too_often, disabled };
    struct Denial {
        Denied why = Denied::wrong;
        std::chrono::seconds wait{0};  ///< with `too_often`
    };
    /// Makes the first administrator. Fails with `wrong` where there is one already or the code is not it. What is wrong with the
    /// name or the password is a FieldError.
    [[nodiscard]] tl::expected<Person, std::variant<Denial, FieldError>> make_first_admin(std::string_view code, std::string_view name,
                                                                                     std::string_view password, std::string_view peer,
                                                                                     sys_seconds now);

    struct SignedIn {
        Person person;
        std::string secret;  ///< the session's; given out here and never again
        Session session;
    };
    /// Checks a password. Takes the same time for names that there are not; after five failures for one name from one place, or
    /// very many for one of them, further ones must wait.
    [[nodiscard]] tl::expected<SignedIn, Denial> sign_in(std::string_view name, std::string_view password, std::string_view peer,
                                                         sys_seconds now);
    /// A session without asking for a password: for whoever was just made.
    [[nodiscard]] SignedIn begin_session(const Person& person, sys_seconds now);

    struct Known {
        Person person;
        std::string session;            ///< the session's id; empty with a token
        std::optional<Scopes> scopes{};  ///< with a token
        sys_seconds expires{};
    };
    /// Who has the session with this secret; nobody where it ended, idled out, or its person is disabled.
    [[nodiscard]] std::optional<Known> by_session(std::string_view secret, sys_seconds now);
    [[nodiscard]] std::optional<Known> by_token(std::string_view secret, sys_seconds now);

    [[nodiscard]] std::vector<Session> sessions_of(const std::string& person, sys_seconds now);
    void end_session(const std::string& session);
    /// Ends all sessions and takes back all tokens.
    void sign_out_everywhere(const std::string& person);

    [[nodiscard]] std::vector<Person> all();
    [[nodiscard]] std::optional<Person> find(const std::string& id);
    [[nodiscard]] Checked<Person> add(std::string_view name, Role role, std::string_view party, std::string_view password,
                                     sys_seconds now);
    struct Change {
        std::optional<Role> role{};
        std::optional<bool> disabled{};
        std::optional<std::string> password{};
    };
    /// Changes a person. Whoever gets another role or password, or is disabled, is signed out everywhere but in `kept_session`.
    /// Fails for a password that will not do, and where nobody would be left who may manage people.
    [[nodiscard]] Checked<Person> change(const std::string& id, const Change& change, const std::string& kept_session);
    /// Whether this is the person's password; failures count as those of signing in.
    [[nodiscard]] tl::expected<void, Denial> check_password(const std::string& id, std::string_view password, std::string_view peer,
                                                            sys_seconds now);

    struct NewToken {
        Token token;
        std::string secret;
    };
    /// Fails for an end that is past or further off than the settings have it, and for a hundredth token.
    [[nodiscard]] Checked<NewToken> add_token(const std::string& person, std::string_view label, Scopes scopes, sys_seconds expires,
                                             sys_seconds now);
    [[nodiscard]] std::vector<Token> tokens_of(const std::string& person, sys_seconds now);
    /// Returns whether the person had such a token.
    bool end_token(const std::string& person, const std::string& token);

    struct Counts {
        std::uint64_t people = 0;
        std::uint64_t sessions = 0;
        std::uint64_t tokens = 0;
        std::uint64_t signed_in = 0;  ///< since the start
        std::uint64_t denied = 0;
    };
    [[nodiscard]] Counts counts(sys_seconds now);

private:
    struct Stored {
        Person person;
        std::string hash;
    };
    [[nodiscard]] std::optional<Stored> stored(std::string_view column, std::string_view value);
    [[nodiscard]] Checked<Person> insert(std::string_view name, Role role, std::string_view party, std::string_view password,
                                        sys_seconds now);
    [[nodiscard]] std::optional<FieldError> fault_of(std::string_view name, std::string_view password) const;
    [[nodiscard]] bool has_admin() const;
    [[nodiscard]] SignedIn begin(const Person& person, sys_seconds now);
    void end_all(const std::string& person, const std::string& kept_session);
    [[nodiscard]] tl::expected<Stored, Denial> checked(std::string_view column, std::string_view value, std::string_view password,
                                                       std::string_view peer, sys_seconds now,
                                                       std::unique_lock<std::mutex>& lock);

    mutable std::mutex mutex_;
    mutable PrivateDatabase database_;
    PeopleSettings settings_;
    std::string decoy_;  // a hash that is checked where there is no such name
    std::string first_code_;
    int first_code_tries_ = 0;
    Throttle throttle_;
    std::uint64_t signed_in_ = 0;
    std::uint64_t denied_ = 0;
};

}  // namespace truce::server
