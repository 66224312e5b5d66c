#ifndef TREMPLIN_SERVICES_MATCHING_STORE_PROPOSALS_H_
#define TREMPLIN_SERVICES_MATCHING_STORE_PROPOSALS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/matching/domain/proposal.h"
#include "services/matching/engine/matcher.h"
#include "tremplin/program/v1/program.pb.h"

// Proposals and their participants as rows.
namespace tremplin::matching::store {

struct ProposalRow {
  domain::Proposal proposal;
  program::v1::Initiator initiator = program::v1::INITIATOR_COORDINATOR;
  std::string exclusivity_group;  // of the policy, pinned
  // Its mentees may be in others beside it: open requests, single meetings.
  bool parallel = false;
  double score = 0;
  int rank = 0;  // of a pair that the engine chose
  std::vector<engine::Contribution> contributions;
  std::string override_reason;
  std::string run;               // "" when no run made it
  int contested = 0;             // points
  std::string joins_engagement;  // ids, "" for none
  std::string continues_engagement;
  std::string engagement;  // what came of it, once session told
  std::string language;    // a group's, in common
  std::string slot;
  absl::Time created;
  int64_t version = 1;
};

absl::StatusOr<std::optional<ProposalRow>> FindProposal(database::Reader& reader,
                                                        std::string_view id);

// False, leaving nothing, when a mentee has an open proposal or match already, here or in an
// exclusive program.
absl::StatusOr<bool> InsertProposal(database::Transaction& tx, const ProposalRow& row);

// Writes `next` over the row as it was read; a version conflict when it has changed since. `row`
// becomes what is stored.
absl::Status UpdateProposal(database::Transaction& tx, domain::Proposal next, ProposalRow* row);
// From now on its mentees may be in no other. False, changing nothing, when one is.
absl::StatusOr<bool> MakeExclusive(database::Transaction& tx, ProposalRow* row);
// Whether a mentee has an open proposal or match that excludes another, here or, as a person, in an
// exclusive program.
absl::StatusOr<bool> IsEngaged(database::Reader& reader, std::string_view enrolment,
                               std::string_view person, std::string_view exclusivity_group);
// Which engagement came of a proposal; nothing that its participants or staff decide depends on it.
absl::Status SetEngagement(database::Transaction& tx, std::string_view proposal,
                           std::string_view engagement);
absl::StatusOr<std::optional<ProposalRow>> FindByEngagement(database::Reader& reader,
                                                            std::string_view engagement);

// Ids of the enrolment's proposals that are no match yet and not at an end; those that it is in and
// that are active.
absl::StatusOr<std::vector<std::string>> OpenProposalsOf(database::Reader& reader,
                                                         std::string_view enrolment);
absl::StatusOr<std::vector<std::string>> ActiveProposalsOf(database::Reader& reader,
                                                           std::string_view enrolment);
// Ids of the active proposals whose participants join the engagement.
absl::StatusOr<std::vector<std::string>> JoiningProposals(database::Reader& reader,
                                                          std::string_view engagement);
// Every active proposal of a format, by creation and the business key of the first in it.
absl::StatusOr<std::vector<ProposalRow>> ActiveProposals(database::Reader& reader,
                                                         std::string_view program,
                                                         std::string_view format);

// Whether what the enrolment has open is only suggested to staff.
absl::StatusOr<bool> AwaitsApproval(database::Reader& reader, std::string_view enrolment);

// How a program's proposals went so far.
struct AnswerCounts {
  int64_t proposed = 0;
  int64_t overridden = 0;
  int64_t answered = 0;  // matched, closed or declined by a side
  int64_t declined = 0;
};
absl::StatusOr<AnswerCounts> CountAnswers(database::Reader& reader, std::string_view program);

// A side's person lists what they may know of; otherwise a whole program is listed.
struct ProposalFilter {
  std::string program;  // "": any
  std::string person;   // with `side`
  domain::Side side = domain::Side::kMentee;
  std::string format;  // "": any
  std::optional<domain::State> state;
  std::string step;  // NameOf(StepKind); "": any
  // Of a whole program's:
  absl::Time due_before = absl::InfiniteFuture();
  bool needs_staff = false;  // awaits an approval or a contact meeting
  bool by_due = false;       // in the order (due, id), only what has a due time; else by id
};
// Behind which proposal a page begins; `due_us` counts in the order by due time only.
struct ProposalPlace {
  std::string id;
  int64_t due_us = 0;
};
absl::StatusOr<std::vector<ProposalRow>> ListProposals(database::Reader& reader,
                                                       const ProposalFilter& filter,
                                                       const ProposalPlace& after, int limit);

}  // namespace tremplin::matching::store

#endif  // TREMPLIN_SERVICES_MATCHING_STORE_PROPOSALS_H_
