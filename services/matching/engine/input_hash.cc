#include "services/matching/engine/input_hash.h"

#include <unordered_set>

#include "absl/strings/str_cat.h"

namespace tremplin::matching::engine {
namespace {

__extension__ using Wide = unsigned __int128;

std::array<uint64_t, 4> WordsOf(const std::array<uint8_t, 32>& digest) {
  std::array<uint64_t, 4> words = {};
  for (size_t i = 0; i < digest.size(); ++i) words[i / 8] |= uint64_t{digest[i]} << (8 * (i % 8));
  return words;
}

void Put(std::string_view text, std::string* out) {
  *out += std::to_string(text.size());
  *out += ':';
  *out += text;
}

void Put(const std::vector<std::string>& texts, std::string* out) {
  *out += std::to_string(texts.size());
  *out += '[';
  for (const std::string& text : texts) Put(text, out);
}

template <typename Person>
std::string FactsOfPerson(std::string_view side, const Person& person, int64_t number) {
  std::string facts;
  Put(side, &facts);
  Put(person.enrolment, &facts);
  Put(person.person, &facts);
  Put(person.business_key, &facts);
  Put(person.profile.noc, &facts);
  Put(person.profile.naics, &facts);
  Put(person.profile.languages, &facts);
  Put(person.profile.fsa, &facts);
  Put(person.profile.availability, &facts);
  Put(person.profile.goals, &facts);
  Put(person.profile.wishes, &facts);
  Put(person.profile.required, &facts);
  Put(person.profile.attributes, &facts);
  Put(person.lessons, &facts);
  absl::StrAppend(&facts, person.profile.years_experience, ";", number);
  return facts;
}

}  // namespace

void InputHash::Add(const std::array<uint8_t, 32>& digest) {
  const std::array<uint64_t, 4> words = WordsOf(digest);
  Wide carry = 0;
  for (size_t i = 0; i < words_.size(); ++i) {
    carry += Wide{words_[i]} + words[i];
    words_[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
}

void InputHash::Remove(const std::array<uint8_t, 32>& digest) {
  const std::array<uint64_t, 4> words = WordsOf(digest);
  Wide carry = 1;  // less x is plus the complement of x and 1
  for (size_t i = 0; i < words_.size(); ++i) {
    carry += Wide{words_[i]} + ~words[i];
    words_[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
}

std::string InputHash::ToHex() const {
  std::string hex;
  for (size_t i = words_.size(); i-- > 0;)
    absl::StrAppend(&hex, absl::Hex(words_[i], absl::kZeroPad16));
  return hex;
}

std::string FactsOf(const Mentee& mentee) {
  return FactsOfPerson("mentee", mentee, mentee.waiting_since - absl::CivilDay(1970, 1, 1));
}

std::string FactsOf(const Mentor& mentor) { return FactsOfPerson("mentor", mentor, mentor.free); }

std::string FactsOfBar(std::string_view mentee, std::string_view mentor) {
  std::string facts;
  Put("bar", &facts);
  Put(mentee, &facts);
  Put(mentor, &facts);
  return facts;
}

InputHash HashOf(const Pool& pool, const Digest& digest) {
  InputHash hash;
  std::unordered_set<std::string_view> mentees;
  std::unordered_set<std::string_view> mentors;
  for (const Mentee& mentee : pool.mentees) {
    mentees.insert(mentee.enrolment);
    hash.Add(digest(FactsOf(mentee)));
  }
  for (const Mentor& mentor : pool.mentors) {
    mentors.insert(mentor.enrolment);
    hash.Add(digest(FactsOf(mentor)));
  }
  for (const auto& [mentee, mentor] : pool.barred) {
    if (mentees.contains(mentee) && mentors.contains(mentor)) {
      hash.Add(digest(FactsOfBar(mentee, mentor)));
    }
  }
  return hash;
}

}  // namespace tremplin::matching::engine
