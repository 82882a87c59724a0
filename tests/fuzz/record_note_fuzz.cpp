// SPDX-License-Identifier: Apache-2.0
// Any bytes as a signed checkpoint: what is read is written back to the byte, and never verifies without a
// signature.
#include <cstdint>
#include <cstdlib>

#include "record/checkpoint.h"
#include "record/cosignature.h"
#include "record/note.h"
#include "record/verify.h"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

/// The policy that the corpus was made under.
const truce::record::Policy& policy() {
    static const auto read = truce::record::parse_policy(
        "log us.example/a+90d3f57b+AZLV3r3a3aZTUJhoSTRCgx/NalkmJlCP2yJYMEfjEp5r\n"
        "witness A us.example/a/witness+0486cf78+BC43jZmpvTyfY9Ry/fh+tFlXvBAhutvdFnV0kWBBkPqo\n"
        "witness B ru.example/a/witness+b526a62e+BGYTkhPjvUIG9TArVd9wByYOmYRWnKzEHq8Yiu1qW8Pk\n"
        "group both all A B\nquorum both\n");
    return *read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace truce::record;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    (void)parse_verifier_key(bytes.substr(0, bytes.find('\n')));
    const auto note = parse_note(bytes);
    if (note) require(note->bytes() == bytes);
    const auto checkpoint = parse_signed_checkpoint(bytes);
    if (checkpoint) {
        require(note.has_value());
        require(checkpoint->head.text() == note->text);
    }
    const auto verified = verify_checkpoint(policy(), bytes);
    if (verified) {
        require(checkpoint.has_value());
        require(verified->cosigners.size() == 2);
        require(signature_holds(note->signatures[0], policy().logs[0].key, note->text) ||
                note->signatures.size() > 3);
        require(verify_signatures(policy(), bytes).has_value());
    }
    return 0;
}
