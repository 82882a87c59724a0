// SPDX-License-Identifier: Apache-2.0
#include "geo/coordinates.h"

#include <fmt/format.h>

#include <GeographicLib/MGRS.hpp>
#include <GeographicLib/UTMUPS.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace truce {
namespace {

constexpr double metres_per_degree = earth_radius_km * 1000 * std::numbers::pi / 180;

constexpr char degree_mark = '*';  // stands for the degree sign in plain text

/// The code point at `text[at]`, moving `at` past it; nothing where the bytes are not UTF-8.
std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    const std::size_t length = lead < 0x80       ? 1
                               : lead >> 5 == 6  ? 2
                               : lead >> 4 == 14 ? 3
                               : lead >> 3 == 30 ? 4
                                                 : 0;
    if (length == 0 || at + length > text.size()) return std::nullopt;
    char32_t value = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if (byte(at + i) >> 6 != 2) return std::nullopt;
        value = value << 6 | (byte(at + i) & 0x3FU);
    }
    at += length;
    return value;
}

/// The plain character that `c` means here; 0 for one without meaning, nothing for one that does not belong.
std::optional<char> plain(char32_t c) {
    if (c >= 0x0660 && c <= 0x0669) return static_cast<char>('0' + (c - 0x0660));
    if (c >= 0x06F0 && c <= 0x06F9) return static_cast<char>('0' + (c - 0x06F0));
    if ((c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
        c == 0xFEFF || c == 0x061C) {
        return '\0';
    }
    switch (c) {
        case 0x066B:
            return '.';
        case 0x060C:
            return ',';
        case 0x061B:
            return ';';
        case 0x00B0:
        case 0x00BA:
        case 0x02DA:
            return degree_mark;
        case 0x2032:
        case 0x2018:
        case 0x2019:
        case 0x00B4:
        case 0x02B9:
        case 0x0060:
            return '\'';
        case 0x2033:
        case 0x201C:
        case 0x201D:
        case 0x02BA:
            return '"';
        case 0x2212:
        case 0x2010:
        case 0x2011:
        case 0x2013:
            return '-';
        case 0x00A0:
        case 0x2007:
        case 0x2009:
        case 0x202F:
        case '\t':
            return ' ';
        default:
            break;
    }
    if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 'A');
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c);
    if (c >= '0' && c <= '9') return static_cast<char>(c);
    if (c < 0x80 && std::string_view(" .,;/+-'\"()").find(static_cast<char>(c)) != std::string_view::npos)
        return static_cast<char>(c);
    return std::nullopt;
}

constexpr std::string_view forms =
    "want decimal degrees (36.20,37.16), degrees, minutes and seconds (36°12'0\"N 37°09'36\"E), UTM (37N "
    "333000 "
    "4007000) or MGRS (37SDA3300007000)";

tl::unexpected<Error> not_a_place(std::string_view text, std::string_view reason) {
    constexpr std::size_t most = 60;
    return failure({.message = fmt::format("place '{}{}': {}; {}", text.substr(0, most),
                                           text.size() > most ? "..." : "", reason, forms)});
}

enum class Kind { number, degrees, minutes, seconds, sign, hemisphere, letters, separator };

struct Token {
    Kind kind;
    std::string text;
};

struct Number {
    double value;
    int decimals;
    bool whole;
};

Number number_of(const Token& token) {
    Number number{};
    std::from_chars(token.text.data(), token.text.data() + token.text.size(), number.value);
    const std::size_t point = token.text.find('.');
    number.whole = point == std::string::npos;
    number.decimals = number.whole ? 0 : static_cast<int>(token.text.size() - point - 1);
    return number;
}

/// An angle with the step of its last digit, both in degrees.
struct Angle {
    double degrees = 0;
    double step = 1;
    char hemisphere = 0;
};

class PlaceText {
public:
    explicit PlaceText(std::string_view text) : text_(text) {}

    Result<WrittenPlace> read() {
        constexpr std::size_t longest = 120;
        if (text_.size() > longest) return not_a_place(text_, fmt::format("{} bytes long", text_.size()));
        for (std::size_t at = 0; at < text_.size();) {
            const std::size_t before = at;
            const auto code = next_code_point(text_, at);
            if (!code) return not_a_place("", fmt::format("byte {} is not UTF-8", before + 1));
            const auto character = plain(*code);
            if (!character) {
                return not_a_place(
                    *code < 0x20 || *code == 0x7F ? "" : text_,
                    fmt::format("U+{:04X} at byte {}", static_cast<unsigned>(*code), before + 1));
            }
            if (*character != '\0') plain_ += *character;
        }
        if (plain_.find_first_not_of(' ') == std::string::npos) return not_a_place(text_, "empty");
        if (auto grid = read_mgrs()) return *std::move(grid);
        if (auto split = tokenise(); !split) return tl::unexpected(split.error());
        if (auto utm = read_utm()) return *std::move(utm);
        return read_degrees();
    }

private:
    Result<void> tokenise() {
        const bool decimal_comma = plain_.find(';') != std::string::npos;
        for (std::size_t i = 0; i < plain_.size();) {
            const char c = plain_[i];
            const auto digit = [&](std::size_t at) {
                return at < plain_.size() && plain_[at] >= '0' && plain_[at] <= '9';
            };
            if (c == ' ' || c == '(' || c == ')') {
                ++i;
            } else if (digit(i)) {
                std::string number;
                while (digit(i)) number += plain_[i++];
                const bool point =
                    i < plain_.size() && (plain_[i] == '.' || (decimal_comma && plain_[i] == ','));
                if (point && digit(i + 1)) {
                    number += '.';
                    for (++i; digit(i); ++i) number += plain_[i];
                }
                if (number.size() > 40) return not_a_place(text_, "a number of more than 40 digits");
                tokens_.push_back({Kind::number, number});
            } else if (c >= 'A' && c <= 'Z') {
                std::string letters;
                while (i < plain_.size() && plain_[i] >= 'A' && plain_[i] <= 'Z') letters += plain_[i++];
                const bool hemisphere = letters.size() == 1 &&
                                        std::string_view("NSEW").find(letters[0]) != std::string_view::npos;
                const bool degrees = letters == "D" || letters == "DEG";
                tokens_.push_back({degrees      ? Kind::degrees
                                   : hemisphere ? Kind::hemisphere
                                                : Kind::letters,
                                   letters});
            } else if (c == '\'' && i + 1 < plain_.size() && plain_[i + 1] == '\'') {
                tokens_.push_back({Kind::seconds, "''"});
                i += 2;
            } else {
                const Kind kind = c == degree_mark       ? Kind::degrees
                                  : c == '\''            ? Kind::minutes
                                  : c == '"'             ? Kind::seconds
                                  : c == '+' || c == '-' ? Kind::sign
                                                         : Kind::separator;
                if (c == '.') return not_a_place(text_, "a point without digits on both sides");
                tokens_.push_back({kind, std::string(1, c)});
                ++i;
            }
        }
        return {};
    }

    /// The place, if the text is a grid reference: digits, a band, two letters, an even number of digits.
    std::optional<Result<WrittenPlace>> read_mgrs() const {
        std::string grid;
        for (const char c : plain_) {
            if (c != ' ') grid += c;
        }
        std::size_t i = 0;
        while (i < grid.size() && i < 3 && grid[i] >= '0' && grid[i] <= '9') ++i;
        const std::size_t letters = i;
        while (i < grid.size() && grid[i] >= 'A' && grid[i] <= 'Z') ++i;
        const std::size_t digits = i;
        while (i < grid.size() && grid[i] >= '0' && grid[i] <= '9') ++i;
        if (i != grid.size() || digits - letters != 3) return std::nullopt;
        if ((i - digits) % 2 != 0 || i - digits > 10) {
            return not_a_place(
                text_,
                fmt::format("an MGRS reference with {} digits after its letters; want 0, 2, 4, 6, 8 or 10",
                            i - digits));
        }
        try {
            int zone = 0;
            bool north = false;
            double x = 0;
            double y = 0;
            int precision = 0;
            GeographicLib::MGRS::Reverse(grid, zone, north, x, y, precision, true);
            const double side = std::pow(10.0, 5 - precision);
            return on_grid(zone, north, x, y, side, CoordinateForm::mgrs);
        } catch (const GeographicLib::GeographicErr& error) {
            return not_a_place(text_, fmt::format("not a place of the grid ({})", error.what()));
        }
    }

    std::optional<Result<WrittenPlace>> read_utm() const {
        std::vector<Token> parts;
        std::ranges::copy_if(tokens_, std::back_inserter(parts),
                             [](const Token& t) { return t.kind != Kind::separator; });
        // "37N 333000E 4007000N" and "37 N 333000 m E ..." say the same.
        if (parts.size() == 6 && parts[3].text == "E" && parts[5].text == "N") {
            parts.erase(parts.begin() + 5);
            parts.erase(parts.begin() + 3);
        }
        if (parts.size() != 4 || parts[0].kind != Kind::number || parts[1].text.size() != 1 ||
            (parts[1].kind != Kind::letters && parts[1].kind != Kind::hemisphere) ||
            parts[2].kind != Kind::number || parts[3].kind != Kind::number) {
            return std::nullopt;
        }
        const Number zone = number_of(parts[0]);
        const Number easting = number_of(parts[2]);
        const Number northing = number_of(parts[3]);
        const char letter = parts[1].text[0];
        if (!zone.whole || zone.value < 1 || zone.value > 60) {
            return not_a_place(text_, fmt::format("UTM zone {}; want 1 to 60", parts[0].text));
        }
        if (std::string_view("CDEFGHJKLMNPQRSTUVWX").find(letter) == std::string_view::npos) {
            return not_a_place(text_,
                               fmt::format("UTM zone letter {}; want N or S, or a band from C to X", letter));
        }
        constexpr double first_of_band_s = 3'544'000;
        constexpr double last_of_band_s = 4'429'000;
        const bool band_s =
            letter == 'S' && northing.value >= first_of_band_s && northing.value <= last_of_band_s;
        const bool north = letter >= 'N' && (letter != 'S' || band_s);
        const double step = std::pow(10.0, -std::min(easting.decimals, northing.decimals));
        auto place = on_grid(static_cast<int>(zone.value), north, easting.value, northing.value, step,
                             CoordinateForm::utm);
        if (!place || letter == 'N' || letter == 'S') return place;
        // Bands are 8 degrees high from C at -80; X has 12. I and O are left out.
        const auto rank = static_cast<double>(std::string_view("CDEFGHJKLMNPQRSTUVWX").find(letter));
        const double south = -80 + 8 * rank;
        const double lat = place->disc.centre.lat;
        if (lat < south - 0.1 || lat > south + (letter == 'X' ? 12 : 8) + 0.1) {
            return not_a_place(
                text_, fmt::format(
                           "band {} goes from latitude {} to {}, but the northing is that of latitude {:.2f}",
                           letter, south, south + (letter == 'X' ? 12 : 8), lat));
        }
        return place;
    }

    Result<WrittenPlace> on_grid(int zone, bool north, double x, double y, double side,
                                 CoordinateForm form) const {
        try {
            double lat = 0;
            double lon = 0;
            GeographicLib::UTMUPS::Reverse(zone, north, x, y, lat, lon);
            const Point place = normalised({lat, lon});
            if (!is_valid(place)) return not_a_place(text_, "not a place of the grid");
            return WrittenPlace{{place, Distance::metres(side * std::numbers::sqrt2 / 2)}, form};
        } catch (const GeographicLib::GeographicErr& error) {
            return not_a_place(text_, fmt::format("not a place of the grid ({})", error.what()));
        }
    }

    /// The tokens of the first and of the second angle.
    Result<std::array<std::span<const Token>, 2>> halves() const {
        const std::span<const Token> all(tokens_);
        const auto where = [&](Kind kind) {
            std::vector<std::size_t> found;
            for (std::size_t i = 0; i < all.size(); ++i) {
                if (all[i].kind == kind) found.push_back(i);
            }
            return found;
        };
        const auto separators = where(Kind::separator);
        const auto letters = where(Kind::hemisphere);
        const auto degrees = where(Kind::degrees);
        const auto numbers = where(Kind::number);
        if (separators.size() > 1) {
            return not_a_place(
                text_,
                "more than two parts; a decimal comma needs a semicolon between the numbers (36,20; 37,16)");
        }
        const auto cut = [&](std::size_t left_end, std::size_t right_begin) {
            return std::array{all.first(left_end), all.subspan(right_begin)};
        };
        const auto before_number = [&](std::size_t number) {
            return number > 0 && all[number - 1].kind == Kind::sign ? number - 1 : number;
        };
        if (separators.size() == 1) return cut(separators[0], separators[0] + 1);
        if (letters.size() == 2) {
            const std::size_t at = letters[0] == 0 ? letters[1] : letters[0] + 1;
            return cut(at, at);
        }
        if (degrees.size() == 2 && degrees[1] > 0) {
            const std::size_t at = before_number(degrees[1] - 1);
            return cut(at, at);
        }
        if (numbers.size() == 2 || numbers.size() == 4 || numbers.size() == 6) {
            const std::size_t at = before_number(numbers[numbers.size() / 2]);
            return cut(at, at);
        }
        return not_a_place(text_, fmt::format("{} number{} and no way to tell latitude from longitude",
                                              numbers.size(), numbers.size() == 1 ? "" : "s"));
    }

    Result<Angle> angle_of(std::span<const Token> tokens) const {
        Angle angle;
        bool negative = false;
        bool has_sign = false;
        int part = 0;  // 0 degrees, 1 minutes, 2 seconds
        bool last_whole = true;
        constexpr std::array<double, 3> units{1, 60, 3600};
        constexpr std::array marks{Kind::degrees, Kind::minutes, Kind::seconds};
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const Token& token = tokens[i];
            if (token.kind == Kind::hemisphere) {
                if (angle.hemisphere != 0 || (i != 0 && i + 1 != tokens.size()))
                    return not_a_place(text_, "a letter out of place");
                angle.hemisphere = token.text[0];
            } else if (token.kind == Kind::sign) {
                if (has_sign || part > 0) return not_a_place(text_, "a sign out of place");
                has_sign = true;
                negative = token.text == "-";
            } else if (token.kind == Kind::number) {
                if (part == 3)
                    return not_a_place(text_, "more than degrees, minutes and seconds in one angle");
                if (!last_whole)
                    return not_a_place(text_, "a fraction that is not in the last part of an angle");
                const auto unit = units[static_cast<std::size_t>(part)];
                const Number number = number_of(token);
                if (part > 0 && number.value >= 60)
                    return not_a_place(text_,
                                       fmt::format("{} minutes or seconds; want less than 60", token.text));
                const bool marked = i + 1 < tokens.size() && (tokens[i + 1].kind == Kind::degrees ||
                                                              tokens[i + 1].kind == Kind::minutes ||
                                                              tokens[i + 1].kind == Kind::seconds);
                if (marked && tokens[i + 1].kind != marks[static_cast<std::size_t>(part)]) {
                    return not_a_place(text_, "degrees, minutes and seconds out of order");
                }
                angle.degrees += number.value / unit;
                angle.step = std::pow(10.0, -number.decimals) / unit;
                last_whole = number.whole;
                ++part;
                if (marked) ++i;
            } else {
                return not_a_place(text_,
                                   fmt::format("'{}' out of place", token.text == "*" ? "°" : token.text));
            }
        }
        if (part == 0) return not_a_place(text_, "an angle without a number");
        if (has_sign && angle.hemisphere != 0)
            return not_a_place(text_, "both a sign and a letter; want one of them");
        if (negative || angle.hemisphere == 'S' || angle.hemisphere == 'W') angle.degrees = -angle.degrees;
        return angle;
    }

    Result<WrittenPlace> read_degrees() const {
        const auto parts = halves();
        if (!parts) return tl::unexpected(parts.error());
        auto first = angle_of((*parts)[0]);
        if (!first) return tl::unexpected(first.error());
        auto second = angle_of((*parts)[1]);
        if (!second) return tl::unexpected(second.error());
        const auto along = [](const Angle& angle, std::string_view letters) {
            return angle.hemisphere != 0 && letters.find(angle.hemisphere) != std::string_view::npos;
        };
        if ((along(*first, "NS") && along(*second, "NS")) || (along(*first, "EW") && along(*second, "EW"))) {
            return not_a_place(text_, "two latitudes or two longitudes");
        }
        if (along(*first, "EW") || along(*second, "NS")) std::swap(*first, *second);
        const Point place{first->degrees, second->degrees};
        if (std::abs(place.lat) > 90) {
            return not_a_place(text_,
                               fmt::format("latitude {}; want -90 to 90 (latitude comes first)", place.lat));
        }
        if (std::abs(place.lon) > 180)
            return not_a_place(text_, fmt::format("longitude {}; want -180 to 180", place.lon));
        const double half_height = first->step / 2 * metres_per_degree;
        const double half_width =
            second->step / 2 * metres_per_degree * std::cos(place.lat * std::numbers::pi / 180);
        const bool marked = std::ranges::count(tokens_, Kind::number, &Token::kind) > 2;
        return WrittenPlace{
            {place, Distance::metres(std::hypot(half_height, half_width))},
            marked ? CoordinateForm::degrees_minutes_seconds : CoordinateForm::decimal_degrees};
    }

    std::string_view text_;
    std::string plain_;
    std::vector<Token> tokens_;
};

}  // namespace

Result<WrittenPlace> parse_written_place(std::string_view text) {
    return PlaceText(text).read();
}

Result<Point> parse_place(std::string_view text) {
    const auto place = parse_written_place(text);
    if (!place) return tl::unexpected(place.error());
    return place->disc.centre;
}

}  // namespace truce
