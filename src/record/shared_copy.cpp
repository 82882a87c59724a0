// SPDX-License-Identifier: Apache-2.0
#include "record/shared_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace truce::record {
namespace {

using namespace std::string_view_literals;

constexpr auto png_signature = "\x89PNG\r\n\x1a\n"sv;
constexpr auto exif_mark = "Exif\0\0"sv;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

tl::unexpected<Error> broken(std::string_view kind, std::size_t at, std::string_view what) {
    return failure({.message = fmt::format("this {} is broken at byte {}: {}; no copy of it is made", kind, at, what)});
}

// --- JPEG

constexpr std::uint8_t start_of_image = 0xd8;
constexpr std::uint8_t end_of_image = 0xd9;
constexpr std::uint8_t start_of_scan = 0xda;
constexpr std::uint8_t first_application = 0xe0;
constexpr std::uint8_t adobe = 0xee;

/// Whether a marker stands alone, without a length behind it: restarts, and TEM.
bool stands_alone(std::uint8_t marker) {
    return (marker >= 0xd0 && marker <= 0xd7) || marker == 0x01;
}

/// Whether a segment is a part of the picture: frames, tables, intervals, scans. What is reserved or belongs to extensions that no
/// viewer needs is none.
bool of_the_picture(std::uint8_t marker) {
    return (marker >= 0xc0 && marker <= 0xcf && marker != 0xc8) || (marker >= start_of_scan && marker <= 0xdf);
}

/// Numbers of a TIFF header in its own order of bytes.
class Tiff {
public:
    explicit Tiff(std::string_view bytes) : bytes_(bytes), little_(bytes.starts_with("II")) {}
    [[nodiscard]] std::optional<std::uint32_t> number(std::size_t at, std::size_t length) const {
        if (at > bytes_.size() || bytes_.size() - at < length) return std::nullopt;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < length; ++i) {
            value = value << 8U | byte_at(bytes_, little_ ? at + length - 1 - i : at + i);
        }
        return value;
    }

private:
    std::string_view bytes_;
    bool little_;
};

/// Which way is up (Exif tag 0x0112: 1 to 8), by an Exif segment's content; nothing where it says nothing else than "as it is".
std::optional<std::uint8_t> orientation_in(std::string_view segment) {
    constexpr std::uint32_t orientation_tag = 0x0112;
    if (!segment.starts_with(exif_mark)) return std::nullopt;
    const auto bytes = segment.substr(exif_mark.size());
    if (!bytes.starts_with("II*\0"sv) && !bytes.starts_with("MM\0*"sv)) return std::nullopt;
    const Tiff tiff(bytes);
    const auto directory = tiff.number(4, 4);
    const auto count = directory ? tiff.number(*directory, 2) : std::nullopt;
    for (std::uint32_t i = 0; count && i < *count; ++i) {
        const std::size_t entry = std::size_t{*directory} + 2 + std::size_t{12} * i;
        if (tiff.number(entry, 2) != orientation_tag) continue;
        const auto value = tiff.number(entry + 8, 2);
        if (value && *value >= 2 && *value <= 8) return static_cast<std::uint8_t>(*value);
        return std::nullopt;
    }
    return std::nullopt;
}

/// An Exif segment that says which way is up and nothing else.
std::string orientation_segment(std::uint8_t orientation) {
    auto segment = std::string("\xff\xe1\x00\x22"sv);
    segment += exif_mark;
    segment += "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"sv;
    segment += static_cast<char>(orientation);
    segment += "\0\0\0\0\0\0"sv;
    return segment;
}

class Jpeg {
public:
    explicit Jpeg(std::string_view bytes) : bytes_(bytes) {}

    Result<std::string> stripped() {
        out_ = "\xff\xd8";
        at_ = 2;
        std::string picture;
        bool scanned = false;
        while (true) {
            const auto marker = next_marker();
            if (!marker) return tl::unexpected(marker.error());
            if (*marker == end_of_image) break;
            if (stands_alone(*marker)) continue;
            const auto segment = next_segment();
            if (!segment) return tl::unexpected(segment.error());
            if (*marker == first_application + 1 && !orientation_) orientation_ = orientation_in(*segment);
            if (*marker == first_application && segment->size() >= 14 && segment->starts_with("JFIF\0"sv))
                put(picture, *marker, std::string(segment->substr(0, 12)) + std::string(2, '\0'));  // without its thumbnail
            if (*marker == adobe && segment->size() == 12 && segment->starts_with("Adobe")) put(picture, *marker, *segment);
            if (!of_the_picture(*marker)) continue;
            put(picture, *marker, *segment);
            if (*marker == start_of_scan) {
                scanned = true;
                picture += scan();
            }
        }
        if (!scanned) return broken("JPEG", at_, "there is no picture in it");
        if (orientation_) out_ += orientation_segment(*orientation_);
        return out_ + picture + "\xff\xd9";
    }

private:
    static void put(std::string& out, std::uint8_t marker, std::string_view segment) {
        const auto length = segment.size() + 2;
        out += '\xff';
        out += static_cast<char>(marker);
        out += static_cast<char>(length >> 8U);
        out += static_cast<char>(length & 0xffU);
        out += segment;
    }

    Result<std::uint8_t> next_marker() {
        if (at_ + 1 >= bytes_.size()) return broken("JPEG", at_, "it ends before its end mark");
        if (byte_at(bytes_, at_) != 0xff) return broken("JPEG", at_, "a marker should stand here");
        while (at_ < bytes_.size() && byte_at(bytes_, at_) == 0xff) ++at_;  // fill bytes
        if (at_ == bytes_.size()) return broken("JPEG", at_, "it ends before its end mark");
        if (byte_at(bytes_, at_) == 0) return broken("JPEG", at_, "a marker should stand here");
        return byte_at(bytes_, at_++);
    }

    Result<std::string_view> next_segment() {
        if (bytes_.size() - at_ < 2) return broken("JPEG", at_, "it ends within a segment");
        const std::size_t length = std::size_t{byte_at(bytes_, at_)} << 8U | byte_at(bytes_, at_ + 1);
        if (length < 2 || length > bytes_.size() - at_) return broken("JPEG", at_, "a segment is longer than the file");
        const auto segment = bytes_.substr(at_ + 2, length - 2);
        at_ += length;
        return segment;
    }

    /// The coded bytes behind the head of a scan, up to the next marker that is no restart.
    std::string_view scan() {
        const std::size_t first = at_;
        while (at_ + 1 < bytes_.size()) {
            const auto next = byte_at(bytes_, at_ + 1);
            if (byte_at(bytes_, at_) == 0xff && next != 0 && next != 0xff && !stands_alone(next)) break;
            ++at_;
        }
        return bytes_.substr(first, at_ - first);
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
    std::string out_;
    std::optional<std::uint8_t> orientation_;
};

// --- PNG

constexpr auto kept_chunks = std::to_array<std::string_view>(
    {"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "cICP", "sBIT", "bKGD", "pHYs", "acTL", "fcTL", "fdAT"});

Result<std::string> png_stripped(std::string_view bytes) {
    constexpr std::size_t frame = 12;  // length, type, checksum
    std::string out(png_signature);
    std::size_t at = png_signature.size();
    bool begun = false;
    bool drawn = false;
    while (true) {
        if (bytes.size() - at < frame) return broken("PNG", at, "it ends before its end chunk");
        std::size_t length = 0;
        for (std::size_t i = 0; i < 4; ++i) length = length << 8U | byte_at(bytes, at + i);
        if (length > bytes.size() - at - frame) return broken("PNG", at, "a chunk is longer than the file");
        const auto type = bytes.substr(at + 4, 4);
        if (!begun && type != "IHDR") return broken("PNG", at, "it does not begin with its head");
        begun = true;
        drawn = drawn || type == "IDAT";
        if (std::ranges::find(kept_chunks, type) != kept_chunks.end()) out += bytes.substr(at, length + frame);
        at += length + frame;
        if (type == "IEND") break;
    }
    if (!drawn) return broken("PNG", at, "there is no picture in it");
    return out;
}

/// What a file seems to be, for the sentence that refuses it.
std::string_view kind_of_file(std::string_view bytes) {
    if (bytes.starts_with("%PDF")) return "a PDF";
    if (bytes.starts_with("GIF8")) return "a GIF";
    if (bytes.size() > 12 && bytes.starts_with("RIFF")) return bytes.substr(8, 4) == "WEBP" ? "a WebP picture" : "a sound or film (RIFF)";
    if (bytes.size() > 12 && bytes.substr(4, 4) == "ftyp") return "a film or a picture of the MP4 family (HEIC, AVIF)";
    if (bytes.starts_with("PK\x03\x04")) return "a packed document (Office, OpenDocument, ZIP)";
    if (bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv)) return "a TIFF or raw picture";
    return "neither a JPEG nor a PNG";
}

}  // namespace

Result<std::string> without_metadata(std::string_view bytes) {
    if (bytes.size() > 4 && byte_at(bytes, 0) == 0xff && byte_at(bytes, 1) == start_of_image) return Jpeg(bytes).stripped();
    if (bytes.starts_with(png_signature)) return png_stripped(bytes);
    return failure({.message = fmt::format("this is {}: what it says of who made it, where and when cannot be taken out for certain; share a "
                                           "picture of it (JPEG or PNG), or, if nothing in it can hurt anyone, the original with --as-it-is",
                                           kind_of_file(bytes))});
}

}  // namespace truce::record
