#include "services/notification/domain/templates.h"

#include "common/ids/ids.h"
#include "common/text/text.h"
#include "services/notification/messages.h"

namespace tremplin::notification {
namespace {

constexpr Template kTemplates[] = {
    {"proposal_made", kProposalMadeSubject, kProposalMadeBody},
    {"contact_meeting_to_hold", kContactMeetingSubject, kContactMeetingBody},
    {"contact_meeting_held", kMetSubject, kMetBody},
    {"agreement_to_sign", kToSignSubject, kToSignBody},
    {"agreement_lapsed", kLapsedSubject, kLapsedBody},
    {"review_due", kReviewSubject, kReviewBody},
    {"follow_up_open", kFollowUpSubject, kFollowUpBody},
    {"follow_up_reminder", kReminderSubject, kReminderBody},
    {"application_returned", kReturnedSubject, kReturnedBody},
    {"application_admitted", kAdmittedSubject, kAdmittedBody},
    {"application_waitlisted", kWaitlistedSubject, kWaitlistedBody},
    {"enrolment_ready", kReadySubject, kReadyBody},
};

}  // namespace

absl::Span<const Template> Templates() { return kTemplates; }

const Template* FindTemplate(std::string_view code) {
  for (const Template& known : kTemplates) {
    if (known.code == code) return &known;
  }
  return nullptr;
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
  }
  return "";
}

}  // namespace tremplin::notification
