// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "server/http.h"
#include "server/router.h"
#include "server/snapshot.h"

namespace truce::server {

/// What the endpoints answer from. Requires: outlives the router that they are added to.
struct Context {
    Current& current;
    const Catalogues& catalogues;
    std::filesystem::path folder;         ///< the mission's
    std::function<sys_seconds()> now;     ///< the time that clocks run by
    /// Read the mission's files, or its record, anew: somebody has just changed them. Returns when the snapshot is the new one.
    std::function<void()> mission_changed;
    std::function<void()> record_changed;
    std::string own_feed;                 ///< the origin that this server may write to; empty: none
    std::string base_url;                 ///< `https://host:port`, for links that must be absolute; empty: as the request's Host says
};

/// The handler that answers by `endpoint` from `context`.
[[nodiscard]] Handler answering(const Context& context, Response (*endpoint)(const Context&, const Request&));

/// Answers 304 where the request has the version already, else what `make` makes, with its `ETag`.
///
/// The tag is weak (one answer has several encodings) and covers the path, the query, the language and the caller's role.
[[nodiscard]] Response conditional(const Request& request, std::string_view version,
                                   const std::function<Response()>& make);

/// 400 for a parameter that cannot be read.
[[nodiscard]] Response bad_parameter(const FieldError& error);
/// Nothing, or the answer to a request with a parameter that is not among `known`.
[[nodiscard]] std::optional<Response> unknown_parameter(const Request& request,
                                                        std::initializer_list<std::string_view> known);
/// `kind` is a message `problem.kind.KIND` of the catalogues: `incident`, `account`.
[[nodiscard]] Response not_found(std::string_view kind, std::string_view id);

/// The server's own address as links are to name it.
[[nodiscard]] std::string base_url_of(const Context& context, const Request& request);

}  // namespace truce::server
