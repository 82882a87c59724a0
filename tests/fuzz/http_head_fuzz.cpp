// SPDX-License-Identifier: Apache-2.0
// Any bytes as the head of a request: what is read never leads out of its path, and has one length or none.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/http.h"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace truce::server;
    const HeadLimits limits;
    const auto head = parse_head({reinterpret_cast<const char*>(data), size}, limits);
    if (!head) {
        require(head.error().status >= 400 && head.error().status < 600 && !head.error().why.empty());
        return 0;
    }
    const auto& request = head->request;
    require(size <= limits.bytes && request.headers.fields().size() <= limits.fields);
    require(!request.path.empty());
    for (const auto& part : request.path) require(part != "." && part != ".." && part.find('\0') == std::string::npos);
    require(request.headers.count("Transfer-Encoding") == 0 && request.headers.count("Content-Length") <= 1);
    for (const auto& [name, value] : request.headers.fields())
        require(!name.empty() && value.find_first_of("\r\n") == std::string::npos);
    return 0;
}
