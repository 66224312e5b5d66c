#ifndef TREMPLIN_SERVICES_SESSION_DOMAIN_CREDITS_H_
#define TREMPLIN_SERVICES_SESSION_DOMAIN_CREDITS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "services/session/domain/terms.h"

// Credits that a definition gives by the hour (design §9). Pure. Counted whenever they are asked
// for, from what is known then: a fact that is heard of late loses nobody a credit.
namespace tremplin::session::domain {

// Somebody's presence at a session whose kind of contact counts.
struct Attendance {
  std::string enrolment;
  absl::Time held;
  int minutes = 0;
};

// A yes/no fact of a participant as of a moment, until the next of the same fact.
struct FactSince {
  std::string enrolment;
  std::string fact;
  absl::Time since;
  bool yes = false;
};

// Hundredths earned by (enrolment, rule): of the whole minutes together, rounded down once. Only of
// sessions on whose day, in the program's time zone, the rule's fact said yes; who earned nothing
// is not in it. `facts` by growing time.
std::map<std::pair<std::string, std::string>, int64_t> CreditsOf(
    const Terms& terms, const std::vector<Attendance>& attended,
    const std::vector<FactSince>& facts);

}  // namespace tremplin::session::domain

#endif  // TREMPLIN_SERVICES_SESSION_DOMAIN_CREDITS_H_
