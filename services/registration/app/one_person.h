#ifndef TREMPLIN_SERVICES_REGISTRATION_APP_ONE_PERSON_H_
#define TREMPLIN_SERVICES_REGISTRATION_APP_ONE_PERSON_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/outbox/outbox.h"
#include "common/seal/seal.h"

// Who is one person. Each referral brings a record of its person; staff's links make records one.
// The one made first is the head: enrolments are its, keys act as it. Of the enrolments of a person
// in one program and part that have not ended one counts: that which did so before, is ready, or
// was made first; the others stand behind it as they are, neither matched nor counted, so that
// undoing the link leaves everything as it was.
namespace tremplin::registration {

// What follows of a change around these referrals: heads, whose enrolments are, which stand behind
// which; and tells the others. The caller holds the referrals. The same again changes nothing.
absl::Status Regroup(database::Transaction& tx, const seal::Sealer& sealer,
                     const outbox::Outbox& outbox, const std::vector<std::string>& referrals,
                     absl::Time at, std::string_view traceparent);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_APP_ONE_PERSON_H_
