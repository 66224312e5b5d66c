#include "tools/tremplinctl/season/stage.h"

#include <algorithm>
#include <tuple>

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/population.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::ctl::season {
double Draws::Unit(std::string_view key, std::string_view step) const {
  return static_cast<double>(ids::Draw({{seed_, key, step}}) >> 11) * 0x1.0p-53;
}

int Draws::Between(std::string_view key, std::string_view step, int low, int high) const {
  return low + static_cast<int>(Unit(key, step) * (high - low + 1));
}

void Agenda::Plan(absl::CivilDay day, Action action) {
  const std::lock_guard lock(mutex_);
  days_[day].push_back(std::move(action));
}

void Agenda::Visit(absl::CivilDay day) {
  const std::lock_guard lock(mutex_);
  days_[day];
}

std::optional<absl::CivilDay> Agenda::Next() const {
  const std::lock_guard lock(mutex_);
  if (days_.empty()) return std::nullopt;
  return days_.begin()->first;
}

std::vector<std::vector<Action>> Agenda::Take(absl::CivilDay day) {
  std::vector<Action> due;
  {
    const std::lock_guard lock(mutex_);
    while (!days_.empty() && days_.begin()->first <= day) {
      auto& actions = days_.begin()->second;
      std::move(actions.begin(), actions.end(), std::back_inserter(due));
      days_.erase(days_.begin());
    }
  }
  std::sort(due.begin(), due.end(), [](const Action& a, const Action& b) {
    return std::tie(a.key, a.lane, a.step) < std::tie(b.key, b.lane, b.step);
  });
  std::map<std::string, size_t> lane_at;
  std::vector<std::vector<Action>> lanes;
  for (Action& action : due) {
    const auto [at, fresh] = lane_at.emplace(action.lane, lanes.size());
    if (fresh) lanes.emplace_back();
    lanes[at->second].push_back(std::move(action));
  }
  return lanes;
}

Stage::Stage(Api& api_in, Workers& workers_in, uint64_t seed,
             program::v1::ProgramDefinition definition_in)
    : api(api_in),
      workers(workers_in),
      draws(seed),
      definition(std::move(definition_in)),
      registry(definition.registry()),
      program(resources::NameOf("programs", definition.id())) {}

void Stage::AddParticipant(Enrolled participant) {
  const std::lock_guard lock(mutex_);
  std::string name = participant.enrolment;
  participants_.emplace(std::move(name), std::move(participant));
}

const Enrolled* Stage::Find(const std::string& enrolment) const {
  const std::lock_guard lock(mutex_);
  const auto found = participants_.find(enrolment);
  return found == participants_.end() ? nullptr : &found->second;
}

absl::StatusOr<std::string> Stage::CredentialOf(const std::string& enrolment) {
  if (Find(enrolment) == nullptr) {
    registration::v1::GetEnrolmentRequest request;
    request.set_name(enrolment);
    TREMPLIN_ASSIGN_OR_RETURN(const auto found,
                              api.CallAs<registration::v1::Enrolment>(
                                  coordinator, text::Cat(kRegistration, "GetEnrolment"), request));
    const bool mentee = found.role() == registration::v1::ENROLMENT_ROLE_MENTEE;
    AddParticipant({enrolment, found.person(), found.business_key(),
                    mentee ? options::v1::ROLE_MENTEE : options::v1::ROLE_MENTOR});
  }
  const Enrolled* participant = Find(enrolment);
  {
    const std::lock_guard lock(mutex_);
    const auto found = credentials_.find(enrolment);
    if (found != credentials_.end()) return found->second;
  }
  // Two threads may ask at once: the request id is the same, and so is the key.
  absl::StatusOr<std::string> key = PersonKey(api, participant->role, participant->person, program);
  if (key.ok()) {
    const std::lock_guard lock(mutex_);
    credentials_[enrolment] = *key;
  }
  return key;
}

void Stage::Refused(const std::string& method, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  ++refused_[text::Cat(method.substr(method.find('/') + 1), ": ", reason)];
}

std::map<std::string, int64_t> Stage::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

}  // namespace tremplin::ctl::season
