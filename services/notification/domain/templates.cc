#include "services/notification/domain/templates.h"

#include "common/ids/ids.h"
#include "common/text/text.h"
#include "services/notification/messages.h"

namespace tremplin::notification {
namespace {

constexpr Template kTemplates[] = {
    {"proposal_made", kProposalMadeSubject, kProposalMadeBody},
    {"proposal_to_study", kToStudySubject, kToStudyBody},
    {"contact_meeting_to_hold", kContactMeetingSubject, kContactMeetingBody},
    {"contact_meeting_held", kMetSubject, kMetBody},
    {"proposal_to_accept", kToAcceptSubject, kToAcceptBody},
    {"more_asked", kMoreAskedSubject, kMoreAskedBody},
    {"more_asked", kMoreAskedStaffSubject, kMoreAskedStaffBody, RecipientKind::kStaff},
    {"proposal_taken_in", kTakenInSubject, kTakenInBody},
    {"proposal_dropped", kDroppedSubject, kDroppedBody},
    {"proposal_left", kProposalLeftSubject, kProposalLeftBody},
    {"proposal_left", kProposalLeftStaffSubject, kProposalLeftStaffBody, RecipientKind::kStaff},
    {"proposal_ended", kProposalEndedSubject, kProposalEndedBody},
    {"proposal_ended", kProposalEndedStaffSubject, kProposalEndedStaffBody, RecipientKind::kStaff},
    {"agreement_to_sign", kToSignSubject, kToSignBody},
    {"agreement_lapsed", kLapsedSubject, kLapsedBody},
    {"agreement_lapsed", kLapsedStaffSubject, kLapsedStaffBody, RecipientKind::kStaff},
    {"documents_to_sign", kDocumentsSubject, kDocumentsBody},
    {"engagement_started", kStartedSubject, kStartedBody},
    {"engagement_entered", kEnteredSubject, kEnteredBody},
    {"engagement_joined", kJoinedSubject, kJoinedBody},
    {"engagement_left", kLeftSubject, kLeftBody},
    {"engagement_left", kLeftStaffSubject, kLeftStaffBody, RecipientKind::kStaff},
    {"engagement_completed", kCompletedSubject, kCompletedBody},
    {"engagement_ended_early", kEndedEarlySubject, kEndedEarlyBody},
    {"engagement_ended_early", kEndedEarlyStaffSubject, kEndedEarlyStaffBody,
     RecipientKind::kStaff},
    {"rematch_asked", kRematchSubject, kRematchBody},
    {"continuation_refused", kRefusedSubject, kRefusedBody},
    {"continuation_refused", kRefusedStaffSubject, kRefusedStaffBody, RecipientKind::kStaff},
    {"extension_asked", kExtensionSubject, kExtensionBody},
    {"extension_asked", kExtensionStaffSubject, kExtensionStaffBody, RecipientKind::kStaff},
    {"misses_flagged", kMissesSubject, kMissesBody},
    {"help_wanted", kHelpSubject, kHelpBody},
    {"review_due", kReviewSubject, kReviewBody},
    {"introductions_due", kIntroductionsSubject, kIntroductionsBody},
    {"follow_up_open", kFollowUpSubject, kFollowUpBody},
    {"follow_up_reminder", kReminderSubject, kReminderBody},
    {"application_returned", kReturnedSubject, kReturnedBody},
    {"application_returned", kOwnReturnedSubject, kOwnReturnedBody, RecipientKind::kApplicant},
    {"application_admitted", kAdmittedSubject, kAdmittedBody},
    {"application_admitted", kOwnAdmittedSubject, kOwnAdmittedBody, RecipientKind::kApplicant},
    {"application_waitlisted", kWaitlistedSubject, kWaitlistedBody},
    {"application_waitlisted", kOwnWaitlistedSubject, kOwnWaitlistedBody,
     RecipientKind::kApplicant},
    {"enrolment_ready", kReadySubject, kReadyBody},
    {"sign_in_link", kSignInLinkSubject, kSignInLinkBody},
    {"webhook_suspended", kWebhookSuspendedSubject, kWebhookSuspendedBody},
    {"webhook_gone", kWebhookGoneSubject, kWebhookGoneBody},
};

}  // namespace

absl::Span<const Template> Templates() { return kTemplates; }

const Template* FindTemplate(std::string_view code, RecipientKind kind) {
  const Template* general = nullptr;
  for (const Template& known : kTemplates) {
    if (known.code != code) continue;
    if (known.only == kind) return &known;
    if (!known.only.has_value()) general = &known;
  }
  return general;
}

QueuedMessage MakeMessage(std::string_view event_id, const Recipient& recipient,
                          std::string_view template_code, std::string_view program,
                          std::string_view about, absl::Time created) {
  return {ids::Derive({{"message", event_id, TenantOf(recipient), template_code}}),
          recipient,
          std::string(program),
          std::string(template_code),
          std::string(about),
          created};
}

std::string TenantOf(const Recipient& recipient) {
  switch (recipient.kind) {
    case RecipientKind::kPerson:
      return text::Cat("person:", recipient.id);
    case RecipientKind::kOrganization:
      return recipient.id;
    case RecipientKind::kStaff:
      return text::Cat("staff:", recipient.id);
    case RecipientKind::kApplicant:
      return text::Cat("applicant:", recipient.id);
    case RecipientKind::kAccount:
      return text::Cat("account:", recipient.id);
  }
  return "";
}

}  // namespace tremplin::notification
