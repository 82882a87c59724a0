// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "assessment/assessment.h"
#include "assessment/linking.h"
#include "report/licence.h"
#include "report/sink.h"
#include "report/tables.h"

namespace truce::report {

/// Incidents and how they came about.
struct LinksToShow {
    std::span<const Incident> incidents;
    const Linkage& linkage;
};

/// Writes one row for each two accounts that are linked, nearly linked or decided upon: what became of them,
/// how likely they are one, and each field's level with what it weighs. Columns in `doc/formats/links.md`.
/// Rows with an account that may not be shown to the readers are left out.
void write_links_csv(const Sink& sink, const Dossier& dossier, const LinksToShow& linked, Readers readers,
                     TableForm form = TableForm::plain);

/// Writes one row for each account that tells of an incident: which incident it is of. Columns in
/// `doc/formats/links.md`.
void write_account_incidents_csv(const Sink& sink, const Dossier& dossier, const LinksToShow& linked,
                                 Readers readers, TableForm form = TableForm::plain);

/// How accounts became incidents, as a JSON object: counts, settings, what was learned, what is expected to
/// be false and missed, human decisions, warnings. `doc/formats/links.md`.
[[nodiscard]] std::string linkage_json(const Dossier& dossier, const LinksToShow& linked);

/// What a reader must bear in mind of the links, in plain English; empty where nothing was compared.
[[nodiscard]] std::vector<std::string> linkage_warnings(const Dossier& dossier, const LinksToShow& linked);

}  // namespace truce::report
