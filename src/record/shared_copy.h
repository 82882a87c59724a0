// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace truce::record {

/// A picture's bytes without what says who took it, when, where, with what, and what it was before: the copy that may be shared.
///
/// The picture itself is not decoded: its own bytes stay as they are. What is kept is what a viewer needs to show it.
/// - JPEG: frames, tables and scans up to the end of the first picture; which way is up, where an Exif block said so; JFIF's
///   density and Adobe's mark of the colour transform. Exif, XMP, IPTC, colour profiles (which may name the device), maker's notes, thumbnails, comments and
///   whatever follows the picture (a second picture, a film) are gone.
/// - PNG: the picture, its palette, transparency, gamma, and animation. Texts, times, Exif, colour profiles and chunks that this
///   program does not know are gone, and whatever follows the end.
///
/// Fails, saying what was found, for anything else, and for a picture that is broken. A PDF, a film or a document keeps such data
/// in many places, some of them packed or encrypted: nobody could promise to have found all. What is to be seen in the picture
/// itself (a face, a number plate, a reflection) is not looked at. RFC, ISO and W3C: ITU-T T.81 annex B, PNG third edition 5.
[[nodiscard]] Result<std::string> without_metadata(std::string_view bytes);

}  // namespace truce::record
