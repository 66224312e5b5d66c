#include "services/session/store/terms.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/time/civil_time.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::session::store {
namespace {

constexpr int kUsualLeastMinutes = 5;
constexpr int kUsualMostMinutes = 480;
constexpr double kMillionths = 1e6;

// Its last day, "MM-DD"; in a leap year, so that each day of a year is one.
void SetSeason(const program::v1::Season& season, domain::Terms* terms) {
  absl::CivilDay last;
  if (!absl::ParseCivilTime(text::Absl(text::Cat("2000-", season.to())), &last)) return;
  terms->season_month = last.month();
  terms->season_day = last.day();
}

void SetLifetime(const program::v1::Engagement& engagement, domain::Terms* terms) {
  using program::v1::Engagement;
  switch (engagement.lifetime_case()) {
    case Engagement::kSingleMeetingMinutes:
      terms->lifetime = domain::Lifetime::kSingleMeeting;
      return;
    case Engagement::kSeason:
      terms->lifetime = domain::Lifetime::kSeason;
      SetSeason(engagement.season(), terms);
      return;
    case Engagement::kHours:
      terms->lifetime = domain::Lifetime::kHours;
      terms->hours = engagement.hours().hours();
      terms->days = engagement.hours().at_most_days();
      return;
    case Engagement::kLengthDays:
    case Engagement::LIFETIME_NOT_SET:
      terms->lifetime = domain::Lifetime::kLength;
      terms->days = engagement.length_days();
      return;
  }
}

domain::Document DocumentOf(const program::v1::Document& document) {
  const auto by = [&](program::v1::Subject side) {
    return document.signed_by().empty() ||
           std::find(document.signed_by().begin(), document.signed_by().end(), side) !=
               document.signed_by().end();
  };
  return {document.code(), by(program::v1::SUBJECT_MENTEE), by(program::v1::SUBJECT_MENTOR),
          document.pair_private(), document.before_start()};
}

void SetLists(const program::v1::Engagement& engagement, domain::Terms* terms) {
  for (const program::v1::Document& one : engagement.documents()) {
    terms->documents.push_back(DocumentOf(one));
  }
  for (const program::v1::Phase& one : engagement.phases()) {
    terms->phases.push_back({one.code(), one.due_day()});
  }
  for (const program::v1::CreditRule& one : engagement.credits()) {
    terms->credits.push_back({one.code(), one.fact(), std::llround(one.per_hour() * kMillionths)});
  }
  terms->becomes.assign(engagement.becomes().begin(), engagement.becomes().end());
}

}  // namespace

program::v1::Format Pinned(const program::v1::Format& format) {
  program::v1::Format pinned;
  pinned.set_code(format.code());
  pinned.mutable_mentees()->set_least(format.mentees().least());
  pinned.mutable_mentees()->set_most(format.mentees().most());
  pinned.mutable_mentors()->set_least(format.mentors().least());
  pinned.mutable_mentors()->set_most(format.mentors().most());
  program::v1::Engagement& engagement = *pinned.mutable_engagement();
  engagement = format.engagement();
  for (program::v1::Document& one : *engagement.mutable_documents()) one.clear_title();
  for (program::v1::Phase& one : *engagement.mutable_phases()) one.clear_title();
  for (program::v1::CreditRule& one : *engagement.mutable_credits()) one.clear_title();
  return pinned;
}

absl::StatusOr<domain::Terms> TermsOf(const program::v1::Format& pinned,
                                      std::string_view time_zone) {
  const program::v1::Engagement& engagement = pinned.engagement();
  domain::Terms terms;
  SetLifetime(engagement, &terms);
  terms.mentees = {pinned.mentees().least(), pinned.mentees().most()};
  terms.mentors = {pinned.mentors().least(), pinned.mentors().most()};
  terms.review_every_days = engagement.review_every_days();
  terms.max_extension_days = engagement.max_extension_days();
  terms.close_grace_days = engagement.close_grace_days();
  terms.misses_before_flag = engagement.misses_before_flag();
  terms.least_minutes =
      engagement.least_minutes() > 0 ? engagement.least_minutes() : kUsualLeastMinutes;
  terms.most_minutes =
      engagement.most_minutes() > 0 ? engagement.most_minutes() : kUsualMostMinutes;
  for (const std::string& name : engagement.counting_contacts()) {
    TREMPLIN_ASSIGN_OR_RETURN(const domain::Contact contact, domain::ContactOf(name));
    terms.counting.push_back(contact);
  }
  SetLists(engagement, &terms);
  terms.introductions = engagement.introductions().count();
  terms.remind_after_days = engagement.introductions().remind_after_days();
  terms.reminders = engagement.introductions().reminders();
  terms.time_zone = std::string(time_zone);
  return terms;
}

}  // namespace tremplin::session::store
