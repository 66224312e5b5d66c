#include "services/referral/domain/likeness.h"

#include <algorithm>
#include <cctype>

namespace tremplin::referral {
namespace {

// The key of the names alone: as if both were born on one day.
std::string NameKey(const File& file) {
  File named;
  named.given_name = file.given_name;
  named.family_name = file.family_name;
  named.birth_date = "2000-01-01";
  return PersonKey(named);
}

std::string Digits(const std::string& phone) {
  std::string digits;
  std::copy_if(phone.begin(), phone.end(), std::back_inserter(digits),
               [](unsigned char c) { return std::isdigit(c) != 0; });
  return digits;
}

bool BothGiven(const std::string& a, const std::string& b) { return !a.empty() && !b.empty(); }

}  // namespace

Likeness Compare(const File& a, const File& b) {
  Likeness likeness;
  const auto compare = [&](const char* what, const std::string& mine, const std::string& theirs) {
    if (BothGiven(mine, theirs) && mine != theirs) likeness.differs.emplace_back(what);
    return BothGiven(mine, theirs) && mine == theirs;
  };
  compare("name", NameKey(a), NameKey(b));
  compare("birth_date", a.birth_date, b.birth_date);
  likeness.email = compare("email", EmailKey(a), EmailKey(b));
  compare("phone", Digits(a.phone), Digits(b.phone));
  likeness.person = BothGiven(PersonKey(a), PersonKey(b)) && PersonKey(a) == PersonKey(b);
  return likeness;
}

}  // namespace tremplin::referral
