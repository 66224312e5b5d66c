#ifndef TREMPLIN_SERVICES_REFERRAL_DOMAIN_LIKENESS_H_
#define TREMPLIN_SERVICES_REFERRAL_DOMAIN_LIKENESS_H_

#include <string>
#include <vector>

#include "services/referral/domain/file.h"

// What makes two entries seem one person. Pure.
namespace tremplin::referral {

struct Likeness {
  bool email = false;   // the same, case apart
  bool person = false;  // the same words of names and the same birth date
  // Of what both give, in this order: "name", "birth_date", "email", "phone".
  std::vector<std::string> differs = {};

  // They share nothing by which a person is known.
  bool Strangers() const { return !email && !person; }
};
Likeness Compare(const File& a, const File& b);

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_DOMAIN_LIKENESS_H_
