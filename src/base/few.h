// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace truce {

/// A list that is nearly always short: up to `inline_count` members need no memory of their own.
///
/// What a vector does, this does, and in the same words. Adding a member may move all others. Requires: `T`
/// can be made without an argument.
template <class T, std::size_t inline_count>
class Few {
public:
    using value_type = T;             // NOLINT(readability-identifier-naming): as the standard's concepts ask
    using iterator = T*;              // NOLINT(readability-identifier-naming)
    using const_iterator = const T*;  // NOLINT(readability-identifier-naming)

    Few() = default;
    Few(std::initializer_list<T> members) { append(members.begin(), members.end()); }
    Few(const std::vector<T>& members) { append(members.begin(), members.end()); }
    Few(const Few& other) { *this = other; }
    Few(Few&&) noexcept = default;
    Few& operator=(Few&&) noexcept = default;
    Few& operator=(const Few& other) {
        if (this == &other) return *this;
        first_ = other.first_;
        more_ = other.more_ ? std::make_unique<std::vector<T>>(*other.more_) : nullptr;
        size_ = other.size_;
        return *this;
    }
    ~Few() = default;

    void push_back(T value) {
        if (more_) {
            more_->push_back(std::move(value));
        } else if (size_ < inline_count) {
            first_[size_] = std::move(value);
        } else {
            more_ = std::make_unique<std::vector<T>>(std::make_move_iterator(first_.begin()),
                                                     std::make_move_iterator(first_.end()));
            more_->push_back(std::move(value));
        }
        ++size_;
    }
    template <class Iterator>
    void append(Iterator from, Iterator to) {
        for (; from != to; ++from) push_back(*from);
    }
    void assign(std::size_t count, const T& value) {
        clear();
        for (std::size_t i = 0; i < count; ++i) push_back(value);
    }
    void clear() {
        more_.reset();
        size_ = 0;
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] T* begin() { return more_ ? more_->data() : first_.data(); }
    [[nodiscard]] T* end() { return begin() + size_; }
    [[nodiscard]] const T* begin() const { return more_ ? more_->data() : first_.data(); }
    [[nodiscard]] const T* end() const { return begin() + size_; }
    [[nodiscard]] T& operator[](std::size_t i) { return begin()[i]; }
    [[nodiscard]] const T& operator[](std::size_t i) const { return begin()[i]; }
    [[nodiscard]] T& front() { return *begin(); }
    [[nodiscard]] const T& front() const { return *begin(); }
    [[nodiscard]] const T& back() const { return end()[-1]; }

    friend bool operator==(const Few& a, const Few& b) { return std::ranges::equal(a, b); }

private:
    std::array<T, inline_count> first_{};
    std::unique_ptr<std::vector<T>> more_;  // all members, once they are too many
    std::uint32_t size_ = 0;
};

}  // namespace truce
