#ifndef TREMPLIN_SERVICES_REFERRAL_APP_CONVERT_H_
#define TREMPLIN_SERVICES_REFERRAL_APP_CONVERT_H_

#include <string>
#include <string_view>
#include <vector>

#include "common/messages/message.h"
#include "common/program/program_store.h"
#include "services/referral/app/judging.h"
#include "services/referral/domain/file.h"
#include "services/referral/domain/verdict.h"
#include "services/referral/domain/volunteered.h"
#include "services/referral/store/rows.h"
#include "tremplin/referral/events/v1/events.pb.h"
#include "tremplin/referral/v1/referral.pb.h"

// Between the API's messages and the domain's values.
namespace tremplin::referral::app {

// As it was given.
File FileOf(const v1::ReferralFile& file);
v1::ReferralFile ToProto(const File& file);
Volunteered VolunteeredOf(const v1::Volunteered& volunteered);
v1::Volunteered ToProto(const Volunteered& volunteered);

// What is sealed of a revision: the file and what was volunteered with it, in one.
std::string PlainOf(const File& file, const Volunteered& volunteered);
// DATA_LOSS when it cannot be read.
absl::StatusOr<v1::AdmittedFile> FromPlain(const std::string& plain);

program::v1::Text TextOf(const messages::Message& message);
v1::Note ToNote(const status::FieldViolation& violation);

enum class Detail {
  kAll,    // every criterion
  kUnmet,  // those that do not pass, for answers that are sent by the thousand
};
v1::Decision ToDecision(const std::vector<Finding>& findings, const program::Program& program,
                        const Rules& rules, absl::Time decided, Detail detail);

v1::Verdict ToProto(Verdict verdict);
v1::Application::State ToProto(State state);
v1::Application ToProto(const ApplicationRow& row, const program::Program& program, Detail detail);

// Why, in both languages: a criterion's reason, or that of a code staff may give beside the
// criteria. Empty for a code of neither kind.
program::v1::Text ReasonText(std::string_view code, const std::vector<Finding>& findings,
                             const program::Program& program, Side side);
// Whether staff may give the code as a reason.
bool IsStaffReason(std::string_view code, const program::Program& program, Side side);
// The side's criterion of that code; nullptr when there is none.
const program::v1::Criterion* CriterionOf(std::string_view code, const program::Program& program,
                                          Side side);

events::v1::ApplicationChanged ChangeOf(const ApplicationRow& row, const Assessment& assessment,
                                        std::string_view action);

// That it was withdrawn, and how to come back.
v1::SubmissionNotice WithdrawnNotice(const ApplicationRow& row, const program::Program& program);
// What whoever submits has to know of the application as it stands, if anything.
template <class Response>
void AddNotice(const ApplicationRow& row, const program::Program& program, Response* response) {
  if (row.state != State::kWithdrawn) return;
  *response->add_notices() = WithdrawnNotice(row, program);
}

// An entry of the feed: the milestone's sentence, then those of its reasons.
v1::StatusEntry ToProto(const FeedRow& row, const program::Program& program);

}  // namespace tremplin::referral::app

#endif  // TREMPLIN_SERVICES_REFERRAL_APP_CONVERT_H_
