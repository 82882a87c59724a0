// SPDX-License-Identifier: Apache-2.0
// Any bytes as a policy: what is read and written again is the same policy, and nobody reaches a quorum of
// somebody.
#include "record/policy.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace truce::record;
    const auto policy = parse_policy({reinterpret_cast<const char*>(data), size});
    if (!policy) return 0;
    const auto again = parse_policy(policy->text());
    if (!again || again->text() != policy->text()) std::abort();
    if (policy->quorum.empty() != policy->quorum_reached({})) std::abort();
    if (policy->quorum_reached({}) != policy->missing({}).empty()) std::abort();
    return 0;
}
