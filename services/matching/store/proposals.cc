#include "services/matching/store/proposals.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "common/clock/clock.h"
#include "common/database/columns.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/store/pinned.h"

namespace tremplin::matching::store {
namespace {

using database::As;
using database::At;
using database::Columns;
using database::Computed;
using database::Micros;
using database::Params;
using database::Result;
using database::Row;
using database::Value;
namespace pv = program::v1;

constexpr std::string_view kByEngagement = "WHERE engagement = $1 AND engagement <> ''";
constexpr std::string_view kById = "WHERE id = $1";
constexpr std::string_view kActive = "WHERE program_id = $1 AND format = $2 AND active = 1";
// What waits for somebody has a due time; the rest has none and is in no board.
constexpr std::string_view kBoard =
    "WHERE program_id = $1 AND id > $2 AND ($4 = '' OR state = $4) AND ($5 = '' OR format = $5) "
    "AND ($6 = '' OR step_kind = $6) AND ($7 = '' OR step_kind IN ('staff_approval', "
    "'contact_meeting')) "
    "AND ($8 = '' OR due_us < $9) ORDER BY id LIMIT $3";
constexpr std::string_view kBoardByDue =
    "WHERE program_id = $1 AND ($4 = '' OR state = $4) AND ($5 = '' OR format = $5) "
    "AND ($6 = '' OR step_kind = $6) AND ($7 = '' OR step_kind IN ('staff_approval', "
    "'contact_meeting')) "
    "AND ($8 = '' OR due_us < $9) "
    "AND (due_us > $10 OR (due_us = $10 AND id > $2)) ORDER BY due_us, id LIMIT $3";
constexpr std::string_view kOfPerson =
    "WHERE id IN (SELECT proposal_id FROM matching_participant WHERE person = $1 AND side = $2) "
    "AND id > $3 AND ($5 = '' OR program_id = $5) AND ($6 = '' OR state = $6) "
    "AND ($7 = '' OR format = $7) AND ($8 = '' OR step_kind = $8) AND shown = 1 ORDER BY id LIMIT "
    "$4";

constexpr std::string_view kDropPeople = "DELETE FROM matching_participant WHERE proposal_id = $1";
constexpr std::string_view kDropProposal = "DELETE FROM matching_proposal WHERE id = $1";

constexpr std::string_view kOthersOfMentee = R"sql(
SELECT COUNT(*) FROM matching_participant
WHERE enrolment = $1 AND active = 1 AND exclusive = 1 AND side = 'mentee' AND proposal_id <> $2)sql";
constexpr std::string_view kOthersOfPerson = R"sql(
SELECT COUNT(*) FROM matching_participant
WHERE person = $1 AND exclusivity_group = $2 AND active = 1 AND exclusive = 1 AND side = 'mentee'
  AND proposal_id <> $3)sql";
// By another enrolment of theirs in the program: of who was linked.
constexpr std::string_view kOthersHere = R"sql(
SELECT COUNT(*) FROM matching_participant x JOIN matching_pool q
  ON q.person = x.person AND q.program_id = x.program_id
WHERE q.enrolment = $1 AND x.active = 1 AND x.exclusive = 1 AND x.side = 'mentee'
  AND x.proposal_id <> $2)sql";
constexpr std::string_view kMakeExclusive =
    "UPDATE matching_participant SET exclusive = 1 WHERE proposal_id = $1";
constexpr std::string_view kSetEngagement =
    "UPDATE matching_proposal SET engagement = $2 WHERE id = $1 AND joins_engagement = ''";

constexpr std::string_view kAwaitsApproval =
    "SELECT COUNT(*) FROM matching_participant m JOIN matching_proposal x ON x.id = m.proposal_id "
    "WHERE m.enrolment = $1 AND m.active = 1 AND x.shown = 0";
constexpr std::string_view kOpenOf =
    "SELECT x.id FROM matching_participant m JOIN matching_proposal x ON x.id = m.proposal_id "
    "WHERE m.enrolment = $1 AND m.active = 1 AND x.state = 'open' ORDER BY x.created_us, x.id";
constexpr std::string_view kActiveOf =
    "SELECT x.id FROM matching_participant m JOIN matching_proposal x ON x.id = m.proposal_id "
    "WHERE m.enrolment = $1 AND m.active = 1 ORDER BY x.created_us, x.id";
constexpr std::string_view kJoining =
    "SELECT id FROM matching_proposal WHERE joins_engagement = $1 AND joins_engagement <> '' AND "
    "active = 1 "
    "ORDER BY created_us, id";

constexpr std::string_view kCounts = R"sql(
SELECT COUNT(*),
       COALESCE(SUM(CASE WHEN override_reason <> '' THEN 1 ELSE 0 END), 0),
       COALESCE(SUM(CASE WHEN state IN ('matched', 'closed', 'declined') THEN 1 ELSE 0 END), 0),
       COALESCE(SUM(CASE WHEN state = 'declined' THEN 1 ELSE 0 END), 0)
FROM matching_proposal WHERE program_id = $1 AND shown = 1)sql";

std::string StepKindOf(const domain::Proposal& proposal) {
  const domain::Step* step = proposal.present();
  return step == nullptr ? "" : std::string(domain::NameOf(step->kind));
}

std::optional<domain::Side> SideOf(std::string_view name) {
  for (const domain::Side side : {domain::Side::kMentee, domain::Side::kMentor}) {
    if (domain::NameOf(side) == name) return side;
  }
  return std::nullopt;
}

using StateName = database::Coded<domain::State, domain::NameOf, domain::StateOf>;
using SideName = database::Coded<domain::Side, domain::NameOf, SideOf>;
using StandingName = database::Coded<domain::Standing, domain::NameOf, domain::StandingOf>;
using ReplyNumber = database::Numbered<domain::Reply::kNone, domain::Reply::kAskMore>;
using InitiatorNumber = database::Numbered<pv::Initiator_MIN, pv::Initiator_MAX>;

template <auto Member>
constexpr auto Of(std::string_view name) {
  return At<&ProposalRow::proposal, Member>(name);
}
template <class Codec, auto Member>
constexpr auto OfAs(std::string_view name) {
  return As<Codec, &ProposalRow::proposal, Member>(name);
}

const Columns<ProposalRow>& ProposalColumns() {
  using domain::Proposal;
  using Kept = ProposalRow;
  static const auto* columns = new Columns<Kept>(
      "matching_proposal",
      {Of<&Proposal::id>("id").Fixed(),
       Of<&Proposal::program>("program_id").Fixed(),
       Of<&Proposal::program_version>("program_version").Fixed(),
       Of<&Proposal::format>("format").Fixed(),
       OfAs<database::Packed<EncodeTerms, DecodeTerms>, &Proposal::terms>("terms").Fixed(),
       OfAs<StateName, &Proposal::state>("state"),
       Of<&Proposal::step>("step"),
       Computed<Kept>("step_kind",
                      [](const Kept& row) -> Value { return StepKindOf(row.proposal); }),
       Computed<Kept>(
           "active",
           [](const Kept& row) -> Value { return int64_t{domain::IsActive(row.proposal.state)}; }),
       Of<&Proposal::due>("due_us"),
       Of<&Proposal::shown>("shown"),
       Of<&Proposal::approved_by>("approved_by"),
       Of<&Proposal::approved>("approved_us"),
       Of<&Proposal::end_reason>("end_reason"),
       Of<&Proposal::ended_by>("ended_by"),
       Of<&Proposal::wanted_mentees>("wanted_mentees"),
       Of<&Proposal::wanted_mentors>("wanted_mentors"),
       As<InitiatorNumber, &Kept::initiator>("initiator").Fixed(),
       At<&Kept::exclusivity_group>("exclusivity_group").Fixed(),
       At<&Kept::score>("score").Fixed(),
       At<&Kept::rank>("rank").Fixed(),
       At<&Kept::contested>("contested").Fixed(),
       As<database::Packed<EncodeContributions, DecodeContributions>, &Kept::contributions>(
           "contributions")
           .Fixed(),
       At<&Kept::override_reason>("override_reason").Fixed(),
       At<&Kept::run>("run_id").Fixed(),
       At<&Kept::joins_engagement>("joins_engagement").Fixed(),
       At<&Kept::continues_engagement>("continues_engagement").Fixed(),
       At<&Kept::engagement>("engagement").Fixed(),
       At<&Kept::language>("language").Fixed(),
       At<&Kept::slot>("slot").Fixed(),
       As<Micros, &Kept::created>("created_us").Fixed(),
       At<&Kept::version>("version").Fixed()});
  return *columns;
}

// A participant as a row: with what the constraints on a mentee's other proposals ask of theirs.
struct Seat {
  std::string proposal;
  std::string program;
  domain::Participant person;
  bool active = false;
  bool exclusive = true;
  std::string exclusivity_group;
};

Seat SeatOf(const ProposalRow& row, const domain::Participant& one) {
  return {
      row.proposal.id, row.proposal.program, one, one.in() && domain::IsActive(row.proposal.state),
      !row.parallel,   row.exclusivity_group};
}

const Columns<Seat>& SeatColumns() {
  using domain::Participant;
  static const auto* columns =
      new Columns<Seat>("matching_participant",
                        {At<&Seat::proposal>("proposal_id").Fixed(),
                         At<&Seat::person, &Participant::enrolment>("enrolment").Fixed(),
                         At<&Seat::program>("program_id").Fixed(),
                         As<SideName, &Seat::person, &Participant::side>("side").Fixed(),
                         At<&Seat::person, &Participant::person>("person").Fixed(),
                         At<&Seat::person, &Participant::business_key>("business_key").Fixed(),
                         As<ReplyNumber, &Seat::person, &Participant::reply>("reply"),
                         At<&Seat::person, &Participant::asked_more>("asked_more"),
                         As<StandingName, &Seat::person, &Participant::standing>("standing"),
                         At<&Seat::person, &Participant::reason>("reason"),
                         At<&Seat::active>("active"), At<&Seat::exclusive>("exclusive").Fixed(),
                         At<&Seat::exclusivity_group>("exclusivity_group").Fixed()});
  return *columns;
}

void Arrange(domain::Proposal* proposal) {
  std::sort(proposal->participants.begin(), proposal->participants.end(),
            [](const auto& a, const auto& b) {
              const auto place = [](const domain::Participant& one) {
                return std::tuple(!one.in(), one.side, std::string_view(one.business_key),
                                  std::string_view(one.enrolment));
              };
              return place(a) < place(b);
            });
}

absl::StatusOr<std::vector<ProposalRow>> Rows(database::Reader& reader, std::string_view which,
                                              Params params) {
  static const auto* proposals = new std::string(ProposalColumns().Select(""));
  static const auto* seats = new std::string(
      SeatColumns().Select("WHERE proposal_id IN (SELECT id FROM matching_proposal "));
  TREMPLIN_ASSIGN_OR_RETURN(
      std::vector<ProposalRow> rows,
      ProposalColumns().ReadAll(reader.Query(text::Cat(*proposals, which), params)));
  if (rows.empty()) return rows;
  std::unordered_map<std::string, size_t> at;
  for (size_t i = 0; i < rows.size(); ++i) at.emplace(rows[i].proposal.id, i);
  TREMPLIN_ASSIGN_OR_RETURN(
      std::vector<Seat> people,
      SeatColumns().ReadAll(reader.Query(text::Cat(*seats, which, ")"), std::move(params))));
  for (Seat& seat : people) {
    const auto found = at.find(seat.proposal);
    if (found == at.end()) continue;
    ProposalRow& row = rows[found->second];
    if (!seat.exclusive) row.parallel = true;
    row.proposal.participants.push_back(std::move(seat.person));
  }
  for (ProposalRow& row : rows) Arrange(&row.proposal);
  return rows;
}

absl::StatusOr<std::vector<std::string>> Ids(database::Reader& reader, std::string_view sql,
                                             std::string_view of) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result result, reader.Query(sql, {std::string(of)}));
  std::vector<std::string> ids;
  for (const Row& row : result.rows) ids.push_back(row.Text(0));
  return ids;
}

absl::StatusOr<bool> InsertPerson(database::Transaction& tx, const ProposalRow& row,
                                  const domain::Participant& one) {
  static const auto* sql =
      new std::string(text::Cat(SeatColumns().Insert(), " ON CONFLICT DO NOTHING"));
  TREMPLIN_ASSIGN_OR_RETURN(const Result inserted,
                            tx.Query(*sql, SeatColumns().Inserted(SeatOf(row, one))));
  return inserted.affected == 1;
}

absl::StatusOr<int64_t> Count(database::Reader& reader, std::string_view sql, Params params) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result result, reader.Query(sql, std::move(params)));
  return result.rows.at(0).Int(0);
}

}  // namespace

absl::StatusOr<std::optional<ProposalRow>> FindProposal(database::Reader& reader,
                                                        std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<ProposalRow> rows, Rows(reader, kById, {std::string(id)}));
  if (rows.empty()) return std::nullopt;
  return std::move(rows[0]);
}

absl::StatusOr<bool> InsertProposal(database::Transaction& tx, const ProposalRow& row) {
  const domain::Proposal& made = row.proposal;
  static const auto* sql = new std::string(ProposalColumns().Insert());
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(*sql, ProposalColumns().Inserted(row)));
  for (const domain::Participant& one : made.participants) {
    TREMPLIN_ASSIGN_OR_RETURN(const bool inserted, InsertPerson(tx, row, one));
    if (inserted) continue;
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kDropPeople, {made.id}));
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kDropProposal, {made.id}));
    return false;
  }
  return true;
}

absl::Status UpdateProposal(database::Transaction& tx, domain::Proposal next, ProposalRow* row) {
  static const auto* update = new std::string(
      ProposalColumns().Update(2, ", version = version + 1 WHERE id = $1 AND version = $2"));
  static const auto* update_seat =
      new std::string(SeatColumns().Update(2, " WHERE proposal_id = $1 AND enrolment = $2"));
  const domain::Proposal before = std::exchange(row->proposal, std::move(next));
  const absl::StatusOr<Result> updated =
      tx.Query(*update, ProposalColumns().Changed(*row, {row->proposal.id, row->version}));
  if (!updated.ok() || updated->affected != 1) {
    row->proposal = before;
    return updated.ok() ? status::VersionConflict("proposal") : updated.status();
  }
  ++row->version;
  const bool ended = domain::IsActive(before.state) != domain::IsActive(row->proposal.state);
  for (const domain::Participant& one : row->proposal.participants) {
    const domain::Participant* was = before.Find(one.enrolment);
    if (was == nullptr) {
      TREMPLIN_ASSIGN_OR_RETURN(const bool inserted, InsertPerson(tx, *row, one));
      if (!inserted) return status::VersionConflict("participant");
      continue;
    }
    if (*was == one && !ended) continue;
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(
        *update_seat, SeatColumns().Changed(SeatOf(*row, one), {row->proposal.id, one.enrolment})));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> MakeExclusive(database::Transaction& tx, ProposalRow* row) {
  for (const domain::Participant& one : row->proposal.participants) {
    if (!one.in() || one.side != domain::Side::kMentee) continue;
    TREMPLIN_ASSIGN_OR_RETURN(int64_t others,
                              Count(tx, kOthersOfMentee, {one.enrolment, row->proposal.id}));
    if (others == 0 && !row->exclusivity_group.empty()) {
      TREMPLIN_ASSIGN_OR_RETURN(
          others,
          Count(tx, kOthersOfPerson, {one.person, row->exclusivity_group, row->proposal.id}));
    }
    if (others > 0) return false;
  }
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kMakeExclusive, {row->proposal.id}));
  row->parallel = false;
  return true;
}

absl::StatusOr<bool> IsEngaged(database::Reader& reader, std::string_view enrolment,
                               std::string_view person, std::string_view exclusivity_group) {
  TREMPLIN_ASSIGN_OR_RETURN(
      int64_t others, Count(reader, kOthersOfMentee, {std::string(enrolment), std::string()}));
  if (others == 0) {
    TREMPLIN_ASSIGN_OR_RETURN(others,
                              Count(reader, kOthersHere, {std::string(enrolment), std::string()}));
  }
  if (others == 0 && !exclusivity_group.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(
        others, Count(reader, kOthersOfPerson,
                      {std::string(person), std::string(exclusivity_group), std::string()}));
  }
  return others > 0;
}

absl::Status SetEngagement(database::Transaction& tx, std::string_view proposal,
                           std::string_view engagement) {
  return tx.Execute(kSetEngagement, {std::string(proposal), std::string(engagement)});
}

absl::StatusOr<std::optional<ProposalRow>> FindByEngagement(database::Reader& reader,
                                                            std::string_view engagement) {
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<ProposalRow> rows,
                            Rows(reader, kByEngagement, {std::string(engagement)}));
  if (rows.empty()) return std::nullopt;
  return std::move(rows[0]);
}

absl::StatusOr<std::vector<std::string>> OpenProposalsOf(database::Reader& reader,
                                                         std::string_view enrolment) {
  return Ids(reader, kOpenOf, enrolment);
}

absl::StatusOr<std::vector<std::string>> ActiveProposalsOf(database::Reader& reader,
                                                           std::string_view enrolment) {
  return Ids(reader, kActiveOf, enrolment);
}

absl::StatusOr<std::vector<std::string>> JoiningProposals(database::Reader& reader,
                                                          std::string_view engagement) {
  return Ids(reader, kJoining, engagement);
}

absl::StatusOr<std::vector<ProposalRow>> ActiveProposals(database::Reader& reader,
                                                         std::string_view program,
                                                         std::string_view format) {
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<ProposalRow> rows,
                            Rows(reader, kActive, {std::string(program), std::string(format)}));
  const auto first_key = [](const ProposalRow& row) {
    return row.proposal.participants.empty()
               ? std::string_view()
               : std::string_view(row.proposal.participants[0].business_key);
  };
  std::sort(rows.begin(), rows.end(), [&](const ProposalRow& a, const ProposalRow& b) {
    return std::tuple(a.created, first_key(a), std::string_view(a.proposal.id)) <
           std::tuple(b.created, first_key(b), std::string_view(b.proposal.id));
  });
  return rows;
}

absl::StatusOr<bool> AwaitsApproval(database::Reader& reader, std::string_view enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t count,
                            Count(reader, kAwaitsApproval, {std::string(enrolment)}));
  return count > 0;
}

absl::StatusOr<AnswerCounts> CountAnswers(database::Reader& reader, std::string_view program) {
  TREMPLIN_ASSIGN_OR_RETURN(Result result, reader.Query(kCounts, {std::string(program)}));
  const Row& row = result.rows.at(0);
  return AnswerCounts{row.Int(0), row.Int(1), row.Int(2), row.Int(3)};
}

absl::StatusOr<std::vector<ProposalRow>> ListProposals(database::Reader& reader,
                                                       const ProposalFilter& filter,
                                                       const ProposalPlace& after, int limit) {
  const std::string state =
      filter.state.has_value() ? std::string(domain::NameOf(*filter.state)) : "";
  if (!filter.person.empty()) {
    return Rows(reader, kOfPerson,
                {filter.person, std::string(domain::NameOf(filter.side)), after.id, int64_t{limit},
                 filter.program, state, filter.format, filter.step});
  }
  const bool bounded = filter.due_before != absl::InfiniteFuture();
  Params params = {filter.program,
                   after.id,
                   int64_t{limit},
                   state,
                   filter.format,
                   filter.step,
                   std::string(filter.needs_staff ? "staff" : ""),
                   std::string(bounded ? "due" : ""),
                   bounded ? clock::ToMicros(filter.due_before) : int64_t{0}};
  if (filter.by_due) params.emplace_back(after.due_us);
  return Rows(reader, filter.by_due ? kBoardByDue : kBoard, std::move(params));
}

}  // namespace tremplin::matching::store
