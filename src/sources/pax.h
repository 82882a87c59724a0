// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sources/agreement_import.h"

/// The PA-X Peace Agreements Database: one row per agreement (Bell and Badanjak 2019, Journal of Peace
/// Research 56: 452-466). doc/formats/pax.md names the columns that are relied on.
namespace truce::sources::pax {

/// Whether a table's header is this database's.
[[nodiscard]] bool recognises(const RegisterTable& table);

/// Makes an agreement of every row that is a ceasefire (Stage `Cea`) or provides for one (`CeProv`, or `Ce`,
/// above 0); other rows are skipped and counted.
///
/// PA-X gives the day of signature and no period, so entry into force and end are unknown. It names the
/// parties in free text: that is kept in `Agreement::raw_codes`, and no adherents are guessed from it.
[[nodiscard]] ImportedAgreements read(const RegisterTable& table, const ImportContext& context);

}  // namespace truce::sources::pax
