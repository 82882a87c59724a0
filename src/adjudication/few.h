// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace truce {

/// A list that is nearly always short: the first `inline_count` need no memory of their own.
///
/// Judging one pair takes half a microsecond, of which each allocation would be a tenth.
template <class T, std::size_t inline_count>
class Few {
public:
    void push_back(T value) {
        if (size_ < inline_count) {
            first_[size_] = std::move(value);
        } else {
            if (more_.empty()) more_.assign(first_.begin(), first_.end());
            more_.push_back(std::move(value));
        }
        ++size_;
    }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] T* begin() { return size_ <= inline_count ? first_.data() : more_.data(); }
    [[nodiscard]] T* end() { return begin() + size_; }
    [[nodiscard]] const T* begin() const { return size_ <= inline_count ? first_.data() : more_.data(); }
    [[nodiscard]] const T* end() const { return begin() + size_; }
    [[nodiscard]] const T& operator[](std::size_t i) const { return begin()[i]; }
    [[nodiscard]] const T& front() const { return *begin(); }

private:
    std::array<T, inline_count> first_{};
    std::vector<T> more_;
    std::size_t size_ = 0;
};

}  // namespace truce
