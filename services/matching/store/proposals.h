#ifndef TREMPLIN_SERVICES_MATCHING_STORE_PROPOSALS_H_
#define TREMPLIN_SERVICES_MATCHING_STORE_PROPOSALS_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/matching/domain/proposal.h"
#include "services/matching/engine/matcher.h"

// Proposals as rows.
namespace tremplin::matching::store {

struct ProposalRow {
  domain::Proposal proposal;
  std::string exclusivity_group;  // of the policy, pinned
  double score = 0;
  int rank = 0;  // 0: an override
  std::vector<engine::Contribution> contributions;
  std::string override_reason;
  std::string run;    // "" for an override
  int contested = 0;  // points
  absl::Time created;
  int64_t version = 1;
};

absl::StatusOr<std::optional<ProposalRow>> FindProposal(database::Reader& reader,
                                                        std::string_view id);

// False when the mentee has an open proposal or match already, here or in an exclusive program.
absl::StatusOr<bool> InsertProposal(database::Transaction& tx, const ProposalRow& row);

// Writes `next` over the row as it was read; a version conflict when it has changed since. `row`
// becomes what is stored.
absl::Status UpdateProposal(database::Transaction& tx, domain::Proposal next, ProposalRow* row);

// Ids of the enrolment's proposals that are no match yet and not at an end.
absl::StatusOr<std::vector<std::string>> OpenProposalsOf(database::Reader& reader,
                                                         std::string_view enrolment);

// Whether what the mentee's enrolment has open is only suggested to staff.
absl::StatusOr<bool> AwaitsApproval(database::Reader& reader, std::string_view mentee_enrolment);

// (mentee enrolment, mentor enrolment) that the engine must not propose: barred by how a proposal
// ended, or by staff.
absl::StatusOr<std::set<std::pair<std::string, std::string>>> BarredPairs(database::Reader& reader,
                                                                          std::string_view program);

// The mentors (enrolments) who must not be proposed to one mentee.
absl::StatusOr<std::set<std::string>> BarredMentors(database::Reader& reader,
                                                    std::string_view mentee_enrolment);

// A pair that staff barred.
struct Bar {
  std::string mentee;  // enrolment
  std::string mentor;  // enrolment
  std::string program;
  std::string reason;
  std::string by;
  absl::Time at;
};
// Bars a pair, or renews the reason; lifts the bar.
absl::Status PutBar(database::Transaction& tx, const Bar& bar);
absl::StatusOr<bool> HasBar(database::Reader& reader, std::string_view mentee,
                            std::string_view mentor);
absl::Status DropBar(database::Transaction& tx, std::string_view mentee, std::string_view mentor);

// How a program's proposals went so far.
struct AnswerCounts {
  int64_t proposed = 0;
  int64_t overridden = 0;
  int64_t answered = 0;  // matched, closed or declined by a side
  int64_t declined = 0;
};
absl::StatusOr<AnswerCounts> CountAnswers(database::Reader& reader, std::string_view program);

// A side's person lists what that side may know of; otherwise a whole program is listed.
struct ProposalFilter {
  std::string program;        // "": any
  std::string mentee_person;  // one of the three is set
  std::string mentor_person;
  std::optional<domain::State> state;
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
