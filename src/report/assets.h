// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

/// The files that the program carries within itself, so that it needs none beside it. They live as long as
/// the program.
namespace truce::assets {

/// The report's scripts: one classic script, ASCII.
[[nodiscard]] std::string_view report_js();
/// The report's style sheet.
[[nodiscard]] std::string_view report_css();
/// `countries-10m.json` of the npm package world-atlas 2.0.2 (Natural Earth 4.1, public domain; TopoJSON).
[[nodiscard]] std::string_view countries_10m();

/// The description of the server's answers (OpenAPI 3.0).
[[nodiscard]] std::string_view openapi_yaml();

/// A message catalogue: a JSON object of ICU messages by key.
struct Catalogue {
    std::string_view language;
    std::string_view json;
};

/// Every catalogue there is, English first.
[[nodiscard]] std::span<const Catalogue> catalogues();

/// A file of the app that `truce serve` gives out (web/build_app.mjs makes them).
struct AppFile {
    /// Its name below `/app/`; `index.html` is every page's and `sw.js` lies at the top.
    std::string_view name;
    std::string_view content_type;
    std::string_view bytes;
};

/// The app's files, by name.
[[nodiscard]] std::span<const AppFile> app_files();

}  // namespace truce::assets
