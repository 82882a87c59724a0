// SPDX-License-Identifier: Apache-2.0
#include "report/svg_course.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>

#include "report/html_text.h"

namespace truce::report {
namespace {

constexpr double width = 720;
constexpr double left = 40;
constexpr double right = 8;
constexpr double top = 34;
constexpr double tall = 170;
constexpr double between = 34;
constexpr double low = 100;
constexpr double height = top + tall + between + low + 30;

/// One panel of columns: from its top to its foot, with the value at its top.
struct Panel {
    double top;
    double foot;
    double most;
    [[nodiscard]] double y(double value) const { return foot - (foot - top) * value / most; }
};

/// 1, 2 or 5 times a power of ten, so that at most some four steps reach `most`.
double step_for(double most) {
    const double rough = std::max(most / 4, 1e-9);
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
        if (factor * power >= rough) return std::max(1.0, factor * power);
    }
    return 10 * power;
}

Panel panel(double from, double to, double most) {
    const double step = step_for(most);
    return {from, to, std::max(step, std::ceil(most / step) * step)};
}

class Drawing {
public:
    Drawing(sys_days first, sys_days end)
        : first_(first), days_(std::max(1.0, static_cast<double>((end - first).count()))) {}

    [[nodiscard]] double x(sys_days day) const {
        return left + (width - left - right) * static_cast<double>((day - first_).count()) / days_;
    }

    void axis(const Panel& panel, std::string_view title, const Messages& messages) {
        const double step = step_for(panel.most);
        const auto steps = static_cast<int>(panel.most / step + 0.5);
        for (int i = 0; i <= steps; ++i) {
            const double value = i * step;
            add(R"(<path class="grid" d="M{:.1f} {:.1f}H{:.1f}"/><text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>)",
                left, panel.y(value), width - right, left - 5, panel.y(value) + 4,
                escaped_message(messages.number(static_cast<std::uint64_t>(value))));
        }
        add(R"(<text class="title" x="{:.1f}" y="{:.1f}" text-anchor="start">{}</text>)", left, panel.top - 8,
            escaped_message(title));
    }

    void column(const Panel& panel, sys_days from, sys_days to, double value, std::string_view kind) {
        if (value <= 0) return;
        const double x0 = x(from);
        const double wide = std::max(0.8, x(to) - x0 - 0.8);
        const double y0 = panel.y(value);
        add(R"(<path class="{}" d="M{:.1f} {:.1f}h{:.1f}V{:.1f}h-{:.1f}z"/>)", kind, x0, y0, wide, panel.foot,
            wide);
    }

    template <class... Values>
    void add(fmt::format_string<Values...> form, Values&&... values) {
        fmt::format_to(std::back_inserter(svg_), form, std::forward<Values>(values)...);
    }
    [[nodiscard]] std::string finished() const { return svg_ + "</svg>"; }

private:
    sys_days first_;
    double days_;
    std::string svg_;
};

/// The first of each month, or of each quarter or year where months would run into one another.
std::vector<sys_days> ticks(sys_days first, sys_days last) {
    const auto count = (last - first).count();
    const unsigned every = count > 3000 ? 12 : count > 700 ? 3 : 1;
    std::vector<sys_days> out;
    for (sys_days day = first; day <= last; day += std::chrono::days{1}) {
        const std::chrono::year_month_day date{day};
        const bool monthly =
            static_cast<unsigned>(date.day()) == 1 && (static_cast<unsigned>(date.month()) - 1) % every == 0;
        const bool weekly = count <= 60 && (day - first).count() % 7 == 0;
        if (count <= 60 ? weekly : monthly) out.push_back(day);
    }
    return out;
}

}  // namespace

std::vector<CourseColumn> course_columns(std::span<const CourseDay> course) {
    const std::size_t per_column = course.size() <= 210 ? 1 : course.size() <= 1400 ? 7 : 28;
    std::vector<CourseColumn> columns;
    for (std::size_t i = 0; i < course.size(); ++i) {
        const auto& day = course[i];
        if (i % per_column == 0) columns.push_back({.first = day.day, .last = day.day});
        auto& column = columns.back();
        column.last = day.day;
        column.incidents += day.incidents;
        column.breaches += day.breaches;
        column.deaths += day.deaths;
        column.civilian_deaths += day.civilian_deaths;
    }
    return columns;
}

std::string svg_course(std::span<const CourseDay> course, sys_days truce_day, int set_apart_days,
                       std::span<const CourseMark> marks, const Messages& messages) {
    if (course.empty()) return {};
    const auto columns = course_columns(course);
    const sys_days first = course.front().day;
    const sys_days end = course.back().day + std::chrono::days{1};
    double most_incidents = 1;
    double most_deaths = 1;
    for (const auto& column : columns) {
        most_incidents = std::max(most_incidents, column.incidents);
        most_deaths = std::max(most_deaths, column.deaths);
    }
    const auto incidents = panel(top, top + tall, most_incidents);
    const auto deaths = panel(top + tall + between, top + tall + between + low, most_deaths);

    Drawing drawing(first, end);
    drawing.add(R"(<svg class="figure course" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">)",
                width, height, escaped_message(messages.text("course.alt")));
    const sys_days apart = std::max(first, truce_day - std::chrono::days{set_apart_days});
    if (apart < truce_day && truce_day <= end) {
        drawing.add(R"(<rect class="apart" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)",
                    drawing.x(apart), top, drawing.x(truce_day) - drawing.x(apart), deaths.foot - top);
    }
    const auto per = columns.front().last == columns.front().first ? "day" : "column";
    drawing.axis(incidents, messages.text(fmt::format("course.incidents_per_{}", per)), messages);
    drawing.axis(deaths, messages.text(fmt::format("course.deaths_per_{}", per)), messages);
    for (const auto& column : columns) {
        const sys_days to = column.last + std::chrono::days{1};
        drawing.column(incidents, column.first, to, column.incidents, "bar");
        drawing.column(incidents, column.first, to, column.breaches, "bar v-breach");
        drawing.column(deaths, column.first, to, column.deaths, "bar");
        drawing.column(deaths, column.first, to, column.civilian_deaths, "bar civilian");
    }
    for (const sys_days tick : ticks(first, course.back().day)) {
        const std::chrono::year_month_day date{tick};
        const double x = std::clamp(drawing.x(tick), left, width - 30);
        drawing.add(
            R"(<path class="tick" d="M{0:.1f} {1:.1f}v5"/><text x="{0:.1f}" y="{2:.1f}" text-anchor="start">{3}</text>)",
            x, deaths.foot, deaths.foot + 18,
            escaped_message(fmt::format("{}-{:02}-{:02}", static_cast<int>(date.year()),
                                        static_cast<unsigned>(date.month()),
                                        static_cast<unsigned>(date.day()))));
    }
    std::vector<CourseMark> others;
    std::ranges::copy_if(marks, std::back_inserter(others), [&](const CourseMark& mark) {
        return mark.day >= first && mark.day < end && mark.day != truce_day;
    });
    std::ranges::stable_sort(others, {}, &CourseMark::day);
    for (std::size_t i = 0; i < others.size();) {
        // Numbers of days so near to each other that they would be printed over one another stand in one
        // text.
        constexpr double room_for_number = 16;
        std::string numbers = fmt::format("{}", others[i].number);
        const double x = drawing.x(others[i].day);
        double last = x;
        std::size_t next = i + 1;
        for (; next < others.size() && drawing.x(others[next].day) - last < room_for_number; ++next) {
            last = drawing.x(others[next].day);
            numbers += fmt::format(" {}", others[next].number);
        }
        for (; i < next; ++i) {
            drawing.add(R"(<path class="other" d="M{:.1f} {:.1f}V{:.1f}"/>)", drawing.x(others[i].day),
                        top - 2, deaths.foot);
        }
        drawing.add(R"(<text class="mark" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)",
                    (x + last) / 2, top - 4, numbers);
    }
    if (truce_day >= first && truce_day < end) {
        const bool room = drawing.x(truce_day) < width - 150;
        drawing.add(
            R"(<path class="truce" d="M{0:.1f} {1:.1f}V{2:.1f}"/><text class="truce" x="{3:.1f}" y="{4:.1f}" text-anchor="{5}">{6}</text>)",
            drawing.x(truce_day), 4.0, deaths.foot, drawing.x(truce_day) + (room ? 4 : -4), 12.0,
            room ? "start" : "end", escaped_message(messages.text("course.truce")));
    }
    return drawing.finished();
}

}  // namespace truce::report
