// SPDX-License-Identifier: Apache-2.0
#include "linkage/similarity.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"

namespace truce::linkage {
namespace {

/// Characters that Winkler's raise looks at, and what each adds.
constexpr std::size_t longest_start = 4;
constexpr double raise_per_character = 0.1;

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// The characters of a text; its bytes where it is not UTF-8.
std::u32string characters(std::string_view text) {
    std::u32string all;
    all.reserve(text.size());
    if (!is_utf8(text)) {
        for (const char c : text) all += static_cast<unsigned char>(c);
        return all;
    }
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const std::size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
        char32_t c = length == 1 ? byte : byte & (0xFFU >> (length + 1));
        for (std::size_t k = 1; k < length; ++k)
            c = (c << 6U) | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
        all += c;
        i += length;
    }
    return all;
}

template <class Text>
double jaro_of(const Text& a, const Text& b) {
    if (a.empty() && b.empty()) return 1;
    if (a.empty() || b.empty()) return 0;
    const std::size_t longer = std::max(a.size(), b.size());
    const std::size_t reach = longer < 4 ? 0 : longer / 2 - 1;
    std::vector<char> taken(b.size());
    std::vector<std::size_t> partner;  // for each matched character of a, in order: its match in b
    partner.reserve(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        const std::size_t first = i > reach ? i - reach : 0;
        const std::size_t end = std::min(b.size(), i + reach + 1);
        for (std::size_t j = first; j < end; ++j) {
            if (taken[j] != 0 || a[i] != b[j]) continue;
            taken[j] = 1;
            partner.push_back(j);
            break;
        }
    }
    if (partner.empty()) return 0;
    // Matched characters in the order of b: where they differ from those in the order of a, two have changed
    // places.
    auto in_order = partner;
    std::ranges::sort(in_order);
    std::size_t displaced = 0;
    for (std::size_t k = 0; k < partner.size(); ++k) displaced += b[partner[k]] != b[in_order[k]] ? 1U : 0U;
    const auto m = static_cast<double>(partner.size());
    return (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) +
            (m - static_cast<double>(displaced) / 2) / m) /
           3;
}

template <class Text>
double jaro_winkler_of(const Text& a, const Text& b) {
    std::size_t start = 0;
    while (start < longest_start && start < a.size() && start < b.size() && a[start] == b[start]) ++start;
    const double plain = jaro_of(a, b);
    return plain + static_cast<double>(start) * raise_per_character * (1 - plain);
}

/// FNV-1a, folded and mixed: any fixed function that scatters well would do.
std::uint32_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    hash ^= hash >> 32U;
    hash *= 0xd6e8feb86659fd93U;
    return static_cast<std::uint32_t>(hash >> 32U);
}

}  // namespace

double jaro(std::string_view a, std::string_view b) {
    return is_ascii(a) && is_ascii(b) ? jaro_of(a, b) : jaro_of(characters(a), characters(b));
}

double jaro_winkler(std::string_view a, std::string_view b) {
    return is_ascii(a) && is_ascii(b) ? jaro_winkler_of(a, b) : jaro_winkler_of(characters(a), characters(b));
}

Shingles shingles_of(std::string_view text) {
    const auto key = name_key(text);
    const auto words = split(key, ' ');
    std::vector<std::uint32_t> hashes;
    if (words.size() == 1) hashes.push_back(hash_of(words.front()));
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const auto* const end = words[i + 1].data() + words[i + 1].size();
        hashes.push_back(hash_of({words[i].data(), static_cast<std::size_t>(end - words[i].data())}));
    }
    std::ranges::sort(hashes);
    hashes.erase(std::ranges::unique(hashes).begin(), hashes.end());
    Shingles shingles;
    shingles.count = static_cast<std::uint8_t>(std::min(hashes.size(), Shingles::kept));
    std::copy_n(hashes.begin(), shingles.count, shingles.hashes.begin());
    return shingles;
}

double resemblance(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
    if (a.empty() || b.empty()) return 0;
    // The smallest hashes of the union are a fair sample of it: how many of them are in both?
    std::size_t i = 0;
    std::size_t j = 0;
    std::size_t all = 0;
    std::size_t common = 0;
    while (all < Shingles::kept && (i < a.size() || j < b.size())) {
        if (j == b.size() || (i < a.size() && a[i] < b[j])) {
            ++i;
        } else if (i == a.size() || b[j] < a[i]) {
            ++j;
        } else {
            ++i;
            ++j;
            ++common;
        }
        ++all;
    }
    return static_cast<double>(common) / static_cast<double>(all);
}

}  // namespace truce::linkage
