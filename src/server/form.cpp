// SPDX-License-Identifier: Apache-2.0
#include "server/form.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/canonical_json.h"
#include "base/text.h"

namespace truce::server {

tl::expected<Form, Response> Form::of(const Request& request, std::initializer_list<std::string_view> known) {
    const auto type = request.headers.find("Content-Type").value_or("");
    // A form of another site's page can send text/plain, but not this, without asking first.
    if (lower_ascii(trimmed(type.substr(0, type.find(';')))) != "application/json")
        return tl::unexpected(problem(415, say("title.want_json"), say("want_json")));
    auto json = parse_strict_json(request.body);
    if (!json) {
        return tl::unexpected(problem(400, say("title.no_json"),
                                       say("unreadable_json", {{"column", json.error().column}, {"why", Words(json.error().message)}})));
    }
    if (!json->is_object()) return tl::unexpected(problem(422, say("title.wrong_fields"), say("want_object")));
    Form form(*std::move(json), "");
    form.refuse_unknown(known);
    return form;
}

Form Form::part(const std::string& name, std::initializer_list<std::string_view> known) {
    const auto* value = find(name);
    if (value != nullptr && !value->is_object()) {
        complain(name, say("field.want_object"));
        value = nullptr;
    }
    Form form(value == nullptr ? nlohmann::json::object() : *value, within_ + name + ".");
    form.errors_ = errors_ == nullptr ? &own_errors_ : errors_;
    form.refuse_unknown(known);
    return form;
}

void Form::refuse_unknown(std::initializer_list<std::string_view> known) {
    for (const auto& [name, value] : members_.items()) {
        if (std::ranges::find(known, name) != known.end()) continue;
        const std::vector<std::string> names(known.begin(), known.end());
        complain(shown(name), say("field.unknown", {{"hint", hint(name, names)}}));
    }
}

const nlohmann::json* Form::find(std::string_view name) const {
    const auto found = members_.find(std::string(name));
    return found == members_.end() || found->is_null() ? nullptr : &*found;
}

bool Form::has(std::string_view name) const { return find(name) != nullptr; }

void Form::complain(const std::string& name, Words message) {
    (errors_ == nullptr ? own_errors_ : *errors_).push_back({within_ + name, std::move(message)});
}

Words Form::unknown_word(std::string_view found, std::string_view want) {
    return say("field.unknown_word", {{"found", shown(found, 40)}, {"want", Words(want)}});
}

std::string Form::checked_text(const std::string& name, const nlohmann::json& value, std::size_t most) {
    if (!value.is_string()) {
        complain(name, say("field.want_text"));
        return {};
    }
    const auto& whole = value.get_ref<const std::string&>();
    const std::string text(trimmed(whole));
    if (text.size() > most) complain(name, say("field.too_long", {{"found", text.size()}, {"most", most}}));
    const bool control = std::ranges::any_of(text, [](char c) {
        return (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7f;
    });
    if (control) complain(name, say("field.control"));
    return text;
}

std::string Form::text(const std::string& name, std::size_t most) {
    auto text = text_or_none(name, most);
    const auto* value = find(name);
    if (text.empty() && (value == nullptr || value->is_string())) complain(name, say("field.missing"));
    return text;
}

std::string Form::text_or_none(const std::string& name, std::size_t most) {
    const auto* value = find(name);
    return value == nullptr ? std::string() : checked_text(name, *value, most);
}

std::string Form::secret(const std::string& name) {
    const auto* value = find(name);
    if (value == nullptr || !value->is_string()) {
        complain(name, say("field.missing"));
        return {};
    }
    return value->get<std::string>();
}

std::vector<std::string> Form::texts(const std::string& name, std::size_t least, std::size_t most_of_them) {
    std::vector<std::string> texts;
    const auto* value = find(name);
    if (value != nullptr && !value->is_array()) {
        complain(name, say("field.want_list"));
        return texts;
    }
    if (value != nullptr && value->size() > most_of_them) {
        complain(name, say("field.too_many", {{"found", value->size()}, {"most", most_of_them}}));
        return texts;
    }
    if (value != nullptr) {
        for (const auto& one : *value) {
            auto text = checked_text(name, one, 400);
            if (text.empty() && one.is_string()) complain(name, say("field.empty_text"));
            if (std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
        }
    }
    if (texts.size() < least) complain(name, least == 1 ? say("field.missing") : say("field.want_more", {{"least", least}}));
    return texts;
}

std::optional<bool> Form::yes_or_no(const std::string& name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_boolean()) {
        complain(name, say("field.want_flag"));
        return std::nullopt;
    }
    return value->get<bool>();
}

std::optional<std::int64_t> Form::whole(const std::string& name, std::int64_t least, std::int64_t most) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    const bool fits = value->is_number_unsigned() ? value->get<std::uint64_t>() <= static_cast<std::uint64_t>(most)
                                                  : value->is_number_integer() && value->get<std::int64_t>() <= most;
    if (!fits || value->get<std::int64_t>() < least) {
        complain(name, say("field.want_whole", {{"least", least}, {"most", most}}));
        return std::nullopt;
    }
    return value->get<std::int64_t>();
}

std::optional<double> Form::number(const std::string& name, double least, double most) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number() || !(value->get<double>() >= least && value->get<double>() <= most)) {
        complain(name, say("field.want_number", {{"least", fmt::format("{}", least)}, {"most", fmt::format("{}", most)}}));
        return std::nullopt;
    }
    return value->get<double>();
}

std::optional<sys_seconds> Form::instant(const std::string& name, const Zone& zone) {
    const auto text = text_or_none(name, 40);
    if (text.empty()) return std::nullopt;
    const auto local = parse_local_time(text);
    const auto instant = local ? zone.instant(*local) : tl::unexpected(local.error());
    if (!instant) {
        complain(name, instant.error().message);
        return std::nullopt;
    }
    return *instant;
}

std::optional<Response> Form::wrong() const {
    const auto& errors = errors_ == nullptr ? own_errors_ : *errors_;
    if (errors.empty()) return std::nullopt;
    return problem(422, say("title.wrong_fields"), say("field_is", {{"field", errors.front().field}, {"message", errors.front().message}}), errors);
}

Response wrong_field(const FieldError& error) {
    return problem(422, say("title.wrong_fields"), say("field_is", {{"field", error.field}, {"message", error.message}}), {error});
}

}  // namespace truce::server
