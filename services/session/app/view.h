#ifndef TREMPLIN_SERVICES_SESSION_APP_VIEW_H_
#define TREMPLIN_SERVICES_SESSION_APP_VIEW_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "services/session/domain/engagement.h"
#include "services/session/store/engagements.h"
#include "services/session/store/introductions.h"
#include "services/session/store/sessions.h"
#include "tremplin/session/v1/session.pb.h"

// What a caller may see, and how.
namespace tremplin::session::app {

// A mentee's or mentor's own side; nullopt for staff.
std::optional<domain::Side> OwnSide(const rpc::Principal& principal);

bool MaySeeProgram(const rpc::Principal& principal, std::string_view program);

// The caller's own part, present or past, on the side they act for; nullptr for staff and for who
// never was in it.
const domain::Participant* OwnPart(const rpc::Principal& principal,
                                   const domain::Engagement& engagement);
// As whom the caller acts: their enrolment, "" for staff.
std::string ActingAs(const rpc::Principal& principal, const domain::Engagement& engagement);

// The engagement if the caller may see it: a mentee or mentor those they are or were in, staff
// their program's; otherwise NOT_FOUND (ENGAGEMENT_NOT_FOUND), which does not tell whether there is
// one.
absl::StatusOr<store::EngagementRow> ReadVisible(database::Reader& reader,
                                                 const rpc::Principal& principal,
                                                 std::string_view id);

// Until when the caller sees what happened: when they left, while it went on without them; else
// InfiniteFuture.
absl::Time SeesUntil(const rpc::Principal& principal, const domain::Engagement& engagement);

// A mentee or mentor sees it without staff's review, and of the others neither business keys,
// credits nor wishes; who left sees it as it was then. Staff see of a document kept between the
// participants only when it was signed, by all.
absl::StatusOr<v1::Engagement> ToProto(database::Reader& reader, const store::EngagementRow& row,
                                       const rpc::Principal& principal);
v1::Session ToProto(const store::Session& session);
v1::Introduction ToProto(const store::Introduction& introduction);
v1::Engagement::State ToProto(domain::State state);

// nullopt for UNSPECIFIED and for numbers the API does not know.
std::optional<domain::State> StateOf(v1::Engagement::State state);
std::optional<domain::Contact> ContactOf(v1::Contact contact);
std::optional<domain::GoalState> GoalStateOf(v1::Goal::State state);
domain::Rematch RematchOf(v1::Rematch rematch);  // UNSPECIFIED: ask

}  // namespace tremplin::session::app

#endif  // TREMPLIN_SERVICES_SESSION_APP_VIEW_H_
