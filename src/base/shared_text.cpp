// SPDX-License-Identifier: Apache-2.0
#include "base/shared_text.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <ostream>

namespace truce {

SharedText::Held* SharedText::hold(std::string_view text) {
    const auto size = std::min<std::size_t>(text.size(), std::numeric_limits<std::uint32_t>::max());
    auto* held = new (::operator new(sizeof(Held) + size)) Held;
    held->size = static_cast<std::uint32_t>(size);
    std::memcpy(reinterpret_cast<char*>(held + 1), text.data(), size);
    return held;
}

void SharedText::drop(Held* held) noexcept {
    held->~Held();
    ::operator delete(held);
}

std::ostream& operator<<(std::ostream& out, const SharedText& text) {
    return out << text.view();
}

}  // namespace truce
