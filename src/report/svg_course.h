// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "assessment/assessment.h"
#include "report/messages.h"

namespace truce::report {

/// A day to be marked in the course, and the number under which the text beside it explains it.
struct CourseMark {
    sys_days day;
    int number = 0;
};

/// One column of the course: a day, or several where the days are too many to tell apart.
struct CourseColumn {
    sys_days first;
    sys_days last;
    double incidents = 0;
    double breaches = 0;
    double deaths = 0;
    double civilian_deaths = 0;
};

/// The course in columns of 1, 7 or 28 days, so that there are at most some 200; the last may be shorter.
[[nodiscard]] std::vector<CourseColumn> course_columns(std::span<const CourseDay> course);

/// The daily course: incidents above, deaths below, with the truce's first day, the days set apart before it,
/// and the marks. Time runs from left to right in every language, as it does in the sources' charts.
[[nodiscard]] std::string svg_course(std::span<const CourseDay> course, sys_days truce_day,
                                     int set_apart_days, std::span<const CourseMark> marks,
                                     const Messages& messages);

}  // namespace truce::report
