#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_LIVE_ROSTER_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_LIVE_ROSTER_H_

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "services/matching/engine/graph.h"
#include "services/matching/engine/matcher.h"

// Who is in a pool, by enrolment, in places that stay theirs until they leave.
namespace tremplin::matching::engine {

// Mentees or mentors. Whoever comes gets the place that was left last, or a new one, so places are
// dense as long as people leave and come. Not thread-safe.
template <typename Person>
class Roster {
 public:
  // kNobody for who is not here.
  Index Find(std::string_view enrolment) const {
    const auto found = by_enrolment_.find(std::string(enrolment));
    return found == by_enrolment_.end() ? kNobody : found->second;
  }

  // Whether the person may be put: INVALID_ARGUMENT when somebody else has their business key.
  absl::Status Admits(const Person& person) const {
    const auto key = by_key_.find(person.business_key);
    if (key == by_key_.end() || people_[key->second].enrolment == person.enrolment) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(absl::StrCat("business key twice: ", person.business_key));
  }

  // Somebody new, or the same with other facts; they must be admitted. Their place.
  Index Put(const Person& person) {
    Index at = Find(person.enrolment);
    if (at == kNobody) {
      at = NewPlace();
      by_enrolment_.emplace(person.enrolment, at);
    } else {
      by_key_.erase(people_[at].business_key);
    }
    people_[at] = person;
    by_key_.emplace(person.business_key, at);
    return at;
  }

  void Drop(Index at) {
    by_enrolment_.erase(people_[at].enrolment);
    by_key_.erase(people_[at].business_key);
    people_[at] = Person();
    left_.push_back(at);
  }

  const Person& operator[](Index at) const { return people_[at]; }
  bool Has(Index at) const { return at < people_.size() && !people_[at].enrolment.empty(); }
  // Places, those that somebody left too.
  Index places() const { return static_cast<Index>(people_.size()); }
  size_t size() const { return by_enrolment_.size(); }

 private:
  Index NewPlace() {
    if (left_.empty()) {
      people_.emplace_back();
      return static_cast<Index>(people_.size() - 1);
    }
    const Index at = left_.back();
    left_.pop_back();
    return at;
  }

  std::vector<Person> people_;
  std::vector<Index> left_;
  std::unordered_map<std::string, Index> by_enrolment_;
  std::unordered_map<std::string, Index> by_key_;
};

// Pairs that are not to be proposed, by enrolment, whoever of them is in the pool; found from
// either side.
class Bars {
 public:
  // False when the pair was barred already, or was not.
  bool Add(std::string_view mentee, std::string_view mentor) {
    if (!pairs_.emplace(mentee, mentor).second) return false;
    by_mentor_.emplace(mentor, mentee);
    return true;
  }
  bool Remove(std::string_view mentee, std::string_view mentor) {
    by_mentor_.erase({std::string(mentor), std::string(mentee)});
    return pairs_.erase({std::string(mentee), std::string(mentor)}) > 0;
  }

  const std::set<std::pair<std::string, std::string>>& pairs() const { return pairs_; }

  // Calls visit(other side's enrolment).
  template <typename Visit>
  void ForEachOfMentee(const std::string& mentee, const Visit& visit) const {
    ForEach(pairs_, mentee, visit);
  }
  template <typename Visit>
  void ForEachOfMentor(const std::string& mentor, const Visit& visit) const {
    ForEach(by_mentor_, mentor, visit);
  }

 private:
  using Pairs = std::set<std::pair<std::string, std::string>>;

  template <typename Visit>
  static void ForEach(const Pairs& pairs, const std::string& first, const Visit& visit) {
    for (auto at = pairs.lower_bound({first, ""}); at != pairs.end() && at->first == first; ++at) {
      visit(at->second);
    }
  }

  Pairs pairs_;      // (mentee, mentor)
  Pairs by_mentor_;  // (mentor, mentee)
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_LIVE_ROSTER_H_
