#ifndef TREMPLIN_SERVICES_SESSION_APP_VIEW_H_
#define TREMPLIN_SERVICES_SESSION_APP_VIEW_H_

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "services/session/domain/mentorship.h"
#include "services/session/store/mentorships.h"
#include "tremplin/session/v1/session.pb.h"

// What a caller may see, and how.
namespace tremplin::session::app {

// A mentee's or mentor's own side; nullopt for staff.
std::optional<domain::Side> OwnSide(const rpc::Principal& principal);

bool MaySeeProgram(const rpc::Principal& principal, std::string_view program);

// The mentorship if the caller may see it: a mentee or mentor their own, staff their program's;
// otherwise NOT_FOUND (MENTORSHIP_NOT_FOUND), which does not tell whether there is one.
absl::StatusOr<store::MentorshipRow> ReadVisible(database::Reader& reader,
                                                 const rpc::Principal& principal,
                                                 std::string_view id);

// For a mentee or mentor without the other's business key and without staff's review.
v1::Mentorship ToProto(const store::MentorshipRow& row, const rpc::Principal& principal);
v1::Session ToProto(const store::Session& session);

// nullopt for UNSPECIFIED and for numbers the API does not know.
std::optional<domain::State> StateOf(v1::Mentorship::State state);
std::optional<domain::Contact> ContactOf(v1::Contact contact);

}  // namespace tremplin::session::app

#endif  // TREMPLIN_SERVICES_SESSION_APP_VIEW_H_
