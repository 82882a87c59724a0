// SPDX-License-Identifier: Apache-2.0
#include "report/messages.h"

#include <fmt/format.h>
#include <unicode/msgfmt.h>
#include <unicode/numberformatter.h>
#include <cassert>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/html_text.h"

namespace truce::report {
namespace {

constexpr std::string_view first_strong_isolate = "\u2068";
constexpr std::string_view left_to_right_isolate = "\u2066";
constexpr std::string_view pop_isolate = "\u2069";

icu::Locale locale_of(std::string_view language) {
    return icu::Locale::createFromName((std::string(language) + "@numbers=latn").c_str());
}

std::string utf8(const icu::UnicodeString& text) {
    std::string out;
    text.toUTF8String(out);
    return out;
}

icu::Formattable formattable(const Argument& argument) {
    if (const auto* count = std::get_if<std::int64_t>(&argument.value)) return {*count};
    if (const auto* bare = std::get_if<Argument::Bare>(&argument.value)) {
        return {icu::UnicodeString::fromUTF8(bare->text)};
    }
    return {icu::UnicodeString::fromUTF8(fmt::format(
        "{}{}{}", first_strong_isolate, tamed(std::get<std::string>(argument.value)), pop_isolate))};
}

}  // namespace

struct Messages::Compiled {
    icu::MessageFormat format;
    std::string plain;      // the message itself, where it takes no argument and quotes nothing
    bool is_plain = false;  // then `plain` is the answer
};

struct Messages::Numbers {
    icu::number::LocalizedNumberFormatter any;
};

Result<Messages> Messages::parse(std::string_view language, std::string_view json) {
    const auto catalogue = nlohmann::ordered_json::parse(json, nullptr, false);
    if (!catalogue.is_object()) {
        return failure({.message = fmt::format("the message catalogue '{}' is not a JSON object", language)});
    }
    Messages messages;
    messages.language_ = language;
    const auto locale = locale_of(language);
    messages.numbers_ = std::make_shared<Numbers>(Numbers{icu::number::NumberFormatter::withLocale(locale)});
    for (const auto& [key, value] : catalogue.items()) {
        if (!value.is_string()) {
            return failure({.message = fmt::format("message '{}' of '{}' is not a text", key, language)});
        }
        const auto text = value.get<std::string>();
        UErrorCode status = U_ZERO_ERROR;
        UParseError where{};
        icu::MessageFormat format(icu::UnicodeString::fromUTF8(text), locale, where, status);
        if (U_FAILURE(status) != 0) {
            return failure(
                {.message = fmt::format("message '{}' of '{}' is no ICU message: {} at character {}", key,
                                        language, u_errorName(status), where.offset)});
        }
        const bool is_plain = text.find_first_of("{}'") == std::string::npos;
        messages.messages_.emplace(key, std::make_shared<const Compiled>(Compiled{format, text, is_plain}));
    }
    return messages;
}

std::string Messages::text(std::string_view key, std::span<const Argument> arguments) const {
    const auto found = messages_.find(key);
    if (found == messages_.end()) return fmt::format("[{}]", key);
    if (found->second->is_plain) return found->second->plain;
    std::vector<icu::UnicodeString> names;
    std::vector<icu::Formattable> values;
    for (const auto& argument : arguments) {
        names.push_back(icu::UnicodeString::fromUTF8(
            icu::StringPiece(argument.name.data(), static_cast<std::int32_t>(argument.name.size()))));
        values.push_back(formattable(argument));
    }
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeString out;
    found->second->format.format(names.data(), values.data(), static_cast<std::int32_t>(names.size()), out,
                                 status);
    assert(U_SUCCESS(status) != 0);
    return utf8(out);
}

std::vector<std::string> Messages::keys() const {
    std::vector<std::string> keys;
    for (const auto& [key, message] : messages_) keys.push_back(key);
    return keys;
}

std::string Messages::number(std::uint64_t value) const {
    UErrorCode status = U_ZERO_ERROR;
    const auto text = numbers_->any.formatInt(static_cast<std::int64_t>(value), status).toString(status);
    assert(U_SUCCESS(status) != 0);
    return utf8(text);
}

std::string Messages::decimal(double value, int digits) const {
    UErrorCode status = U_ZERO_ERROR;
    // What rounds to nothing has no sign: "-0.000" is no number.
    if (std::abs(value) <= 0.5 * std::pow(10, -digits)) value = 0;
    const auto text = numbers_->any.precision(icu::number::Precision::fixedFraction(digits))
                          .formatDouble(value, status)
                          .toString(status);
    assert(U_SUCCESS(status) != 0);
    return utf8(text);
}

std::string Messages::percent(double share) const {
    const double rounded = std::round(share * 100.0);
    if (share > 0 && rounded < 1) return range("", "<1%");
    if (share < 1 && rounded > 99) return range("", ">99%");
    return range("", fmt::format("{}%", static_cast<long long>(rounded)));
}

std::string Messages::range(std::string_view low, std::string_view high) const {
    const std::string_view dash = low.empty() || high.empty() ? "" : "–";
    return fmt::format("{}{}{}{}{}", left_to_right_isolate, low, dash, high, pop_isolate);
}

std::string Messages::day(sys_days day) const {
    const std::chrono::year_month_day date{day};
    return text(
        "date.day",
        {{"day", Argument::Bare{fmt::format("{}", static_cast<unsigned>(date.day()))}},
         {"month", Argument::Bare{text(fmt::format("month.{}", static_cast<unsigned>(date.month())))}},
         {"year", Argument::Bare{fmt::format("{}", static_cast<int>(date.year()))}}});
}

std::string Messages::days(sys_days first, sys_days last) const {
    if (first == last) return day(first);
    return text("date.days", {{"first", Argument::Bare{day(first)}}, {"last", Argument::Bare{day(last)}}});
}

std::string without_isolates(std::string text) {
    for (const std::string_view mark : {"\u2066", "\u2067", "\u2068", "\u2069"}) {
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark))
            text.erase(at, mark.size());
    }
    return text;
}

}  // namespace truce::report
