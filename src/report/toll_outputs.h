// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/multiple_systems.h"
#include "assessment/documented_toll.h"
#include "assessment/undocumented_toll.h"
#include "report/sink.h"
#include "report/tables.h"

namespace truce::report {

/// Everything that `truce toll` finds: either half may be missing.
struct Tolls {
    const DocumentedToll* documented = nullptr;
    std::vector<UndocumentedToll> undocumented;
    std::string lists_file;  ///< where the lists were read from, and its hash
    std::string lists_sha256;
    std::uint64_t seed = 0;
    std::string software_version;
};

[[nodiscard]] std::string_view name_of(analysis::Dead whose);

/// All numbers as JSON, as `doc/formats/toll.md` says. Holds counts and no rows.
[[nodiscard]] std::string tolls_json(const Tolls& tolls);

/// One row for each sum of the documented dead: all, civilians, groups, acts, sites and attackers, each with
/// its area, days and sources.
void write_toll_csv(const Sink& sink, const DocumentedToll& toll, TableForm form = TableForm::plain);
/// One row for each day of the running toll, each with its definition, area, days so far and sources.
void write_running_toll_csv(const Sink& sink, const DocumentedToll& toll, TableForm form = TableForm::plain);
/// One row for each method's estimate of all the dead, and one for the range, by stratum.
void write_methods_csv(const Sink& sink, const std::vector<UndocumentedToll>& tolls,
                       TableForm form = TableForm::plain);
/// One row for each log-linear model that can be estimated, by stratum, the lowest BIC first.
void write_models_csv(const Sink& sink, const std::vector<UndocumentedToll>& tolls,
                      TableForm form = TableForm::plain);

}  // namespace truce::report
