#include "services/referral/app/convert.h"

#include <utility>

#include "common/program/criteria.h"
#include "common/resources/names.h"
#include "services/referral/messages.h"

namespace tremplin::referral::app {
namespace {

Result ResultOf(program::Finding finding) {
  switch (finding) {
    case program::Finding::kPass:
      return Result::kPass;
    case program::Finding::kFail:
      return Result::kFail;
    case program::Finding::kMissing:
      return Result::kMissing;
  }
  return Result::kMissing;
}

v1::FindingResult ToProto(Result result) {
  switch (result) {
    case Result::kPass:
      return v1::FINDING_RESULT_PASS;
    case Result::kFail:
      return v1::FINDING_RESULT_FAIL;
    case Result::kMissing:
      return v1::FINDING_RESULT_MISSING;
    case Result::kExempted:
      return v1::FINDING_RESULT_EXEMPTED;
  }
  return v1::FINDING_RESULT_UNSPECIFIED;
}

const program::v1::Criterion* CriterionOf(std::string_view code, const program::Program& program) {
  for (const program::v1::Criterion& criterion : program.definition.mentee().criteria()) {
    if (criterion.code() == code) return &criterion;
  }
  return nullptr;
}

const messages::Message* StaffReason(std::string_view code) {
  if (code == "no_place") return &kNoPlace;
  if (code == "unreachable") return &kUnreachable;
  return nullptr;
}

const messages::Message* MilestoneMessage(std::string_view milestone) {
  static constexpr std::pair<std::string_view, const messages::Message*> kMessages[] = {
      {"received", &kMilestoneReceived},
      {"under_review", &kMilestoneUnderReview},
      {"admitted", &kMilestoneAdmitted},
      {"returned", &kMilestoneReturned},
      {"waitlisted", &kMilestoneWaitlisted},
      {"withdrawn", &kMilestoneWithdrawn},
      {"reopened", &kMilestoneReopened},
      {"enrolled", &kMilestoneEnrolled},
      {"ready", &kMilestoneReady},
      {"matched", &kMilestoneMatched},
      {"started", &kMilestoneStarted},
      {"completed", &kMilestoneCompleted},
      {"ended_early", &kMilestoneEndedEarly},
      {"outcome", &kMilestoneOutcome},
  };
  for (const auto& [name, message] : kMessages) {
    if (name == milestone) return message;
  }
  return nullptr;
}

void AppendText(const program::v1::Text& more, program::v1::Text* text) {
  if (more.en().empty()) return;
  text->set_en(text->en().empty() ? more.en() : text->en() + " " + more.en());
  text->set_fr(text->fr().empty() ? more.fr() : text->fr() + " " + more.fr());
}

}  // namespace

File FileOf(const v1::ReferralFile& in) {
  File out;
  out.given_name = in.given_name();
  out.family_name = in.family_name();
  out.birth_date = in.birth_date();
  out.email = in.email();
  out.phone = in.phone();
  out.service_language = in.service_language();
  out.postal_code = in.postal_code();
  out.immigration_status = in.immigration_status();
  out.landed_on = in.landed_on();
  out.foreign_trained = in.foreign_trained();
  out.country_of_training = in.country_of_training();
  out.education = in.education();
  out.noc = in.noc();
  out.career_goal = in.career_goal();
  out.resume = in.resume();
  out.job_search_workshop = in.job_search_workshop();
  out.consent_to_share = in.consent_to_share();
  out.referred_on = in.referred_on();
  if (in.has_years_experience()) out.years_experience = in.years_experience();
  if (in.has_en_listening()) out.scores[0] = in.en_listening();
  if (in.has_en_speaking()) out.scores[1] = in.en_speaking();
  if (in.has_en_reading()) out.scores[2] = in.en_reading();
  if (in.has_en_writing()) out.scores[3] = in.en_writing();
  if (in.has_fr_listening()) out.scores[4] = in.fr_listening();
  if (in.has_fr_speaking()) out.scores[5] = in.fr_speaking();
  if (in.has_fr_reading()) out.scores[6] = in.fr_reading();
  if (in.has_fr_writing()) out.scores[7] = in.fr_writing();
  return Trimmed(std::move(out));
}

v1::ReferralFile ToProto(const File& in) {
  v1::ReferralFile out;
  out.set_given_name(in.given_name);
  out.set_family_name(in.family_name);
  out.set_birth_date(in.birth_date);
  out.set_email(in.email);
  out.set_phone(in.phone);
  out.set_service_language(in.service_language);
  out.set_postal_code(in.postal_code);
  out.set_immigration_status(in.immigration_status);
  out.set_landed_on(in.landed_on);
  out.set_foreign_trained(in.foreign_trained);
  out.set_country_of_training(in.country_of_training);
  out.set_education(in.education);
  out.set_noc(in.noc);
  out.set_career_goal(in.career_goal);
  out.set_resume(in.resume);
  out.set_job_search_workshop(in.job_search_workshop);
  out.set_consent_to_share(in.consent_to_share);
  out.set_referred_on(in.referred_on);
  if (in.years_experience) out.set_years_experience(*in.years_experience);
  if (in.scores[0]) out.set_en_listening(*in.scores[0]);
  if (in.scores[1]) out.set_en_speaking(*in.scores[1]);
  if (in.scores[2]) out.set_en_reading(*in.scores[2]);
  if (in.scores[3]) out.set_en_writing(*in.scores[3]);
  if (in.scores[4]) out.set_fr_listening(*in.scores[4]);
  if (in.scores[5]) out.set_fr_speaking(*in.scores[5]);
  if (in.scores[6]) out.set_fr_reading(*in.scores[6]);
  if (in.scores[7]) out.set_fr_writing(*in.scores[7]);
  return out;
}

std::vector<Finding> Judge(const program::Program& program, const File& file) {
  std::vector<Finding> findings;
  for (const auto& [criterion, finding] :
       program::Evaluate(program.definition.mentee(), FactsOf(file))) {
    findings.push_back({criterion->code(), ResultOf(finding)});
  }
  return findings;
}

program::v1::Text TextOf(const messages::Message& message) {
  program::v1::Text text;
  text.set_en(std::string(message.en()));
  text.set_fr(std::string(message.fr()));
  return text;
}

v1::Decision ToDecision(const std::vector<Finding>& findings, const program::Program& program,
                        absl::Time decided, Detail detail) {
  v1::Decision decision;
  decision.set_verdict(ToProto(VerdictOf(findings)));
  for (std::string& code : ReasonsOf(findings)) decision.add_reasons(std::move(code));
  for (const Finding& finding : findings) {
    if (detail == Detail::kUnmet && finding.result == Result::kPass) continue;
    const program::v1::Criterion* criterion = CriterionOf(finding.code, program);
    v1::CriterionResult* result = decision.add_results();
    result->set_code(finding.code);
    result->set_result(ToProto(finding.result));
    if (criterion == nullptr) continue;
    *result->mutable_title() = criterion->title();
    result->set_agency_can_help(criterion->agency_can_help());
    if (finding.result == Result::kFail) *result->mutable_reason() = criterion->fail_reason();
    if (finding.result == Result::kMissing) {
      *result->mutable_reason() = criterion->missing_reason();
    }
  }
  decision.set_program(resources::NameOf("programs", program.id));
  decision.set_program_version(program.version);
  *decision.mutable_decide_time() = resources::ToTimestamp(decided);
  return decision;
}

v1::Verdict ToProto(Verdict verdict) {
  switch (verdict) {
    case Verdict::kInvalid:
      return v1::VERDICT_INVALID;
    case Verdict::kIneligible:
      return v1::VERDICT_INELIGIBLE;
    case Verdict::kIncomplete:
      return v1::VERDICT_INCOMPLETE;
    case Verdict::kEligible:
      return v1::VERDICT_ELIGIBLE;
  }
  return v1::VERDICT_UNSPECIFIED;
}

v1::Application::State ToProto(State state) {
  switch (state) {
    case State::kReceived:
      return v1::Application::STATE_RECEIVED;
    case State::kUnderReview:
      return v1::Application::STATE_UNDER_REVIEW;
    case State::kAdmitted:
      return v1::Application::STATE_ADMITTED;
    case State::kReturned:
      return v1::Application::STATE_RETURNED;
    case State::kWaitlisted:
      return v1::Application::STATE_WAITLISTED;
    case State::kWithdrawn:
      return v1::Application::STATE_WITHDRAWN;
  }
  return v1::Application::STATE_UNSPECIFIED;
}

v1::Application ToProto(const ApplicationRow& row, const program::Program& program, Detail detail) {
  v1::Application out;
  out.set_name(resources::NameOf("applications", row.id));
  out.set_referral(resources::NameOf("referrals", row.referral));
  out.set_program(resources::NameOf("programs", row.program));
  out.set_state(ToProto(row.state));
  *out.mutable_decision() = ToDecision(row.findings, program, row.decided, detail);
  for (const std::string& code : row.staff_reasons) {
    out.add_staff_reasons(code);
    *out.add_staff_reason_texts() = ReasonText(code, row.findings, program);
  }
  out.set_etag(resources::Etag(row.version));
  *out.mutable_create_time() = resources::ToTimestamp(row.created);
  *out.mutable_update_time() = resources::ToTimestamp(row.updated);
  out.set_agency(resources::NameOf("organizations", row.agency));
  out.set_external_id(row.external_id);
  return out;
}

program::v1::Text ReasonText(std::string_view code, const std::vector<Finding>& findings,
                             const program::Program& program) {
  if (const messages::Message* staff = StaffReason(code)) return TextOf(*staff);
  const program::v1::Criterion* criterion = CriterionOf(code, program);
  if (criterion == nullptr) return {};
  for (const Finding& finding : findings) {
    if (finding.code == code && finding.result == Result::kMissing) {
      return criterion->missing_reason();
    }
  }
  return criterion->fail_reason();
}

bool IsStaffReason(std::string_view code, const program::Program& program) {
  return StaffReason(code) != nullptr || CriterionOf(code, program) != nullptr;
}

events::v1::ApplicationChanged ChangeOf(const ApplicationRow& row, std::string_view action) {
  events::v1::ApplicationChanged event;
  event.set_referral(row.referral);
  event.set_application(row.id);
  event.set_program(row.program);
  event.set_program_version(row.program_version);
  event.set_agency(row.agency);
  event.set_external_id(row.external_id);
  // The event's states are numbered as the API's.
  event.set_state(static_cast<events::v1::ApplicationState>(ToProto(row.state)));
  for (std::string& code : ReasonsOf(row.findings)) event.add_reasons(std::move(code));
  event.set_version(row.version);
  event.set_action(std::string(action));
  event.set_verdict(std::string(NameOf(VerdictOf(row.findings))));
  return event;
}

v1::StatusEntry ToProto(const FeedRow& row, const program::Program* program) {
  v1::StatusEntry entry;
  entry.set_sequence(row.sequence);
  entry.set_referral(resources::NameOf("referrals", row.referral));
  entry.set_external_id(row.external_id);
  entry.set_application(resources::NameOf("applications", row.application));
  entry.set_program(resources::NameOf("programs", row.program));
  entry.set_milestone(row.milestone);
  if (const messages::Message* message = MilestoneMessage(row.milestone)) {
    *entry.mutable_text() = TextOf(*message);
  }
  for (const std::string& code : row.reasons) {
    entry.add_reasons(code);
    if (program != nullptr) AppendText(ReasonText(code, {}, *program), entry.mutable_text());
  }
  *entry.mutable_time() = resources::ToTimestamp(row.at);
  return entry;
}

}  // namespace tremplin::referral::app
