// SPDX-License-Identifier: Apache-2.0
// Any bytes as the proof of a fork: nobody is accused by what their key did not sign twice.
#include "record/fork.h"

#include <cstdint>
#include <cstdlib>

#include "record/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace truce::record;
    static const auto policy =
        parse_policy("log us.example/a+90d3f57b+AZLV3r3a3aZTUJhoSTRCgx/NalkmJlCP2yJYMEfjEp5r\nquorum none\n");
    const auto fork = parse_fork({reinterpret_cast<const char*>(data), size});
    if (!fork) return 0;
    if (!parse_fork(fork->bytes())) std::abort();
    if (verify_fork(*policy, *fork)) {
        const auto one = verify_signatures(*policy, fork->one.checkpoint);
        const auto other = verify_signatures(*policy, fork->other.checkpoint);
        if (!one || !other || one->head == other->head) std::abort();
    }
    return 0;
}
