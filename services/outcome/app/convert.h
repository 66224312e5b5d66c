#ifndef TREMPLIN_SERVICES_OUTCOME_APP_CONVERT_H_
#define TREMPLIN_SERVICES_OUTCOME_APP_CONVERT_H_

#include "services/outcome/domain/follow_up.h"
#include "services/outcome/domain/measures.h"
#include "tremplin/outcome/v1/outcome.pb.h"
#include "tremplin/program/v1/program.pb.h"

// Between the domain and the API.
namespace tremplin::outcome {

v1::FollowUp ToProto(const FollowUp& follow_up);
v1::Job ToProto(const std::string& enrolment, const Job& job);
v1::Rate ToProto(const Rate& rate);
v1::StageReport ToProto(const program::v1::FollowUpStage& stage, const StageMeasures& measures);
Job FromProto(const v1::Job& job);

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_APP_CONVERT_H_
