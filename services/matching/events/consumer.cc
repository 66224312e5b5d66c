#include "services/matching/events/consumer.h"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/store/pins.h"
#include "services/matching/store/pool.h"
#include "services/matching/store/proposals.h"

namespace tremplin::matching::events {
namespace {

namespace reg = registration::events::v1;
namespace ses = session::events::v1;

engine::Profile ProfileOf(const reg::Profile& from) {
  engine::Profile profile;
  profile.noc = from.noc();
  profile.naics = from.naics();
  profile.languages.assign(from.languages().begin(), from.languages().end());
  profile.fsa = from.fsa();
  profile.availability.assign(from.availability().begin(), from.availability().end());
  if (from.years_experience() > 0) profile.years_experience = from.years_experience();
  profile.goals.assign(from.goals().begin(), from.goals().end());
  profile.wishes.assign(from.wishes().begin(), from.wishes().end());
  profile.required.assign(from.required().begin(), from.required().end());
  profile.attributes.assign(from.attributes().begin(), from.attributes().end());
  return profile;
}

absl::Status Renew(database::Transaction& tx, std::string_view enrolment,
                   const std::function<void(store::PoolEntry*)>& change) {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PoolEntry> entry, store::FindEntry(tx, enrolment));
  if (!entry.has_value()) return absl::OkStatus();  // not ready yet: EnrolmentReady tells it all
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t version, store::NextPoolVersion(tx, entry->program));
  change(&*entry);
  return store::UpdateEntry(tx, *entry, version);
}

}  // namespace

Consumer::Consumer(const app::Ledger& ledger) : ledger_(ledger) {}

void Consumer::Subscribe(inbox::Handlers& handlers) {
  constexpr auto kAtEventOnly = inbox::Handlers::Looks::kAtEventOnly;
  handlers.On<reg::EnrolmentReady>(
      "registration",
      [this](const Event& e, const reg::EnrolmentReady& p) { return OnReady(e, p); }, kAtEventOnly);
  handlers.On<reg::EnrolmentChanged>(
      "registration",
      [this](const Event& e, const reg::EnrolmentChanged& p) { return OnChanged(e, p); },
      kAtEventOnly);
  handlers.On<reg::EnrolmentEnded>(
      "registration",
      [this](const Event& e, const reg::EnrolmentEnded& p) { return OnEnded(e, p); }, kAtEventOnly);
  handlers.On<ses::AgreementLapsed>(
      "session",
      [this](const Event& e, const ses::AgreementLapsed& p) {
        return Close(e, {p.parties().proposal(), "agreement_lapsed", p.rematch_mentee(),
                         p.rematch_mentor(), absl::InfinitePast()});
      },
      kAtEventOnly);
  handlers.On<ses::MentorshipCompleted>(
      "session",
      [this](const Event& e, const ses::MentorshipCompleted& p) {
        return Close(e, {p.parties().proposal(), p.reason(), false, true, absl::InfinitePast()});
      },
      kAtEventOnly);
  handlers.On<ses::MentorshipEndedEarly>(
      "session",
      [this](const Event& e, const ses::MentorshipEndedEarly& p) {
        // Who was mentored for a while waits from the end of it.
        return Close(e, {p.parties().proposal(), p.reason(), p.rematch_mentee(), p.rematch_mentor(),
                         resources::FromTimestamp(p.ended_at())});
      },
      kAtEventOnly);
}

absl::StatusOr<inbox::Apply> Consumer::OnReady(const Event& event,
                                               const reg::EnrolmentReady& ready) const {
  store::PoolEntry entry;
  entry.enrolment = ready.enrolment();
  entry.program = ready.program();
  entry.side =
      ready.role() == reg::ENROLMENT_ROLE_MENTOR ? domain::Side::kMentor : domain::Side::kMentee;
  entry.person = ready.person();
  entry.business_key = ready.business_key();
  entry.profile = ProfileOf(ready.profile());
  entry.capacity = ready.profile().capacity();
  entry.waiting_since = event.time;
  return inbox::Apply([this, entry](database::Transaction& tx) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(ledger_.Arrived(tx, entry.program, entry.waiting_since));
    TREMPLIN_ASSIGN_OR_RETURN(const int64_t version, store::NextPoolVersion(tx, entry.program));
    return store::PutEntry(tx, entry, version);
  });
}

absl::StatusOr<inbox::Apply> Consumer::OnChanged(const Event& event,
                                                 const reg::EnrolmentChanged& changed) const {
  return inbox::Apply(
      [this, changed, time = event.time](database::Transaction& tx) -> absl::Status {
        TREMPLIN_RETURN_IF_ERROR(ledger_.Arrived(tx, changed.program(), time));
        return Renew(tx, changed.enrolment(), [&](store::PoolEntry* entry) {
          entry->profile = ProfileOf(changed.profile());
          // A mentor who says anew how many mentees they take, takes them; unless staff paused
          // them.
          if (entry->capacity != changed.profile().capacity() &&
              entry->paused_by != store::kPausedByStaff) {
            entry->Resume();
          }
          entry->capacity = changed.profile().capacity();
        });
      });
}

absl::StatusOr<inbox::Apply> Consumer::OnEnded(const Event& event,
                                               const reg::EnrolmentEnded& ended) const {
  return inbox::Apply([this, ended, time = event.time](database::Transaction& tx) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(Renew(tx, ended.enrolment(), [](store::PoolEntry* entry) {
      entry->ready = false;
      // What was volunteered for matching goes with the enrolment.
      entry->profile.wishes.clear();
      entry->profile.required.clear();
      entry->profile.attributes.clear();
    }));
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::Pin> pins,
                              store::PinsOf(tx, ended.enrolment()));
    for (const store::Pin& pin : pins) {
      TREMPLIN_RETURN_IF_ERROR(ledger_.EndPin(tx, pin));
      // Whoever was kept for a mentor who left may have another.
      TREMPLIN_RETURN_IF_ERROR(ledger_.Arrived(tx, pin.program, time));
    }
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> open,
                              store::OpenProposalsOf(tx, ended.enrolment()));
    for (const std::string& id : open) {
      TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::ProposalRow> row, store::FindProposal(tx, id));
      if (!row.has_value()) continue;
      TREMPLIN_RETURN_IF_ERROR(
          ledger_.Apply(tx, domain::Cancel{"enrolment", ended.reason()}, time, "", &*row));
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<inbox::Apply> Consumer::Close(const Event& event, MatchEnd end) const {
  return inbox::Apply([this, end = std::move(end), time = event.time,
                       trace = event.traceparent](database::Transaction& tx) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::ProposalRow> row,
                              store::FindProposal(tx, end.proposal));
    if (!row.has_value()) {
      return absl::FailedPreconditionError(text::Cat("no proposal ", end.proposal));
    }
    TREMPLIN_RETURN_IF_ERROR(ledger_.Apply(tx, domain::Close{end.reason}, time, trace, &*row));
    TREMPLIN_RETURN_IF_ERROR(
        Renew(tx, row->proposal.mentee.enrolment, [&](store::PoolEntry* entry) {
          if (!end.mentee_waits) entry->ready = false;
          if (end.waiting_since != absl::InfinitePast()) entry->waiting_since = end.waiting_since;
        }));
    if (end.mentor_takes_more) return absl::OkStatus();
    return Renew(tx, row->proposal.mentor.enrolment, [](store::PoolEntry* entry) {
      const bool staffs = entry->paused_by == store::kPausedByStaff;
      entry->Pause(staffs ? store::kPausedByStaff : store::kPausedByMentorship,
                   absl::InfinitePast());
    });
  });
}

}  // namespace tremplin::matching::events
