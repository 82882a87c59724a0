// SPDX-License-Identifier: Apache-2.0
// Any bytes as YAML: never an exception, and either a value or an error. Scalars that were read can be
// written and read again.
#include "base/yaml.h"

#include <cstdint>
#include <cstdlib>

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check_scalars(const truce::YamlNode& node) {
    if (node.is_scalar()) {
        const auto again = truce::read_yaml("a: " + truce::yaml_scalar(node.text) + "\n");
        require(again.errors.empty() && again.root);
        const auto* value = again.root->find("a");
        require(value != nullptr && value->is_scalar() && value->text == node.text);
    }
    for (const auto& value : node.values) check_scalars(value);
    for (const auto& member : node.members) check_scalars(member.value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto reading = truce::read_yaml(text, {.bytes = 1U << 20U});
    require(reading.root.has_value() || !reading.errors.empty());
    for (const auto& error : reading.errors) require(!error.message.empty());
    if (reading.root && reading.errors.empty() && size < 4096) check_scalars(*reading.root);
    return 0;
}
