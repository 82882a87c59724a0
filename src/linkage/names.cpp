// SPDX-License-Identifier: Apache-2.0
#include "linkage/names.h"

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "base/text.h"
#include "linkage/similarity.h"

namespace truce::linkage {
namespace {

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// What ICU makes of a key. Where ICU has no such rules, the key as it is.
std::string in_latin(const std::string& key) {
    // One for each thread: a transliterator keeps state while it works.
    thread_local const std::unique_ptr<icu::Transliterator> to_latin = [] {
        UErrorCode code = U_ZERO_ERROR;
        return std::unique_ptr<icu::Transliterator>(icu::Transliterator::createInstance(
            "Any-Latin; [:Lm:] Remove; Latin-ASCII; Any-Lower", UTRANS_FORWARD, code));
    }();
    if (!to_latin) return key;
    auto text = icu::UnicodeString::fromUTF8(key);
    to_latin->transliterate(text);
    std::string latin;
    text.toUTF8String(latin);
    return latin;
}

bool is_vowel(char c) {
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y' || c == 'w';
}

/// Words that come and go before a name.
bool is_article(std::string_view word) {
    static constexpr std::array<std::string_view, 9> articles{"al", "el", "ul", "l",  "ar",
                                                              "as", "an", "ad", "ash"};
    return std::ranges::find(articles, word) != articles.end();
}

bool is_son_of(std::string_view word) {
    return word == "bin" || word == "ibn" || word == "ben" || word == "bn";
}

/// One letter for those that transliterations exchange.
char class_of(char c) {
    switch (c) {
        case 'q':
        case 'g':
        case 'c':
            return 'k';
        case 'j':
            return 'z';
        case 'p':
            return 'b';
        case 'v':
            return 'f';
        default:
            return c;
    }
}

std::string word_skeleton(std::string_view word) {
    // The article, written together with the word.
    if (word.size() > 4 && (word.starts_with("al") || word.starts_with("el"))) word.remove_prefix(2);
    std::string consonants;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char c = word[i];
        if (is_vowel(c)) continue;
        // An h after these is part of one sound (sh, th, dh, kh, gh), and one at the end is silent.
        const bool after = i > 0 && (word[i - 1] == 's' || word[i - 1] == 't' || word[i - 1] == 'd' ||
                                     word[i - 1] == 'k' || word[i - 1] == 'g');
        if (c == 'h' && (after || i + 1 == word.size())) continue;
        const char one = class_of(c);
        if (consonants.empty() || consonants.back() != one) consonants += one;
    }
    return consonants;
}

std::string sorted_words(std::string_view key) {
    auto words = split(key, ' ');
    std::ranges::sort(words);
    std::string sorted;
    for (const auto word : words) {
        if (!sorted.empty()) sorted += ' ';
        sorted += word;
    }
    return sorted;
}

/// Whether a key has so few vowels that it was written in letters that leave them out.
bool lacks_vowels(std::string_view key) {
    const auto letters = std::ranges::count_if(key, [](char c) { return c >= 'a' && c <= 'z'; });
    const auto vowels = std::ranges::count_if(
        key, [](char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; });
    return letters > 0 && vowels * 4 <= letters;
}

}  // namespace

std::string latin_key(std::string_view name) {
    auto key = name_key(name);
    if (is_ascii(key)) return key;
    // Transliteration may bring in marks and apostrophes, which a second pass takes away.
    return name_key(in_latin(key));
}

std::string skeleton(std::string_view key) {
    std::string all;
    for (const auto word : split(key, ' ')) {
        if (is_article(word) || is_son_of(word)) continue;
        const auto consonants = word_skeleton(word);
        if (consonants.empty()) continue;
        if (!all.empty()) all += ' ';
        all += consonants;
    }
    return all;
}

double name_likeness(std::string_view a, std::string_view b) {
    if (a == b) return 1;
    if (lacks_vowels(a) != lacks_vowels(b)) {
        const auto x = skeleton(a);
        const auto y = skeleton(b);
        return std::max(jaro_winkler(x, y), jaro_winkler(sorted_words(x), sorted_words(y)));
    }
    const double straight = jaro_winkler(a, b);
    const bool several = a.find(' ') != a.npos || b.find(' ') != b.npos;
    return several ? std::max(straight, jaro_winkler(sorted_words(a), sorted_words(b))) : straight;
}

}  // namespace truce::linkage
