#include "services/registration/app/one_person.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "common/status/macros.h"
#include "services/registration/app/convert.h"
#include "services/registration/store/enrolments.h"
#include "services/registration/store/people.h"

namespace tremplin::registration {
namespace {

using domain::State;
using store::EnrolmentRow;

constexpr size_t kMostReferrals = 200;

// An enrolment, and what it is to be.
struct Move {
  EnrolmentRow row;
  std::string person;
  std::string behind;

  bool changes() const { return row.person_id != person || row.behind != behind; }
};

// All referrals of the person: linked with each other, or brought by one record.
absl::StatusOr<std::set<std::string>> Together(database::Reader& reader,
                                               const std::string& referral) {
  std::set<std::string> together = {referral};
  std::vector<std::string> open = {referral};
  while (!open.empty() && together.size() < kMostReferrals) {
    const std::string next = std::move(open.back());
    open.pop_back();
    TREMPLIN_ASSIGN_OR_RETURN(std::vector<std::string> beside, store::LinkedTo(reader, next));
    TREMPLIN_ASSIGN_OR_RETURN(const std::string record, store::FindByReferral(reader, next));
    if (!record.empty()) {
      TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> same,
                                store::ReferralsOf(reader, record));
      beside.insert(beside.end(), same.begin(), same.end());
    }
    for (std::string& each : beside) {
      if (together.insert(each).second) open.push_back(std::move(each));
    }
  }
  return together;
}

// The records that these referrals brought, the head first.
absl::StatusOr<std::vector<store::RecordRow>> RecordsOf(database::Reader& reader,
                                                        const std::set<std::string>& referrals) {
  std::map<std::string, store::RecordRow> records;
  for (const std::string& referral : referrals) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::string id, store::FindByReferral(reader, referral));
    if (id.empty() || records.contains(id)) continue;
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::RecordRow> record,
                              store::FindRecord(reader, id));
    if (record.has_value()) records.emplace(id, *std::move(record));
  }
  std::vector<store::RecordRow> sorted;
  for (auto& [id, record] : records) sorted.push_back(std::move(record));
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.created < b.created; });
  return sorted;
}

// Of one person's enrolments in a program and part, all stand behind the one that counts. What
// stands behind an ended one stays there: who left is not brought back by a link.
void Line(std::vector<Move*>& moves) {
  std::map<std::string, const Move*> by_id;
  for (const Move* move : moves) by_id.emplace(move->row.id, move);
  const auto ended = [](const Move& move) { return move.row.enrolment.state == State::kEnded; };
  const Move* front = nullptr;
  const auto rank = [](const Move& move) {
    return std::make_tuple(!move.row.behind.empty(), move.row.enrolment.state != State::kReady,
                           move.row.created, move.row.business_key, move.row.id);
  };
  const auto settled = [&](const Move& move) {
    const auto before = by_id.find(move.row.behind);
    return before != by_id.end() && ended(*before->second);
  };
  for (const Move* move : moves) {
    if (ended(*move) || settled(*move)) continue;
    if (front == nullptr || rank(*move) < rank(*front)) front = move;
  }
  for (Move* move : moves) {
    if (settled(*move)) {
      move->behind = move->row.behind;
    } else if (!ended(*move) && move != front) {
      move->behind = front->row.id;
    }
  }
}

absl::StatusOr<std::vector<Move>> MovesOf(database::Transaction& tx,
                                          const std::vector<store::RecordRow>& records) {
  std::vector<Move> moves;
  for (const store::RecordRow& record : records) {
    TREMPLIN_ASSIGN_OR_RETURN(std::vector<EnrolmentRow> rows, store::ListOwnOf(tx, record.id));
    for (EnrolmentRow& row : rows) moves.push_back({std::move(row), records.front().id, ""});
  }
  std::map<std::pair<std::string, domain::Role>, std::vector<Move*>> lines;
  for (Move& move : moves) {
    lines[{move.row.program_id, move.row.enrolment.role}].push_back(&move);
  }
  for (auto& [where, line] : lines) Line(line);
  return moves;
}

// What is sealed lies under the person's key, so it is sealed anew.
absl::Status Apply(database::Transaction& tx, const seal::Sealer& sealer, Move& move) {
  EnrolmentRow& row = move.row;
  if (row.person_id != move.person && !row.sealed.empty()) {
    TREMPLIN_RETURN_IF_ERROR(store::OpenFacts(tx, sealer, row));
    row.person_id = move.person;
    TREMPLIN_RETURN_IF_ERROR(store::SealFacts(tx, sealer, row));
  }
  row.person_id = move.person;
  row.behind = move.behind;
  return store::Reassign(tx, row);
}

absl::Status Tell(database::Transaction& tx, const outbox::Outbox& outbox, const Move& move,
                  absl::Time at, std::string_view traceparent) {
  return AppendIdentified(tx, outbox, move.row, at, traceparent);
}

// Who stood behind another from the beginning is told of as one who has just come.
absl::Status TellNew(database::Transaction& tx, const seal::Sealer& sealer,
                     const outbox::Outbox& outbox, Move& move, absl::Time at,
                     std::string_view traceparent) {
  move.row.untold = false;
  TREMPLIN_RETURN_IF_ERROR(Apply(tx, sealer, move));
  const absl::StatusOr<std::string> plain = store::OpenPerson(tx, sealer, move.row.own_person_id);
  v1::Person person;
  if (plain.ok() && !person.ParseFromString(*plain)) {
    return absl::DataLossError("a person cannot be decoded");
  }
  if (!plain.ok() && !absl::IsNotFound(plain.status())) return plain.status();
  TREMPLIN_RETURN_IF_ERROR(AppendCreated(tx, outbox, move.row, person.language(), at, traceparent));
  if (move.row.enrolment.state == State::kReady) {
    TREMPLIN_RETURN_IF_ERROR(
        AppendEvents(tx, outbox, move.row, {domain::BecameReady{}}, at, traceparent));
  }
  return Tell(tx, outbox, move, at, traceparent);
}

}  // namespace

absl::Status Regroup(database::Transaction& tx, const seal::Sealer& sealer,
                     const outbox::Outbox& outbox, const std::vector<std::string>& referrals,
                     absl::Time at, std::string_view traceparent) {
  std::vector<Move> moves;
  std::set<std::string> done;
  for (const std::string& referral : referrals) {
    if (done.contains(referral)) continue;
    TREMPLIN_ASSIGN_OR_RETURN(const std::set<std::string> together, Together(tx, referral));
    done.insert(together.begin(), together.end());
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::RecordRow> records, RecordsOf(tx, together));
    for (const store::RecordRow& record : records) {
      if (record.head == records.front().id) continue;
      TREMPLIN_RETURN_IF_ERROR(store::SetHead(tx, record.id, records.front().id));
    }
    TREMPLIN_ASSIGN_OR_RETURN(std::vector<Move> own, MovesOf(tx, records));
    for (Move& move : own) {
      if (move.changes()) moves.push_back(std::move(move));
    }
  }
  // A person has one enrolment a program and part that counts, at each statement: first step back
  // those that do so no more, and last step forward those that do so again.
  const auto pass = [&](auto&& takes, auto&& does) -> absl::Status {
    for (Move& move : moves) {
      if (takes(move)) TREMPLIN_RETURN_IF_ERROR(does(move));
    }
    return absl::OkStatus();
  };
  const auto move_on = [&](Move& move) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(Apply(tx, sealer, move));
    return move.row.untold ? absl::OkStatus() : Tell(tx, outbox, move, at, traceparent);
  };
  const auto back = [](const Move& move) { return !move.behind.empty(); };
  const auto forward = [](const Move& move) {
    return move.behind.empty() && !move.row.behind.empty();
  };
  const auto aside = [&](const Move& move) {
    return move.behind.empty() && move.row.behind.empty() && move.row.person_id != move.person;
  };
  TREMPLIN_RETURN_IF_ERROR(pass(back, move_on));
  TREMPLIN_RETURN_IF_ERROR(pass(aside, move_on));
  return pass(forward, [&](Move& move) {
    return move.row.untold ? TellNew(tx, sealer, outbox, move, at, traceparent) : move_on(move);
  });
}

}  // namespace tremplin::registration
