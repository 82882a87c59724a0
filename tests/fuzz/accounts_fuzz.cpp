// SPDX-License-Identifier: Apache-2.0
// Any bytes as a file of accounts: never an exception, every row in exactly one place, the same for one
// thread and two, and what is rejected can be written down and opened again.
#include "sources/accounts.h"

#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "sources/proposal.h"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool is_readable(const truce::Account& account) {
    return truce::is_utf8(account.key) && truce::is_utf8(account.summary) &&
           truce::is_utf8(account.told.place.name) && truce::is_utf8(account.told.parties.attacker.name) &&
           truce::is_utf8(account.told.parties.target.name) && !account.told.when.window.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const truce::ActorRegister actors;
    const truce::AreaRegister areas;
    truce::sources::Context context{
        .actors = actors, .areas = areas, .zone = truce::Zone::utc(), .threads = 1};
    const auto one = truce::sources::read_accounts(text, "fuzz", context);
    context.threads = 2;
    const auto two = truce::sources::read_accounts(text, "fuzz", context);
    require(one.has_value() == two.has_value());
    (void)truce::sources::proposed_mapping(text, "fuzz");
    if (!one) {
        require(!one.error().message.empty());
        return 0;
    }
    require(one->source.rows == one->accounts.size() + one->rejects.size());
    require(one->accounts.size() == two->accounts.size() && one->rejects.size() == two->rejects.size());
    require(truce::sources::compare_releases(*one, *two).none());
    for (const auto& account : one->accounts) require(is_readable(account));
    for (const auto& reject : one->rejects) require(!reject.found.empty() && !reject.expected.empty());
    (void)truce::sources::recognise(truce::sources::rejects_csv(*one, text));
    return 0;
}
