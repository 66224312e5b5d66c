#ifndef TREMPLIN_COMMON_PERSON_NORMAL_H_
#define TREMPLIN_COMMON_PERSON_NORMAL_H_

#include <cstddef>
#include <string>
#include <string_view>

// What people type, read as what they mean: two spellings of one content are one content. The one
// home of trimming, comparing and measuring texts of people; names, addresses and days stand
// beside. Pure. Text that is not UTF-8 comes back as it was given.
namespace tremplin::person {

// Composed (NFC); blanks, control and format characters at either end gone; inside, a run of white
// space is one blank.
std::string Line(std::string_view text);

// The same with its inside as it was typed: a text of several lines.
std::string Block(std::string_view text);

// Without white space and dashes of any kind, small letters as capitals: how codes are compared
// that people set apart as they like ("k1z‑9e5").
std::string Code(std::string_view text);

// Case apart, in any script; composed.
std::string Caseless(std::string_view text);

// Whether a person would count more than `most` characters (grapheme clusters), or the text is made
// of so many marks upon each that it is no text. The limit is the same in every script.
bool IsLonger(std::string_view text, size_t most);

// Letters that no name has, the trace of a file read in a wrong encoding: U+FFFD, pairs such as
// "Ã©" (the bytes of one letter shown as two), a question mark beside a letter, control characters
// inside.
bool IsGarbled(std::string_view name);

}  // namespace tremplin::person

#endif  // TREMPLIN_COMMON_PERSON_NORMAL_H_
