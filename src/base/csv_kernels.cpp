// SPDX-License-Identifier: Apache-2.0
#include "base/csv_kernels.h"

#include <bit>
#include <cstring>

#include "base/csv_kernels_scan.h"
#include "base/csv_kernels_values.h"

namespace truce::csv::kernels {

namespace {

/// Eight bytes at a time in an ordinary register.
struct Portable {
    static constexpr std::uint64_t each = 0x0101010101010101;

    struct Wanted {
        std::uint64_t delimiter;
        explicit Wanted(char delimiter_byte) : delimiter(each * static_cast<unsigned char>(delimiter_byte)) {}
    };

    /// One bit for each of the eight bytes of `word` that equals its byte of `pattern`.
    static std::uint64_t equal(std::uint64_t word, std::uint64_t pattern) {
        constexpr std::uint64_t low7 = each * 0x7F;
        const std::uint64_t differs = word ^ pattern;
        const std::uint64_t zero = ~(((differs & low7) + low7) | differs | low7);
        // Gathers the lowest bits of the eight bytes into the highest byte.
        return ((zero >> 7) * 0x0102040810204080) >> 56;
    }

    template <bool quoting>
    static Masks classify(const char* text, const Wanted& wanted) {
        Masks masks{};
        for (int i = 0; i < 8; ++i) {
            std::uint64_t word = 0;
            for (int byte = 0; byte < 8; ++byte) {
                word |= std::uint64_t{static_cast<unsigned char>(text[8 * i + byte])} << (8 * byte);
            }
            masks.delimiter |= equal(word, wanted.delimiter) << (8 * i);
            masks.cr |= equal(word, each * '\r') << (8 * i);
            masks.lf |= equal(word, each * '\n') << (8 * i);
            if constexpr (quoting) masks.quote |= equal(word, each * '"') << (8 * i);
        }
        return masks;
    }

    static std::uint64_t prefix_xor(std::uint64_t bits) {
        for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
        return bits;
    }

    static void emit(std::uint64_t bits, std::uint32_t base, std::uint32_t* out) {
        for (; bits != 0; bits &= bits - 1)
            *out++ = base + static_cast<std::uint32_t>(std::countr_zero(bits));
    }
};

}  // namespace

const Kernels& portable_kernels() {
    static constexpr Kernels kernels{.set = InstructionSet::portable,
                                     .scan = scan<Portable>,
                                     .scan_counting = scan_counting<Portable>,
                                     .count_line_ends = count_line_ends<Portable>,
                                     .integers = integers,
                                     .reals = reals,
                                     .days = days,
                                     .codes = codes,
                                     .texts = texts,
                                     .hash = hash};
    return kernels;
}

#if !defined(__x86_64__)
const Kernels& avx2_kernels() {
    return portable_kernels();
}
const Kernels& avx512_kernels() {
    return portable_kernels();
}
#endif

const Kernels* kernels_for(InstructionSet set) {
    switch (set) {
        case InstructionSet::portable:
            return &portable_kernels();
#if defined(__x86_64__)
        case InstructionSet::avx2:
            return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul") &&
                           __builtin_cpu_supports("popcnt")
                       ? &avx2_kernels()
                       : nullptr;
        case InstructionSet::avx512:
            return kernels_for(InstructionSet::avx2) != nullptr && __builtin_cpu_supports("avx512f") &&
                           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi2") &&
                           __builtin_cpu_supports("aes")
                       ? &avx512_kernels()
                       : nullptr;
#else
        case InstructionSet::avx2:
        case InstructionSet::avx512:
            return nullptr;
#endif
    }
    return nullptr;
}

const Kernels& best_kernels() {
    static const Kernels& best = []() -> const Kernels& {
        for (const InstructionSet set : {InstructionSet::avx512, InstructionSet::avx2}) {
            if (const Kernels* found = kernels_for(set)) return *found;
        }
        return portable_kernels();
    }();
    return best;
}

}  // namespace truce::csv::kernels
