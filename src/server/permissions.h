// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/account.h"
#include "record/disclosure.h"
#include "server/caller.h"
#include "server/http.h"
#include "server/people.h"
#include "server/router.h"

/// Who may do what: the one place that says so. What is not allowed here is not allowed.
namespace truce::server {

inline constexpr Role all_roles[] = {Role::viewer, Role::reporter, Role::analyst, Role::monitor, Role::admin};
inline constexpr Right all_rights[] = {
    Right::anyone,        Right::read,          Right::export_rows,  Right::account_write,      Right::upload,
    Right::opinion_write, Right::link_write,    Right::inquiry_write, Right::notice_write,      Right::notice_acknowledge,
    Right::report_make,   Right::report_publish, Right::exchange,     Right::metrics_read,      Right::people_manage,
    Right::self};

/// Whether a role has a right. Of a party's liaison (`Caller::party`) ask `may` below.
[[nodiscard]] bool has(Role role, Right right);

/// Whether somebody may use a right. A party's liaison has, whatever their role, only what a guest of the mission has: to read, to
/// acknowledge, to answer for the party, and what is one's own.
[[nodiscard]] bool may(const Caller& caller, Right right);

/// Whether a token with these scopes may be used for a right by this method. Tokens never sign in, make tokens or manage people.
[[nodiscard]] bool covers(Scopes scopes, Right right, Method method);

/// Which values of a field of this class somebody is shown in lists, files and streams. Protected values never: they are opened
/// one by one, with a reason, which is an entry of the record (`may_open`).
[[nodiscard]] bool may_see(const Caller& caller, record::FieldClass field_class);
/// Who may open a protected value by giving a reason.
[[nodiscard]] bool may_open(const Caller& caller);
/// Whether somebody may see the rows of a source, and not only what was counted from them. What a source's licence keeps for the
/// mission's own use, or to aggregates, is not for a party's liaison.
[[nodiscard]] bool may_see_rows(const Caller& caller, Republish republish);

/// The rights of somebody, by name, in the order of `all_rights`: for the app, which hides what one may not do.
[[nodiscard]] std::vector<std::string> rights_of(const Caller& caller);

/// Checks that a request that changes something comes from our own page, or from no page: a browser adds `Origin` and
/// `Sec-Fetch-Site` to what another site's page sends, and does not let that page add `X-Truce`. Returns what is wrong.
///
/// `session`: whether the browser sends the session by itself; with a token there is nothing that another site could use.
[[nodiscard]] std::optional<Words> foreign(const Request& request, bool session);

}  // namespace truce::server
