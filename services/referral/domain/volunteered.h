#ifndef TREMPLIN_SERVICES_REFERRAL_DOMAIN_VOLUNTEERED_H_
#define TREMPLIN_SERVICES_REFERRAL_DOMAIN_VOLUNTEERED_H_

#include <string>
#include <vector>

#include "common/status/error.h"
#include "services/referral/domain/entry.h"

// What a person says of their own accord for matching. Pure.
namespace tremplin::referral {

struct Volunteered {
  bool consent = false;
  std::vector<std::string> wishes = {};
  std::vector<std::string> required = {};
  std::vector<std::string> attributes = {};
};

// Whether anything is said at all.
bool IsEmpty(const Volunteered& volunteered);

// One violation a fault, under "volunteered.": a code that is no trait or comes twice, more than 32
// codes, what is required without being wished, a mentor's wishes, a mentee's attributes, anything
// without consent.
std::vector<status::FieldViolation> Faults(const Volunteered& volunteered, Side side);

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_DOMAIN_VOLUNTEERED_H_
