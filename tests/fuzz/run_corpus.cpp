// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over every file of the folders given, and over every prefix of the small ones: what the fuzzer
// once found stays found in ordinary test runs.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t small_enough_for_every_prefix = 2048;

void run(const std::string& bytes, std::size_t length) {
    // A copy of exactly this length lets the address sanitizer see a read past its end.
    const std::vector<std::uint8_t> input(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t files = 0;
    for (int i = 1; i < argc; ++i) {
        std::vector<std::filesystem::path> corpus;
        if (std::filesystem::is_directory(argv[i])) {
            for (const auto& entry : std::filesystem::directory_iterator(argv[i])) corpus.push_back(entry.path());
        }
        std::ranges::sort(corpus);
        for (const auto& path : corpus) {
            std::ifstream file(path, std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(file), {}};
            if (bytes.size() <= small_enough_for_every_prefix) {
                for (std::size_t length = 0; length < bytes.size(); ++length) run(bytes, length);
            }
            run(bytes, bytes.size());
            ++files;
        }
    }
    std::printf("%zu corpus files\n", files);
    return files > 0 ? 0 : 1;  // a target without a corpus is a mistake
}
