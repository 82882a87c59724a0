// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/sha256.h"
#include "model/account.h"
#include "model/opinion.h"

namespace truce {

/// One monitor's opinion as it stands in the record.
struct RecordedOpinion {
    std::string monitor;  ///< the origin of its feed
    std::string entry;    ///< the entry that says it: 64 hexadecimal digits
    /// The accounts that the record joins into the incident that it speaks of, as far as they were read; in order.
    std::vector<AccountId> accounts;
    Opinion opinion;
    std::uint32_t replaced = 0;  ///< how many earlier ones of that monitor it replaces
};

/// An agreement whose text was taken from the record.
struct RecordedAgreement {
    std::string agreement;  ///< its id
    std::string entry;      ///< the entry that adopts it: 64 hexadecimal digits
    Sha256 text;
};

/// What the joint record gave to a dossier, beside the accounts and the decisions on links that stand with the others.
struct Recorded {
    /// How far each feed went, by origin: together they name the state, and with them it can be had again to the byte.
    std::vector<std::pair<std::string, std::uint64_t>> sizes;
    Sha256 state;                               ///< the digest of that state
    std::vector<RecordedAgreement> agreements;  ///< by id
    std::vector<RecordedOpinion> opinions;      ///< in the record's order
};

}  // namespace truce
