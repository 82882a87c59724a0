// SPDX-License-Identifier: Apache-2.0
#include "server/visible.h"

namespace truce::server {

report::Readers readers_of(const Request& request) {
    const bool own = request.caller && request.caller->party.empty();
    return own ? report::Readers::own_use : report::Readers::everyone;
}

}  // namespace truce::server
