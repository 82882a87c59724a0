// SPDX-License-Identifier: Apache-2.0
#include "geo/orientation.h"

#include <array>
#include <cmath>
#include <cstddef>

namespace truce::geo_detail {
namespace {

/// A sum of doubles that is never rounded: its terms do not overlap and grow in magnitude.
class Expansion {
public:
    /// Adds a * b.
    void add_product(double a, double b) {
        const double product = a * b;
        add(std::fma(a, b, -product));
        add(product);
    }

    [[nodiscard]] int sign() const {
        // The largest term that is not zero outweighs all before it.
        for (std::size_t i = size_; i-- > 0;) {
            if (terms_[i] != 0) return terms_[i] > 0 ? 1 : -1;
        }
        return 0;
    }

private:
    /// Grow-Expansion (Shewchuk 1997, figure 6).
    void add(double value) {
        double carry = value;
        for (std::size_t i = 0; i < size_; ++i) {
            const double sum = carry + terms_[i];
            const double carried = sum - carry;
            terms_[i] = (carry - (sum - carried)) + (terms_[i] - carried);
            carry = sum;
        }
        terms_[size_++] = carry;
    }

    std::array<double, 12> terms_{};
    std::size_t size_ = 0;
};

}  // namespace

int exact_orientation(Point a, Point b, Point p) {
    // (a - p) x (b - p) multiplied out: the terms in p times p cancel.
    Expansion sum;
    sum.add_product(a.lon, b.lat);
    sum.add_product(-a.lon, p.lat);
    sum.add_product(-p.lon, b.lat);
    sum.add_product(-a.lat, b.lon);
    sum.add_product(a.lat, p.lon);
    sum.add_product(p.lat, b.lon);
    return sum.sign();
}

}  // namespace truce::geo_detail
