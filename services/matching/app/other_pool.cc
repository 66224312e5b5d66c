#include "services/matching/app/other_pool.h"

#include <optional>
#include <set>
#include <utility>

#include "common/status/macros.h"
#include "services/matching/store/bars.h"
#include "services/matching/store/pins.h"

namespace tremplin::matching::app {
namespace {

// Mentees who may have another meeting: nothing but meetings of this format is open for them.
absl::Status ReadSeekers(database::Reader& reader, const program::Program& program,
                         const program::v1::Format& format, OtherPool* pool) {
  TREMPLIN_ASSIGN_OR_RETURN(pool->chains.met,
                            store::MetInFormat(reader, program.id, format.code()));
  for (const store::ProposalRow& row : pool->active) {
    for (const domain::Participant& one : row.proposal.participants) {
      if (one.in()) ++pool->chains.open[one.enrolment];
    }
  }
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<store::PoolEntry> mentees,
                            store::ReadyMentees(reader, program.id));
  pool->read.mentees.clear();
  pool->read.pool.mentees.clear();
  for (store::PoolEntry& entry : mentees) {
    const auto open = pool->chains.open.find(entry.enrolment);
    const int here = open == pool->chains.open.end() ? 0 : open->second;
    if (entry.taken > here || !IsFor(format, entry, program, pool->read.pool.today)) continue;
    pool->read.pool.mentees.push_back(MenteeOf(entry, program));
    pool->read.mentees.push_back(std::move(entry));
  }
  return absl::OkStatus();
}

// Those who are in something that lost somebody, or joined what runs.
absl::Status ReadCompany(database::Reader& reader, const program::Program& program,
                         OtherPool* pool) {
  for (const store::ProposalRow& row : pool->active) {
    if (!row.joins_engagement.empty()) {
      Joining& joining = pool->joining[row.joins_engagement];
      joining.mentees += row.proposal.In(domain::Side::kMentee);
      joining.mentors += row.proposal.In(domain::Side::kMentor);
    }
    const bool gapes =
        row.proposal.Gap(domain::Side::kMentee) + row.proposal.Gap(domain::Side::kMentor) > 0;
    if (!gapes && row.joins_engagement.empty()) continue;
    for (const domain::Participant& one : row.proposal.participants) {
      TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::PoolEntry> entry,
                                store::FindEntry(reader, one.enrolment));
      if (!one.in() || !entry.has_value()) continue;
      if (one.side == domain::Side::kMentee) {
        pool->mentees_in.emplace(one.enrolment, MenteeOf(*entry, program));
      } else {
        pool->mentors_in.emplace(one.enrolment, MentorOf(*entry, program));
      }
    }
  }
  return absl::OkStatus();
}

// Whoever staff keep for one mentor is proposed to nobody else.
absl::Status LeaveOutPinned(database::Reader& reader, const program::Program& program,
                            absl::Time now, engine::Pool* pool) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::Pin> pins,
                            store::PinsInForce(reader, program.id, now));
  std::set<std::string> pinned;
  for (const store::Pin& pin : pins) pinned.insert(pin.mentee);
  std::erase_if(pool->mentees, [&](const auto& one) { return pinned.contains(one.enrolment); });
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OtherPool> ReadOthers(database::Reader& reader, const program::Program& program,
                                     const program::v1::Format& format, absl::Time now) {
  OtherPool pool;
  TREMPLIN_ASSIGN_OR_RETURN(pool.read, ReadPool(reader, program, format, now));
  TREMPLIN_ASSIGN_OR_RETURN(pool.active, store::ActiveProposals(reader, program.id, format.code()));
  if (program::ShapeOf(format) == program::Shape::kMeetings) {
    TREMPLIN_RETURN_IF_ERROR(ReadSeekers(reader, program, format, &pool));
  } else {
    TREMPLIN_RETURN_IF_ERROR(ReadCompany(reader, program, &pool));
  }
  TREMPLIN_RETURN_IF_ERROR(LeaveOutPinned(reader, program, now, &pool.read.pool));
  TREMPLIN_ASSIGN_OR_RETURN(pool.answers, store::CountAnswers(reader, program.id));
  return pool;
}

absl::StatusOr<Solved> SolveOf(const engine::Pool& pool, const Chains& chains,
                               const Scoring& scoring) {
  switch (program::ShapeOf(scoring.format)) {
    case program::Shape::kGroup:
      return SolveGroups(pool, scoring);
    case program::Shape::kPeers:
      return SolvePeers(pool, scoring);
    case program::Shape::kMeetings:
    case program::Shape::kPair:
      break;
  }
  return SolveMeetings(pool, chains, scoring);
}

}  // namespace tremplin::matching::app
