// SPDX-License-Identifier: Apache-2.0
#include "server/contract.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/sha256.h"
#include "base/text.h"
#include "base/yaml.h"
#include "report/assets.h"
#include "server/rows.h"

namespace truce::server {
namespace {

Json scalar(const YamlNode& node) {
    if (node.quoted) return node.text;
    if (node.text == "true" || node.text == "false") return node.text == "true";
    if (const auto whole = parse_integer(node.text)) return *whole;
    if (const auto real = parse_real(node.text)) return *real;
    return node.text;
}

Json json_of(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::null:
            return nullptr;
        case YamlNode::Kind::scalar:
            return scalar(node);
        case YamlNode::Kind::sequence: {
            auto list = Json::array();
            for (const auto& value : node.values) list.push_back(json_of(value));
            return list;
        }
        case YamlNode::Kind::mapping: {
            auto object = Json::object();
            for (const auto& member : node.members) object[member.key] = json_of(member.value);
            return object;
        }
    }
    return nullptr;
}

Response given(const Request& request, std::string_view type, std::string_view text) {
    return conditional(request, sha256(text).hex(), [&] { return text_response(type, std::string(text)); });
}

}  // namespace

Result<std::string> json_of_yaml(std::string_view yaml) {
    const auto reading = read_yaml(yaml);
    if (!reading.errors.empty()) return tl::unexpected(reading.errors.front());
    return dumped(reading.root ? json_of(*reading.root) : Json());
}

void add_contract(Router& router, const Context& /*context*/) {
    router.get("/api/openapi.yaml",
               [](const Request& request) { return given(request, "application/vnd.oai.openapi;version=3.0", assets::openapi_yaml()); },
               Right::anyone);
    router.get("/ogc/api",
               [](const Request& request) {
                   static const auto json = json_of_yaml(assets::openapi_yaml());
                   if (!json) throw std::logic_error("the contract is no YAML: " + json.error().text());
                   return given(request, "application/vnd.oai.openapi+json;version=3.0", *json);
               },
               Right::anyone);
}

}  // namespace truce::server
