#include "services/matching/store/proposals.h"

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

constexpr std::string_view kColumns = R"sql(
SELECT id, program_id, program_version, mentee_enrolment, mentee_person, mentee_business_key,
       mentee_reply, mentee_asked, mentor_enrolment, mentor_person, mentor_business_key,
       mentor_reply, mentor_asked, answer_days, contact_meeting_days, agreement_days, time_zone,
       exclusivity_group, state, due_us, end_reason, ended_by, score, rank, override_reason,
       contributions, created_us, version, run_id, contested, approval_days, shown, approved_by,
       approved_us
FROM matching_proposal
)sql";

constexpr std::string_view kById = "WHERE id = $1";
constexpr std::string_view kOfProgram = "WHERE program_id = $1 AND id > $2 ORDER BY id LIMIT $3";
constexpr std::string_view kOfProgramState =
    "WHERE program_id = $1 AND state = $4 AND id > $2 ORDER BY id LIMIT $3";
// What waits for somebody has a due time; the rest has none and is in no board.
constexpr std::string_view kBoard =
    "WHERE program_id = $1 AND id > $2 AND ($4 = '' OR state = $4) AND due_us < $5 "
    "AND ($6 = '' OR state IN ('suggested', 'interested')) ORDER BY id LIMIT $3";
constexpr std::string_view kBoardByDue =
    "WHERE program_id = $1 AND ($4 = '' OR state = $4) AND due_us < $5 "
    "AND ($6 = '' OR state IN ('suggested', 'interested')) "
    "AND (due_us > $7 OR (due_us = $7 AND id > $2)) ORDER BY due_us, id LIMIT $3";
constexpr std::string_view kOfMentee =
    "WHERE mentee_person = $1 AND id > $2 AND ($4 = '' OR program_id = $4) "
    "AND ($5 = '' OR state = $5) AND shown = 1 ORDER BY id LIMIT $3";
constexpr std::string_view kOfMentor =
    "WHERE mentor_person = $1 AND id > $2 AND ($4 = '' OR program_id = $4) "
    "AND ($5 = '' OR state = $5) AND shown = 1 ORDER BY id LIMIT $3";

constexpr std::string_view kInsert = R"sql(
INSERT INTO matching_proposal (id, program_id, program_version, mentee_enrolment, mentee_person,
  mentee_business_key, mentee_reply, mentee_asked, mentor_enrolment, mentor_person,
  mentor_business_key, mentor_reply, mentor_asked, answer_days, contact_meeting_days,
  agreement_days, time_zone, exclusivity_group, state, active, barred, due_us, end_reason, ended_by,
  score, rank, override_reason, contributions, created_us, version, run_id, contested,
  approval_days, shown, approved_by, approved_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, $22, $23, $24, $25, $26, $27, $28, $29, 1, $30, $31,
        $32, $33, $34, $35)
ON CONFLICT DO NOTHING)sql";

constexpr std::string_view kUpdate = R"sql(
UPDATE matching_proposal SET mentee_reply = $3, mentee_asked = $4, mentor_reply = $5,
  mentor_asked = $6, state = $7, active = $8, barred = $9, due_us = $10, end_reason = $11,
  ended_by = $12, shown = $13, approved_by = $14, approved_us = $15, version = version + 1
WHERE id = $1 AND version = $2)sql";

constexpr std::string_view kAwaitsApproval =
    "SELECT COUNT(*) FROM matching_proposal WHERE mentee_enrolment = $1 AND active = 1 "
    "AND shown = 0";
constexpr std::string_view kOpenOfMentee =
    "SELECT id FROM matching_proposal WHERE mentee_enrolment = $1 AND active = 1 AND state <> "
    "'matched' ORDER BY id";
constexpr std::string_view kOpenOfMentor =
    "SELECT id FROM matching_proposal WHERE mentor_enrolment = $1 AND active = 1 AND state <> "
    "'matched' ORDER BY id";

constexpr std::string_view kBarred =
    "SELECT mentee_enrolment, mentor_enrolment FROM matching_proposal WHERE program_id = $1 AND "
    "barred = 1 UNION SELECT mentee_enrolment, mentor_enrolment FROM matching_bar "
    "WHERE program_id = $1";
constexpr std::string_view kBarredMentors =
    "SELECT mentor_enrolment FROM matching_proposal WHERE mentee_enrolment = $1 AND barred = 1 "
    "UNION SELECT mentor_enrolment FROM matching_bar WHERE mentee_enrolment = $1";
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

domain::Party PartyOf(const Row& row, size_t first) {
  return {row.Text(first), row.Text(first + 1), row.Text(first + 2), ReplyOf(row.Int(first + 3)),
          row.Int(first + 4) != 0};
}

absl::StatusOr<ProposalRow> RowOf(const Row& row) {
  ProposalRow read;
  domain::Proposal& proposal = read.proposal;
  proposal.id = row.Text(0);
  proposal.program = row.Text(1);
  proposal.program_version = row.Int(2);
  proposal.mentee = PartyOf(row, 3);
  proposal.mentor = PartyOf(row, 8);
  proposal.terms = {static_cast<int>(row.Int(13)), static_cast<int>(row.Int(14)),
                    static_cast<int>(row.Int(15)), row.Text(16), static_cast<int>(row.Int(30))};
  read.exclusivity_group = row.Text(17);
  TREMPLIN_ASSIGN_OR_RETURN(proposal.state, domain::StateOf(row.Text(18)));
  proposal.due = row.Time(19);
  proposal.end_reason = row.Text(20);
  proposal.ended_by = row.Text(21);
  read.score = row.Real(22);
  read.rank = static_cast<int>(row.Int(23));
  read.override_reason = row.Text(24);
  TREMPLIN_ASSIGN_OR_RETURN(read.contributions, DecodeContributions(row.Blob(25)));
  read.created = row.Time(26);
  read.version = row.Int(27);
  read.run = row.Text(28);
  read.contested = static_cast<int>(row.Int(29));
  proposal.shown = row.Int(31) != 0;
  proposal.approved_by = row.Text(32);
  proposal.approved = row.Time(33);
  return read;
}

absl::StatusOr<std::vector<ProposalRow>> Rows(database::Reader& reader, std::string_view which,
                                              Params params) {
  TREMPLIN_ASSIGN_OR_RETURN(Result result,
                            reader.Query(text::Cat(kColumns, which), std::move(params)));
  std::vector<ProposalRow> rows;
  rows.reserve(result.rows.size());
  for (const Row& row : result.rows) {
    TREMPLIN_ASSIGN_OR_RETURN(ProposalRow read, RowOf(row));
    rows.push_back(std::move(read));
  }
  return rows;
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
  TREMPLIN_ASSIGN_OR_RETURN(Result inserted,
                            tx.Query(kInsert, {made.id,
                                               made.program,
                                               made.program_version,
                                               made.mentee.enrolment,
                                               made.mentee.person,
                                               made.mentee.business_key,
                                               Stored(made.mentee.reply),
                                               int64_t{made.mentee.asked},
                                               made.mentor.enrolment,
                                               made.mentor.person,
                                               made.mentor.business_key,
                                               Stored(made.mentor.reply),
                                               int64_t{made.mentor.asked},
                                               int64_t{made.terms.answer_days},
                                               int64_t{made.terms.contact_meeting_days},
                                               int64_t{made.terms.agreement_days},
                                               made.terms.time_zone,
                                               row.exclusivity_group,
                                               std::string(domain::NameOf(made.state)),
                                               int64_t{domain::IsActive(made.state)},
                                               int64_t{domain::BarsPair(made)},
                                               database::TimeOrNull(made.due),
                                               made.end_reason,
                                               made.ended_by,
                                               row.score,
                                               int64_t{row.rank},
                                               row.override_reason,
                                               Bytes{EncodeContributions(row.contributions)},
                                               clock::ToMicros(row.created),
                                               row.run,
                                               int64_t{row.contested},
                                               int64_t{made.terms.approval_days},
                                               int64_t{made.shown},
                                               made.approved_by,
                                               database::TimeOrNull(made.approved)}));
  return inserted.affected == 1;
}

absl::Status UpdateProposal(database::Transaction& tx, domain::Proposal next, ProposalRow* row) {
  TREMPLIN_ASSIGN_OR_RETURN(
      Result updated,
      tx.Query(kUpdate,
               {next.id, row->version, Stored(next.mentee.reply), int64_t{next.mentee.asked},
                Stored(next.mentor.reply), int64_t{next.mentor.asked},
                std::string(domain::NameOf(next.state)), int64_t{domain::IsActive(next.state)},
                int64_t{domain::BarsPair(next)}, database::TimeOrNull(next.due), next.end_reason,
                next.ended_by, int64_t{next.shown}, next.approved_by,
                database::TimeOrNull(next.approved)}));
  if (updated.affected != 1) return status::VersionConflict("proposal");
  row->proposal = std::move(next);
  ++row->version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> OpenProposalsOf(database::Reader& reader,
                                                         std::string_view enrolment) {
  std::vector<std::string> ids;
  for (std::string_view sql : {kOpenOfMentee, kOpenOfMentor}) {
    TREMPLIN_ASSIGN_OR_RETURN(Result result, reader.Query(sql, {std::string(enrolment)}));
    for (const Row& row : result.rows) ids.push_back(row.Text(0));
  }
  return ids;
}

absl::StatusOr<bool> AwaitsApproval(database::Reader& reader, std::string_view mentee_enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(Result result,
                            reader.Query(kAwaitsApproval, {std::string(mentee_enrolment)}));
  return result.rows.at(0).Int(0) > 0;
}

absl::StatusOr<std::set<std::pair<std::string, std::string>>> BarredPairs(
    database::Reader& reader, std::string_view program) {
  TREMPLIN_ASSIGN_OR_RETURN(Result result, reader.Query(kBarred, {std::string(program)}));
  std::set<std::pair<std::string, std::string>> pairs;
  for (const Row& row : result.rows) pairs.emplace(row.Text(0), row.Text(1));
  return pairs;
}

absl::StatusOr<std::set<std::string>> BarredMentors(database::Reader& reader,
                                                    std::string_view mentee_enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(Result result,
                            reader.Query(kBarredMentors, {std::string(mentee_enrolment)}));
  std::set<std::string> mentors;
  for (const Row& row : result.rows) mentors.insert(row.Text(0));
  return mentors;
}

absl::Status PutBar(database::Transaction& tx, const Bar& bar) {
  return tx.Execute(
      kPutBar, {bar.mentee, bar.mentor, bar.program, bar.reason, bar.by, clock::ToMicros(bar.at)});
}

absl::StatusOr<bool> HasBar(database::Reader& reader, std::string_view mentee,
                            std::string_view mentor) {
  TREMPLIN_ASSIGN_OR_RETURN(Result result,
                            reader.Query(kHasBar, {std::string(mentee), std::string(mentor)}));
  return result.rows.at(0).Int(0) > 0;
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
  if (!filter.mentee_person.empty()) {
    return Rows(reader, kOfMentee,
                {filter.mentee_person, after.id, int64_t{limit}, filter.program, state});
  }
  if (!filter.mentor_person.empty()) {
    return Rows(reader, kOfMentor,
                {filter.mentor_person, after.id, int64_t{limit}, filter.program, state});
  }
  if (filter.by_due || filter.needs_staff || filter.due_before != absl::InfiniteFuture()) {
    Params params = {filter.program,
                     after.id,
                     int64_t{limit},
                     state,
                     clock::ToMicros(filter.due_before),
                     std::string(filter.needs_staff ? "staff" : "")};
    if (filter.by_due) params.emplace_back(after.due_us);
    return Rows(reader, filter.by_due ? kBoardByDue : kBoard, std::move(params));
  }
  if (!state.empty()) {
    return Rows(reader, kOfProgramState, {filter.program, after.id, int64_t{limit}, state});
  }
  return Rows(reader, kOfProgram, {filter.program, after.id, int64_t{limit}});
}

}  // namespace tremplin::matching::store
