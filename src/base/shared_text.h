// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

namespace truce {

/// A text that does not change once it is made: as long as a pointer, and its copies share one text.
///
/// For texts that are held in great numbers and mostly told again: the names of places and parties, what a
/// source wrote. Reads like a std::string_view; the view lasts as long as any copy. Copies may be made and
/// dropped by several threads at a time. A text of more than 4 GiB is cut there.
class SharedText {
public:
    SharedText() = default;
    SharedText(std::string_view text) : held_(text.empty() ? nullptr : hold(text)) {}
    SharedText(const std::string& text) : SharedText(std::string_view(text)) {}
    SharedText(const char* text) : SharedText(std::string_view(text)) {}
    SharedText(const SharedText& other) noexcept : held_(other.held_) {
        if (held_ != nullptr) held_->owners.fetch_add(1, std::memory_order_relaxed);
    }
    SharedText(SharedText&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
    SharedText& operator=(SharedText other) noexcept {
        std::swap(held_, other.held_);
        return *this;
    }
    ~SharedText() {
        if (held_ != nullptr && held_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) drop(held_);
    }

    [[nodiscard]] std::string_view view() const {
        return held_ == nullptr ? std::string_view() : std::string_view(held_->bytes(), held_->size);
    }
    operator std::string_view() const { return view(); }
    [[nodiscard]] std::string text() const { return std::string(view()); }
    [[nodiscard]] bool empty() const { return held_ == nullptr; }
    [[nodiscard]] std::size_t size() const { return held_ == nullptr ? 0 : held_->size; }

    friend bool operator==(const SharedText& a, const SharedText& b) {
        return a.held_ == b.held_ || a.view() == b.view();
    }
    friend auto operator<=>(const SharedText& a, const SharedText& b) { return a.view() <=> b.view(); }
    template <class Other>
    requires(std::convertible_to<const Other&, std::string_view> &&
             !std::same_as<Other, SharedText>) friend bool
    operator==(const SharedText& a, const Other& b) {
        return a.view() == std::string_view(b);
    }

private:
    struct Held {
        std::atomic<std::uint32_t> owners{1};
        std::uint32_t size = 0;
        [[nodiscard]] const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
    };
    [[nodiscard]] static Held* hold(std::string_view text);
    static void drop(Held* held) noexcept;

    Held* held_ = nullptr;
};

std::ostream& operator<<(std::ostream& out, const SharedText& text);

}  // namespace truce

/// As it is: `{}`.
template <>
struct fmt::formatter<truce::SharedText> {
    static constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
    template <class Context>
    static auto format(const truce::SharedText& text, Context& context) {
        const auto view = text.view();
        return std::copy(view.begin(), view.end(), context.out());
    }
};
