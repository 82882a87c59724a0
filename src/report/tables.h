// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "assessment/assessment.h"
#include "report/licence.h"
#include "report/sink.h"

namespace truce::report {

/// How a table is written. Both guard against formula injection: a text that a spreadsheet would take for a
/// formula (it begins with = + - @, a tab or a line end) gets an apostrophe put before it.
enum class TableForm : std::uint8_t {
    plain,  ///< RFC 4180: UTF-8 without a byte order mark, commas, CRLF: for R, Python and other programs
    excel,  ///< UTF-8 with a byte order mark and semicolons: opens by a double click where commas are decimal
            ///< marks
};

/// Writes one row for each finding: the incident, the commitment, the verdict with its chance, each element's
/// answer, reason and chance, authors, what would flip it. Columns in `doc/formats/findings.md`.
void write_findings_csv(const Sink& sink, const Dossier& dossier, const Assessment& assessment,
                        Readers readers, TableForm form = TableForm::plain);
/// Writes one row for each incident: when, where, what, who, the toll, the verdict. Columns in
/// `doc/formats/incidents.md`.
void write_incidents_csv(const Sink& sink, const Dossier& dossier, const Assessment& assessment,
                         Readers readers, TableForm form = TableForm::plain);
/// Writes one row for each account as it was read, with its file, row, line and hash. Columns in
/// `doc/formats/accounts.md`.
void write_accounts_csv(const Sink& sink, const Dossier& dossier, Readers readers,
                        TableForm form = TableForm::plain);

// The same rows for some only, in the order given. A table made in several goes has its header with the first.
enum class Header : std::uint8_t { with, without };
void write_account_rows_csv(const Sink& sink, const Dossier& dossier, std::span<const AccountId> accounts,
                            Header header, Readers readers);
void write_incident_rows_csv(const Sink& sink, const Dossier& dossier, const Assessment& assessment,
                             std::span<const IncidentId> incidents, Header header, Readers readers);
/// `findings`: places in the assessment's findings.
void write_finding_rows_csv(const Sink& sink, const Dossier& dossier, const Assessment& assessment,
                            std::span<const std::uint32_t> findings, Header header, Readers readers);

}  // namespace truce::report
