// SPDX-License-Identifier: Apache-2.0
#include "linkage/one_each.h"

#include <gtest/gtest.h>

namespace truce {
namespace {

Account account_of(AccountKind kind) {
    Account account;
    account.kind = kind;
    return account;
}

TEST(OneIncidentEach, EveryAccountThatTellsOfAnIncidentMakesOne) {
    const std::vector accounts{account_of(AccountKind::incident), account_of(AccountKind::incident)};
    const auto incidents = one_incident_each(accounts);
    ASSERT_EQ(incidents.size(), 2U);
    EXPECT_EQ(incidents[1].accounts, (Few<AccountId, 2>{AccountId{1}}));
}

TEST(OneIncidentEach, LeadsReadingsAndAggregatesMakeNone) {
    const std::vector accounts{account_of(AccountKind::lead), account_of(AccountKind::corroboration),
                               account_of(AccountKind::aggregate), account_of(AccountKind::incident)};
    const auto incidents = one_incident_each(accounts);
    ASSERT_EQ(incidents.size(), 1U);
    EXPECT_EQ(incidents[0].accounts, (Few<AccountId, 2>{AccountId{3}}));
}

}  // namespace
}  // namespace truce
