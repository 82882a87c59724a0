// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "server/caller.h"
#include "server/words.h"

/// What a handler sees of HTTP: values in, values out. Sockets are in `transport.cpp` alone.
namespace truce::server {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options };
[[nodiscard]] std::string_view name_of(Method method);

/// Header fields in the order in which they came. Names compare without regard to case.
class Headers {
public:
    void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
    /// Takes the place of all fields of that name.
    void set(std::string_view name, std::string value);
    /// The first field of that name; nothing where there is none.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] std::size_t count(std::string_view name) const;
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// The query part of a target, decoded, in the order written.
class Query {
public:
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    Query() = default;
    explicit Query(Pairs pairs) : pairs_(std::move(pairs)) {}
    /// The first value of that name.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
    [[nodiscard]] const Pairs& pairs() const { return pairs_; }

private:
    Pairs pairs_;
};

/// One request, whole.
struct Request {
    Method method = Method::get;
    /// As sent, without the query; still percent-encoded.
    std::string raw_path;
    /// The parts of the path between `/`, each percent-decoded: `/api/incidents/ged%3A1` is
    /// {"api", "incidents", "ged:1"}. A path that ends in `/` has an empty last part; `/` is {""}.
    std::vector<std::string> path;
    /// As sent, after `?`; empty where there is none.
    std::string raw_query;
    Query query;
    Headers headers;
    std::string body;
    /// The peer's address without its port. For limits by address; must not be logged or stored.
    std::string peer;
    /// Whether the connection is encrypted.
    bool secure = false;
    /// Who asks, where the router's gate has found out.
    std::optional<Caller> caller;
    /// What the route's `{name}` parts matched; the router fills it in.
    std::vector<std::pair<std::string, std::string>> matched;

    /// Requires: the route has a part of that name.
    [[nodiscard]] const std::string& part(std::string_view name) const;
};

/// Where a stream of events is written to, by any thread.
class Outlet {
public:
    virtual ~Outlet() = default;
    /// Queues bytes. Returns false once the reader is gone, or was dropped since it reads too slowly: then
    /// nothing more need be sent.
    virtual bool send(std::shared_ptr<const std::string> bytes) = 0;
    virtual void close() = 0;
};

/// Makes a body piece by piece: called again and again, when the piece before is written; an empty piece is
/// the end. What it needs must be owned by it.
using Pieces = std::function<std::string()>;
/// Called once the header is on its way; from then on the outlet belongs to whoever keeps it.
using Subscribe = std::function<void(std::shared_ptr<Outlet>)>;

/// What is wrong with one field of a request.
struct FieldError {
    std::string field;
    Words message;
};
/// What a request could not be done for.
struct Problem {
    int status = 500;
    Words title;
    Words detail;
    std::vector<FieldError> errors;
};

/// One answer.
struct Response {
    int status = 200;
    Headers headers;
    std::variant<std::string, std::shared_ptr<const std::string>, Pieces, Subscribe> body;
    std::shared_ptr<const Problem> problem{};  ///< what the body says, where it is a problem; shared by copies, never changed

    /// The body where it is held whole; empty for pieces and streams.
    [[nodiscard]] std::string_view text() const;
};

[[nodiscard]] Response json_response(std::string body, int status = 200);
[[nodiscard]] Response text_response(std::string_view content_type, std::string body, int status = 200);

/// An RFC 9457 problem, its body in English until the router puts it into the reader's language (`in_words_of`). `title` says what
/// kind of thing went wrong, `detail` what was found and what to do. Its `type` names the title's message, whatever the language.
[[nodiscard]] Response problem(int status, Words title, Words detail = {}, std::vector<FieldError> errors = {});
/// Puts a problem into the language of `messages`; other answers stay as they are.
void in_words_of(Response& response, const report::Messages& messages);

using Handler = std::function<Response(const Request&)>;

/// How much of a request is taken in.
struct HeadLimits {
    std::size_t bytes = 16384;  ///< request line and fields together
    std::size_t fields = 64;
    std::size_t target_bytes = 8192;
};

/// A request's head, read; how the body is framed is not in the Request.
struct Head {
    Request request;
    std::uint64_t content_length = 0;
    bool keep_alive = true;
    bool expects_continue = false;
};
/// What a head is refused with: the status and why.
struct Refusal {
    int status = 400;
    std::string why;
    friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// Reads the head of an HTTP/1.1 (or 1.0) request: everything up to and with the empty line.
///
/// Strict where readers of HTTP have differed (RFC 9112): lines end in CRLF and hold no other CR, LF or NUL;
/// no folded fields, no space before a colon, one `Host`, one `Content-Length` of digits alone. A request
/// with `Transfer-Encoding` is refused with 411: bodies have a length here, so that there are no two ways to
/// say where one ends. A target must be a path. A path with an encoded NUL, a broken `%`, or a part `.` or
/// `..` is refused, as is one that is no UTF-8.
[[nodiscard]] tl::expected<Head, Refusal> parse_head(std::string_view bytes, const HeadLimits& limits = {});

/// `text` with `%XX` (and, in queries, `+`) decoded; nothing where a `%` is not followed by two hexadecimal
/// digits.
enum class Plus : std::uint8_t { as_it_is, is_space };
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text, Plus plus);
/// All but unreserved characters (RFC 3986) written as `%XX`.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace truce::server
