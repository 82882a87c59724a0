// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "server/http.h"

namespace truce::server {

/// Reads the members of a JSON body, all of them before it complains, so that a person sees all that is wrong at once.
///
///     auto form = Form::of(request, {"name", "password"});
///     if (!form) return form.error();
///     const auto name = form->text("name");
///     if (auto wrong = form->wrong()) return *wrong;
class Form {
public:
    /// Fails, with the answer to give, for a body that is not said to be JSON (415), is none (400), is no object, or has a member
    /// that is not among `known` (422): who sends one means something by it.
    [[nodiscard]] static tl::expected<Form, Response> of(const Request& request, std::initializer_list<std::string_view> known);
    /// A part of another form that is an object; what is wrong in it is told as `name.member`.
    [[nodiscard]] Form part(const std::string& name, std::initializer_list<std::string_view> known);

    [[nodiscard]] bool has(std::string_view name) const;
    /// A text that must be there and says something. At most `most` bytes, no control characters but line ends; blanks around it
    /// are left out.
    [[nodiscard]] std::string text(const std::string& name, std::size_t most = 400);
    /// The same, empty where it is not there.
    [[nodiscard]] std::string text_or_none(const std::string& name, std::size_t most = 400);
    /// A secret: any text, as it is. Must be there.
    [[nodiscard]] std::string secret(const std::string& name);
    /// Texts, each as `text`; at least `least`.
    [[nodiscard]] std::vector<std::string> texts(const std::string& name, std::size_t least, std::size_t most_of_them = 1000);
    [[nodiscard]] std::optional<bool> yes_or_no(const std::string& name);
    [[nodiscard]] std::optional<std::int64_t> whole(const std::string& name, std::int64_t least, std::int64_t most);
    [[nodiscard]] std::optional<double> number(const std::string& name, double least, double most);
    /// An instant: `2016-05-04T00:01:00Z`, or without an offset, by `zone`'s clocks.
    [[nodiscard]] std::optional<sys_seconds> instant(const std::string& name, const Zone& zone);
    /// One of a set of words, by `named`; nothing where it is not there.
    template <class Named>
    [[nodiscard]] auto word(const std::string& name, Named named, std::string_view want) -> decltype(named(std::string_view())) {
        const auto text = text_or_none(name);
        if (text.empty()) return std::nullopt;
        auto found = named(std::string_view(text));
        if (!found) complain(name, unknown_word(text, want));
        return found;
    }

    void complain(const std::string& name, Words message);
    /// The answer to give where something is wrong (422).
    [[nodiscard]] std::optional<Response> wrong() const;

private:
    Form(nlohmann::json members, std::string within) : members_(std::move(members)), within_(std::move(within)) {}
    void refuse_unknown(std::initializer_list<std::string_view> known);
    [[nodiscard]] const nlohmann::json* find(std::string_view name) const;
    [[nodiscard]] std::string checked_text(const std::string& name, const nlohmann::json& value, std::size_t most);
    [[nodiscard]] static Words unknown_word(std::string_view found, std::string_view want);

    nlohmann::json members_;
    std::string within_;
    std::vector<FieldError> own_errors_;
    std::vector<FieldError>* errors_ = nullptr;  // those of the form that this is a part of
};

/// The answer to something that is wrong with one field (422).
[[nodiscard]] Response wrong_field(const FieldError& error);

}  // namespace truce::server
