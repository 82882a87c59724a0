// SPDX-License-Identifier: Apache-2.0
// Any bytes as a date, a clock or a spreadsheet's day: read or refused, never both ends of a range exchanged.
#include "sources/dates.h"

#include <cstdint>
#include <cstdlib>

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace truce::sources;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto by_itself = read_date(text, std::nullopt);
    const auto day_first = read_date(text, DateOrder::day_first);
    const auto month_first = read_date(text, DateOrder::month_first);
    for (const auto* read : {&by_itself, &day_first, &month_first}) {
        if (*read) {
            require((*read)->first <= (*read)->last);
        } else {
            require(!read->error().expected.empty());
        }
    }
    // What is read without an order is what one of the orders reads.
    const auto same = [&](const auto& other) { return other && *other == *by_itself; };
    if (by_itself) require(same(day_first) || same(month_first));
    if (!by_itself && by_itself.error().kind == DateFault::Kind::needs_order)
        require(day_first && month_first);
    (void)read_clock(text);
    (void)read_serial_date(text, SerialEpoch::excel_1900);
    (void)read_serial_date(text, SerialEpoch::excel_1904);
    (void)read_unix_time(text);
    (void)read_compact_day(text);
    return 0;
}
