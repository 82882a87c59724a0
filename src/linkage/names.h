// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace truce::linkage {

/// A name's key in Latin letters: `name_key`, brought into unaccented Latin letters by ICU's transliteration.
/// "Сараκиб" and "Sarakib" meet; Arabic, which writes few vowels, gives consonants: "محمد" is "mhmd".
[[nodiscard]] std::string latin_key(std::string_view name);

/// The consonants of a key of `latin_key`, as far as transliterations of one Arabic name share them: vowels,
/// half-vowels and doubled letters dropped, articles and "abu", "bin" left out or made one, letters that
/// stand for each other made one (k, q and g; d and dh; s and sh and th; z and j). "muhammad", "mohamed" and
/// "mhmd" have one skeleton. Words keep their order and their spaces.
[[nodiscard]] std::string skeleton(std::string_view key);

/// How alike two names are, from 0 to 1, whatever letters they are written in: by Jaro and Winkler, of the
/// keys as they are or with their words in order of the alphabet, whichever is more alike; where one has no
/// vowels (it comes from Arabic letters), of the skeletons. Requires: both are keys of `latin_key`.
[[nodiscard]] double name_likeness(std::string_view a, std::string_view b);

}  // namespace truce::linkage
