#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_LIKENESS_BUILD_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_LIKENESS_BUILD_H_

#include <cstdint>
#include <string>
#include <vector>

// How alike occupations are, counted once while building: likeness_generate writes the answer as a
// table that likeness.h reads. Pure and deterministic; nothing of it runs in a service.
namespace tremplin::matching::engine {

// One NOC 2021 unit group. The titles of a language are a list of its own, not translations.
struct Occupation {
  std::string code;  // five digits, of which the second is the TEER
  std::vector<std::string> titles_en;
  std::vector<std::string> titles_fr;
};

// Likeness in hundredths, by [mentee][mentor], row by row; `occupations` in the order of their
// codes.
//
//   likeness = max(depth, link) − 10 when the mentor's TEER is 2 or more below the mentee's, never
//   below 0. Not symmetric for that reason.
//
// depth: by how many digits the codes agree from the left: 0, 25, 45, 65, 85, 100.
//
// link: what their titles share, which ties a field together across its TEERs (a manager of
// software people, 20012, and a software engineer, 21231, agree in one digit only). Words are
// folded to ASCII and cut to six letters, which joins "nurse" and "nursing", "ingénieur" and
// "ingénierie". In one language,
//
//   rarity(w) = ln(units / units having w) · √(the broad category's share that has most of w)
//   x(u, w)   = √(share of u's titles that contain w) · rarity(w)
//   s(u, v)   = cosine of x(u) and x(v)
//
// The second factor of rarity makes rank words (manager, supervisor, technician, clerk), which
// every field has, say little, without a list of them. s is the mean of the two languages', which
// takes the edge off words that have two meanings in one of them, and
// link = 85 · clamp((s − .04) / .16, 0, 1): below .04 chance, from .20 on as good as the same minor
// group. The two bounds are judgement, checked by fifty pairs in likeness_test.cc.
//
// O(units² + Σ over words of units having it²): half a second.
std::vector<uint8_t> BuildLikeness(const std::vector<Occupation>& occupations);

// The distinct words of a title as they are compared: lower case, accents folded, cut to six
// letters, those of fewer than three left out; sorted.
std::vector<std::string> TitleWords(const std::string& title);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_LIKENESS_BUILD_H_
