// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sources/agreement_import.h"

/// The ETH/PRIO Civil Conflict Ceasefire dataset: one row per ceasefire and side
/// (Clayton, Nygard, Strand, Rustad et al. 2023, Journal of Conflict Resolution 67: 1430-1451).
namespace truce::sources::eth_prio {

/// Whether a table's header is this dataset's.
[[nodiscard]] bool recognises(const RegisterTable& table);

/// Makes agreements of the rows: those with one `cf_id` in one country (`cc`) are the sides of one ceasefire.
///
/// A year, month or day of -1 or 0 is unknown: the date is then some day of that month or year, never its
/// middle. The agreement begins with the first side's; a side that came later accepted then. Ends that differ
/// leave the end unknown between them. Columns whose labels are not known (timing, partial, nsa_frac, ddr,
/// side, link, ended ...) are kept as they are in `Agreement::raw_codes`.
[[nodiscard]] ImportedAgreements read(const RegisterTable& table, const ImportContext& context);

}  // namespace truce::sources::eth_prio
