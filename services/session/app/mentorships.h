#ifndef TREMPLIN_SERVICES_SESSION_APP_MENTORSHIPS_H_
#define TREMPLIN_SERVICES_SESSION_APP_MENTORSHIPS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "services/session/app/ledger.h"
#include "tremplin/session/v1/session.pb.h"

namespace tremplin::session::app {

// The mentorship itself: its agreement, its length, its end. Thread-safe.
class Mentorships {
 public:
  Mentorships(database::Database& db, rpc::Commands& commands, const Ledger& ledger);

  absl::StatusOr<v1::Mentorship> GetMentorship(const rpc::CallContext& call,
                                               const v1::GetMentorshipRequest& request);
  absl::StatusOr<v1::ListMentorshipsResponse> ListMentorships(
      const rpc::CallContext& call, const v1::ListMentorshipsRequest& request);
  absl::StatusOr<v1::Mentorship> SignAgreement(const rpc::CallContext& call,
                                               const v1::SignAgreementRequest& request);
  absl::StatusOr<v1::Mentorship> ExtendMentorship(const rpc::CallContext& call,
                                                  const v1::ExtendMentorshipRequest& request);
  absl::StatusOr<v1::Mentorship> CompleteMentorship(const rpc::CallContext& call,
                                                    const v1::CompleteMentorshipRequest& request);
  absl::StatusOr<v1::Mentorship> EndMentorshipEarly(const rpc::CallContext& call,
                                                    const v1::EndMentorshipEarlyRequest& request);

  // Timers kSignTimer, kReviewTimer and kCloseTimer: time's command as of `due`. One that was set
  // anew meanwhile, or that the mentorship's state has overtaken, does nothing.
  absl::Status OnTime(database::Transaction& tx, const std::string& id,
                      const domain::Command& command, absl::Time due) const;

 private:
  absl::StatusOr<v1::Mentorship> Change(const rpc::CallContext& call, const std::string& name,
                                        const domain::Command& command, const Telling& telling);

  database::Database& db_;
  rpc::Commands& commands_;
  const Ledger& ledger_;
};

}  // namespace tremplin::session::app

#endif  // TREMPLIN_SERVICES_SESSION_APP_MENTORSHIPS_H_
