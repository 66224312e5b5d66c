#ifndef TREMPLIN_SERVICES_MATCHING_APP_PROPOSALS_H_
#define TREMPLIN_SERVICES_MATCHING_APP_PROPOSALS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "services/matching/app/ledger.h"
#include "services/matching/engine/score.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::app {

// Why something is not proposed, as an error; OK for kNone.
absl::Status Refused(Ledger::Refusal refusal, const program::v1::Format& format);

// Proposals as their participants and staff meet them. Thread-safe.
class Proposals {
 public:
  Proposals(database::Database& db, rpc::Commands& commands, program::ProgramStore& programs,
            const Ledger& ledger, peers::Peers& peers, engine::Distance distance);

  absl::StatusOr<v1::Proposal> CreateProposal(const rpc::CallContext& call,
                                              const v1::CreateProposalRequest& request);
  absl::StatusOr<v1::Proposal> GetProposal(const rpc::CallContext& call,
                                           const v1::GetProposalRequest& request);
  absl::StatusOr<v1::ListProposalsResponse> ListProposals(const rpc::CallContext& call,
                                                          const v1::ListProposalsRequest& request);
  absl::StatusOr<v1::Proposal> AnswerProposal(const rpc::CallContext& call,
                                              const v1::AnswerProposalRequest& request);
  absl::StatusOr<v1::Proposal> RecordContactMeeting(const rpc::CallContext& call,
                                                    const v1::RecordContactMeetingRequest& request);
  absl::StatusOr<v1::Proposal> CancelProposal(const rpc::CallContext& call,
                                              const v1::CancelProposalRequest& request);

  absl::StatusOr<v1::Proposal> ApproveProposal(const rpc::CallContext& call,
                                               const v1::ApproveProposalRequest& request);
  absl::StatusOr<v1::BatchApproveProposalsResponse> BatchApproveProposals(
      const rpc::CallContext& call, const v1::BatchApproveProposalsRequest& request);

  // The timer kAnswerTimer: silence, as of `due`. One that was set anew meanwhile does nothing.
  absl::Status Expire(database::Transaction& tx, const std::string& id, absl::Time due) const;

 private:
  absl::StatusOr<v1::Proposal> ApproveOne(database::Transaction& tx, const rpc::CallContext& call,
                                          const std::string& program,
                                          const v1::BatchApproveProposalsRequest::Item& item) const;
  // Who can be reached by a participant, from registration, where the format discloses it by now.
  absl::Status FillContacts(const rpc::CallContext& call, const store::ProposalRow& row,
                            v1::Proposal* to);
  absl::StatusOr<v1::Proposal> Change(const rpc::CallContext& call, const std::string& name,
                                      const std::string& etag,
                                      const std::function<absl::StatusOr<domain::Command>(
                                          const store::ProposalRow& row)>& command);

  database::Database& db_;
  rpc::Commands& commands_;
  program::ProgramStore& programs_;
  const Ledger& ledger_;
  peers::Peers& peers_;
  engine::Distance distance_;
};

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_PROPOSALS_H_
