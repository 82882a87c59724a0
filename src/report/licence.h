// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "assessment/assessment.h"

namespace truce::report {

/// Who will read an output. What is published leaves out the rows of sources whose licence forbids passing
/// rows on; they stay in every count. `own_use` leaves nothing out: such a folder is the mission's own and
/// must not be passed on.
enum class Readers : std::uint8_t { everyone, own_use };

/// Whether a row of that account may be shown to the readers.
[[nodiscard]] bool may_show(const Dossier& dossier, const Account& account, Readers readers);
/// Whether the incident may be shown as one: every account that it was made of may.
[[nodiscard]] bool may_show(const Dossier& dossier, const Incident& incident, Readers readers);

/// How outputs name an account: its source and the source's own key (`ged:214797`), or the row's number where
/// the source has no keys (`ged:row12`).
[[nodiscard]] std::string name_of(const Dossier& dossier, const Account& account);
void append_name(std::string& out, const Dossier& dossier, const Account& account);
/// How outputs name an incident: by the first of its accounts.
[[nodiscard]] std::string name_of(const Dossier& dossier, const Incident& incident);
/// How outputs name a commitment: the agreement and the duty (`sy-2016-02-27/no-attacks`).
[[nodiscard]] std::string name_of(const Dossier& dossier, const Commitment& commitment);

}  // namespace truce::report
