#include "services/matching/app/requests.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/app/policy.h"
#include "services/matching/app/proposals.h"
#include "services/matching/app/staff_pairs.h"
#include "services/matching/app/view.h"
#include "services/matching/messages.h"
#include "services/matching/store/bars.h"

namespace tremplin::matching::app {
namespace {

constexpr int kRequests = 3;  // where the policy says nothing
constexpr int kMostPage = 100;
constexpr int kUsualPage = 20;

absl::Status Precondition(const messages::Message& message,
                          std::initializer_list<std::string_view> args = {}) {
  return status::Error(absl::StatusCode::kFailedPrecondition, message, args);
}

int MostRequests(const program::v1::Format& format) {
  return format.matching().open_requests() > 0 ? format.matching().open_requests() : kRequests;
}

// A mentee of the caller's, who is in the pool.
absl::StatusOr<store::PoolEntry> ReadMentee(database::Reader& reader,
                                            const rpc::Principal& principal,
                                            const std::string& id) {
  TREMPLIN_ASSIGN_OR_RETURN(store::PoolEntry entry, ReadVisibleEntry(reader, principal, id));
  const bool own = !OwnSide(principal).has_value() ||
                   (!principal.person.empty() && principal.person == entry.person);
  if (!own || !entry.ready || entry.side != domain::Side::kMentee) {
    return status::Error(absl::StatusCode::kNotFound, kEnrolmentNotInPool);
  }
  return entry;
}

// What stands between a mentee and those they may ask.
struct Wall {
  std::set<std::string> barred;
  std::set<std::string> asked;  // who is in something open with them
  int requests = 0;             // that are open
  bool engaged = false;         // in something that excludes others
};

absl::StatusOr<Wall> ReadWall(database::Reader& reader, const std::string& mentee,
                              const std::string& format) {
  Wall wall;
  TREMPLIN_ASSIGN_OR_RETURN(wall.barred, store::BarredMentors(reader, mentee, format));
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> active,
                            store::ActiveProposalsOf(reader, mentee));
  for (const std::string& id : active) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::ProposalRow> row,
                              store::FindProposal(reader, id));
    if (!row.has_value()) continue;
    if (!row->parallel) wall.engaged = true;
    for (const domain::Participant& one : row->proposal.participants) {
      wall.asked.insert(one.enrolment);
    }
    const bool request = row->initiator == program::v1::INITIATOR_PARTICIPANT &&
                         row->proposal.state == domain::State::kOpen;
    if (request) ++wall.requests;
  }
  return wall;
}

// The hard rules of a format between two.
bool MayMeet(const engine::Profile& mentee, const engine::Profile& mentor,
             const engine::Policy& policy) {
  if (policy.shared_language_required && !engine::ShareLanguage(mentee, mentor)) return false;
  const bool both = !mentee.availability.empty() && !mentor.availability.empty();
  if (policy.shared_slot_required && both &&
      engine::AvailabilityOverlap(mentee.availability, mentor.availability) == 0) {
    return false;
  }
  return engine::HasRequired(mentee, mentor);
}

bool Has(const store::PoolEntry& entry, const program::v1::GivenFact& wanted) {
  const std::vector<std::string> given = program::ValuesOf(entry.facts, wanted.name());
  return std::all_of(wanted.values().begin(), wanted.values().end(), [&](const auto& value) {
    return std::find(given.begin(), given.end(), value) != given.end();
  });
}

struct Hit {
  const store::PoolEntry* mentor = nullptr;
  std::vector<engine::Contribution> known;  // in halves
  int64_t score = 0;                        // as shown, in millionths
  int64_t exact = 0;                        // the same criteria unrounded: what parts equal ones

  std::tuple<int64_t, int64_t> place() const { return {-score, -exact}; }
};

int64_t Millionths(const std::vector<engine::Contribution>& counts) {
  return std::llround(engine::Score(counts) * 1e6);
}

// Keeps what a mentee may know, unrounded.
std::vector<engine::Contribution> ExactOf(std::vector<engine::Contribution> exact,
                                          const std::vector<engine::Contribution>& known) {
  std::erase_if(exact, [&](const auto& one) {
    return std::none_of(known.begin(), known.end(),
                        [&](const auto& shown) { return shown.criterion == one.criterion; });
  });
  for (engine::Contribution& one : exact) {
    for (const engine::Contribution& shown : known) {
      if (shown.criterion == one.criterion) one.weight = shown.weight;
    }
  }
  return exact;
}

void Show(const Hit& hit, const Disclosed& disclosed, const program::Registry& registry,
          v1::SearchMentorsResponse::Mentor* to) {
  to->set_mentor_enrolment(resources::NameOf("enrolments", hit.mentor->enrolment));
  for (const program::v1::GivenFact& fact : hit.mentor->facts) {
    if (disclosed.facts.contains(fact.name())) *to->add_facts() = fact;
  }
  to->set_score(static_cast<double>(hit.score) / 1e6);
  FillContributions(hit.known, /*weights=*/false, registry, to->mutable_contributions());
}

// Those that fit best first.
void SortByPlace(std::vector<Hit>& hits) {
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
    return std::tuple(a.place(), std::string_view(a.mentor->business_key)) <
           std::tuple(b.place(), std::string_view(b.mentor->business_key));
  });
}

// A place among the hits, as a page token keeps it.
std::string KeyOf(const Hit& hit) {
  return text::Cat(hit.score, "/", hit.exact, "/", hit.mentor->enrolment);
}

// Where the page begins: behind the hit of the key, or where it would have stood.
size_t Behind(const std::vector<Hit>& hits, const std::string& key) {
  if (key.empty()) return 0;
  const std::vector<std::string> parts = absl::StrSplit(key, absl::MaxSplits('/', 2));
  Hit last;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &last.score) ||
      !absl::SimpleAtoi(parts[1], &last.exact)) {
    return 0;
  }
  size_t at = 0;
  while (at < hits.size() && hits[at].place() < last.place()) ++at;
  for (size_t i = at; i < hits.size() && hits[i].place() == last.place(); ++i) {
    if (hits[i].mentor->enrolment == parts[2]) return i + 1;
  }
  return at;
}

// A mentor is looked for by what is disclosed of them at first, and by nothing else.
absl::Status CheckHaving(const v1::SearchMentorsRequest& request, const Disclosed& disclosed) {
  std::vector<status::FieldViolation> violations;
  for (int i = 0; i < request.having_size(); ++i) {
    if (disclosed.facts.contains(request.having(i).name())) continue;
    violations.push_back(status::Violation(text::Cat("having[", i, "].name"), kFactUnknown));
  }
  if (violations.empty()) return absl::OkStatus();
  return status::InvalidFields(std::move(violations));
}

}  // namespace

Requests::Requests(database::Database& db, rpc::Commands& commands, program::ProgramStore& programs,
                   const Ledger& ledger, engine::Distance distance)
    : db_(db),
      commands_(commands),
      programs_(programs),
      ledger_(ledger),
      distance_(std::move(distance)) {}

absl::StatusOr<v1::SearchMentorsResponse> Requests::SearchMentors(
    const rpc::CallContext& call, const v1::SearchMentorsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string id,
      resources::IdOf("enrolments", request.mentee_enrolment(), "mentee_enrolment"));
  if (request.page_size() < 0 || request.page_size() > kMostPage) {
    return status::InvalidFields(
        {status::Violation("page_size", kNumberOutOfRange, {"0", text::Cat(kMostPage)})});
  }
  store::PoolEntry mentee;
  Wall wall;
  std::vector<store::PoolEntry> mentors;
  std::shared_ptr<const program::Program> program;
  const program::v1::Format* format = nullptr;  // the program's
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(mentee, ReadMentee(reader, call.principal, id));
    TREMPLIN_ASSIGN_OR_RETURN(program,
                              programs_.InForce(reader, mentee.program, call.business_now));
    TREMPLIN_ASSIGN_OR_RETURN(
        format,
        ChooseFormat(FormatsOf(*program, program::v1::INITIATOR_PARTICIPANT), request.format()));
    TREMPLIN_ASSIGN_OR_RETURN(wall, ReadWall(reader, id, format->code()));
    TREMPLIN_ASSIGN_OR_RETURN(mentors, store::ReadyMentors(reader, mentee.program));
    return absl::OkStatus();
  }));
  const Disclosed disclosed = DisclosedAtFirst(domain::Side::kMentee, *format);
  TREMPLIN_RETURN_IF_ERROR(CheckHaving(request, disclosed));
  const std::string scope = text::Cat("SearchMentors/", id, "/", request.format(), "/",
                                      program::Canonical(request.having()));
  TREMPLIN_ASSIGN_OR_RETURN(const std::string last,
                            resources::LastKey(scope, request.page_token()));

  v1::SearchMentorsResponse response;
  if (wall.engaged) return response;
  response.set_requests_left(std::max(0, MostRequests(*format) - wall.requests));
  const absl::CivilDay today = absl::ToCivilDay(call.business_now, program->time_zone);
  if (mentee.paused || !IsFor(*format, mentee, *program, today)) return response;
  const engine::Policy policy = PolicyOf(*format, program->registry, 1);
  const engine::Mentee seeker = MenteeOf(mentee, *program);
  std::vector<Hit> hits;
  for (const store::PoolEntry& entry : mentors) {
    if (entry.Free() <= 0 || !entry.Qualifies(format->code()) || entry.person == mentee.person ||
        wall.barred.contains(entry.enrolment) || wall.asked.contains(entry.enrolment)) {
      continue;
    }
    const engine::Mentor mentor = MentorOf(entry, *program);
    const bool has = std::all_of(request.having().begin(), request.having().end(),
                                 [&](const auto& one) { return Has(entry, one); });
    if (!has || !MayMeet(seeker.profile, mentor.profile, policy)) continue;
    const auto counts = engine::Contributions(seeker, mentor, today, policy, distance_);
    Hit hit{&entry, KnownTo(disclosed, counts, *format, program->registry)};
    hit.score = Millionths(hit.known);
    hit.exact = Millionths(ExactOf(counts, hit.known));
    hits.push_back(std::move(hit));
  }
  SortByPlace(hits);
  const size_t size =
      static_cast<size_t>(request.page_size() == 0 ? kUsualPage : request.page_size());
  const size_t begin = Behind(hits, last);
  for (size_t i = begin; i < hits.size() && i < begin + size; ++i) {
    Show(hits[i], disclosed, program->registry, response.add_mentors());
  }
  if (begin + size < hits.size()) {
    response.set_next_page_token(resources::PageToken(scope, KeyOf(hits[begin + size - 1])));
  }
  return response;
}

absl::StatusOr<v1::Proposal> Requests::RequestMatch(const rpc::CallContext& call,
                                                    const v1::RequestMatchRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string mentee_id,
      resources::IdOf("enrolments", request.mentee_enrolment(), "mentee_enrolment"));
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string mentor_id,
      resources::IdOf("enrolments", request.mentor_enrolment(), "mentor_enrolment"));
  store::PoolEntry mentee;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(mentee, ReadMentee(reader, call.principal, mentee_id));
    return absl::OkStatus();
  }));
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.InForce(mentee.program, call.business_now));
  TREMPLIN_ASSIGN_OR_RETURN(
      const program::v1::Format* format,
      ChooseFormat(FormatsOf(*program, program::v1::INITIATOR_PARTICIPANT), request.format()));
  Draft draft{.id = call.NewId("proposal"),
              .format = format,
              .initiator = program::v1::INITIATOR_PARTICIPANT,
              .by = mentee_id};
  const absl::CivilDay today = absl::ToCivilDay(call.business_now, program->time_zone);
  const engine::Policy policy = PolicyOf(*format, program->registry, 1);
  return commands_.Run<v1::Proposal>(
      call, program->id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Proposal> {
        TREMPLIN_RETURN_IF_ERROR(store::NextPoolVersion(tx, program->id).status());
        TREMPLIN_ASSIGN_OR_RETURN(mentee, ReadMentee(tx, call.principal, mentee_id));
        TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::PoolEntry> mentor,
                                  store::FindEntry(tx, mentor_id));
        if (!mentor.has_value() || mentor->program != program->id || !mentor->ready ||
            mentor->side != domain::Side::kMentor || !mentor->Qualifies(format->code())) {
          return status::Error(absl::StatusCode::kNotFound, kEnrolmentNotInPool);
        }
        if (!IsFor(*format, mentee, *program, today)) return Precondition(kNotWaiting);
        TREMPLIN_ASSIGN_OR_RETURN(const Wall wall, ReadWall(tx, mentee_id, format->code()));
        if (wall.barred.contains(mentor_id)) return Precondition(kPairBarred);
        if (wall.asked.contains(mentor_id)) return Precondition(kAlreadyRequested);
        if (wall.requests >= MostRequests(*format)) {
          return Precondition(kRequestsOpen, {text::Cat(MostRequests(*format))});
        }
        if (!MayMeet(store::ProfileOf(program->registry, mentee),
                     store::ProfileOf(program->registry, *mentor), policy)) {
          return Precondition(kPairMayNotMeet);
        }
        draft.people = {mentee, *mentor};
        ScoreDraft(*program, call.business_now, distance_, &draft);
        TREMPLIN_ASSIGN_OR_RETURN(
            Ledger::Made made,
            ledger_.Make(tx, *program, draft, call.business_now, call.traceparent));
        if (made.refusal != Ledger::Refusal::kNone) return Refused(made.refusal, *format);
        return ToProto(made.row, call.principal, {*program});
      });
}

}  // namespace tremplin::matching::app
