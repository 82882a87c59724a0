// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "assessment/assessment.h"
#include "report/sink.h"
#include "report/tables.h"

namespace truce::report {

// Tables of counts and ratios, no rows of any source: they may be published whatever the sources' licences
// are. Columns in doc/formats/trend.md.

/// Writes one row for each outcome, reading of the days before the truce, and method; then for each area and
/// party.
void write_trends_csv(const Sink& sink, const Assessment& assessment, TableForm form = TableForm::plain);
/// Writes one row for each outcome and day that a model was fitted to or set apart: what was counted, what
/// was fitted, what was expected without the truce.
void write_trend_days_csv(const Sink& sink, const Assessment& assessment, TableForm form = TableForm::plain);

}  // namespace truce::report
