#ifndef TREMPLIN_SERVICES_MATCHING_APP_VIEW_H_
#define TREMPLIN_SERVICES_MATCHING_APP_VIEW_H_

#include <initializer_list>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/messages/message.h"
#include "common/rpc/call.h"
#include "services/matching/domain/proposal.h"
#include "services/matching/engine/live_pool.h"
#include "services/matching/engine/matcher.h"
#include "services/matching/engine/solution.h"
#include "services/matching/store/pool.h"
#include "services/matching/store/proposals.h"
#include "tremplin/matching/v1/matching.pb.h"

// What a caller may see, and how.
namespace tremplin::matching::app {

// A mentee's or mentor's own side; nullopt for staff.
std::optional<domain::Side> OwnSide(const rpc::Principal& principal);

bool MaySeeProgram(const rpc::Principal& principal, std::string_view program);
// Staff of its program; its two sides once they may know of it.
bool MaySee(const rpc::Principal& principal, const domain::Proposal& proposal);

// The proposal if the caller may see it; otherwise NOT_FOUND (PROPOSAL_NOT_FOUND), which does not
// tell whether there is one.
absl::StatusOr<store::ProposalRow> ReadVisible(database::Reader& reader,
                                               const rpc::Principal& principal,
                                               std::string_view id);

// The entry of an enrolment in a program of the caller's, ready or not; otherwise NOT_FOUND
// (ENROLMENT_NOT_IN_POOL).
absl::StatusOr<store::PoolEntry> ReadVisibleEntry(database::Reader& reader,
                                                  const rpc::Principal& principal,
                                                  std::string_view enrolment);

// For a mentee or mentor the other side is an enrolment and codes: without the business key, and
// without why it stopped.
v1::Proposal ToProto(const store::ProposalRow& row, const rpc::Principal& principal);

// What a run amounts to; the caller adds where, when and by whom.
v1::Run SummaryOf(const engine::Solution& solution, const store::AnswerCounts& answers);
// The same of a pool in memory whose pairs passed their check: without report and bound.
v1::Run SummaryOf(const engine::LivePool& pool);

// Why somebody would get nobody. A mentee is told of no mentor in particular.
v1::MenteeExplanation ToProto(const engine::UnmatchedExplanation& why,
                              const engine::Solution& solution, const rpc::Principal& principal);
v1::MenteeExplanation Explained(std::string_view reason, const messages::Message& message);

// Both languages of a sentence, placeholders filled.
void SetText(const messages::Message& message, std::initializer_list<std::string_view> args,
             program::v1::Text* text);

v1::Unmatched ToProto(const engine::Unmatched& unmatched);
v1::Unmatched ChangedMeanwhile(std::string_view mentee_enrolment);
// Pinned, and the mentor has no place.
v1::Unmatched KeptForOne(std::string_view mentee_enrolment);
// No part of a trial.
v1::Unmatched LeftOut(std::string_view mentee_enrolment);
v1::ListPoolResponse::Entry ToProto(const store::PoolEntry& entry);

// nullopt for UNSPECIFIED and for numbers the API does not know.
std::optional<domain::Side> SideOf(v1::Side side);
std::optional<domain::State> StateOf(v1::Proposal::State state);

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_VIEW_H_
