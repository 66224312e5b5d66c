#ifndef TREMPLIN_SERVICES_REFERRAL_APP_CONVERT_H_
#define TREMPLIN_SERVICES_REFERRAL_APP_CONVERT_H_

#include <string>
#include <string_view>
#include <vector>

#include "common/messages/message.h"
#include "common/program/program_store.h"
#include "services/referral/domain/file.h"
#include "services/referral/domain/verdict.h"
#include "services/referral/store/rows.h"
#include "tremplin/referral/events/v1/events.pb.h"
#include "tremplin/referral/v1/referral.pb.h"

// Between the API's messages and the domain's values.
namespace tremplin::referral::app {

// Without blanks around the values.
File FileOf(const v1::ReferralFile& file);
v1::ReferralFile ToProto(const File& file);

// Judges the file by the mentee criteria of the program.
std::vector<Finding> Judge(const program::Program& program, const File& file);

program::v1::Text TextOf(const messages::Message& message);

enum class Detail {
  kAll,    // every criterion
  kUnmet,  // those that do not pass, for answers that are sent by the thousand
};
v1::Decision ToDecision(const std::vector<Finding>& findings, const program::Program& program,
                        absl::Time decided, Detail detail);

v1::Verdict ToProto(Verdict verdict);
v1::Application::State ToProto(State state);
v1::Application ToProto(const ApplicationRow& row, const program::Program& program, Detail detail);

// Why, in both languages: a criterion's reason, or that of a code staff may give beside the
// criteria. Empty for a code of neither kind.
program::v1::Text ReasonText(std::string_view code, const std::vector<Finding>& findings,
                             const program::Program& program);
// Whether staff may give the code as a reason.
bool IsStaffReason(std::string_view code, const program::Program& program);

events::v1::ApplicationChanged ChangeOf(const ApplicationRow& row, std::string_view action);

// An entry of the feed: the milestone's sentence, then those of its reasons.
v1::StatusEntry ToProto(const FeedRow& row, const program::Program* program);

}  // namespace tremplin::referral::app

#endif  // TREMPLIN_SERVICES_REFERRAL_APP_CONVERT_H_
