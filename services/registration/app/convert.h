#ifndef TREMPLIN_SERVICES_REGISTRATION_APP_CONVERT_H_
#define TREMPLIN_SERVICES_REGISTRATION_APP_CONVERT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/database/database.h"
#include "common/outbox/outbox.h"
#include "common/program/program_store.h"
#include "services/registration/domain/enrolment.h"
#include "services/registration/store/enrolments.h"
#include "services/registration/store/organizations.h"
#include "tremplin/registration/v1/registration.pb.h"

// Between the domain's values, rows, and messages.
namespace tremplin::registration {

inline constexpr char kPrograms[] = "programs";
inline constexpr char kOrganizations[] = "organizations";
inline constexpr char kApiKeys[] = "apiKeys";
inline constexpr char kPeople[] = "people";
inline constexpr char kEnrolments[] = "enrolments";

// The onboarding steps of a role.
std::vector<domain::Step> StepsOf(const program::v1::ProgramDefinition& definition,
                                  domain::Role role);

// `steps` are those of the enrolment's role: each is shown, done or not. Facts are shown as they
// stand in the profile, those kept sealed where they are open.
v1::Enrolment ToMessage(const store::EnrolmentRow& row, absl::Span<const domain::Step> steps);

v1::Organization ToMessage(const store::OrganizationRow& row);

// Puts the events of a decision on `row` into the outbox, dated `at` (business time).
absl::Status AppendEvents(database::Transaction& tx, const outbox::Outbox& outbox,
                          const store::EnrolmentRow& row, const std::vector<domain::Event>& events,
                          absl::Time at, std::string_view traceparent);

// EnrolmentCreated of a new row. `language` is that in which the person is written to.
absl::Status AppendCreated(database::Transaction& tx, const outbox::Outbox& outbox,
                           const store::EnrolmentRow& row, const std::string& language,
                           absl::Time at, std::string_view traceparent);

// Whose the enrolment is now, and behind which it stands.
absl::Status AppendIdentified(database::Transaction& tx, const outbox::Outbox& outbox,
                              const store::EnrolmentRow& row, absl::Time at,
                              std::string_view traceparent);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_APP_CONVERT_H_
