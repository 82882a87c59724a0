// SPDX-License-Identifier: Apache-2.0
#include "report/svg_durability.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "report/html_text.h"

namespace truce::report {

namespace {

constexpr double left = 44;
constexpr double top = 24;
constexpr double right = 12;
constexpr double foot = 40;

/// A square of shares against something else, with its axes.
class Plot {
public:
    Plot(double wide, double tall, double most_x, std::string_view kind, std::string_view alt)
        : wide_(wide), tall_(tall), most_x_(most_x) {
        add(R"(<svg class="figure {}" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">)", kind,
            left + wide + right, top + tall + foot, alt);
    }

    [[nodiscard]] double x(double value) const {
        return left + wide_ * std::clamp(value / most_x_, 0.0, 1.0);
    }
    [[nodiscard]] double y(double share) const { return top + tall_ * (1 - std::clamp(share, 0.0, 1.0)); }

    /// Shares from 0 to 100% up the side.
    void shares(const Messages& messages, std::string_view title) {
        for (int i = 0; i <= 4; ++i) {
            const double share = i / 4.0;
            add(R"(<path class="grid" d="M{:.1f} {:.1f}H{:.1f}"/><text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>)",
                left, y(share), left + wide_, left - 5, y(share) + 4,
                escaped_message(without_isolates(messages.percent(share))));
        }
        add(R"(<text class="title" x="{:.1f}" y="{:.1f}" text-anchor="start">{}</text>)", left, top - 9,
            escaped_message(title));
    }
    void tick(double value, std::string_view text) {
        add(R"(<path class="tick" d="M{0:.1f} {1:.1f}v5"/><text x="{0:.1f}" y="{2:.1f}" text-anchor="middle">{3}</text>)",
            x(value), y(0), y(0) + 17, text);
    }
    void title_below(std::string_view text) {
        add(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)", left + wide_ / 2, y(0) + 34,
            escaped_message(text));
    }
    template <class... Values>
    void add(fmt::format_string<Values...> form, Values&&... values) {
        fmt::format_to(std::back_inserter(svg_), form, std::forward<Values>(values)...);
    }
    [[nodiscard]] std::string finished() const { return svg_ + "</svg>"; }

private:
    double wide_;
    double tall_;
    double most_x_;
    std::string svg_;
};

/// Days between ticks, so that there are four to eight.
double tick_days(double most) {
    for (const double step : {1.0, 2.0, 5.0, 7.0, 14.0, 30.0, 60.0, 90.0, 180.0}) {
        if (most / step <= 8) return step;
    }
    return 365;
}

}  // namespace

std::string svg_survival(const analysis::Durability& durability, const Messages& messages) {
    constexpr double wide = 640;
    constexpr double tall = 240;
    constexpr double longest = 365;
    if (durability.curve.size() < 2) return {};
    const double age = durability.truce ? durability.truce->age : 0;
    const double most =
        std::max({14.0, std::min(longest, durability.curve.back().days), std::ceil(age * 1.1)});
    Plot plot(wide, tall, most, "survival", escaped_message(messages.text("durability.curve")));
    plot.shares(messages, messages.text("durability.curve_share"));
    for (double day = 0; day <= most; day += tick_days(most))
        plot.tick(day, escaped_message(messages.number(static_cast<std::uint64_t>(day))));
    plot.title_below(messages.text("durability.curve_days"));

    std::string line = fmt::format("M{:.1f} {:.1f}", plot.x(0), plot.y(1));
    std::string band = line;
    std::vector<analysis::CurvePoint> shown;
    for (const analysis::CurvePoint& point : durability.curve) {
        if (point.days > most) break;
        shown.push_back(point);
        line += fmt::format("H{:.1f}V{:.1f}", plot.x(point.days), plot.y(point.holds));
        band += fmt::format("H{:.1f}V{:.1f}", plot.x(point.days), plot.y(point.interval.high));
    }
    // The band's lower edge is drawn back from right to left.
    const double end = plot.x(most);
    band += fmt::format("H{:.1f}V{:.1f}", end, plot.y(shown.back().interval.low));
    for (std::size_t i = shown.size(); i-- > 0;) {
        band += fmt::format("H{:.1f}V{:.1f}", plot.x(shown[i].days),
                            plot.y(i > 0 ? shown[i - 1].interval.low : 1));
    }
    plot.add(R"(<path class="band" d="{}z"/>)", band);
    plot.add(R"(<path class="curve" d="{}H{:.1f}"/>)", line, end);
    if (durability.truce && age <= most) {
        const bool room = plot.x(age) < left + wide - 110;
        plot.add(
            R"(<path class="truce" d="M{0:.1f} {1:.1f}V{2:.1f}"/><text class="truce" x="{3:.1f}" y="{4:.1f}" text-anchor="{5}">{6}</text>)",
            plot.x(age), top, plot.y(0), plot.x(age) + (room ? 4 : -4), top + 12, room ? "start" : "end",
            escaped_message(messages.text("durability.this_truce")));
    }
    return plot.finished();
}

std::string svg_reliability(const analysis::Durability& durability, const Messages& messages) {
    constexpr double side = 280;
    if (!durability.backtest || durability.backtest->reliability.empty()) return {};
    const auto& test = *durability.backtest;
    const auto alt = messages.text("durability.reliability", {{"days", std::int64_t{test.reliability_days}}});
    Plot plot(side, side, 1, "reliability", escaped_message(alt));
    plot.shares(messages, messages.text("durability.reliability_failed"));
    for (int i = 0; i <= 4; ++i)
        plot.tick(i / 4.0, escaped_message(without_isolates(messages.percent(i / 4.0))));
    plot.title_below(messages.text("durability.reliability_forecast"));
    plot.add(R"(<path class="perfect" d="M{:.1f} {:.1f}L{:.1f} {:.1f}"/>)", plot.x(0), plot.y(0), plot.x(1),
             plot.y(1));
    for (const numeric::ReliabilityBin& bin : test.reliability) {
        plot.add(
            R"(<path class="interval" d="M{0:.1f} {1:.1f}V{2:.1f}"/><circle class="bin" cx="{0:.1f}" cy="{3:.1f}" r="4"/>)",
            plot.x(bin.mean_chance), plot.y(bin.interval.low), plot.y(bin.interval.high),
            plot.y(bin.share_happened));
    }
    return plot.finished();
}

}  // namespace truce::report
