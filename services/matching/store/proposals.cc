#include "services/matching/store/proposals.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::store {
namespace {

using database::Bytes;
using database::Params;
using database::Result;
using database::Row;
namespace pv = program::v1;

constexpr std::string_view kColumns = R"sql(
SELECT id, program_id, program_version, format, terms, state, step, due_us, shown, approved_by, approved_us,
       end_reason, ended_by, wanted_mentees, wanted_mentors, initiator, exclusivity_group, score, rank, contested,
       contributions, override_reason, run_id, joins_engagement, continues_engagement, engagement, language, slot,
       created_us, version
FROM matching_proposal
)sql";
// The participants of the same proposals.
constexpr std::string_view kPeople = R"sql(
SELECT proposal_id, enrolment, person, business_key, side, reply, asked_more, standing, reason, exclusive
FROM matching_participant WHERE proposal_id IN (SELECT id FROM matching_proposal
)sql";

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

constexpr std::string_view kInsert = R"sql(
INSERT INTO matching_proposal (id, program_id, program_version, format, terms, state, step, step_kind, active, due_us,
  shown, approved_by, approved_us, end_reason, ended_by, wanted_mentees, wanted_mentors, initiator, exclusivity_group,
  score, rank, contested, contributions, override_reason, run_id, joins_engagement, continues_engagement, engagement,
  language, slot, created_us, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
        $25, $26, $27, $28, $29, $30, $31, 1))sql";
constexpr std::string_view kInsertPerson = R"sql(
INSERT INTO matching_participant (proposal_id, enrolment, program_id, side, person, business_key, reply, asked_more,
  standing, reason, active, exclusive, exclusivity_group)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT DO NOTHING)sql";
constexpr std::string_view kDropPeople = "DELETE FROM matching_participant WHERE proposal_id = $1";
constexpr std::string_view kDropProposal = "DELETE FROM matching_proposal WHERE id = $1";

constexpr std::string_view kUpdate = R"sql(
UPDATE matching_proposal SET state = $3, step = $4, step_kind = $5, active = $6, due_us = $7, shown = $8,
  approved_by = $9, approved_us = $10, end_reason = $11, ended_by = $12, wanted_mentees = $13, wanted_mentors = $14,
  version = version + 1
WHERE id = $1 AND version = $2)sql";
constexpr std::string_view kUpdatePerson = R"sql(
UPDATE matching_participant SET reply = $3, asked_more = $4, standing = $5, reason = $6, active = $7
WHERE proposal_id = $1 AND enrolment = $2)sql";
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

constexpr std::string_view kBarred =
    "SELECT mentee_enrolment, mentor_enrolment FROM matching_past_pair WHERE program_id = $1 "
    "AND format = $2 UNION SELECT mentee_enrolment, mentor_enrolment FROM matching_bar WHERE "
    "program_id = $1";
constexpr std::string_view kBarredMentors =
    "SELECT mentor_enrolment FROM matching_past_pair WHERE mentee_enrolment = $1 "
    "AND format = $2 UNION SELECT mentor_enrolment FROM matching_bar WHERE mentee_enrolment = $1";
constexpr std::string_view kPutPastPair =
    "INSERT INTO matching_past_pair (mentee_enrolment, mentor_enrolment, program_id, format) "
    "VALUES ($1, $2, $3, $4) ON CONFLICT (mentee_enrolment, mentor_enrolment, format) DO NOTHING";
constexpr std::string_view kMet = R"sql(
SELECT m.enrolment, o.enrolment FROM matching_proposal x
JOIN matching_participant m ON m.proposal_id = x.id AND m.side = 'mentee'
JOIN matching_participant o ON o.proposal_id = x.id AND o.side = 'mentor'
WHERE x.program_id = $1 AND x.format = $2 AND x.end_reason <> 'not_approved')sql";
constexpr std::string_view kPutBar =
    "INSERT INTO matching_bar (mentee_enrolment, mentor_enrolment, program_id, reason, barred_by, "
    "barred_us) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (mentee_enrolment, mentor_enrolment) DO UPDATE SET reason = excluded.reason, "
    "barred_by = excluded.barred_by, barred_us = excluded.barred_us";
constexpr std::string_view kHasBar =
    "SELECT COUNT(*) FROM matching_bar WHERE mentee_enrolment = $1 AND mentor_enrolment = $2";
constexpr std::string_view kDropBar =
    "DELETE FROM matching_bar WHERE mentee_enrolment = $1 AND mentor_enrolment = $2";

constexpr std::string_view kCounts = R"sql(
SELECT COUNT(*),
       COALESCE(SUM(CASE WHEN override_reason <> '' THEN 1 ELSE 0 END), 0),
       COALESCE(SUM(CASE WHEN state IN ('matched', 'closed', 'declined') THEN 1 ELSE 0 END), 0),
       COALESCE(SUM(CASE WHEN state = 'declined' THEN 1 ELSE 0 END), 0)
FROM matching_proposal WHERE program_id = $1 AND shown = 1)sql";

std::string EncodeContributions(const std::vector<engine::Contribution>& contributions) {
  v1::Proposal kept;
  for (const engine::Contribution& one : contributions) {
    v1::Contribution* to = kept.add_contributions();
    to->set_criterion(one.criterion);
    to->set_value(one.value);
    to->set_weight(one.weight);
  }
  return kept.SerializeAsString();
}

absl::StatusOr<std::vector<engine::Contribution>> DecodeContributions(const std::string& bytes) {
  v1::Proposal kept;
  if (!kept.ParseFromString(bytes)) return absl::DataLossError("contributions cannot be decoded");
  std::vector<engine::Contribution> contributions;
  for (const v1::Contribution& one : kept.contributions()) {
    contributions.push_back({one.criterion(), one.value(), one.weight()});
  }
  return contributions;
}

pv::ProposalStep::Kind ToProto(domain::StepKind kind) {
  switch (kind) {
    case domain::StepKind::kApproval:
      return pv::ProposalStep::KIND_STAFF_APPROVAL;
    case domain::StepKind::kInterest:
      return pv::ProposalStep::KIND_INTEREST;
    case domain::StepKind::kMeeting:
      return pv::ProposalStep::KIND_CONTACT_MEETING;
    case domain::StepKind::kAcceptance:
      return pv::ProposalStep::KIND_ACCEPTANCE;
  }
  return pv::ProposalStep::KIND_UNSPECIFIED;
}

domain::StepKind KindOf(pv::ProposalStep::Kind kind) {
  if (kind == pv::ProposalStep::KIND_STAFF_APPROVAL) return domain::StepKind::kApproval;
  if (kind == pv::ProposalStep::KIND_INTEREST) return domain::StepKind::kInterest;
  if (kind == pv::ProposalStep::KIND_CONTACT_MEETING) return domain::StepKind::kMeeting;
  return domain::StepKind::kAcceptance;
}

// Terms as the part of a program's definition that they were pinned from; the agreement stands as a
// step, and who may fill a gap as the one who would initiate it.
std::string EncodeTerms(const domain::Terms& terms) {
  pv::ProgramDefinition kept;
  kept.set_time_zone(terms.time_zone);
  pv::Format* format = kept.add_formats();
  format->mutable_mentees()->set_least(terms.mentees.least);
  format->mutable_mentees()->set_most(terms.mentees.most);
  format->mutable_mentors()->set_least(terms.mentors.least);
  format->mutable_mentors()->set_most(terms.mentors.most);
  for (const domain::Step& one : terms.steps) {
    pv::ProposalStep* step = format->add_steps();
    step->set_kind(ToProto(one.kind));
    step->set_days(one.days);
    if (one.asks_mentees) step->add_asked(pv::SUBJECT_MENTEE);
    if (one.asks_mentors) step->add_asked(pv::SUBJECT_MENTOR);
  }
  if (terms.agreement_days > 0) {
    pv::ProposalStep* step = format->add_steps();
    step->set_kind(pv::ProposalStep::KIND_AGREEMENT);
    step->set_days(terms.agreement_days);
  }
  if (terms.fills) format->add_initiators(pv::INITIATOR_ALGORITHM);
  return kept.SerializeAsString();
}

absl::StatusOr<domain::Terms> DecodeTerms(const std::string& bytes) {
  pv::ProgramDefinition kept;
  if (!kept.ParseFromString(bytes) || kept.formats_size() != 1) {
    return absl::DataLossError("terms of a proposal cannot be decoded");
  }
  const pv::Format& format = kept.formats(0);
  domain::Terms terms;
  terms.time_zone = kept.time_zone();
  terms.mentees = {format.mentees().least(), format.mentees().most()};
  terms.mentors = {format.mentors().least(), format.mentors().most()};
  terms.fills = format.initiators_size() > 0;
  for (const pv::ProposalStep& one : format.steps()) {
    if (one.kind() == pv::ProposalStep::KIND_AGREEMENT) {
      terms.agreement_days = one.days();
      continue;
    }
    const auto asks = [&](int subject) {
      return std::find(one.asked().begin(), one.asked().end(), subject) != one.asked().end();
    };
    terms.steps.push_back(
        {KindOf(one.kind()), one.days(), asks(pv::SUBJECT_MENTEE), asks(pv::SUBJECT_MENTOR)});
  }
  return terms;
}

domain::Reply ReplyOf(int64_t stored) {
  return stored == 1 ? domain::Reply::kYes
                     : (stored == 2 ? domain::Reply::kAskMore : domain::Reply::kNone);
}

int64_t Stored(domain::Reply reply) {
  switch (reply) {
    case domain::Reply::kNone:
      return 0;
    case domain::Reply::kYes:
      return 1;
    case domain::Reply::kAskMore:
      return 2;
  }
  return 0;
}

std::string StepKindOf(const domain::Proposal& proposal) {
  const domain::Step* step = proposal.present();
  return step == nullptr ? "" : std::string(domain::NameOf(step->kind));
}

absl::StatusOr<ProposalRow> RowOf(const Row& row) {
  ProposalRow read;
  domain::Proposal& proposal = read.proposal;
  proposal.id = row.Text(0);
  proposal.program = row.Text(1);
  proposal.program_version = row.Int(2);
  proposal.format = row.Text(3);
  TREMPLIN_ASSIGN_OR_RETURN(proposal.terms, DecodeTerms(row.Blob(4)));
  TREMPLIN_ASSIGN_OR_RETURN(proposal.state, domain::StateOf(row.Text(5)));
  proposal.step = static_cast<size_t>(row.Int(6));
  proposal.due = row.Time(7);
  proposal.shown = row.Int(8) != 0;
  proposal.approved_by = row.Text(9);
  proposal.approved = row.Time(10);
  proposal.end_reason = row.Text(11);
  proposal.ended_by = row.Text(12);
  proposal.wanted_mentees = static_cast<int>(row.Int(13));
  proposal.wanted_mentors = static_cast<int>(row.Int(14));
  read.initiator = static_cast<pv::Initiator>(row.Int(15));
  read.exclusivity_group = row.Text(16);
  read.score = row.Real(17);
  read.rank = static_cast<int>(row.Int(18));
  read.contested = static_cast<int>(row.Int(19));
  TREMPLIN_ASSIGN_OR_RETURN(read.contributions, DecodeContributions(row.Blob(20)));
  read.override_reason = row.Text(21);
  read.run = row.Text(22);
  read.joins_engagement = row.Text(23);
  read.continues_engagement = row.Text(24);
  read.engagement = row.Text(25);
  read.language = row.Text(26);
  read.slot = row.Text(27);
  read.created = row.Time(28);
  read.version = row.Int(29);
  return read;
}

absl::Status AddPerson(const Row& row, ProposalRow* to) {
  domain::Participant one;
  one.enrolment = row.Text(1);
  one.person = row.Text(2);
  one.business_key = row.Text(3);
  one.side = row.Text(4) == "mentee" ? domain::Side::kMentee : domain::Side::kMentor;
  one.reply = ReplyOf(row.Int(5));
  one.asked_more = row.Int(6) != 0;
  TREMPLIN_ASSIGN_OR_RETURN(one.standing, domain::StandingOf(row.Text(7)));
  one.reason = row.Text(8);
  if (row.Int(9) == 0) to->parallel = true;
  to->proposal.participants.push_back(std::move(one));
  return absl::OkStatus();
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
  TREMPLIN_ASSIGN_OR_RETURN(const Result result, reader.Query(text::Cat(kColumns, which), params));
  std::vector<ProposalRow> rows;
  if (result.rows.empty()) return rows;
  std::unordered_map<std::string, size_t> at;
  rows.reserve(result.rows.size());
  for (const Row& row : result.rows) {
    TREMPLIN_ASSIGN_OR_RETURN(ProposalRow read, RowOf(row));
    at.emplace(read.proposal.id, rows.size());
    rows.push_back(std::move(read));
  }
  TREMPLIN_ASSIGN_OR_RETURN(const Result people,
                            reader.Query(text::Cat(kPeople, which, ")"), std::move(params)));
  for (const Row& row : people.rows) {
    const auto found = at.find(row.Text(0));
    if (found == at.end()) continue;
    TREMPLIN_RETURN_IF_ERROR(AddPerson(row, &rows[found->second]));
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
  TREMPLIN_ASSIGN_OR_RETURN(
      const Result inserted,
      tx.Query(kInsertPerson, {row.proposal.id, one.enrolment, row.proposal.program,
                               std::string(domain::NameOf(one.side)), one.person, one.business_key,
                               Stored(one.reply), int64_t{one.asked_more},
                               std::string(domain::NameOf(one.standing)), one.reason,
                               int64_t{one.in() && domain::IsActive(row.proposal.state)},
                               int64_t{!row.parallel}, row.exclusivity_group}));
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
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kInsert, {made.id,
                                                made.program,
                                                made.program_version,
                                                made.format,
                                                Bytes{EncodeTerms(made.terms)},
                                                std::string(domain::NameOf(made.state)),
                                                static_cast<int64_t>(made.step),
                                                StepKindOf(made),
                                                int64_t{domain::IsActive(made.state)},
                                                database::TimeOrNull(made.due),
                                                int64_t{made.shown},
                                                made.approved_by,
                                                database::TimeOrNull(made.approved),
                                                made.end_reason,
                                                made.ended_by,
                                                int64_t{made.wanted_mentees},
                                                int64_t{made.wanted_mentors},
                                                int64_t{row.initiator},
                                                row.exclusivity_group,
                                                row.score,
                                                int64_t{row.rank},
                                                int64_t{row.contested},
                                                Bytes{EncodeContributions(row.contributions)},
                                                row.override_reason,
                                                row.run,
                                                row.joins_engagement,
                                                row.continues_engagement,
                                                row.engagement,
                                                row.language,
                                                row.slot,
                                                clock::ToMicros(row.created)}));
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
  TREMPLIN_ASSIGN_OR_RETURN(
      const Result updated,
      tx.Query(kUpdate, {next.id, row->version, std::string(domain::NameOf(next.state)),
                         static_cast<int64_t>(next.step), StepKindOf(next),
                         int64_t{domain::IsActive(next.state)}, database::TimeOrNull(next.due),
                         int64_t{next.shown}, next.approved_by, database::TimeOrNull(next.approved),
                         next.end_reason, next.ended_by, int64_t{next.wanted_mentees},
                         int64_t{next.wanted_mentors}}));
  if (updated.affected != 1) return status::VersionConflict("proposal");
  const domain::Proposal before = std::move(row->proposal);
  row->proposal = std::move(next);
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
        kUpdatePerson, {row->proposal.id, one.enrolment, Stored(one.reply), int64_t{one.asked_more},
                        std::string(domain::NameOf(one.standing)), one.reason,
                        int64_t{one.in() && domain::IsActive(row->proposal.state)}}));
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

absl::StatusOr<std::set<std::pair<std::string, std::string>>> BarredPairs(database::Reader& reader,
                                                                          std::string_view program,
                                                                          std::string_view format) {
  TREMPLIN_ASSIGN_OR_RETURN(Result result,
                            reader.Query(kBarred, {std::string(program), std::string(format)}));
  std::set<std::pair<std::string, std::string>> pairs;
  for (const Row& row : result.rows) pairs.emplace(row.Text(0), row.Text(1));
  return pairs;
}

absl::StatusOr<std::set<std::string>> BarredMentors(database::Reader& reader,
                                                    std::string_view mentee_enrolment,
                                                    std::string_view format) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const Result result,
      reader.Query(kBarredMentors, {std::string(mentee_enrolment), std::string(format)}));
  std::set<std::string> mentors;
  for (const Row& row : result.rows) mentors.insert(row.Text(0));
  return mentors;
}

absl::Status PutPastPair(database::Transaction& tx, std::string_view program,
                         std::string_view format, std::string_view mentee,
                         std::string_view mentor) {
  return tx.Execute(kPutPastPair, {std::string(mentee), std::string(mentor), std::string(program),
                                   std::string(format)});
}

absl::StatusOr<std::map<std::string, std::set<std::string>>> MetInFormat(database::Reader& reader,
                                                                         std::string_view program,
                                                                         std::string_view format) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result result,
                            reader.Query(kMet, {std::string(program), std::string(format)}));
  std::map<std::string, std::set<std::string>> met;
  for (const Row& row : result.rows) met[row.Text(0)].insert(row.Text(1));
  return met;
}

absl::Status PutBar(database::Transaction& tx, const Bar& bar) {
  return tx.Execute(
      kPutBar, {bar.mentee, bar.mentor, bar.program, bar.reason, bar.by, clock::ToMicros(bar.at)});
}

absl::StatusOr<bool> HasBar(database::Reader& reader, std::string_view mentee,
                            std::string_view mentor) {
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t count,
                            Count(reader, kHasBar, {std::string(mentee), std::string(mentor)}));
  return count > 0;
}

absl::Status DropBar(database::Transaction& tx, std::string_view mentee, std::string_view mentor) {
  return tx.Execute(kDropBar, {std::string(mentee), std::string(mentor)});
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
