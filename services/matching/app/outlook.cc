#include "services/matching/app/outlook.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/matching/app/view.h"
#include "services/matching/engine/score.h"
#include "services/matching/messages.h"
#include "services/matching/store/pool.h"

namespace tremplin::matching::app {
namespace {

// Occupations that share two digits of the code, or neighbour in TEER within a broad category.
constexpr double kNear = 0.45;
constexpr absl::Duration kLookBack = absl::Hours(24 * 180);
constexpr size_t kFewestMatches = 5;

// Somebody as seen from the occupation and languages asked for.
class Asker {
 public:
  explicit Asker(const v1::GetOutlookRequest& request) {
    profile_.noc = request.occupation();
    profile_.languages.assign(request.languages().begin(), request.languages().end());
  }
  bool Near(const program::Registry& registry, const store::PoolEntry& entry) const {
    const engine::Profile other = store::ProfileOf(registry, entry);
    return engine::OccupationLikeness(profile_.noc, other.noc) >= kNear &&
           (profile_.languages.empty() || engine::ShareLanguage(profile_, other));
  }

 private:
  engine::Profile profile_;
};

// Mentees who wait for any of the program's formats.
absl::StatusOr<std::vector<store::PoolEntry>> WaitingOf(database::Reader& reader,
                                                        const program::Program& program) {
  std::map<std::string, store::PoolEntry> waiting;
  std::set<std::string> groups;
  for (const program::v1::Format& format : program.definition.formats()) {
    groups.insert(format.matching().exclusivity_group());
  }
  for (const std::string& group : groups) {
    TREMPLIN_ASSIGN_OR_RETURN(std::vector<store::PoolEntry> mentees,
                              store::WaitingMentees(reader, program.id, group));
    for (store::PoolEntry& one : mentees) waiting.emplace(one.enrolment, std::move(one));
  }
  std::vector<store::PoolEntry> all;
  for (auto& [enrolment, entry] : waiting) all.push_back(std::move(entry));
  return all;
}

absl::Status CheckRequest(const v1::GetOutlookRequest& request) {
  const bool digits = std::all_of(request.occupation().begin(), request.occupation().end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  if (request.occupation().size() == 5 && digits) return absl::OkStatus();
  return status::InvalidFields({status::Violation("occupation", kNocInvalid)});
}

}  // namespace

std::optional<int32_t> MedianDays(std::vector<absl::Duration> waits) {
  if (waits.size() < kFewestMatches) return std::nullopt;
  const auto middle = waits.begin() + static_cast<std::ptrdiff_t>((waits.size() - 1) / 2);
  std::nth_element(waits.begin(), middle, waits.end());
  return static_cast<int32_t>(*middle / absl::Hours(24));
}

absl::StatusOr<v1::Outlook> Outlook::GetOutlook(const rpc::CallContext& call,
                                                const v1::GetOutlookRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("programs", request.program(), "program"));
  TREMPLIN_RETURN_IF_ERROR(CheckRequest(request));
  if (!MaySeeProgram(call.principal, id)) {
    return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.InForce(id, call.business_now));
  const Asker asker(request);
  v1::Outlook outlook;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    outlook.Clear();
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::PoolEntry> mentors,
                              store::ReadyMentors(reader, id));
    for (const store::PoolEntry& mentor : mentors) {
      if (!asker.Near(program->registry, mentor)) continue;
      outlook.set_mentors(outlook.mentors() + 1);
      if (mentor.paused) outlook.set_paused_mentors(outlook.paused_mentors() + 1);
      outlook.set_free_places(outlook.free_places() + static_cast<int32_t>(mentor.Free()));
    }
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::PoolEntry> mentees,
                              WaitingOf(reader, *program));
    const auto near = [&](const store::PoolEntry& mentee) {
      return asker.Near(program->registry, mentee);
    };
    outlook.set_waiting(static_cast<int32_t>(std::count_if(mentees.begin(), mentees.end(), near)));
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::Wait> matched,
                              store::WaitsOfMatches(reader, id, call.business_now - kLookBack));
    std::vector<absl::Duration> waits;
    for (const store::Wait& wait : matched) {
      store::PoolEntry mentee;
      mentee.facts = wait.mentee;
      if (asker.Near(program->registry, mentee)) waits.push_back(wait.waited);
    }
    if (const auto days = MedianDays(std::move(waits)); days.has_value()) {
      outlook.set_median_wait_days(*days);
    }
    return absl::OkStatus();
  }));
  return outlook;
}

}  // namespace tremplin::matching::app
