// SPDX-License-Identifier: Apache-2.0
#include "report/svg_trend.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <vector>

#include "report/html_text.h"

namespace truce::report {
namespace {

using analysis::FittedDay;
using Part = FittedDay::Part;

constexpr double width = 720;
constexpr double left = 40;
constexpr double right = 8;
constexpr double top = 34;
constexpr double foot = 224;
constexpr double height = foot + 28;

/// 1, 2 or 5 times a power of ten, so that at most some four steps reach `most`.
double step_for(double most) {
    const double rough = most / 4;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= rough) return std::max(1.0, factor * power);
    }
    return 10 * power;
}

/// What the drawing's height must hold.
double most_of(std::span<const FittedDay> days) {
    double counted = 1;
    double drawn = 1;
    for (const auto& day : days) {
        counted = std::max(counted, day.count);
        drawn = std::max({drawn, day.fitted, day.expected_without, day.without_range.high});
    }
    return std::min(std::max(counted, drawn), 2 * counted);
}

class Drawing {
public:
    explicit Drawing(std::span<const FittedDay> days)
        : first_(days.front().day),
          span_(static_cast<double>((days.back().day - first_).count()) + 1),
          step_(step_for(most_of(days))),
          most_(std::max(step_, std::ceil(most_of(days) / step_) * step_)) {}

    [[nodiscard]] double x(sys_days day) const {
        return left + (width - left - right) * static_cast<double>((day - first_).count()) / span_;
    }
    [[nodiscard]] double middle(sys_days day) const { return (x(day) + x(day + std::chrono::days{1})) / 2; }
    [[nodiscard]] double y(double value) const {
        return foot - (foot - top) * std::min(value, most_) / most_;
    }
    [[nodiscard]] double day_width() const { return (width - left - right) / span_; }

    void axis(std::string_view title, const Messages& messages) {
        for (double value = 0; value <= most_ + step_ / 2; value += step_) {
            add(R"(<path class="grid" d="M{:.1f} {:.1f}H{:.1f}"/><text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>)",
                left, y(value), width - right, left - 5, y(value) + 4,
                escaped_message(messages.number(static_cast<std::uint64_t>(value + 0.5))));
        }
        add(R"(<text class="title" x="{:.1f}" y="{:.1f}" text-anchor="start">{}</text>)", left, top - 8,
            escaped_message(title));
    }

    /// A line through the days' middles; a day that was not watched breaks it.
    template <class Value>
    void line(std::span<const FittedDay> days, std::string_view kind, Value value) {
        if (days.empty()) return;
        std::string path;
        sys_days before{};
        for (const auto& day : days) {
            const bool goes_on = !path.empty() && day.day - before == std::chrono::days{1};
            fmt::format_to(std::back_inserter(path), "{}{:.1f} {:.1f}", goes_on ? 'L' : 'M', middle(day.day),
                           y(value(day)));
            before = day.day;
        }
        add(R"(<path class="{}" d="{}"/>)", kind, path);
    }

    void range(std::span<const FittedDay> days) {
        if (days.empty()) return;
        std::string path;
        for (const auto& day : days) {
            fmt::format_to(std::back_inserter(path), "{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L',
                           middle(day.day), y(day.without_range.high));
        }
        for (std::size_t i = days.size(); i-- > 0;)
            fmt::format_to(std::back_inserter(path), "L{:.1f} {:.1f}", middle(days[i].day),
                           y(days[i].without_range.low));
        add(R"(<path class="without-range" d="{}z"/>)", path);
    }

    template <class... Values>
    void add(fmt::format_string<Values...> form, Values&&... values) {
        fmt::format_to(std::back_inserter(svg_), form, std::forward<Values>(values)...);
    }
    [[nodiscard]] std::string finished() const { return svg_ + "</svg>"; }

private:
    sys_days first_;
    double span_;
    double step_;
    double most_;
    std::string svg_;
};

void add_ticks(Drawing& drawing, sys_days first, sys_days last) {
    const auto days = (last - first).count();
    const unsigned every = days > 1500 ? 6 : days > 500 ? 3 : 1;
    for (sys_days day = first; day <= last; day += std::chrono::days{1}) {
        const std::chrono::year_month_day date{day};
        if (static_cast<unsigned>(date.day()) != 1 || (static_cast<unsigned>(date.month()) - 1) % every != 0)
            continue;
        const double x = std::min(drawing.x(day), width - 66);
        drawing.add(
            R"(<path class="tick" d="M{0:.1f} {1:.1f}v5"/><text x="{2:.1f}" y="{3:.1f}" text-anchor="start">{4}</text>)",
            drawing.x(day), foot, x, foot + 18, day_text(day));
    }
}

}  // namespace

std::string svg_trend(const analysis::InterruptedSeries& series, const Messages& messages) {
    const std::span<const FittedDay> days(series.days);
    if (days.empty()) return {};
    const auto apart = std::ranges::find(days, Part::pre_truce, &FittedDay::part);
    const auto after = std::ranges::find(days, Part::after, &FittedDay::part);
    const auto before = days.first(static_cast<std::size_t>(std::min(apart, after) - days.begin()));
    const auto under = days.subspan(static_cast<std::size_t>(after - days.begin()));

    Drawing drawing(days);
    drawing.add(R"(<svg class="figure course" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">)",
                width, height, escaped_message(messages.text("model.figure.alt")));
    if (apart < after) {
        drawing.add(R"(<rect class="apart" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)",
                    drawing.x(apart->day), top, drawing.x(series.under_truce.first) - drawing.x(apart->day),
                    foot - top);
    }
    drawing.axis(messages.text("model.figure.title"), messages);
    const double wide = std::max(0.8, drawing.day_width() - 0.8);
    for (const auto& day : days) {
        if (day.count <= 0) continue;
        drawing.add(R"(<path class="bar" d="M{:.1f} {:.1f}h{:.1f}V{:.1f}h-{:.1f}z"/>)", drawing.x(day.day),
                    drawing.y(day.count), wide, foot, wide);
    }
    drawing.range(under);
    drawing.line(under, "without", [](const FittedDay& day) { return day.expected_without; });
    drawing.line(before, "fitted", [](const FittedDay& day) { return day.fitted; });
    drawing.line(under, "fitted", [](const FittedDay& day) { return day.fitted; });
    add_ticks(drawing, days.front().day, days.back().day);
    const double truce = drawing.x(series.under_truce.first);
    const bool room = truce < width - 150;
    drawing.add(
        R"(<path class="truce" d="M{0:.1f} {1:.1f}V{2:.1f}"/><text class="truce" x="{3:.1f}" y="{4:.1f}" text-anchor="{5}">{6}</text>)",
        truce, 4.0, foot, truce + (room ? 4 : -4), 12.0, room ? "start" : "end",
        escaped_message(messages.text("course.truce")));
    return drawing.finished();
}

}  // namespace truce::report
