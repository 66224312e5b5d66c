#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "services/matching/engine/groups.h"
#include "services/matching/engine/score.h"

// The check shares no code with what makes groups: it reads the pool's own codes.
namespace tremplin::matching::engine {
namespace {

bool Has(const std::vector<std::string>& list, const std::string& code) {
  return std::find(list.begin(), list.end(), code) != list.end();
}

absl::Status Broken(size_t group, const char* what) {
  return absl::InternalError(absl::StrCat("group ", group, ": ", what));
}

bool Within(size_t count, int least, int most) {
  return count >= static_cast<size_t>(least) && count <= static_cast<size_t>(most);
}

absl::Status CheckGroup(const Pool& pool, const GroupRules& rules, size_t at, const Group& group) {
  if (!Within(group.mentees.size(), rules.least_mentees, rules.most_mentees)) {
    return Broken(at, "number of mentees");
  }
  if (!Within(group.mentors.size(), rules.least_mentors, rules.most_mentors)) {
    return Broken(at, "number of mentors");
  }
  for (const size_t one : group.mentees) {
    const Mentee& mentee = pool.mentees.at(one);
    if (!Has(mentee.profile.languages, group.language)) return Broken(at, "a mentee's language");
    if (!Has(mentee.profile.availability, group.slot)) return Broken(at, "a mentee's slot");
    for (const size_t other : group.mentors) {
      const Mentor& mentor = pool.mentors.at(other);
      if (mentee.person == mentor.person) return Broken(at, "somebody with themselves");
      if (pool.barred.count({mentee.enrolment, mentor.enrolment}) > 0) {
        return Broken(at, "a barred pair");
      }
      if (!HasRequired(mentee.profile, mentor.profile)) {
        return Broken(at, "a mentor without what a mentee requires");
      }
    }
  }
  for (const size_t one : group.mentors) {
    const Mentor& mentor = pool.mentors.at(one);
    if (!Has(mentor.profile.languages, group.language)) return Broken(at, "a mentor's language");
    if (!Has(mentor.profile.availability, group.slot)) return Broken(at, "a mentor's slot");
    if (mentor.free <= 0) return Broken(at, "a mentor without a place");
  }
  return absl::OkStatus();
}

bool EachOnce(const std::vector<int>& times) {
  return std::all_of(times.begin(), times.end(), [](int count) { return count == 1; });
}

}  // namespace

absl::Status CheckGroups(const Pool& pool, const GroupRules& rules, const Grouping& grouping) {
  std::vector<int> mentees(pool.mentees.size());
  std::vector<int> mentors(pool.mentors.size());
  for (const LeftOver& one : grouping.mentees) ++mentees.at(one.at);
  for (const LeftOver& one : grouping.mentors) ++mentors.at(one.at);
  for (size_t at = 0; at < grouping.groups.size(); ++at) {
    const Group& group = grouping.groups[at];
    for (const size_t one : group.mentees) ++mentees.at(one);
    for (const size_t one : group.mentors) ++mentors.at(one);
    absl::Status status = CheckGroup(pool, rules, at, group);
    if (!status.ok()) return status;
  }
  if (!EachOnce(mentees)) return absl::InternalError("a mentee is not there exactly once");
  if (!EachOnce(mentors)) return absl::InternalError("a mentor is not there exactly once");
  return absl::OkStatus();
}

}  // namespace tremplin::matching::engine
