// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/entry.h"
#include "record/key.h"

namespace truce::record {

/// Who may ever see a value; each class takes in those before it.
enum class FieldClass : std::uint8_t {
    open,             ///< everyone: stands in the entry itself ("public" in files)
    parties,          ///< the parties and the mission
    mission,          ///< the mission alone
    protected_value,  ///< nobody by a release: names and whereabouts of witnesses. Read one by one, with a
                      ///< reason
};

[[nodiscard]] std::string_view name_of(FieldClass field_class);
[[nodiscard]] std::optional<FieldClass> field_class_named(std::string_view name);
/// Whether a release at `tier` shows values of that class.
[[nodiscard]] bool shown_at(Tier tier, FieldClass field_class);

/// A value that an entry commits to without saying it: an SD-JWT disclosure (RFC 9901, section 4.2) with a
/// salt of 128 random bits, so that nobody can find the value by trying.
struct Disclosure {
    std::string salt;  ///< base64url
    std::string name;  ///< the column
    std::string value;

    /// A disclosure of its own random salt.
    [[nodiscard]] static Disclosure of(std::string name, std::string value);
    /// As it is handed on: base64url of the JSON array of salt, name and value.
    [[nodiscard]] std::string encoded() const;
    /// What stands in the entry: base64url of SHA-256 over `encoded`.
    [[nodiscard]] Digest digest() const;
    friend bool operator==(const Disclosure&, const Disclosure&) = default;
};

/// Reads a disclosure as handed on. Fails for what is no base64url, no array of three texts, or has a salt of
/// less than 128 bits.
[[nodiscard]] Result<Disclosure> parse_disclosure(std::string_view encoded);
/// The digest of a disclosure as handed on.
[[nodiscard]] Digest digest_of(std::string_view encoded);
/// A digest as the hash that it is; nothing for what is none.
[[nodiscard]] std::optional<Sha256> hash_of(std::string_view digest);

/// Splits a row into what the entry says and what it only commits to: columns whose class is not `open`
/// become disclosures. Empty cells are left where they are; that nothing was said is no secret. The digests
/// are in order, so that they tell nothing of the columns' order.
struct Withheld {
    AccountReceived account;
    struct Value {
        Disclosure disclosure;
        FieldClass field_class;
    };
    std::vector<Value> values;
};
[[nodiscard]] Withheld withhold(AccountReceived account,
                                std::span<const std::pair<std::string, FieldClass>> classes);

/// The row with those of `disclosures` put back that the entry commits to; others are passed over.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> row_with(
    const AccountReceived& account, std::span<const Disclosure> disclosures);

/// The withheld values of a mission, each sealed to the keys that may read it: the file `disclosures.db`.
///
/// It never holds a value, a column's name or a salt in clear, and never leaves its machine by an exchange.
/// Throws std::runtime_error when the machine or the file fails.
class DisclosureStore {
public:
    /// Opens the file, or makes it.
    explicit DisclosureStore(const std::filesystem::path& file);
    DisclosureStore(DisclosureStore&&) noexcept;
    DisclosureStore& operator=(DisclosureStore&&) = delete;
    DisclosureStore(const DisclosureStore&) = delete;
    DisclosureStore& operator=(const DisclosureStore&) = delete;
    ~DisclosureStore();

    /// Seals values to each of `readers` (libsodium's sealed boxes: X25519 and XSalsa20-Poly1305). On the
    /// disk when it returns. Requires: `readers` is not empty.
    void keep(std::span<const Withheld::Value> values, std::span<const MonitorKeys> readers);

    struct Held {
        Digest digest;
        FieldClass field_class;
        std::vector<std::string> readers;  ///< names of monitors, in order
    };
    /// All that is held, by digest.
    [[nodiscard]] std::vector<Held> held() const;

    /// Opens one value. Fails where it is not held, or not sealed to `reader`. Fails also where what was
    /// sealed does not have the digest that it is kept under.
    [[nodiscard]] Result<Disclosure> open(const Digest& digest, const MonitorSecret& reader) const;

    /// The values of the classes that a release at `tier` shows and `reader` can open, by digest; never
    /// protected ones.
    [[nodiscard]] std::vector<Disclosure> released_at(Tier tier, const MonitorSecret& reader) const;

    /// Destroys a value for all its readers: its bytes are overwritten in the file and in its journal.
    /// Returns whether it was held. What was signed stays as it is; no proof changes.
    bool destroy(const Digest& digest);

private:
    class Database;
    std::unique_ptr<Database> database_;
};

}  // namespace truce::record
