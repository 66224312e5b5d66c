#include "services/matching/engine/likeness_build.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

namespace tremplin::matching::engine {
namespace {

constexpr std::array<int, 6> kByDepth = {0, 25, 45, 65, 85, 100};
constexpr int kMostByLink = 85;
constexpr double kChance = 0.04;
constexpr double kAsGoodAsKin = 0.20;
constexpr int kTeerBelow = 10;
constexpr size_t kLeastLetters = 3;
constexpr size_t kStemLetters = 6;

// U+00C0 to U+00FF without their accents; a space where it is no letter.
constexpr std::string_view kLatin1 =
    "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty";

using Words = std::map<std::string, double>;

struct Posting {
  size_t unit = 0;
  double weight = 0;
};

// The next letter of UTF-8 text at `*at`, which moves on: folded, "" when it is none.
std::string NextLetter(const std::string& text, size_t* at) {
  const auto byte = static_cast<unsigned char>(text[(*at)++]);
  if (byte >= 'a' && byte <= 'z') return {static_cast<char>(byte)};
  if (byte >= 'A' && byte <= 'Z') return {static_cast<char>(byte - 'A' + 'a')};
  if (byte < 0xC0) return "";
  unsigned code = byte & 0x1Fu;
  while (*at < text.size() && (static_cast<unsigned char>(text[*at]) & 0xC0u) == 0x80u) {
    code = code << 6 | (static_cast<unsigned char>(text[(*at)++]) & 0x3Fu);
  }
  if (code == 0x152 || code == 0x153) return "oe";
  if (code < 0xC0 || code > 0xFF || kLatin1[code - 0xC0] == ' ') return "";
  return {kLatin1[code - 0xC0]};
}

// By word: the share of the titles that contain it.
Words Shares(const std::vector<std::string>& titles) {
  Words shares;
  for (const std::string& title : titles) {
    for (std::string& word : TitleWords(title)) {
      shares[std::move(word)] += 1 / static_cast<double>(titles.size());
    }
  }
  return shares;
}

Words Rarity(const std::vector<Occupation>& occupations, const std::vector<Words>& shares) {
  struct Seen {
    double units = 0;
    std::map<char, double> by_broad_category;
  };
  std::map<std::string, Seen> seen;
  for (size_t unit = 0; unit < shares.size(); ++unit) {
    for (const auto& [word, share] : shares[unit]) {
      ++seen[word].units;
      seen[word].by_broad_category[occupations[unit].code[0]] += share;
    }
  }
  Words rarity;
  for (const auto& [word, where] : seen) {
    double all = 0;
    double most = 0;
    for (const auto& [category, share] : where.by_broad_category) {
      all += share;
      most = std::max(most, share);
    }
    rarity[word] =
        std::log(static_cast<double>(shares.size()) / where.units) * std::sqrt(most / all);
  }
  return rarity;
}

// s(u, v) of one language, row by row.
std::vector<double> Cosines(const std::vector<Occupation>& occupations,
                            const std::vector<Words>& shares) {
  const Words rarity = Rarity(occupations, shares);
  const size_t units = shares.size();
  std::map<std::string, std::vector<Posting>> postings;
  for (size_t unit = 0; unit < units; ++unit) {
    double squares = 0;
    for (const auto& [word, share] : shares[unit]) {
      squares += share * rarity.at(word) * rarity.at(word);
    }
    if (squares <= 0) continue;
    for (const auto& [word, share] : shares[unit]) {
      postings[word].push_back({unit, std::sqrt(share / squares) * rarity.at(word)});
    }
  }
  std::vector<double> cosines(units * units);
  for (const auto& [word, having] : postings) {
    for (const Posting& a : having) {
      for (const Posting& b : having) cosines[a.unit * units + b.unit] += a.weight * b.weight;
    }
  }
  return cosines;
}

int Depth(const std::string& a, const std::string& b) {
  size_t depth = 0;
  while (depth < 5 && a[depth] == b[depth]) ++depth;
  return kByDepth[depth];
}

}  // namespace

std::vector<std::string> TitleWords(const std::string& title) {
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    if (word.size() >= kLeastLetters) words.push_back(word.substr(0, kStemLetters));
    word.clear();
  };
  for (size_t at = 0; at < title.size();) {
    const std::string letter = NextLetter(title, &at);
    if (letter.empty()) {
      finish();
    } else {
      word += letter;
    }
  }
  finish();
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::vector<uint8_t> BuildLikeness(const std::vector<Occupation>& occupations) {
  std::vector<Words> english;
  std::vector<Words> french;
  for (const Occupation& one : occupations) {
    english.push_back(Shares(one.titles_en));
    french.push_back(Shares(one.titles_fr));
  }
  const std::vector<double> in_english = Cosines(occupations, english);
  const std::vector<double> in_french = Cosines(occupations, french);
  const size_t units = occupations.size();
  std::vector<uint8_t> table(units * units);
  for (size_t mentee = 0; mentee < units; ++mentee) {
    for (size_t mentor = 0; mentor < units; ++mentor) {
      const std::string& from = occupations[mentee].code;
      const std::string& to = occupations[mentor].code;
      const size_t at = mentee * units + mentor;
      const double shared = (in_english[at] + in_french[at]) / 2;
      const double link = std::clamp((shared - kChance) / (kAsGoodAsKin - kChance), 0.0, 1.0);
      int likeness = std::max(Depth(from, to), static_cast<int>(std::lround(kMostByLink * link)));
      if (to[1] - from[1] >= 2) likeness = std::max(0, likeness - kTeerBelow);
      table[at] = static_cast<uint8_t>(likeness);
    }
  }
  return table;
}

}  // namespace tremplin::matching::engine
