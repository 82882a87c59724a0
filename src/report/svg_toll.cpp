// SPDX-License-Identifier: Apache-2.0
#include "report/svg_toll.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "report/html_text.h"

namespace truce::report {
namespace {

constexpr double width = 720;
constexpr double left = 52;
constexpr double right = 12;
constexpr double top = 14;
constexpr double tall = 150;
constexpr double height = top + tall + 28;

/// 1, 2 or 5 times a power of ten, so that at most some four steps reach `most`.
double step_for(double most) {
    const double rough = std::max(most / 4, 1e-9);
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= rough) return std::max(1.0, factor * power);
    }
    return std::max(1.0, 10 * power);
}

}  // namespace

std::string svg_toll(std::span<const analysis::RunningToll> course, std::string_view alt,
                     const Messages& messages) {
    if (course.empty()) return {};
    const auto high = static_cast<double>(course.back().high);
    const double step = step_for(high);
    const double most = std::max(step, std::ceil(high / step) * step);
    const auto days = static_cast<double>(course.size());
    // A day's sum holds from its end; before the first it is nothing.
    const auto x = [&](std::size_t days_passed) {
        return left + (width - left - right) * static_cast<double>(days_passed) / days;
    };
    const auto y = [&](std::uint64_t value) { return top + tall * (1 - static_cast<double>(value) / most); };
    std::string svg =
        fmt::format(R"(<svg class="figure toll" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">)",
                    width, height, escaped_message(std::string(alt)));
    const auto add = [&svg]<class... Values>(fmt::format_string<Values...> form, Values&&... values) {
        fmt::format_to(std::back_inserter(svg), form, std::forward<Values>(values)...);
    };
    for (int i = 0; i * step <= most + step / 2; ++i) {
        const auto value = static_cast<std::uint64_t>(i * step);
        add(R"(<path class="grid" d="M{:.1f} {:.1f}H{:.1f}"/><text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>)",
            left, y(value), width - right, left - 5, y(value) + 4, escaped_message(messages.number(value)));
    }
    // More points than this no screen shows; the last day is always one of them.
    constexpr std::size_t most_points = 400;
    const std::size_t every = (course.size() + most_points - 1) / most_points;
    std::vector<std::size_t> points;
    for (std::size_t d = every - 1; d < course.size(); d += every) points.push_back(d);
    if (points.empty() || points.back() + 1 != course.size()) points.push_back(course.size() - 1);

    std::string band = fmt::format("M{:.1f} {:.1f}", x(0), y(0));
    std::string line = band;
    for (const auto d : points) {
        band += fmt::format("L{:.1f} {:.1f}", x(d + 1), y(course[d].high));
        line += fmt::format("L{:.1f} {:.1f}", x(d + 1), y(course[d].best));
    }
    for (auto d = points.rbegin(); d != points.rend(); ++d) {
        band += fmt::format("L{:.1f} {:.1f}", x(*d + 1), y(course[*d].low));
    }
    add(R"(<path class="toll-band" d="{}Z"/><path class="toll-line" d="{}"/>)", band, line);
    const auto& first = course.front().day;
    const auto& last = course.back().day;
    add(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="start">{}</text>)", left, height - 8,
        escaped_message(messages.day(first)));
    add(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text></svg>)", width - right, height - 8,
        escaped_message(messages.day(last)));
    return svg;
}

}  // namespace truce::report
