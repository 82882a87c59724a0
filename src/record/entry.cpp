// SPDX-License-Identifier: Apache-2.0
#include "record/entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/canonical_json.h"
#include "base/text.h"
#include "record/merkle.h"

namespace truce::record {
namespace {

using Json = nlohmann::json;

// The words for each enumerator, in its order.
constexpr std::array<std::string_view, 4> words(Scope /*of*/) {
    return {"logged", "duplicate", "out_of_scope", "info_only"};
}
constexpr std::array<std::string_view, 6> words(InquiryStage /*of*/) {
    return {"queried", "deescalating", "under_verification", "access_denied", "submitted", "closed"};
}
constexpr std::array<std::string_view, 5> words(Position /*of*/) {
    return {"admits", "denies", "justifies", "promises", "no_comment"};
}
constexpr std::array<std::string_view, 6> words(Step /*of*/) {
    return {"deescalation_call", "remedied", "referred", "escalated", "closed", "reopened"};
}
constexpr std::array<std::string_view, 3> words(Tier /*of*/) {
    return {"parties", "mission", "public"};
}
constexpr std::array<std::string_view, 4> words(Restriction /*of*/) {
    return {"denied", "delayed", "conditional", "jammed"};
}
constexpr std::array<std::string_view, 7> words(Custody /*of*/) {
    return {"collected", "accessed", "copied", "derived", "transferred", "redacted", "destroyed"};
}
constexpr std::array<std::string_view, 3> words(KeyChange /*of*/) {
    return {"enrolled", "rotated", "revoked"};
}

template <class T>
concept Worded = requires(T value) {
    words(value);
};

std::optional<Sha256> hash_of_hex(std::string_view text) {
    Sha256 hash;
    if (text.size() != 2 * hash.bytes.size()) return std::nullopt;
    const auto digit = [](char c) -> int {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        return -1;
    };
    for (std::size_t i = 0; i < hash.bytes.size(); ++i) {
        const int high = digit(text[2 * i]);
        const int low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        hash.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return hash;
}

/// An instant in its one spelling, `2016-05-04T00:01:00Z`.
std::optional<sys_seconds> instant_of(std::string_view text) {
    const auto local = parse_local_time(text);
    if (!local || local->utc_offset_minutes != 0) return std::nullopt;
    const auto instant = Zone::utc().instant(*local);
    if (!instant || utc_text(*instant) != text) return std::nullopt;
    return *instant;
}

bool is_digest(std::string_view text) {
    constexpr std::size_t length = 43;
    const auto in_alphabet = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    };
    // 43 characters hold 258 bits; the last two of the last one are spare and must be 0.
    constexpr std::string_view last = "AEIMQUYcgkosw048";
    return text.size() == length && std::ranges::all_of(text, in_alphabet) &&
           last.find(text.back()) != std::string_view::npos;
}

/// A value of a JSON tree, looked at as CanonicalTokens::Value looks at its own, so that one reader serves both.
class TreeValue {
public:
    explicit TreeValue(const Json& json) : json_(&json) {}
    [[nodiscard]] bool is_object() const { return json_->is_object(); }
    [[nodiscard]] bool is_true() const { return *json_ == Json(true); }
    [[nodiscard]] std::optional<std::string_view> text(std::string& /*room*/) const {
        if (!json_->is_string()) return std::nullopt;
        return json_->get_ref<const std::string&>();
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const {
        if (!json_->is_number_integer() || json_->get<std::int64_t>() < 0) return std::nullopt;
        return json_->get<std::uint64_t>();
    }
    [[nodiscard]] std::optional<TreeValue> find(std::string_view name) const {
        const auto found = json_->find(name);
        return found == json_->end() ? std::nullopt : std::optional(TreeValue(*found));
    }
    [[nodiscard]] std::size_t member_count() const { return json_->size(); }
    template <class Use>
    bool each_member(Use use) const {
        if (!json_->is_object()) return false;
        for (const auto& [name, value] : json_->items()) use(std::string_view(name), TreeValue(value));
        return true;
    }
    template <class Use>
    bool each_element(Use use) const {
        if (!json_->is_array()) return false;
        for (const Json& element : *json_) use(TreeValue(element));
        return true;
    }
    [[nodiscard]] std::string dump() const { return json_->dump(-1, ' ', false, Json::error_handler_t::replace); }

private:
    const Json* json_;
};

std::string described(const TreeValue& value) {
    return value.dump();
}
/// What tokens say wrongly is read again as a tree, for its words.
std::string described(const CanonicalTokens::Value& /*value*/) {
    return {};
}

/// Reads the members of a body. The first thing that is wrong is kept; everything after it is passed over.
template <class Value>
class MemberReader {
public:
    static constexpr bool reading = true;

    explicit MemberReader(Value members) : members_(members) {}

    template <class T>
    void required(std::string_view name, T& into) {
        const auto value = find(name);
        if (!value) {
            complain(fmt::format("'{}' is missing", name));
            return;
        }
        take(name, *value, into);
    }
    /// A member that is left out where it has nothing to say; there is one way to say nothing.
    template <class T>
    void optional(std::string_view name, T& into) {
        const auto value = find(name);
        if (value) take(name, *value, into);
    }
    [[nodiscard]] std::optional<std::string> complaint() {
        if (found_ == members_.member_count()) return complaint_;
        members_.each_member([&](std::string_view name, const Value& /*value*/) {
            if (std::ranges::find(asked_, name) == asked_.end()) {
                complain(fmt::format("'{}' is no member of this kind{}", shown(name), did_you_mean(name, asked_)));
            }
        });
        return complaint_;
    }

private:
    std::optional<Value> find(std::string_view name) {
        asked_.push_back(name);
        const auto value = members_.find(name);
        if (value) ++found_;
        return value;
    }
    void complain(std::string what) {
        if (!complaint_) complaint_ = std::move(what);
    }
    void expect(std::string_view name, std::string_view wanted, const Value& found) {
        complain(fmt::format("'{}' is {}; want {}", name, shown(described(found)), wanted));
    }

    void take(std::string_view name, const Value& value, std::string& into) {
        const auto text = value.text(room_);
        if (!text || text->empty())
            expect(name, "a text that is not empty", value);
        else
            into = *text;
    }
    void take(std::string_view name, const Value& value, bool& into) {
        // `false` is said by leaving the member out.
        if (!value.is_true())
            expect(name, "true, or no such member", value);
        else
            into = true;
    }
    /// A value that a text names, by `named`; `wanted` says which there are.
    template <class T, class Named>
    void take_named(std::string_view name, const Value& value, T& into, Named named, std::string_view wanted) {
        const auto text = value.text(room_);
        const std::optional<T> read = text ? named(*text) : std::nullopt;
        if (!read)
            expect(name, wanted, value);
        else
            into = *read;
    }
    void take(std::string_view name, const Value& value, Sha256& into) {
        take_named(name, value, into, hash_of_hex, "64 hexadecimal digits in lower case");
    }
    void take(std::string_view name, const Value& value, sys_seconds& into) {
        take_named(name, value, into, instant_of, "an instant like 2016-05-04T00:01:00Z");
    }
    template <class T>
    void take(std::string_view name, const Value& value, std::optional<T>& into) {
        T read{};
        take(name, value, read);
        if (!complaint_) into = std::move(read);
    }
    template <class T>
    void take(std::string_view name, const Value& value, std::vector<T>& into) {
        value.each_element([&](const Value& element) {
            T read{};
            take(name, element, read);
            into.push_back(std::move(read));
        });
        if (into.empty()) {
            expect(name, "a list that is not empty", value);
            return;
        }
        if (!complaint_ &&
            !(std::ranges::is_sorted(into) && std::ranges::adjacent_find(into) == into.end())) {
            complain(fmt::format("'{}' must be in order, no element twice", name));
        }
    }
    void take(std::string_view name, const Value& value, std::vector<std::pair<std::string, std::string>>& into) {
        if (!value.is_object() || value.member_count() == 0) {
            expect(name, "an object of texts", value);
            return;
        }
        into.reserve(value.member_count());
        value.each_member([&](std::string_view column, const Value& cell) {
            const auto text = cell.text(room_);
            if (!text)
                expect(fmt::format("{}.{}", name, shown(column)), "a text", cell);
            else
                into.emplace_back(column, *text);
        });
    }
    void take(std::string_view name, const Value& value, std::vector<std::pair<std::string, std::uint64_t>>& into) {
        if (!value.is_object() || value.member_count() == 0) {
            expect(name, "an object of sizes", value);
            return;
        }
        value.each_member([&](std::string_view origin, const Value& number) {
            const auto size = number.size();
            if (!size)
                expect(fmt::format("{}.{}", name, shown(origin)), "a size", number);
            else
                into.emplace_back(origin, *size);
        });
    }
    template <Worded T>
    void take(std::string_view name, const Value& value, T& into) {
        static constexpr auto known = words(T{});
        const auto named = [](std::string_view text) -> std::optional<T> {
            const auto found = std::ranges::find(known, text);
            return found == known.end() ? std::nullopt : std::optional(static_cast<T>(found - known.begin()));
        };
        take_named(name, value, into, named, fmt::format("one of {}", fmt::join(known, ", ")));
    }
    void take(std::string_view name, const Value& value, Occurrence& into) {
        take_named(name, value, into, occurrence_named, "confirmed, not_confirmed, unverifiable or false");
    }
    void take(std::string_view name, const Value& value, BreachOpinion& into) {
        take_named(name, value, into, breach_opinion_named, "violation, not_violation or undetermined");
    }
    void take(std::string_view name, const Value& value, AttributionLevel& into) {
        take_named(name, value, into, attribution_level_named, "unattributed, party, unit or individual");
    }
    void take(std::string_view name, const Value& value, StandardOfProof& into) {
        take_named(
            name, value, into, standard_of_proof_named,
            "reasonable_suspicion, reasonable_grounds, balance_of_probabilities, clear_and_convincing or "
            "beyond_reasonable_doubt");
    }
    void take(std::string_view name, const Value& value, Grade& into) {
        take_named(name, value, into, parse_grade, "a grade from A1 to F6");
    }

    Value members_;
    std::size_t found_ = 0;
    std::vector<std::string_view> asked_;
    std::optional<std::string> complaint_;
    std::string room_;
};

/// Writes the members of a body.
class MemberWriter {
public:
    static constexpr bool reading = false;

    template <class T>
    void required(std::string_view name, const T& value) {
        out_[std::string(name)] = json_of(value);
    }
    template <class T>
    void optional(std::string_view name, const T& value) {
        if (value != T{}) required(name, value);
    }
    template <class T>
    void optional(std::string_view name, const std::optional<T>& value) {
        if (value) required(name, *value);
    }
    [[nodiscard]] Json take() { return std::move(out_); }

private:
    static Json json_of(const std::string& value) { return value; }
    static Json json_of(bool value) { return value; }
    static Json json_of(const Sha256& value) { return value.hex(); }
    static Json json_of(sys_seconds value) { return utc_text(value); }
    static Json json_of(Occurrence value) { return name_of(value); }
    static Json json_of(BreachOpinion value) { return name_of(value); }
    static Json json_of(AttributionLevel value) { return name_of(value); }
    static Json json_of(StandardOfProof value) { return name_of(value); }
    static Json json_of(Grade value) { return text_of(value); }
    template <Worded T>
    static Json json_of(T value) {
        return words(T{})[static_cast<std::size_t>(value)];
    }
    template <class T>
    static Json json_of(const std::vector<T>& values) {
        Json list = Json::array();
        for (const T& value : values) list.push_back(json_of(value));
        return list;
    }
    template <class T>
    static Json json_of(const std::vector<std::pair<std::string, T>>& members) {
        Json object = Json::object();
        for (const auto& [name, value] : members) object[name] = value;
        return object;
    }

    Json out_ = Json::object();
};

// Each kind, its name and its members, said once for reading and for writing.
constexpr std::string_view name_of_kind(const AgreementAdopted* /*of*/) {
    return "agreement.adopted";
}
template <class V, class B>
void members(V& v, B& b, const AgreementAdopted* /*of*/) {
    v.required("agreement", b.agreement);
    v.required("text", b.text);
    v.optional("amends", b.amends);
}
constexpr std::string_view name_of_kind(const AccountReceived* /*of*/) {
    return "account.received";
}
template <class V, class B>
void members(V& v, B& b, const AccountReceived* /*of*/) {
    v.required("source", b.source);
    v.required("row", b.row);
    v.optional("raw", b.raw);
    v.optional("_sd", b.hidden);
}
constexpr std::string_view name_of_kind(const AccountScoped* /*of*/) {
    return "account.scoped";
}
template <class V, class B>
void members(V& v, B& b, const AccountScoped* /*of*/) {
    v.required("account", b.account);
    v.required("scope", b.scope);
    v.optional("duplicate_of", b.duplicate_of);
    v.optional("reason", b.reason);
}
constexpr std::string_view name_of_kind(const LinkProposed* /*of*/) {
    return "link.proposed";
}
template <class V, class B>
void members(V& v, B& b, const LinkProposed* /*of*/) {
    v.required("accounts", b.accounts);
    v.optional("grounds", b.grounds);
}
constexpr std::string_view name_of_kind(const LinkUndone* /*of*/) {
    return "link.undone";
}
template <class V, class B>
void members(V& v, B& b, const LinkUndone* /*of*/) {
    v.required("link", b.link);
    v.optional("grounds", b.grounds);
}
constexpr std::string_view name_of_kind(const OpinionGiven* /*of*/) {
    return "opinion.given";
}
template <class V, class B>
void members(V& v, B& b, const OpinionGiven* /*of*/) {
    v.required("account", b.account);
    v.optional("occurrence", b.opinion.occurrence);
    v.optional("breach", b.opinion.breach);
    v.optional("agreement", b.opinion.agreement);
    v.optional("duty", b.opinion.duty);
    v.optional("reason", b.opinion.reason);
    v.optional("attribution", b.opinion.attribution);
    v.optional("authors", b.opinion.authors);
    v.optional("grounds", b.opinion.grounds);
    v.optional("grade", b.opinion.grade);
    v.optional("standard", b.opinion.standard);
}
constexpr std::string_view name_of_kind(const InquiryOpened* /*of*/) {
    return "inquiry.opened";
}
template <class V, class B>
void members(V& v, B& b, const InquiryOpened* /*of*/) {
    v.required("account", b.account);
    v.required("to", b.to);
    v.required("question", b.question);
    v.optional("agreement", b.agreement);
    v.optional("clock", b.clock);
    v.optional("due", b.due);
}
constexpr std::string_view name_of_kind(const InquiryMoved* /*of*/) {
    return "inquiry.moved";
}
template <class V, class B>
void members(V& v, B& b, const InquiryMoved* /*of*/) {
    v.required("inquiry", b.inquiry);
    v.required("stage", b.stage);
    v.optional("text", b.text);
}
constexpr std::string_view name_of_kind(const ReplyReceived* /*of*/) {
    return "reply.received";
}
template <class V, class B>
void members(V& v, B& b, const ReplyReceived* /*of*/) {
    v.required("inquiry", b.inquiry);
    v.required("party", b.party);
    v.required("position", b.position);
    v.optional("text", b.text);
}
constexpr std::string_view name_of_kind(const StepTaken* /*of*/) {
    return "step.taken";
}
template <class V, class B>
void members(V& v, B& b, const StepTaken* /*of*/) {
    v.required("account", b.account);
    v.required("step", b.step);
    v.optional("ladder", b.ladder);
    v.optional("by", b.by);
    v.optional("text", b.text);
}
constexpr std::string_view name_of_kind(const UnitNamed* /*of*/) {
    return "unit.named";
}
template <class V, class B>
void members(V& v, B& b, const UnitNamed* /*of*/) {
    v.required("unit", b.unit);
    v.required("name", b.name);
    v.required("party", b.party);
    v.optional("under", b.under);
    v.optional("area", b.area);
}
constexpr std::string_view name_of_kind(const NoticeIssued* /*of*/) {
    return "notice.issued";
}
template <class V, class B>
void members(V& v, B& b, const NoticeIssued* /*of*/) {
    v.required("from", b.from);
    v.required("to", b.to);
    v.required("text", b.text);
    v.required("level", b.level);
    v.optional("agreement", b.agreement);
    v.optional("written", b.written);
    v.optional("due", b.due);
}
constexpr std::string_view name_of_kind(const NoticeRelayed* /*of*/) {
    return "notice.relayed";
}
template <class V, class B>
void members(V& v, B& b, const NoticeRelayed* /*of*/) {
    v.required("notice", b.notice);
    v.required("from", b.from);
    v.required("to", b.to);
    v.optional("at", b.at);
    v.optional("channel", b.channel);
}
constexpr std::string_view name_of_kind(const NoticeAcknowledged* /*of*/) {
    return "notice.acknowledged";
}
template <class V, class B>
void members(V& v, B& b, const NoticeAcknowledged* /*of*/) {
    v.required("notice", b.notice);
    v.required("unit", b.unit);
    v.optional("at", b.at);
    v.optional("channel", b.channel);
}
constexpr std::string_view name_of_kind(const ReleaseMade* /*of*/) {
    return "release.made";
}
template <class V, class B>
void members(V& v, B& b, const ReleaseMade* /*of*/) {
    v.required("tier", b.tier);
    v.required("what", b.what);
    v.required("sha256", b.sha256);
    v.optional("from", b.from);
}
constexpr std::string_view name_of_kind(const MovementRestricted* /*of*/) {
    return "movement.restricted";
}
template <class V, class B>
void members(V& v, B& b, const MovementRestricted* /*of*/) {
    v.required("restriction", b.kind);
    v.required("place", b.place);
    v.optional("by", b.by);
    v.optional("from", b.from);
    v.optional("until", b.until);
    v.optional("text", b.text);
}
constexpr std::string_view name_of_kind(const EvidenceHandled* /*of*/) {
    return "evidence.handled";
}
template <class V, class B>
void members(V& v, B& b, const EvidenceHandled* /*of*/) {
    v.required("sha256", b.sha256);
    v.required("step", b.step);
    v.required("by", b.by);
    v.optional("parent", b.parent);
    v.optional("to", b.to);
    v.optional("why", b.why);
}
constexpr std::string_view name_of_kind(const ValueDestroyed* /*of*/) {
    return "value.destroyed";
}
template <class V, class B>
void members(V& v, B& b, const ValueDestroyed* /*of*/) {
    v.required("digest", b.digest);
    v.optional("why", b.why);
}
constexpr std::string_view name_of_kind(const KeyChanged* /*of*/) {
    return "key.changed";
}
template <class V, class B>
void members(V& v, B& b, const KeyChanged* /*of*/) {
    v.required("change", b.change);
    v.required("key", b.key);
    v.optional("replaces", b.replaces);
    v.optional("why", b.why);
}
constexpr std::string_view name_of_kind(const FeedForked* /*of*/) {
    return "feed.forked";
}
template <class V, class B>
void members(V& v, B& b, const FeedForked* /*of*/) {
    v.required("origin", b.origin);
    v.required("proof", b.proof);
}

/// What the members of a kind must fulfil together; nothing where they do.
template <class B>
std::optional<std::string> at_odds(const B& /*body*/) {
    return std::nullopt;
}
std::optional<std::string> at_odds(const AccountReceived& body) {
    if (body.raw && !body.hidden.empty())
        return "'raw' must not stand beside '_sd': what is hidden could be guessed from it";
    if (!std::ranges::all_of(body.hidden, is_digest))
        return "'_sd' must hold digests: SHA-256 in base64url, 43 characters";
    return std::nullopt;
}
std::optional<std::string> at_odds(const AccountScoped& body) {
    if ((body.scope == Scope::duplicate) != body.duplicate_of.has_value())
        return "'duplicate_of' goes with scope 'duplicate', and with no other";
    return std::nullopt;
}
std::optional<std::string> at_odds(const LinkProposed& body) {
    if (body.accounts.size() < 2) return "a link needs two accounts or more";
    return std::nullopt;
}
std::optional<std::string> at_odds(const OpinionGiven& body) {
    const Opinion& opinion = body.opinion;
    if (!opinion.occurrence && !opinion.breach && !opinion.attribution) {
        return "an opinion answers at least one of 'occurrence', 'breach' and 'attribution'";
    }
    if (opinion.authors.empty() !=
        (!opinion.attribution || *opinion.attribution == AttributionLevel::unattributed)) {
        return "'authors' go with an attribution to someone, and with no other";
    }
    return std::nullopt;
}
std::optional<std::string> at_odds(const ValueDestroyed& body) {
    if (!is_digest(body.digest)) return "'digest' must be a SHA-256 in base64url, 43 characters";
    return std::nullopt;
}
std::optional<std::string> at_odds(const MovementRestricted& body) {
    if (body.from && body.until && *body.until < *body.from) return "'until' lies before 'from'";
    return std::nullopt;
}
std::optional<std::string> at_odds(const KeyChanged& body) {
    if ((body.change == KeyChange::rotated) == body.replaces.empty())
        return "'replaces' goes with change 'rotated', and with no other";
    return std::nullopt;
}

template <class B, class Value>
Result<Body> read_body(const Value& value) {
    B body;
    MemberReader<Value> reader(value);
    members(reader, body, static_cast<const B*>(nullptr));
    if (auto complaint = reader.complaint()) return failure({.message = std::move(*complaint)});
    if (auto complaint = at_odds(body)) return failure({.message = std::move(*complaint)});
    return Body(std::move(body));
}

/// Calls `found` for the kind of that name, with a null pointer to it; answers whether there is one.
template <std::size_t i = 0, class Found>
bool with_kind(std::string_view kind, Found found) {
    using B = std::variant_alternative_t<i, Body>;
    if constexpr (std::is_same_v<B, UnknownKind>) {
        return false;
    } else {
        if (kind == name_of_kind(static_cast<const B*>(nullptr))) {
            found(static_cast<const B*>(nullptr));
            return true;
        }
        return with_kind<i + 1>(kind, found);
    }
}

template <class Value>
Result<Body> body_of(std::string_view kind, const Value& members) {
    if (!members.is_object())
        return failure({.message = fmt::format("the body of '{}' must be an object", shown(kind))});
    std::optional<Result<Body>> body;
    const bool known = with_kind(kind, [&]<class B>(const B* /*of*/) { body = read_body<B>(members); });
    if (!known) return failure({.message = fmt::format("there is no kind of entry '{}'", shown(kind))});
    if (!*body) return failure({.message = fmt::format("{}: {}", kind, body->error().message)});
    return std::move(*body);
}

/// An entry from its JSON, its id aside.
template <class Value>
Result<Entry> entry_of(const Value& json) {
    if (!json.is_object()) return failure({.message = "an entry must be a JSON object"});
    constexpr std::array<std::string_view, 8> known{"body", "by",   "claimed", "feed",
                                                    "kind", "seen", "seq",     "v"};
    std::optional<std::string> unknown;
    json.each_member([&](std::string_view name, const Value& /*value*/) {
        if (!unknown && std::ranges::find(known, name) == known.end()) unknown = name;
    });
    if (unknown) return failure({.message = fmt::format("'{}' is no member of an entry", shown(*unknown))});

    Entry entry;
    std::string room;
    const auto text = [&](std::string_view name) -> std::optional<std::string_view> {
        const auto found = json.find(name);
        return found ? found->text(room) : std::nullopt;
    };
    const auto size = [&](std::string_view name) -> std::optional<std::uint64_t> {
        const auto found = json.find(name);
        return found ? found->size() : std::nullopt;
    };
    if (size("v") != 1) return failure({.message = "'v' must be 1, the version of this format"});
    if (const auto feed = text("feed"); feed && !feed->empty())
        entry.feed = *feed;
    else
        return failure({.message = "'feed' must be the origin of the feed"});
    if (const auto by = text("by"))
        entry.by = *by;
    else
        return failure({.message = "'by' must be a text: who wrote the entry"});
    const auto claimed = text("claimed");
    const auto instant = claimed ? instant_of(*claimed) : std::nullopt;
    const auto kind_text = text("kind");
    if (!kind_text || kind_text->empty()) return failure({.message = "'kind' must be the kind of the entry"});
    const std::string kind(*kind_text);
    if (!instant) return failure({.message = "'claimed' must be an instant like 2016-05-04T00:01:00Z"});
    entry.claimed = *instant;
    const auto seq = size("seq");
    if (!seq) return failure({.message = "'seq' must be the entry's place in its feed"});
    entry.seq = *seq;
    if (const auto seen = json.find("seen")) {
        bool each_is_size = true;
        seen->each_member([&](std::string_view origin, const Value& value) {
            const auto held = value.size();
            each_is_size = each_is_size && held && *held > 0;
            entry.seen.emplace_back(origin, held.value_or(0));
        });
        if (entry.seen.empty() || !each_is_size) {
            return failure(
                {.message = "'seen' must hold sizes of other feeds by their origins, each greater than 0"});
        }
    }
    const auto members = json.find("body");
    if (!members || !members->is_object()) return failure({.message = "'body' must be an object"});

    if (!with_kind(kind, [](const auto* /*of*/) {})) {
        entry.body = UnknownKind{.kind = kind};
        return entry;
    }
    auto body = body_of(kind, *members);
    if (!body) return tl::unexpected<Error>(body.error());
    entry.body = std::move(*body);
    return entry;
}

}  // namespace

std::string kind_of(const Body& body) {
    return std::visit(
        []<class B>(const B& b) -> std::string {
            if constexpr (std::is_same_v<B, UnknownKind>)
                return b.kind;
            else
                return std::string(name_of_kind(&b));
        },
        body);
}

std::vector<EntryId> references_of(const Body& body) {
    struct {
        std::vector<EntryId> operator()(const AgreementAdopted& b) const { return listed(b.amends); }
        std::vector<EntryId> operator()(const AccountScoped& b) const {
            auto ids = listed(b.duplicate_of);
            ids.insert(ids.begin(), b.account);
            return ids;
        }
        std::vector<EntryId> operator()(const LinkProposed& b) const { return b.accounts; }
        std::vector<EntryId> operator()(const LinkUndone& b) const { return {b.link}; }
        std::vector<EntryId> operator()(const OpinionGiven& b) const { return {b.account}; }
        std::vector<EntryId> operator()(const InquiryOpened& b) const { return {b.account}; }
        std::vector<EntryId> operator()(const InquiryMoved& b) const { return {b.inquiry}; }
        std::vector<EntryId> operator()(const ReplyReceived& b) const { return {b.inquiry}; }
        std::vector<EntryId> operator()(const StepTaken& b) const { return {b.account}; }
        std::vector<EntryId> operator()(const NoticeRelayed& b) const { return {b.notice}; }
        std::vector<EntryId> operator()(const NoticeAcknowledged& b) const { return {b.notice}; }
        std::vector<EntryId> operator()(const AccountReceived&) const { return {}; }
        std::vector<EntryId> operator()(const UnitNamed&) const { return {}; }
        std::vector<EntryId> operator()(const NoticeIssued&) const { return {}; }
        std::vector<EntryId> operator()(const ReleaseMade&) const { return {}; }
        std::vector<EntryId> operator()(const MovementRestricted&) const { return {}; }
        std::vector<EntryId> operator()(const EvidenceHandled&) const { return {}; }
        std::vector<EntryId> operator()(const ValueDestroyed&) const { return {}; }
        std::vector<EntryId> operator()(const KeyChanged&) const { return {}; }
        std::vector<EntryId> operator()(const FeedForked&) const { return {}; }
        std::vector<EntryId> operator()(const UnknownKind&) const { return {}; }

        static std::vector<EntryId> listed(const std::optional<EntryId>& id) {
            return id ? std::vector{*id} : std::vector<EntryId>{};
        }
    } references;
    return std::visit(references, body);
}

Result<Body> body_from(std::string_view kind, const nlohmann::json& members) {
    return body_of(kind, TreeValue(members));
}

nlohmann::json members_of(const Body& body) {
    MemberWriter writer;
    std::visit(
        [&]<class B>(const B& b) {
            if constexpr (!std::is_same_v<B, UnknownKind>) members(writer, b, &b);
        },
        body);
    return writer.take();
}

Result<Entry> parse_entry(std::string_view bytes) {
    if (bytes.size() > longest_entry) {
        return failure(
            {.message = fmt::format("an entry has {} bytes; at most {} fit", bytes.size(), longest_entry)});
    }
    constexpr JsonLimits limits{.bytes = longest_entry, .depth = 8};
    Result<Entry> entry = failure({});
    thread_local CanonicalTokens tokens;
    if (tokens.read(bytes, limits)) entry = entry_of(tokens.root());
    if (!entry) {
        const auto json = parse_canonical_json(bytes, limits);
        if (!json) return tl::unexpected<Error>(json.error());
        entry = entry_of(TreeValue(*json));
    }
    if (entry) entry->id = leaf_hash(bytes);
    return entry;
}

Result<std::string> entry_bytes(const Entry& entry) {
    Json json = {{"body", members_of(entry.body)},
                 {"by", entry.by},
                 {"claimed", utc_text(entry.claimed)},
                 {"feed", entry.feed},
                 {"kind", kind_of(entry.body)},
                 {"seq", entry.seq},
                 {"v", 1}};
    for (const auto& [origin, size] : entry.seen) json["seen"][origin] = size;
    auto bytes = canonical_json(json);
    if (bytes && bytes->size() > longest_entry) {
        return failure(
            {.message = fmt::format(
                 "the entry has {} bytes and at most {} fit; put long texts into a file and name it "
                 "by its hash",
                 bytes->size(), longest_entry)});
    }
    return bytes;
}

}  // namespace truce::record
