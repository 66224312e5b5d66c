#ifndef TREMPLIN_SERVICES_MATCHING_DOMAIN_LESSON_H_
#define TREMPLIN_SERVICES_MATCHING_DOMAIN_LESSON_H_

#include <string_view>

// What a no teaches. Pure.
//
//   reason      schedule       occupation   distance    goals   personal, other
//   criterion   availability   occupation   proximity   goals   –
namespace tremplin::matching::domain {

// The criterion that a coded no names; "" when it names none.
std::string_view CriterionOf(std::string_view reason);

}  // namespace tremplin::matching::domain

#endif  // TREMPLIN_SERVICES_MATCHING_DOMAIN_LESSON_H_
