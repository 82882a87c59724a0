// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace truce::server {

/// A program of this machine that makes a PDF file of a page.
struct PdfProgram {
    enum class Kind : std::uint8_t { chromium, weasyprint };
    Kind kind = Kind::chromium;
    std::filesystem::path path;
};

/// The program to make PDF files with: Chromium, which draws a report as a browser does, else WeasyPrint, which runs no
/// scripts. `folders` are those to look in, divided by colons as in PATH; only absolute ones are looked in. Nothing where
/// neither is there.
[[nodiscard]] std::optional<PdfProgram> find_pdf_program(std::string_view folders);

/// The PDF of a page that is one HTML file, as it prints.
///
/// The program is started by its path, never through a shell, in a process group of its own with nothing of this process
/// but a copy of the page in a temporary folder, which is its home; it reaches no network by name. It is ended when
/// `patience` is over. Fails where it cannot be started, ends with another status than 0, is too slow or makes no PDF; says which.
/// Throws where the temporary folder cannot be written.
[[nodiscard]] Result<std::string> pdf_of(const PdfProgram& program, std::string_view html, std::chrono::milliseconds patience);

}  // namespace truce::server
