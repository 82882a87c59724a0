// SPDX-License-Identifier: Apache-2.0
#include "server/http.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/messages.h"

namespace truce::server {
namespace {

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        return lower(x) == lower(y);
    });
}

/// RFC 9110 5.6.2.
bool is_token_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_token_char); }

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<Method> method_named(std::string_view name) {
    for (const auto method : {Method::get, Method::head, Method::post, Method::put, Method::patch,
                              Method::delete_, Method::options}) {
        if (name_of(method) == name) return method;
    }
    return std::nullopt;
}

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

tl::unexpected<Refusal> refuse(int status, std::string why) {
    return tl::unexpected<Refusal>({status, std::move(why)});
}

/// Puts the target into the request; what is wrong with it otherwise.
std::optional<std::string> take_target(std::string_view target, Request& request) {
    if (target.empty() || target.front() != '/') return "the target must be a path";
    for (const char c : target) {
        if (c <= ' ' || c == 0x7f || c == '#') return "the target holds a character that must be encoded";
    }
    const auto question = target.find('?');
    request.raw_path = std::string(target.substr(0, question));
    if (question != std::string_view::npos) request.raw_query = std::string(target.substr(question + 1));
    auto rest = std::string_view(request.raw_path).substr(1);
    while (true) {
        const auto slash = rest.find('/');
        auto part = percent_decoded(rest.substr(0, slash), Plus::as_it_is);
        if (!part) return "the path has a '%' without two hexadecimal digits";
        if (part->find('\0') != std::string::npos || !is_utf8(*part)) return "the path is not UTF-8 text";
        if (*part == "." || *part == "..") return "the path has a part '.' or '..'";
        request.path.push_back(std::move(*part));
        if (slash == std::string_view::npos) break;
        rest.remove_prefix(slash + 1);
    }
    Query::Pairs pairs;
    auto query = std::string_view(request.raw_query);
    while (!query.empty()) {
        const auto amp = query.find('&');
        const auto pair = query.substr(0, amp);
        query = amp == std::string_view::npos ? std::string_view() : query.substr(amp + 1);
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        auto name = percent_decoded(pair.substr(0, equals), Plus::is_space);
        auto value = equals == std::string_view::npos ? std::optional(std::string())
                                                      : percent_decoded(pair.substr(equals + 1), Plus::is_space);
        if (!name || !value) return "the query has a '%' without two hexadecimal digits";
        if (!is_utf8(*name) || !is_utf8(*value) || value->find('\0') != std::string::npos)
            return "the query is not UTF-8 text";
        pairs.emplace_back(std::move(*name), std::move(*value));
    }
    request.query = Query(std::move(pairs));
    return std::nullopt;
}

}  // namespace

std::string_view name_of(Method method) {
    switch (method) {
        case Method::get:
            return "GET";
        case Method::head:
            return "HEAD";
        case Method::post:
            return "POST";
        case Method::put:
            return "PUT";
        case Method::patch:
            return "PATCH";
        case Method::delete_:
            return "DELETE";
        case Method::options:
            return "OPTIONS";
    }
    return "";
}

void Headers::set(std::string_view name, std::string value) {
    std::erase_if(fields_, [&](const auto& field) { return same_name(field.first, name); });
    add(std::string(name), std::move(value));
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    for (const auto& [field, value] : fields_) {
        if (same_name(field, name)) return value;
    }
    return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(fields_, [&](const auto& field) { return same_name(field.first, name); }));
}

std::optional<std::string_view> Query::find(std::string_view name) const {
    for (const auto& [key, value] : pairs_) {
        if (key == name) return value;
    }
    return std::nullopt;
}

std::vector<std::string_view> Query::all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const auto& [key, value] : pairs_) {
        if (key == name) values.push_back(value);
    }
    return values;
}

const std::string& Request::part(std::string_view name) const {
    const auto found = std::ranges::find(matched, name, &std::pair<std::string, std::string>::first);
    assert(found != matched.end());
    return found->second;
}

std::string_view Response::text() const {
    if (const auto* text = std::get_if<std::string>(&body)) return *text;
    if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&body)) return **shared;
    return {};
}

Response json_response(std::string body, int status) {
    return text_response("application/json", std::move(body), status);
}

Response text_response(std::string_view content_type, std::string body, int status) {
    Response response;
    response.status = status;
    response.headers.add("Content-Type", std::string(content_type));
    response.body = std::move(body);
    return response;
}

namespace {

std::string text_of(const Problem& problem, const report::Messages& messages) {
    const auto& key = problem.title.key();
    nlohmann::ordered_json object{{"type", key.empty() ? "about:blank" : "/api/openapi.yaml#problem." + key},
                                  {"title", problem.title.in(messages)},
                                  {"status", problem.status}};
    if (!problem.detail.empty()) object["detail"] = problem.detail.in(messages);
    if (!problem.errors.empty()) {
        auto& list = object["errors"] = nlohmann::ordered_json::array();
        for (const auto& error : problem.errors) list.push_back({{"field", error.field}, {"message", error.message.in(messages)}});
    }
    return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

Response problem(int status, Words title, Words detail, std::vector<FieldError> errors) {
    auto told = std::make_shared<const Problem>(Problem{status, std::move(title), std::move(detail), std::move(errors)});
    auto response = text_response("application/problem+json", text_of(*told, english()), status);
    response.headers.add("Content-Language", "en");
    response.problem = std::move(told);
    return response;
}

void in_words_of(Response& response, const report::Messages& messages) {
    if (!response.problem) return;
    response.body = text_of(*response.problem, messages);
    response.headers.set("Content-Language", messages.language());
    response.headers.add("Vary", "Accept-Language");
}

tl::expected<Head, Refusal> parse_head(std::string_view bytes, const HeadLimits& limits) {
    if (bytes.size() > limits.bytes) return refuse(431, "the request's head is too long");
    if (!bytes.ends_with("\r\n\r\n")) return refuse(400, "the request's head does not end in an empty line");
    bytes.remove_suffix(2);
    const auto line_of = [&bytes]() {
        const auto end = bytes.find("\r\n");
        const auto line = bytes.substr(0, end);
        bytes.remove_prefix(end + 2);
        return line;
    };
    const auto clean = [](std::string_view line) {
        return line.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
    };

    Head head;
    const auto first = line_of();
    if (!clean(first)) return refuse(400, "the request line holds a bare line end");
    const auto space = first.find(' ');
    const auto last_space = first.rfind(' ');
    if (space == std::string_view::npos || space == last_space)
        return refuse(400, "the request line must be METHOD TARGET HTTP/1.1");
    const auto method_text = first.substr(0, space);
    const auto target = first.substr(space + 1, last_space - space - 1);
    const auto version = first.substr(last_space + 1);
    if (!is_token(method_text)) return refuse(400, "the method is not a word");
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
        return version.starts_with("HTTP/") ? refuse(505, "this server speaks HTTP/1.1")
                                            : refuse(400, "the request line must end in HTTP/1.1");
    if (target.size() > limits.target_bytes) return refuse(414, "the target is too long");
    const auto method = method_named(method_text);
    if (!method) return refuse(501, "there is no such method here");
    head.request.method = *method;
    if (auto wrong = take_target(target, head.request)) return refuse(400, std::move(*wrong));
    head.keep_alive = version == "HTTP/1.1";

    while (!bytes.empty()) {
        const auto line = line_of();
        if (!clean(line)) return refuse(400, "a header field holds a bare line end or a NUL");
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return refuse(400, "a header field has no colon");
        const auto name = line.substr(0, colon);
        if (!is_token(name)) return refuse(400, "a header field's name is not a word, or the field is folded");
        if (head.request.headers.fields().size() == limits.fields)
            return refuse(431, "the request has too many header fields");
        head.request.headers.add(std::string(name), std::string(without_blanks(line.substr(colon + 1))));
    }

    const auto& headers = head.request.headers;
    if (headers.count("Host") > 1 || (version == "HTTP/1.1" && headers.count("Host") == 0))
        return refuse(400, "a request must have one Host");
    if (headers.find("Transfer-Encoding"))
        return refuse(411, "bodies must have a Content-Length; Transfer-Encoding is not taken");
    if (headers.count("Content-Length") > 1) return refuse(400, "a request has at most one Content-Length");
    if (const auto text = headers.find("Content-Length")) {
        const auto* const end = text->data() + text->size();
        const auto read = std::from_chars(text->data(), end, head.content_length);
        if (text->empty() || text->front() == '+' || read.ec != std::errc{} || read.ptr != end)
            return refuse(400, "Content-Length must be a number");
    }
    if (const auto connection = headers.find("Connection")) {
        for (const auto option : split(*connection, ',')) {
            if (same_name(option, "close")) head.keep_alive = false;
            if (same_name(option, "keep-alive")) head.keep_alive = true;
        }
    }
    if (const auto expect = headers.find("Expect")) {
        if (!same_name(*expect, "100-continue")) return refuse(417, "the only expectation met here is 100-continue");
        head.expects_continue = version == "HTTP/1.1";
    }
    return head;
}

std::optional<std::string> percent_decoded(std::string_view text, Plus plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus == Plus::is_space) {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += digits[static_cast<unsigned char>(c) >> 4U];
            out += digits[static_cast<unsigned char>(c) & 15U];
        }
    }
    return out;
}

}  // namespace truce::server
