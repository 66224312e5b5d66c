#ifndef TREMPLIN_SERVICES_REFERRAL_APP_ACCESS_H_
#define TREMPLIN_SERVICES_REFERRAL_APP_ACCESS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "services/referral/store/rows.h"
#include "tremplin/referral/v1/referral.pb.h"

// Who sees what, beyond the role that the method asks for. What a caller may not see does not exist
// for them: NOT_FOUND.
namespace tremplin::referral::app {

// An agency that refers or an organization that proposes, not staff.
bool IsPartner(const rpc::CallContext& call);
// The one organization whose people the caller sees: a partner's own, or where staff are placed;
// "" for who sees all.
const std::string& OnlyOrganization(const rpc::CallContext& call);
// The door of a partner, by the part in which it acts; nullopt for staff.
std::optional<Door> DoorOf(const rpc::CallContext& call);

// PERMISSION_DENIED when a partner or placed staff act for another, or staff of one program in
// another ("" for a call that names no program).
absl::Status CheckAgency(const rpc::CallContext& call, std::string_view agency);
absl::Status CheckProgram(const rpc::CallContext& call, std::string_view program);

// PERMISSION_DENIED to placed staff: what goes beyond one organization's people.
absl::Status CheckSeesAll(const rpc::CallContext& call);

absl::Status ReferralNotFound(std::string_view id);
absl::Status ApplicationNotFound(std::string_view id);

// An application by id, as far as the caller sees it.
absl::StatusOr<ApplicationRow> VisibleApplication(database::Reader& reader,
                                                  const rpc::CallContext& call,
                                                  std::string_view id);

// A referral by id with the applications the caller sees: a partner those that came by its own
// door; whose key is of one program, those to it.
struct VisibleReferral {
  ReferralRow referral;
  std::vector<ApplicationRow> applications;
};
absl::StatusOr<VisibleReferral> FindVisibleReferral(database::Reader& reader,
                                                    const rpc::CallContext& call,
                                                    std::string_view id);

// As the caller sees it: without the file, names and applications.
v1::Referral ToProto(const ReferralRow& row, const rpc::CallContext& call);

}  // namespace tremplin::referral::app

#endif  // TREMPLIN_SERVICES_REFERRAL_APP_ACCESS_H_
