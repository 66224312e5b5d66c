#include "services/matching/domain/lesson.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tremplin::matching::domain {
namespace {

constexpr std::pair<std::string_view, std::string_view> kNamed[] = {{"schedule", "availability"},
                                                                    {"occupation", "occupation"},
                                                                    {"distance", "proximity"},
                                                                    {"goals", "goals"}};

}  // namespace

std::string_view CriterionOf(std::string_view reason) {
  const auto named = std::find_if(std::begin(kNamed), std::end(kNamed),
                                  [&](const auto& one) { return one.first == reason; });
  return named == std::end(kNamed) ? "" : named->second;
}

}  // namespace tremplin::matching::domain
