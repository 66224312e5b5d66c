#include "tools/tremplinctl/season/mentoring.h"

#include <algorithm>

#include "common/program/format.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/season/engaged.h"

namespace tremplin::ctl::season {
namespace {

using session::v1::Engagement;
using session::v1::Participant;

constexpr int kExtensionDays = 30;
constexpr double kHeld = 0.9;
constexpr const char* kEarlyReasons[] = {"not_a_fit", "mentor_unavailable", "mentee_unavailable",
                                         "found_work", "moved"};

absl::CivilDay DayOf(const google::protobuf::Timestamp& time, absl::TimeZone zone) {
  return absl::ToCivilDay(resources::FromTimestamp(time), zone);
}

bool WaitsForDocuments(const program::v1::Format& format) {
  const auto& documents = format.engagement().documents();
  return std::any_of(documents.begin(), documents.end(),
                     [](const program::v1::Document& one) { return one.before_start(); });
}

bool Signs(const program::v1::Document& document, program::v1::Subject side) {
  const auto& by = document.signed_by();
  return by.empty() || std::find(by.begin(), by.end(), side) != by.end();
}

}  // namespace

Mentoring::Mentoring(Stage& stage) : stage_(stage) {
  for (const program::v1::Format& format : stage.definition.formats()) {
    // One that others join, or that follows from another, may be found when it runs already.
    if (!WaitsForDocuments(format) || stage.definition.formats_size() > 1) {
      some_start_unsigned_ = true;
    }
  }
}

const program::v1::Engagement& Mentoring::TermsOf(const Engagement& engagement) const {
  const program::v1::Format* format = program::FindFormat(stage_.definition, engagement.format());
  return format == nullptr ? program::v1::Engagement::default_instance() : format->engagement();
}

void Mentoring::Plan(absl::CivilDay day, const Engagement& engagement, const std::string& step,
                     std::function<absl::Status()> run) {
  stage_.agenda.Plan(std::max(day, stage_.today + 1),
                     {engagement.name(), KeyOf(engagement), step, std::move(run)});
}

absl::Status Mentoring::Discover() {
  for (const auto state : {Engagement::STATE_AGREEMENT_PENDING, Engagement::STATE_ACTIVE}) {
    if (state == Engagement::STATE_ACTIVE && !some_start_unsigned_) continue;
    session::v1::ListEngagementsRequest request;
    request.set_state(state);
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Engagement> engagements,
                              ListAll(stage_, text::Cat(kSession, "ListEngagements"), request,
                                      &session::v1::ListEngagementsResponse::engagements));
    for (const Engagement& engagement : engagements) {
      if (state == Engagement::STATE_ACTIVE) {
        Start(engagement);
      } else if (seen_.insert(engagement.name()).second) {
        PlanSignatures(engagement, /*before_start=*/true);
      }
    }
  }
  return absl::OkStatus();
}

void Mentoring::PlanSignatures(const Engagement& engagement, bool before_start) {
  const bool pair = IsPair(engagement);
  for (const program::v1::Document& document : TermsOf(engagement).documents()) {
    if (document.before_start() != before_start) continue;
    for (const Participant& who : Present(engagement)) {
      if (!Signs(document, who.side())) continue;
      const std::string key = KeyOf(engagement, who);
      const std::string step = text::Cat("sign/", NameOf(who.side()));
      if (stage_.draws.Chance(key, text::Cat(step, "/never"), pair ? 0.025 : 0.003)) continue;
      Plan(stage_.today + stage_.draws.Between(key, text::Cat(step, "/days"), 1, 7), engagement,
           text::Cat(step, "/", document.code()),
           [this, engagement, who, code = document.code()] { return Sign(engagement, who, code); });
    }
  }
}

absl::Status Mentoring::Sign(const Engagement& engagement, const Participant& who,
                             const std::string& document) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string credential, stage_.CredentialOf(who.enrolment()));
  session::v1::SignDocumentRequest request;
  request.set_name(engagement.name());
  request.set_document(document);
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::optional<Engagement> now,
      stage_.Act<Engagement>(credential, text::Cat(kSession, "SignDocument"), std::move(request),
                             who.enrolment(),
                             text::Cat("sign/", document, "/", engagement.name())));
  if (now.has_value() && now->state() == Engagement::STATE_ACTIVE) {
    // One side's view does not tell the other's key: what staff saw goes on, with the term.
    Engagement started = engagement;
    *started.mutable_term_time() = now->term_time();
    Start(started);
  }
  return absl::OkStatus();
}

void Mentoring::Start(const Engagement& engagement) {
  {
    const std::lock_guard lock(mutex_);
    if (!started_.insert(engagement.name()).second) return;
  }
  PlanSignatures(engagement, /*before_start=*/false);
  if (TermsOf(engagement).lifetime_case() == program::v1::Engagement::kSingleMeetingMinutes) {
    StartMeeting(engagement);
  } else {
    StartTerm(engagement);
  }
}

void Mentoring::StartTerm(const Engagement& engagement) {
  const std::string key = KeyOf(engagement);
  const absl::CivilDay term = DayOf(engagement.term_time(), stage_.zone);
  // Drawn days are those of a term of three months; a shorter one ends before they come.
  absl::CivilDay end = term;
  const double fate = stage_.draws.Unit(key, "fate");
  if (fate < 0.10) {
    end = stage_.today + stage_.draws.Between(key, "early/days", 14, 70);
    PlanEarlyEnd(engagement, end);
  } else if (fate < 0.24) {
    end = stage_.today + stage_.draws.Between(key, "goals/days", 63, 84);
    PlanClosing(engagement, end, /*goals_met=*/true);
  } else if (fate < 0.36) {
    PlanExtension(engagement, term);
  } else if (fate < 0.80) {
    PlanClosing(engagement, term + stage_.draws.Between(key, "close/days", 1, 5), false);
  }  // the rest is closed by time
  if (fate >= 0.24) PlanAfterEnd(engagement, term);
  end = std::min(end, term);
  PlanSessions(engagement, stage_.today + 3, end, 0);
  PlanReviews(engagement, end);
  if (!stage_.by_themselves) return;
  PlanPlan(engagement, end);
  PlanLeaving(engagement, end);
  PlanJob(engagement, end);
  PlanContinuation(engagement, end - 2);
}

void Mentoring::PlanSessions(const Engagement& engagement, absl::CivilDay first, absl::CivilDay end,
                             int week) {
  const std::string key = KeyOf(engagement);
  for (absl::CivilDay day = first; day < end; day += 7, ++week) {
    if (stage_.draws.Chance(key, text::Cat("session/", week), kHeld)) {
      Plan(day, engagement, text::Cat("session/", week),
           [this, engagement, week] { return LogSession(engagement, week); });
    }
    if (week % 4 != 3) continue;
    for (const Participant& who : Present(engagement)) {
      const std::string step = text::Cat("check_in/", NameOf(who.side()), "/", week);
      if (!stage_.draws.Chance(KeyOf(engagement, who), step, 0.6)) continue;
      Plan(day, engagement, text::Cat(step, "/", who.business_key()),
           [this, engagement, week, who] { return CheckIn(engagement, week, who); });
    }
  }
}

void Mentoring::PlanReviews(const Engagement& engagement, absl::CivilDay end) {
  const std::string key = KeyOf(engagement);
  const int every = TermsOf(engagement).review_every_days();
  for (int number = 1; every > 0 && stage_.today + number * every < end; ++number) {
    const std::string step = text::Cat("review/", number);
    const absl::CivilDay day =
        stage_.today + number * every + stage_.draws.Between(key, text::Cat(step, "/days"), 1, 4);
    if (day >= end) break;
    Plan(day, engagement, step, [this, engagement, key, step] {
      session::v1::RecordReviewRequest request;
      request.set_engagement(engagement.name());
      request.set_status(stage_.draws.Chance(key, step, 0.12)
                             ? session::v1::RecordReviewRequest::STATUS_AT_RISK
                             : session::v1::RecordReviewRequest::STATUS_ON_TRACK);
      return stage_
          .Act<Engagement>(stage_.coordinator, text::Cat(kSession, "RecordReview"), request,
                           engagement.name(), step)
          .status();
    });
  }
}

void Mentoring::PlanExtension(const Engagement& engagement, absl::CivilDay term) {
  if (TermsOf(engagement).max_extension_days() < kExtensionDays) return;
  for (const Participant& who : Present(engagement)) {
    const std::string step = text::Cat("extend/", NameOf(who.side()));
    Plan(term - stage_.draws.Between(KeyOf(engagement, who), text::Cat(step, "/days"), 5, 14),
         engagement, text::Cat(step, "/", who.business_key()),
         [this, engagement, who] { return Extend(engagement, who); });
  }
}

absl::Status Mentoring::Extend(const Engagement& engagement, const Participant& who) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string credential, stage_.CredentialOf(who.enrolment()));
  session::v1::ExtendEngagementRequest request;
  request.set_name(engagement.name());
  request.set_days(kExtensionDays);
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::optional<Engagement> now,
      stage_.Act<Engagement>(credential, text::Cat(kSession, "ExtendEngagement"),
                             std::move(request), who.enrolment(),
                             text::Cat("extend/", engagement.name())));
  if (!now.has_value()) return absl::OkStatus();
  const absl::CivilDay old_term = DayOf(engagement.term_time(), stage_.zone);
  const absl::CivilDay term = DayOf(now->term_time(), stage_.zone);
  if (term <= old_term) return absl::OkStatus();  // others have yet to agree
  PlanSessions(engagement, old_term + 1, term, 100);
  PlanClosing(engagement, term + stage_.draws.Between(KeyOf(engagement), "close/days", 1, 5),
              false);
  return absl::OkStatus();
}

void Mentoring::PlanClosing(const Engagement& engagement, absl::CivilDay day, bool goals_met) {
  Plan(day, engagement, "complete", [this, engagement, goals_met]() -> absl::Status {
    session::v1::CompleteEngagementRequest request;
    request.set_name(engagement.name());
    request.set_goals_met(goals_met);
    TREMPLIN_ASSIGN_OR_RETURN(
        const std::optional<Engagement> completed,
        stage_.Act<Engagement>(stage_.coordinator, text::Cat(kSession, "CompleteEngagement"),
                               request, engagement.name(), "complete"));
    return completed.has_value() ? AnswerAfterEnd(engagement) : absl::OkStatus();
  });
}

absl::Status Mentoring::AnswerAfterEnd(const Engagement& engagement) {
  session::v1::GetEngagementRequest get;
  get.set_name(engagement.name());
  TREMPLIN_ASSIGN_OR_RETURN(
      const Engagement now,
      stage_.api.CallAs<Engagement>(stage_.coordinator, text::Cat(kSession, "GetEngagement"), get));
  if (now.state() == Engagement::STATE_ACTIVE) {
    // It was extended.
    PlanAfterEnd(engagement, DayOf(now.term_time(), stage_.zone));
    return absl::OkStatus();
  }
  if (now.state() != Engagement::STATE_COMPLETED) return absl::OkStatus();
  const bool single =
      TermsOf(engagement).lifetime_case() == program::v1::Engagement::kSingleMeetingMinutes;
  for (const Participant& one : now.participants()) {
    if (one.rematch() != session::v1::REMATCH_UNSPECIFIED) continue;
    const bool again = single || one.side() == program::v1::SUBJECT_MENTOR;
    session::v1::AnswerRematchRequest request;
    request.set_name(engagement.name());
    request.set_rematch(again ? session::v1::REMATCH_YES : session::v1::REMATCH_NO);
    TREMPLIN_ASSIGN_OR_RETURN(const std::string credential, stage_.CredentialOf(one.enrolment()));
    TREMPLIN_RETURN_IF_ERROR(stage_
                                 .Act<Engagement>(credential, text::Cat(kSession, "AnswerRematch"),
                                                  request, one.enrolment(),
                                                  text::Cat("rematch/", engagement.name()))
                                 .status());
  }
  return absl::OkStatus();
}

void Mentoring::PlanAfterEnd(const Engagement& engagement, absl::CivilDay term) {
  Plan(term + TermsOf(engagement).close_grace_days() + 1, engagement,
       text::Cat("after/", absl::FormatCivilTime(term)),
       [this, engagement] { return AnswerAfterEnd(engagement); });
}

void Mentoring::PlanEarlyEnd(const Engagement& engagement, absl::CivilDay day) {
  // Somebody in several meetings may say of another on that day that they wish to go on: what they
  // said last counts, so one is said after the other.
  Agenda& agenda = stage_.by_themselves ? stage_.in_turn : stage_.agenda;
  agenda.Plan(std::max(day, stage_.today + 1),
              {engagement.name(), KeyOf(engagement), "end_early",
               [this, engagement] { return EndEarly(engagement); }});
}

// Staff say what each side wishes; a participant says their own, and the others answer when they
// are asked.
absl::Status Mentoring::EndEarly(const Engagement& engagement) {
  const std::string key = KeyOf(engagement);
  const int who = stage_.draws.Between(key, "early/who", 0, 2);
  const int reason = stage_.draws.Between(key, "early/reason", 0, 4);
  // Who found work or moved, or has no more time, does not go on; the other one does.
  const auto wish = [reason](program::v1::Subject side) {
    const bool again = side == program::v1::SUBJECT_MENTEE ? reason < 2 : reason != 1;
    return again ? session::v1::REMATCH_YES : session::v1::REMATCH_NO;
  };
  session::v1::EndEngagementEarlyRequest request;
  request.set_name(engagement.name());
  request.set_reason(kEarlyReasons[reason]);
  const bool by_staff = who == 2 || !IsPair(engagement);
  std::string credential = stage_.coordinator;
  const auto caller_side = who == 0 ? program::v1::SUBJECT_MENTEE : program::v1::SUBJECT_MENTOR;
  if (by_staff) {
    request.set_rematch_mentees(wish(program::v1::SUBJECT_MENTEE));
    request.set_rematch_mentors(wish(program::v1::SUBJECT_MENTOR));
  } else {
    request.set_rematch(wish(caller_side));
    for (const Participant& one : Present(engagement)) {
      if (one.side() != caller_side) continue;
      TREMPLIN_ASSIGN_OR_RETURN(credential, stage_.CredentialOf(one.enrolment()));
    }
  }
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::optional<Engagement> ended,
      stage_.Act<Engagement>(credential, text::Cat(kSession, "EndEngagementEarly"),
                             std::move(request), engagement.name(), "end_early"));
  if (!ended.has_value() || by_staff) return absl::OkStatus();
  for (const Participant& one : Present(engagement)) {
    if (one.side() == caller_side) continue;
    session::v1::AnswerRematchRequest answer;
    answer.set_name(engagement.name());
    answer.set_rematch(wish(one.side()));
    TREMPLIN_ASSIGN_OR_RETURN(const std::string own, stage_.CredentialOf(one.enrolment()));
    TREMPLIN_RETURN_IF_ERROR(stage_
                                 .Act<Engagement>(own, text::Cat(kSession, "AnswerRematch"), answer,
                                                  one.enrolment(),
                                                  text::Cat("rematch/", engagement.name()))
                                 .status());
  }
  return absl::OkStatus();
}

absl::Status Mentoring::LogSession(const Engagement& engagement, int week) {
  const std::string key = KeyOf(engagement);
  const std::string step = text::Cat("session/", week);
  const int minutes = 15 * stage_.draws.Between(key, text::Cat(step, "/minutes"), 3, 8);
  // It is logged when it is over.
  const absl::Time held = stage_.now - absl::Minutes(minutes);
  // Of a group, who is in it changes: who has left is not there, nor who joined since it began.
  std::vector<Participant> present = Present(engagement);
  if (!IsPair(engagement)) {
    session::v1::GetEngagementRequest get;
    get.set_name(engagement.name());
    TREMPLIN_ASSIGN_OR_RETURN(const Engagement now,
                              stage_.api.CallAs<Engagement>(
                                  stage_.coordinator, text::Cat(kSession, "GetEngagement"), get));
    present = Present(now);
  }
  std::erase_if(present, [&](const Participant& one) {
    return resources::FromTimestamp(one.join_time()) > held;
  });
  const bool mentee = stage_.draws.Chance(key, text::Cat(step, "/by"), 0.5);
  const auto side = mentee ? program::v1::SUBJECT_MENTEE : program::v1::SUBJECT_MENTOR;
  if (present.size() < 2 || std::none_of(present.begin(), present.end(),
                                         [&](const auto& one) { return one.side() == side; })) {
    return absl::OkStatus();
  }
  const Participant& by = FirstOf(present, side);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string credential, stage_.CredentialOf(by.enrolment()));
  session::v1::LogSessionRequest request;
  request.set_engagement(engagement.name());
  request.set_minutes(minutes);
  request.set_confirm_length(true);  // a definition may ask about a length; these are meant
  *request.mutable_held_time() = resources::ToTimestamp(held);
  const double contact = stage_.draws.Unit(key, text::Cat(step, "/contact"));
  request.set_contact(contact < 0.82   ? session::v1::CONTACT_IN_PERSON
                      : contact < 0.92 ? session::v1::CONTACT_VIDEO
                                       : session::v1::CONTACT_CALL);
  // Of a group most are there each time, and who logs it is.
  for (const Participant& one : present) {
    if (IsPair(engagement)) break;
    if (one.enrolment() == by.enrolment() ||
        stage_.draws.Chance(one.business_key(), text::Cat(step, "/there"), 0.85)) {
      request.add_attended(one.enrolment());
    }
  }
  return stage_
      .Act<session::v1::Session>(credential, text::Cat(kSession, "LogSession"), std::move(request),
                                 engagement.name(), step)
      .status();
}

absl::Status Mentoring::CheckIn(const Engagement& engagement, int week, const Participant& who) {
  const std::string key = KeyOf(engagement, who);
  const std::string step = text::Cat("check_in/", NameOf(who.side()), "/", week);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string credential, stage_.CredentialOf(who.enrolment()));
  session::v1::AnswerCheckInRequest request;
  request.set_engagement(engagement.name());
  request.set_met(stage_.draws.Chance(KeyOf(engagement), text::Cat("session/", week), kHeld));
  if (request.met()) {
    request.set_rating(stage_.draws.Between(key, text::Cat(step, "/rating"), 5, 10));
  }
  request.set_wants_help(stage_.draws.Chance(key, text::Cat(step, "/help"), 0.05));
  return stage_
      .Act<session::v1::AnswerCheckInResponse>(credential, text::Cat(kSession, "AnswerCheckIn"),
                                               std::move(request), who.enrolment(),
                                               text::Cat(step, "/", engagement.name()))
      .status();
}

}  // namespace tremplin::ctl::season
