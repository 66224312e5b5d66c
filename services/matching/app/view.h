#ifndef TREMPLIN_SERVICES_MATCHING_APP_VIEW_H_
#define TREMPLIN_SERVICES_MATCHING_APP_VIEW_H_

#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/messages/message.h"
#include "common/program/program_store.h"
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

// What a view of a proposal is made of beside its row.
struct ViewOf {
  const program::Program& program;  // of the version that it was made under
  // What the pool knows of its participants, by enrolment: shown as far as the format discloses it.
  // Without them nothing is shown of anybody.
  std::map<std::string, store::PoolEntry> entries = {};
};

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

// The participant who the caller is; null for staff and for others.
const domain::Participant* OwnPart(const rpc::Principal& principal,
                                   const domain::Proposal& proposal);

// For a mentee or mentor others are enrolments and what the format discloses by now: without the
// business key, without why somebody stopped, and with a score of what their side may know.
v1::Proposal ToProto(const store::ProposalRow& row, const rpc::Principal& principal,
                     const ViewOf& view);
// Read in this transaction, with its program and, when `people`, with what the pool knows of them.
absl::StatusOr<v1::Proposal> Show(database::Reader& reader, program::ProgramStore& programs,
                                  const store::ProposalRow& row, const rpc::Principal& principal,
                                  bool people);

// What a side has learnt of the other's facts, and whether of names and contact, at a step of a
// format: the number of its steps that have begun, in the definition's order; with the match
// everything.
struct Disclosed {
  std::set<std::string> facts;
  bool contact = false;
};
Disclosed DisclosedTo(domain::Side side, const program::v1::Format& format,
                      const domain::Proposal& proposal);
// Whether one participant learns of another what the format discloses: both are in it, on different
// sides or as peers.
bool LearnsOf(const domain::Participant& own, const domain::Participant& other,
              const program::v1::Format& format);
// Before there is any proposal: what is disclosed from the format's first step on.
Disclosed DisclosedAtFirst(domain::Side side, const program::v1::Format& format);

// Contributions as a side may know them: in halves, with the policy's own weights, without what is
// the other's own, and of further facts those that are disclosed.
std::vector<engine::Contribution> KnownTo(const Disclosed& disclosed,
                                          const std::vector<engine::Contribution>& contributions,
                                          const program::v1::Format& format,
                                          const program::Registry& registry);
// With their texts; weights for staff only.
void FillContributions(const std::vector<engine::Contribution>& from, bool weights,
                       const program::Registry& registry,
                       google::protobuf::RepeatedPtrField<v1::Contribution>* to);

// What a run amounts to; the caller adds where, when and by whom.
v1::Run SummaryOf(const engine::Solution& solution, const store::AnswerCounts& answers);
// The same of a pool in memory whose pairs passed their check: without report and bound.
v1::Run SummaryOf(const engine::LivePool& pool);

// Why somebody would get nobody. A mentee is told of no mentor in particular.
v1::MenteeExplanation ToProto(const engine::UnmatchedExplanation& why,
                              const engine::Solution& solution, const program::Registry& registry,
                              const rpc::Principal& principal);
v1::MenteeExplanation Explained(std::string_view reason, const messages::Message& message);

// Both languages of a sentence, placeholders filled.
void SetText(const messages::Message& message, std::initializer_list<std::string_view> args,
             program::v1::Text* text);

v1::Unmatched ToProto(const engine::Unmatched& unmatched);
v1::Unmatched UnmatchedFor(std::string_view mentee_enrolment, std::string_view reason,
                           const messages::Message& message);
v1::Unmatched ChangedMeanwhile(std::string_view mentee_enrolment);
// Pinned, and the mentor has no place.
v1::Unmatched KeptForOne(std::string_view mentee_enrolment);
// No part of a trial.
v1::Unmatched LeftOut(std::string_view mentee_enrolment);
v1::ListPoolResponse::Entry ToProto(const store::PoolEntry& entry);

// nullopt for UNSPECIFIED and for numbers the API does not know.
std::optional<domain::Side> SideOf(v1::Side side);
std::optional<domain::State> StateOf(v1::Proposal::State state);
// "" for UNSPECIFIED and for steps that no proposal is at.
std::string StepNameOf(program::v1::ProposalStep::Kind kind);

// The figures of a run: of its mentees those with points are in something.
v1::RunReport ReportOf(const engine::Pool& pool, const std::map<std::string, int>& points_of,
                       const store::AnswerCounts& answers);

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_VIEW_H_
