#include "tools/tremplinctl/season/stage.h"

#include <algorithm>
#include <tuple>

#include "common/text/text.h"
#include "tools/tremplinctl/population.h"

namespace tremplin::ctl::season {
namespace {

constexpr int kWorkers = 24;

}  // namespace

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

Stage::Stage(Api& api_in, uint64_t seed, std::string program_in)
    : api(api_in), workers(kWorkers), draws(seed), program(std::move(program_in)) {}

void Stage::AddParticipant(Participant participant) {
  const std::lock_guard lock(mutex_);
  std::string name = participant.enrolment;
  participants_.emplace(std::move(name), std::move(participant));
}

const Participant* Stage::Find(const std::string& enrolment) const {
  const std::lock_guard lock(mutex_);
  const auto found = participants_.find(enrolment);
  return found == participants_.end() ? nullptr : &found->second;
}

absl::StatusOr<std::string> Stage::CredentialOf(const std::string& enrolment) {
  const Participant* participant = Find(enrolment);
  if (participant == nullptr) return absl::InternalError("nobody is enrolled as " + enrolment);
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
