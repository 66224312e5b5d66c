#include "services/outcome/app/convert.h"

#include "common/resources/names.h"
#include "common/text/text.h"

namespace tremplin::outcome {

v1::FollowUp ToProto(const FollowUp& follow_up) {
  v1::FollowUp proto;
  proto.set_name(resources::NameOf("followUps", follow_up.id));
  proto.set_enrolment(resources::NameOf("enrolments", follow_up.enrolment));
  proto.set_program(resources::NameOf("programs", follow_up.program));
  proto.set_program_version(follow_up.program_version);
  proto.set_stage(follow_up.stage);
  proto.set_state(static_cast<v1::FollowUp::State>(follow_up.state));
  *proto.mutable_open_time() = resources::ToTimestamp(follow_up.open_time);
  *proto.mutable_close_time() = resources::ToTimestamp(follow_up.close_time);
  proto.set_attempts(follow_up.attempts);
  proto.set_employment(static_cast<v1::EmploymentStatus>(follow_up.employment));
  if (follow_up.answer_time != absl::InfinitePast()) {
    *proto.mutable_answer_time() = resources::ToTimestamp(follow_up.answer_time);
  }
  proto.set_interviews(follow_up.interviews);
  proto.set_etag(resources::Etag(follow_up.version));
  proto.set_business_key(follow_up.business_key);
  proto.set_satisfaction(follow_up.satisfaction);
  if (follow_up.amended != absl::InfinitePast()) {
    *proto.mutable_amend_time() = resources::ToTimestamp(follow_up.amended);
    proto.set_amend_reason(follow_up.amend_reason);
  }
  return proto;
}

v1::Job ToProto(const std::string& enrolment, const Job& job) {
  v1::Job proto;
  proto.set_kind(static_cast<v1::EmploymentStatus>(job.kind));
  proto.set_start(job.start);
  proto.set_end(job.end);
  proto.set_hours_per_week(job.hours_per_week);
  proto.set_earnings(static_cast<v1::EarningsBand>(job.earnings));
  proto.set_name(text::Cat(resources::NameOf("enrolments", enrolment), "/jobs/", job.number));
  proto.set_state(static_cast<v1::Job::State>(job.state));
  proto.set_reason(job.reason);
  proto.set_etag(resources::Etag(job.version));
  return proto;
}

v1::Rate ToProto(const Rate& rate) {
  v1::Rate proto;
  proto.set_numerator(rate.numerator);
  proto.set_denominator(rate.denominator);
  proto.set_value(rate.value);
  proto.set_worst(rate.worst);
  proto.set_best(rate.best);
  proto.set_suppressed(rate.suppressed);
  return proto;
}

v1::StageReport ToProto(const program::v1::FollowUpStage& stage, const StageMeasures& measures) {
  v1::StageReport proto;
  proto.set_stage(stage.code());
  *proto.mutable_title() = stage.title();
  proto.set_due(measures.counts.due);
  proto.set_answered(measures.counts.answered);
  proto.set_lost(measures.counts.lost);
  proto.set_open(measures.open);
  proto.set_left(measures.counts.left);
  proto.set_amended(measures.counts.amended);
  proto.set_in_profession(measures.counts.in_profession);
  proto.set_related(measures.counts.related);
  proto.set_other(measures.counts.other);
  proto.set_none(measures.counts.none);
  for (size_t kind = 0; kind < kWorkKinds; ++kind) {
    if (measures.kinds.Shows(kind)) continue;
    proto.add_hidden(std::string(CodeOf(static_cast<Employment>(kind + 1))));
  }
  if (measures.kinds.at != absl::InfinitePast()) {
    *proto.mutable_kinds_as_of() = resources::ToTimestamp(measures.kinds.at);
    proto.set_kinds_answered(measures.kinds.total);
  }
  *proto.mutable_response() = ToProto(measures.response);
  *proto.mutable_in_profession_rate() = ToProto(measures.in_profession);
  *proto.mutable_employed_rate() = ToProto(measures.employed);
  return proto;
}

Job FromProto(const v1::Job& job) {
  return {static_cast<Employment>(job.kind()), job.start(), job.end(), job.hours_per_week(),
          static_cast<int>(job.earnings())};
}

}  // namespace tremplin::outcome
