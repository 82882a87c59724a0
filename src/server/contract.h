// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "server/context.h"

namespace truce::server {

/// `/api/openapi.yaml` and the same as JSON at `/ogc/api`: map programs read no YAML (QGIS 3.22 takes a layer only with it).
void add_contract(Router& router, const Context& context);

/// A YAML text as JSON: what stands in quotes is a text, what does not is `true`, `false`, null or a number where it looks like one.
/// Fails for what is no YAML that the strict reader takes.
[[nodiscard]] Result<std::string> json_of_yaml(std::string_view yaml);

}  // namespace truce::server
