// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "report/sink.h"
#include "report/tables.h"

namespace truce::report {

/// Writes one table to a sink, cell by cell, as TableForm says.
class TableWriter {
public:
    /// Requires: `sink` outlives the writer.
    TableWriter(TableForm form, const Sink& sink);

    void header(std::span<const std::string_view> names);
    /// A text of somebody else's: quoted where it must be, guarded against formulas.
    void text(std::string_view value);
    /// A word of our own (an identifier, a date): quoted where it must be.
    void word(std::string_view value);
    /// A word of which it is known that it needs no quotes: an enumerator, digits. Requires: it holds none of `",;` nor
    /// control characters.
    void plain(std::string_view value);
    void number(std::uint64_t value);
    /// A real with at most `decimals` decimals and no zeros at its end. Nothing for a missing one.
    void number(std::optional<double> value, int decimals);
    void missing();
    void end_row();

    /// Hands over what is still held back; nothing may be added afterwards.
    void finish();

private:
    void separate();
    void quoted(std::string_view value);
    void append_whole(std::uint64_t value);
    /// Appends what is easily written; says whether it did.
    bool append_small(double value, int decimals);
    /// Room for so many bytes more, and some that may be written past them.
    char* room(std::size_t bytes);
    const Sink& sink_;
    std::string out_;        // as large as was ever needed
    std::size_t used_ = 0;   // of it
    char separator_;
    bool at_start_of_row_ = true;
};

}  // namespace truce::report
