#include "services/matching/domain/proposal.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "absl/status/status.h"
#include "common/clock/day.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "services/matching/messages.h"

namespace tremplin::matching::domain {
namespace {

constexpr std::string_view kNotApproved = "not_approved";
constexpr std::string_view kTooFewLeft = "too_few_left";
constexpr std::string_view kStaffDecision = "staff_decision";

absl::Status Refused(const messages::Message& message) {
  return status::Error(absl::StatusCode::kFailedPrecondition, message);
}

absl::Time EndOfDay(const Terms& terms, int days, absl::Time now) {
  absl::TimeZone zone = absl::UTCTimeZone();
  absl::LoadTimeZone(terms.time_zone, &zone);
  return clock::EndOfDay(now, days, zone);
}

const Bounds& BoundsOf(const Terms& terms, Side side) {
  return side == Side::kMentee ? terms.mentees : terms.mentors;
}

void Arrange(Proposal* proposal) {
  const auto place = [](const Participant& one) {
    return std::tie(one.side, one.business_key, one.enrolment);
  };
  std::sort(proposal->participants.begin(), proposal->participants.end(),
            [&](const Participant& a, const Participant& b) {
              if (a.in() != b.in()) return a.in();
              return place(a) < place(b);
            });
}

bool Short(const Proposal& proposal, Side side) {
  return proposal.In(side) < BoundsOf(proposal.terms, side).least;
}
bool Short(const Proposal& proposal) {
  return Short(proposal, Side::kMentee) || Short(proposal, Side::kMentor);
}
// Somebody is wanted on a side and nobody is there: nothing is left to be filled.
bool Deserted(const Proposal& proposal) {
  const auto deserted = [&](Side side) {
    return BoundsOf(proposal.terms, side).least > 0 && proposal.In(side) == 0;
  };
  return deserted(Side::kMentee) || deserted(Side::kMentor);
}

// What stands in the way of any word, staff's or a side's.
absl::Status Open(const Proposal& proposal, absl::Time now) {
  switch (proposal.state) {
    case State::kOpen:
      if (now >= proposal.due) return Refused(kDeadlinePassed);
      return absl::OkStatus();
    case State::kMatched:
      return Refused(kProposalMatched);
    case State::kDeclined:
    case State::kExpired:
    case State::kCancelled:
    case State::kClosed:
      return Refused(kProposalEnded);
  }
  return Refused(kProposalEnded);
}
absl::Status Open(const Proposal& proposal) { return Open(proposal, absl::InfinitePast()); }

// One decision as it is being made.
class Change {
 public:
  Change(Proposal from, absl::Time now) : now_(now) { decision_.next = std::move(from); }

  Proposal& next() { return decision_.next; }
  Participant& At(std::string_view enrolment) {
    return *std::find_if(next().participants.begin(), next().participants.end(),
                         [&](const Participant& one) { return one.enrolment == enrolment; });
  }

  void Tell(FactKind kind, std::string_view enrolment = {}) {
    if (next().shown) decision_.facts.push_back({kind, std::string(enrolment)});
  }

  // Begins this step, or the next one that waits for somebody; after the last it is matched.
  void Begin(size_t step, FactKind told = FactKind::kStepReached) {
    next().step = step;
    for (Participant& one : next().participants) {
      one.reply = Reply::kNone;
      one.asked_more = false;
    }
    if (step == next().terms.steps.size()) {
      next().state = State::kMatched;
      next().due = absl::InfinitePast();
      if (told == FactKind::kProposed) Tell(told);
      Tell(FactKind::kMatched);
      return;
    }
    const Step& present = next().terms.steps[step];
    const bool staffs = present.kind == StepKind::kApproval || present.kind == StepKind::kMeeting;
    const bool waits =
        staffs || std::any_of(next().participants.begin(), next().participants.end(),
                              [&](const auto& one) { return one.in() && next().Asks(one); });
    if (!waits) return Begin(step + 1, told);
    next().due = EndOfDay(next().terms, present.days, now_);
    Tell(told);
  }

  // Goes on where the step is done.
  void Settle() {
    if (next().state != State::kOpen || Short(next())) return;
    const Step& present = *next().present();
    if (present.kind == StepKind::kApproval || present.kind == StepKind::kMeeting) return;
    const bool done =
        std::all_of(next().participants.begin(), next().participants.end(), [&](const auto& one) {
          return !one.in() || !next().Asks(one) || one.reply == Reply::kYes;
        });
    if (done) Begin(next().step + 1);
  }

  // Takes somebody out, without looking at what is left.
  void Drop(std::string_view enrolment, Standing standing, std::string reason, bool bars) {
    if (bars) BarWithOthers(enrolment);
    Participant& one = At(enrolment);
    one.standing = standing;
    one.reason = std::move(reason);
    one.reply = Reply::kNone;
    decision_.freed.push_back(one.enrolment);
  }

  // Ends it, or goes on without whom `dropped` names, by what is left.
  void GoOn(const std::vector<std::string>& dropped, State cause, std::string by,
            std::string reason) {
    const bool waits = next().terms.fills && !Deserted(next());
    if (Short(next()) && !waits) return End(cause, std::move(by), std::move(reason));
    for (const std::string& enrolment : dropped) Tell(FactKind::kDropped, enrolment);
    Settle();
  }

  void End(State state, std::string by, std::string reason, FactKind told = FactKind::kEnded) {
    next().state = state;
    next().due = absl::InfinitePast();
    next().ended_by = std::move(by);
    next().end_reason = std::move(reason);
    for (const Participant& one : next().participants) {
      if (one.in()) decision_.freed.push_back(one.enrolment);
    }
    Tell(told);
  }

  // Everybody who is in it with each other of the other side; of a single side with each other.
  void BarPairs() {
    for (const Participant& one : next().participants) {
      if (one.in()) BarWithOthers(one.enrolment, /*once=*/true);
    }
  }

  Decision Take() {
    Arrange(&decision_.next);
    return std::move(decision_);
  }

 private:
  void BarWithOthers(std::string_view enrolment, bool once = false) {
    const Participant& one = At(enrolment);
    const bool peers = next().terms.mentors.most == 0;
    for (const Participant& other : next().participants) {
      if (!other.in() || other.enrolment == enrolment) continue;
      if (!peers && other.side == one.side) continue;
      const bool first = peers ? one.business_key < other.business_key : one.side == Side::kMentee;
      if (once && !first) continue;
      decision_.barred.emplace_back(first ? one.enrolment : other.enrolment,
                                    first ? other.enrolment : one.enrolment);
    }
  }

  Decision decision_;
  absl::Time now_;
};

// The participant who is to be asked now. FAILED_PRECONDITION when they are not.
absl::Status Answerable(const Proposal& proposal, std::string_view enrolment, absl::Time now) {
  if (absl::Status status = Open(proposal, now); !status.ok()) return status;
  if (proposal.present()->kind == StepKind::kApproval) return Refused(kApprovalAwaited);
  const Participant* one = proposal.Find(enrolment);
  if (one == nullptr) return Refused(kNotParticipant);
  return one->in() ? absl::OkStatus() : Refused(kNoLongerIn);
}

absl::Status MayAgree(const Proposal& proposal, std::string_view enrolment, absl::Time now) {
  if (absl::Status status = Answerable(proposal, enrolment, now); !status.ok()) return status;
  if (proposal.present()->kind == StepKind::kMeeting) return Refused(kMeetingAwaited);
  const Participant& one = *proposal.Find(enrolment);
  if (!proposal.Asks(one)) return Refused(kNotAsked);
  return one.reply == Reply::kYes ? Refused(kAlreadyAnswered) : absl::OkStatus();
}

absl::StatusOr<Decision> On(const Proposal& proposal, const Approve& command, absl::Time now) {
  if (absl::Status status = Open(proposal, now); !status.ok()) return status;
  if (proposal.present()->kind != StepKind::kApproval) return Refused(kApprovalNotAwaited);
  Change change(proposal, now);
  change.next().shown = true;
  change.next().approved_by = command.by;
  change.next().approved = now;
  change.Begin(proposal.step + 1, FactKind::kProposed);
  return change.Take();
}

absl::StatusOr<Decision> On(const Proposal& proposal, const SayYes& command, absl::Time now) {
  if (absl::Status status = MayAgree(proposal, command.enrolment, now); !status.ok()) return status;
  Change change(proposal, now);
  change.At(command.enrolment).reply = Reply::kYes;
  change.Settle();
  return change.Take();
}

absl::StatusOr<Decision> On(const Proposal& proposal, const SayNo& command, absl::Time now) {
  if (absl::Status status = Answerable(proposal, command.enrolment, now); !status.ok())
    return status;
  Change change(proposal, now);
  change.Drop(command.enrolment, Standing::kDeclined, command.reason, /*bars=*/true);
  change.GoOn({command.enrolment}, State::kDeclined,
              std::string(NameOf(proposal.Find(command.enrolment)->side)), command.reason);
  return change.Take();
}

absl::StatusOr<Decision> On(const Proposal& proposal, const AskMore& command, absl::Time now) {
  if (absl::Status status = MayAgree(proposal, command.enrolment, now); !status.ok()) return status;
  if (proposal.Find(command.enrolment)->asked_more) return Refused(kAlreadyAsked);
  Change change(proposal, now);
  change.At(command.enrolment).reply = Reply::kAskMore;
  change.At(command.enrolment).asked_more = true;
  change.next().due = EndOfDay(proposal.terms, proposal.present()->days, now);
  change.Tell(FactKind::kMoreAsked, command.enrolment);
  return change.Take();
}

absl::StatusOr<Decision> On(const Proposal& proposal, const RecordMeeting&, absl::Time now) {
  if (absl::Status status = Open(proposal, now); !status.ok()) return status;
  if (proposal.present()->kind == StepKind::kApproval) return Refused(kApprovalAwaited);
  if (proposal.present()->kind != StepKind::kMeeting) {
    const auto steps = proposal.terms.steps.begin();
    const bool held = std::any_of(steps, steps + static_cast<std::ptrdiff_t>(proposal.step),
                                  [](const Step& step) { return step.kind == StepKind::kMeeting; });
    return Refused(held ? kMeetingAlreadyHeld : kMeetingTooEarly);
  }
  if (Short(proposal)) return Refused(kTooFewForMeeting);
  Change change(proposal, now);
  change.Begin(proposal.step + 1);
  return change.Take();
}

absl::StatusOr<Decision> On(const Proposal& proposal, const Expire&, absl::Time now) {
  if (absl::Status status = Open(proposal); !status.ok()) return status;
  if (now < proposal.due) return Refused(kNotDueYet);
  Change change(proposal, now);
  const StepKind kind = proposal.present()->kind;
  if (kind == StepKind::kApproval) {
    change.End(State::kExpired, "time", std::string(kNotApproved));
    return change.Take();
  }
  if (kind == StepKind::kMeeting) {
    if (!Short(proposal)) change.BarPairs();
    change.End(State::kExpired, "time",
               Short(proposal) ? std::string(kTooFewLeft) : "meeting_not_held");
    return change.Take();
  }
  std::vector<std::string> silent;
  for (const Participant& one : proposal.participants) {
    if (one.in() && proposal.Asks(one) && one.reply != Reply::kYes) silent.push_back(one.enrolment);
  }
  std::vector<std::string> dropped;
  for (const std::string& enrolment : silent) {
    // A pair's silence bars the pair, whichever of them it is.
    change.Drop(enrolment, Standing::kExpired, "no_answer", /*bars=*/true);
    dropped.push_back(enrolment);
  }
  if (Short(change.next())) {
    change.End(State::kExpired, "time",
               proposal.terms.fills ? std::string(kTooFewLeft) : "no_answer");
  } else {
    change.GoOn(dropped, State::kExpired, "time", "no_answer");
  }
  return change.Take();
}

absl::StatusOr<Decision> On(const Proposal& proposal, const Leave& command, absl::Time now) {
  const Participant* one = proposal.Find(command.enrolment);
  if (proposal.state != State::kMatched) {
    if (absl::Status status = Open(proposal); !status.ok()) return status;
  }
  if (one == nullptr) return Refused(kNotParticipant);
  if (!one->in()) return Refused(kNoLongerIn);
  Change change(proposal, now);
  if (proposal.state == State::kMatched) {
    change.Drop(command.enrolment, Standing::kFreed, command.reason, /*bars=*/false);
    // A group may go on with those who joined it: who began it leave gaps, though all have left.
    const bool deserted = change.next().In(Side::kMentee) + change.next().In(Side::kMentor) == 0;
    if (deserted && !proposal.terms.fills) {
      change.End(State::kClosed, "engagement", command.reason, FactKind::kFreed);
    } else {
      change.Tell(FactKind::kFreed);
    }
    return change.Take();
  }
  change.Drop(command.enrolment, Standing::kCancelled, command.reason, /*bars=*/false);
  change.GoOn({command.enrolment}, State::kCancelled, "enrolment", command.reason);
  return change.Take();
}

absl::StatusOr<Decision> On(const Proposal& proposal, const TakeIn& command, absl::Time now) {
  if (absl::Status status = Open(proposal, now); !status.ok()) return status;
  const Participant& newcomer = command.newcomer;
  if (proposal.Find(newcomer.enrolment) != nullptr) return Refused(kAlreadyParticipant);
  if (!proposal.terms.fills ||
      proposal.In(newcomer.side) >= BoundsOf(proposal.terms, newcomer.side).most) {
    return Refused(kNoGap);
  }
  Change change(proposal, now);
  Participant in = newcomer;
  in.reply = Reply::kNone;
  in.asked_more = false;
  in.standing = Standing::kIn;
  change.next().participants.push_back(std::move(in));
  int& wanted =
      newcomer.side == Side::kMentee ? change.next().wanted_mentees : change.next().wanted_mentors;
  wanted = std::max(wanted, change.next().In(newcomer.side));
  if (proposal.present()->kind != StepKind::kApproval) {
    // Who is asked last has the same days.
    change.next().due = EndOfDay(proposal.terms, proposal.present()->days, now);
  }
  change.Tell(FactKind::kTakenIn, newcomer.enrolment);
  change.Settle();
  return change.Take();
}

absl::StatusOr<Decision> On(const Proposal& proposal, const Cancel& command, absl::Time now) {
  if (absl::Status status = Open(proposal); !status.ok()) return status;
  Change change(proposal, now);
  if (command.reason == kStaffDecision) change.BarPairs();
  change.End(State::kCancelled, command.by, command.reason);
  return change.Take();
}

absl::StatusOr<Decision> On(const Proposal& proposal, const Close& command, absl::Time now) {
  if (proposal.state != State::kMatched) return Refused(kNotMatched);
  Change change(proposal, now);
  // Who was in a group may be in another with some of them.
  if (!proposal.terms.fills) change.BarPairs();
  change.End(State::kClosed, "engagement", command.reason, FactKind::kFreed);
  return change.Take();
}

}  // namespace

const Participant* Proposal::Find(std::string_view enrolment) const {
  const auto found =
      std::find_if(participants.begin(), participants.end(),
                   [&](const Participant& one) { return one.enrolment == enrolment; });
  return found == participants.end() ? nullptr : &*found;
}

int Proposal::In(Side side) const {
  return static_cast<int>(
      std::count_if(participants.begin(), participants.end(),
                    [&](const Participant& one) { return one.in() && one.side == side; }));
}

int Proposal::Gap(Side side) const {
  if (!terms.fills) return 0;
  const int wanted = side == Side::kMentee ? wanted_mentees : wanted_mentors;
  return std::max(0, wanted - In(side));
}

const Step* Proposal::present() const {
  return state == State::kOpen && step < terms.steps.size() ? &terms.steps[step] : nullptr;
}

bool Proposal::Asks(const Participant& participant) const {
  const Step* asking = step < terms.steps.size() ? &terms.steps[step] : nullptr;
  if (asking == nullptr || asking->kind == StepKind::kApproval ||
      asking->kind == StepKind::kMeeting)
    return false;
  return participant.side == Side::kMentee ? asking->asks_mentees : asking->asks_mentors;
}

bool IsActive(State state) { return state == State::kOpen || state == State::kMatched; }

Decision Propose(Proposal made, absl::Time now, std::string_view by) {
  Change change(std::move(made), now);
  Proposal& next = change.next();
  next.state = State::kOpen;
  next.shown = next.terms.steps.empty() || next.terms.steps[0].kind != StepKind::kApproval;
  next.approved_by.clear();
  next.approved = absl::InfinitePast();
  next.end_reason.clear();
  next.ended_by.clear();
  next.wanted_mentees = next.In(Side::kMentee);
  next.wanted_mentors = next.In(Side::kMentor);
  Arrange(&next);
  change.Begin(0, FactKind::kProposed);
  const Participant* initiator = by.empty() ? nullptr : next.Find(by);
  if (initiator != nullptr && next.present() != nullptr && next.Asks(*initiator)) {
    change.At(by).reply = Reply::kYes;
    change.Settle();
  }
  return change.Take();
}

absl::StatusOr<Decision> Decide(const Proposal& proposal, const Command& command, absl::Time now) {
  return std::visit([&](const auto& one) { return On(proposal, one, now); }, command);
}

absl::Time SignBy(const Proposal& proposal, absl::Time now) {
  if (proposal.terms.agreement_days == 0) return absl::InfinitePast();
  return EndOfDay(proposal.terms, proposal.terms.agreement_days, now);
}

std::string_view NameOf(State state) {
  switch (state) {
    case State::kOpen:
      return "open";
    case State::kMatched:
      return "matched";
    case State::kDeclined:
      return "declined";
    case State::kExpired:
      return "expired";
    case State::kCancelled:
      return "cancelled";
    case State::kClosed:
      return "closed";
  }
  return "";
}

absl::StatusOr<State> StateOf(std::string_view name) {
  for (State state : kAllStates) {
    if (NameOf(state) == name) return state;
  }
  return absl::DataLossError(text::Cat("unknown state of a proposal: ", name));
}

std::string_view NameOf(Side side) { return side == Side::kMentee ? "mentee" : "mentor"; }

std::string_view NameOf(StepKind kind) {
  switch (kind) {
    case StepKind::kApproval:
      return "staff_approval";
    case StepKind::kInterest:
      return "interest";
    case StepKind::kMeeting:
      return "contact_meeting";
    case StepKind::kAcceptance:
      return "acceptance";
  }
  return "";
}

std::string_view NameOf(Standing standing) {
  switch (standing) {
    case Standing::kIn:
      return "";
    case Standing::kDeclined:
      return "declined";
    case Standing::kExpired:
      return "expired";
    case Standing::kCancelled:
      return "cancelled";
    case Standing::kFreed:
      return "freed";
  }
  return "";
}

absl::StatusOr<Standing> StandingOf(std::string_view name) {
  for (Standing standing : {Standing::kIn, Standing::kDeclined, Standing::kExpired,
                            Standing::kCancelled, Standing::kFreed}) {
    if (NameOf(standing) == name) return standing;
  }
  return absl::DataLossError(text::Cat("unknown standing of a participant: ", name));
}

}  // namespace tremplin::matching::domain
