#include "services/matching/app/groups.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

#include "services/matching/app/view.h"
#include "services/matching/engine/connector.h"
#include "services/matching/engine/groups.h"
#include "services/matching/engine/groups_peer.h"
#include "services/matching/engine/score_packed.h"
#include "services/matching/messages.h"

namespace tremplin::matching::app {
namespace {

constexpr int kIntroductions = 3;  // where the policy says nothing

engine::Policy PolicyOf(const Scoring& scoring, int limit = kMostProposals) {
  return app::PolicyOf(scoring.format, scoring.program.registry, limit);
}

int PointsOf(double score) { return static_cast<int>(std::lround(score * engine::kFullPoints)); }

engine::Mentor AsMentor(const engine::Mentee& one) {
  return {one.enrolment, one.person, one.business_key, one.profile, 1, {}};
}

// The mean of values and weights over pairs, by criterion in the policy's order.
class Means {
 public:
  void Add(const std::vector<engine::Contribution>& of) {
    if (sums_.empty()) {
      for (const engine::Contribution& one : of) sums_.push_back({one.criterion, 0, 0});
    }
    for (size_t i = 0; i < of.size(); ++i) {
      sums_[i].value += of[i].value;
      sums_[i].weight += of[i].weight;
    }
    ++count_;
  }
  // With weights that sum to `whole`; as they are when it is 0.
  std::vector<engine::Contribution> Take(double whole) {
    double all = 0;
    for (engine::Contribution& one : sums_) {
      one.value /= count_;
      one.weight /= count_;
      all += one.weight;
    }
    if (whole > 0 && all > 0) {
      for (engine::Contribution& one : sums_) one.weight *= whole / all;
    }
    return std::move(sums_);
  }

 private:
  std::vector<engine::Contribution> sums_;
  int count_ = 0;
};

double CohesionOf(const std::vector<engine::Mentee>& mentees) {
  double sum = 0;
  int pairs = 0;
  for (const engine::Mentee& one : mentees) {
    for (const engine::Mentee& other : mentees) {
      if (&one == &other) continue;
      sum += engine::OccupationLikeness(one.profile.noc, other.profile.noc);
      ++pairs;
    }
  }
  return pairs == 0 ? 1 : sum / pairs;
}

v1::Unmatched LeftOver(const engine::Mentee& mentee, engine::LeftOut reason) {
  switch (reason) {
    case engine::LeftOut::kNotGiven:
      return UnmatchedFor(mentee.enrolment, "not_given", kWhyNotGiven);
    case engine::LeftOut::kNobodyToMeet:
      return UnmatchedFor(mentee.enrolment, "no_shared_slot", kWhyNoSharedSlot);
    case engine::LeftOut::kTooFew:
      return UnmatchedFor(mentee.enrolment, "too_few", kWhyTooFew);
    case engine::LeftOut::kGroupsFull:
    case engine::LeftOut::kNoPlace:
      break;
  }
  return UnmatchedFor(mentee.enrolment, "groups_full", kWhyGroupsFull);
}

void Put(Chosen chosen, Solved* solved) {
  const int points = PointsOf(chosen.score);
  solved->points += points;
  for (const std::string& mentee : chosen.mentees) solved->points_of.emplace(mentee, points);
  solved->chosen.push_back(std::move(chosen));
}

engine::GroupRules RulesOf(const Scoring& scoring) {
  engine::GroupRules rules;
  const program::v1::Format& format = scoring.format;
  rules.least_mentees = std::max(2, format.mentees().least());
  rules.most_mentees = std::max(rules.least_mentees, format.mentees().most());
  rules.least_mentors = std::max(1, format.mentors().least());
  rules.most_mentors = std::max(rules.least_mentors, format.mentors().most());
  std::tie(rules.cohesion, rules.fit) = AimsOf(format.matching());
  return rules;
}

bool Has(const std::vector<std::string>& codes, const std::string& code) {
  return code.empty() || std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool Shares(const engine::Profile& profile, const store::ProposalRow& with) {
  return Has(profile.languages, with.language) && Has(profile.availability, with.slot);
}

// Who is in a proposal that somebody is to be taken into, or in what came of it.
struct Company {
  std::vector<engine::Mentee> mentees;
  std::vector<engine::Mentor> mentors;

  bool Has(const std::string& enrolment) const {
    const auto is = [&](const auto& one) { return one.enrolment == enrolment; };
    return std::any_of(mentees.begin(), mentees.end(), is) ||
           std::any_of(mentors.begin(), mentors.end(), is);
  }
};

// Whether nothing stands between somebody and those whom they would meet.
bool MayMeet(const engine::Mentee& mentee, const engine::Mentor& mentor, const engine::Pool& pool) {
  return mentee.person != mentor.person && engine::HasRequired(mentee.profile, mentor.profile) &&
         !pool.barred.contains({mentee.enrolment, mentor.enrolment});
}

class Filler {
 public:
  Filler(const Scoring& scoring, engine::Pool* pool) : scoring_(scoring), pool_(*pool) {}

  // The best of the pool's mentees for a place beside these, whom they join; taken out of it.
  std::optional<Fill> Mentee(const store::ProposalRow& row, Company* company) {
    std::optional<size_t> best;
    Fill found;
    for (size_t i = 0; i < pool_.mentees.size(); ++i) {
      const engine::Mentee& one = pool_.mentees[i];
      if (row.proposal.Find(one.enrolment) != nullptr || company->Has(one.enrolment)) continue;
      if (!Shares(one.profile, row)) continue;
      if (!std::all_of(company->mentors.begin(), company->mentors.end(),
                       [&](const auto& mentor) { return MayMeet(one, mentor, pool_); })) {
        continue;
      }
      std::vector<engine::Contribution> counts = Together({one}, company->mentors, scoring_);
      const double score = engine::Score(counts);
      if (score < scoring_.format.matching().minimum_score()) continue;
      const auto place = [](double points, const engine::Mentee& who) {
        return std::tuple(-points, who.waiting_since, std::string_view(who.business_key));
      };
      if (best.has_value() && place(found.score, pool_.mentees[*best]) <= place(score, one)) {
        continue;
      }
      best = i;
      found = {row.proposal.id, {}, one.enrolment, score, std::move(counts)};
    }
    if (!best.has_value()) return std::nullopt;
    company->mentees.push_back(pool_.mentees[*best]);
    pool_.mentees.erase(pool_.mentees.begin() + static_cast<std::ptrdiff_t>(*best));
    return found;
  }

  std::optional<Fill> Mentor(const store::ProposalRow& row, Company* company) {
    engine::Mentor* best = nullptr;
    Fill found;
    for (engine::Mentor& one : pool_.mentors) {
      if (one.free <= 0 || row.proposal.Find(one.enrolment) != nullptr) continue;
      if (company->Has(one.enrolment) || !Shares(one.profile, row)) continue;
      if (!std::all_of(company->mentees.begin(), company->mentees.end(),
                       [&](const auto& mentee) { return MayMeet(mentee, one, pool_); })) {
        continue;
      }
      std::vector<engine::Contribution> counts = Together(company->mentees, {one}, scoring_);
      const double score = engine::Score(counts);
      if (score < scoring_.format.matching().minimum_score()) continue;
      if (best != nullptr && (found.score > score ||
                              (found.score == score && best->business_key < one.business_key))) {
        continue;
      }
      best = &one;
      found = {row.proposal.id, {}, one.enrolment, score, std::move(counts)};
    }
    if (best == nullptr) return std::nullopt;
    --best->free;
    company->mentors.push_back(*best);
    return found;
  }

 private:
  const Scoring& scoring_;
  engine::Pool& pool_;
};

template <class Person>
void AddCompany(const store::ProposalRow& row, domain::Side side,
                const std::map<std::string, Person>& known, std::vector<Person>* to) {
  for (const domain::Participant& one : row.proposal.participants) {
    if (!one.in() || one.side != side) continue;
    const auto found = known.find(one.enrolment);
    if (found != known.end()) to->push_back(found->second);
  }
}

}  // namespace

std::pair<double, double> AimsOf(const program::v1::MatchingPolicy& policy) {
  if (policy.cohesion() == 0 && policy.fit() == 0) return {1, 1};
  return {policy.cohesion(), policy.fit()};
}

std::vector<engine::Contribution> Together(const std::vector<engine::Mentee>& mentees,
                                           const std::vector<engine::Mentor>& mentors,
                                           const Scoring& scoring) {
  const engine::Policy policy = PolicyOf(scoring);
  Means means;
  const auto add = [&](const engine::Mentee& mentee, const engine::Mentor& mentor) {
    means.Add(engine::Contributions(mentee, mentor, scoring.today, policy, scoring.distance));
  };
  if (mentors.empty()) {
    for (const engine::Mentee& one : mentees) {
      for (const engine::Mentee& other : mentees) {
        if (&one != &other) add(one, AsMentor(other));
      }
    }
    return mentees.size() < 2 ? std::vector<engine::Contribution>() : means.Take(0);
  }
  for (const engine::Mentee& mentee : mentees) {
    for (const engine::Mentor& mentor : mentors) add(mentee, mentor);
  }
  if (mentees.empty()) return {};
  if (mentees.size() == 1) return means.Take(0);
  const auto [cohesion, fit] = AimsOf(scoring.format.matching());
  std::vector<engine::Contribution> counts = {{kCohesion, CohesionOf(mentees), cohesion}};
  for (engine::Contribution& one : means.Take(fit)) {
    if (fit == 0) one.weight = 0;
    counts.push_back(std::move(one));
  }
  return counts;
}

absl::StatusOr<Solved> SolveGroups(const engine::Pool& pool, const Scoring& scoring) {
  const engine::GroupRules rules = RulesOf(scoring);
  absl::StatusOr<engine::Grouping> grouping =
      engine::MakeGroups(pool, PolicyOf(scoring), scoring.distance, rules);
  if (!grouping.ok()) return grouping.status();
  if (absl::Status check = engine::CheckGroups(pool, rules, *grouping); !check.ok()) return check;
  Solved solved;
  solved.algorithm = "groups";
  for (const engine::Group& group : grouping->groups) {
    std::vector<engine::Mentee> mentees;
    std::vector<engine::Mentor> mentors;
    Chosen chosen;
    for (const size_t at : group.mentees) {
      mentees.push_back(pool.mentees[at]);
      chosen.mentees.push_back(pool.mentees[at].enrolment);
    }
    for (const size_t at : group.mentors) {
      mentors.push_back(pool.mentors[at]);
      chosen.mentors.push_back(pool.mentors[at].enrolment);
    }
    chosen.contributions = Together(mentees, mentors, scoring);
    chosen.score = engine::Score(chosen.contributions);
    chosen.language = group.language;
    chosen.slot = group.slot;
    Put(std::move(chosen), &solved);
  }
  for (const engine::LeftOver& one : grouping->mentees) {
    solved.unmatched.push_back(LeftOver(pool.mentees[one.at], one.reason));
  }
  return solved;
}

absl::StatusOr<Solved> SolvePeers(const engine::Pool& pool, const Scoring& scoring) {
  absl::StatusOr<engine::Peers> peers =
      engine::MatchPeers(pool, PolicyOf(scoring), scoring.distance);
  if (!peers.ok()) return peers.status();
  Solved solved;
  solved.algorithm = "peers";
  for (const engine::PeerPair& pair : peers->pairs) {
    const engine::Mentee& one = pool.mentees[pair.one];
    const engine::Mentee& other = pool.mentees[pair.other];
    Chosen chosen;
    chosen.mentees = {one.enrolment, other.enrolment};
    chosen.contributions = Together({one, other}, {}, scoring);
    chosen.score = engine::Score(chosen.contributions);
    Put(std::move(chosen), &solved);
  }
  for (const size_t at : peers->alone) {
    solved.unmatched.push_back(
        UnmatchedFor(pool.mentees[at].enrolment, "others_suit_better", kWhyOthersSuitBetter));
  }
  if (peers->exact) solved.bound_points = solved.points;
  return solved;
}

absl::StatusOr<Solved> SolveMeetings(const engine::Pool& pool, const Chains& chains,
                                     const Scoring& scoring) {
  const engine::Policy policy = PolicyOf(scoring);
  const program::v1::MatchingPolicy& told = scoring.format.matching();
  engine::ConnectorRules rules;
  rules.introductions = told.open_introductions() > 0 ? told.open_introductions() : kIntroductions;
  rules.most_open = told.open_for_connector() > 0 ? told.open_for_connector() : kIntroductions;
  absl::StatusOr<engine::CandidateIndex> index =
      engine::CandidateIndex::Build(pool, policy, scoring.distance);
  if (!index.ok()) return index.status();
  const auto open_of = [&](const std::string& enrolment) {
    const auto found = chains.open.find(enrolment);
    return found == chains.open.end() ? 0 : found->second;
  };
  std::vector<int> open;
  std::map<std::string, engine::Index> at_of;
  for (engine::Index at = 0; at < index->mentors(); ++at) {
    const engine::Mentor& one = pool.mentors[index->MentorInPool(at)];
    // A meeting takes a place: no more can be opened than there are.
    open.push_back(std::max(open_of(one.enrolment), rules.most_open - std::max(0, one.free)));
    at_of.emplace(one.enrolment, at);
  }
  std::vector<engine::Chain> all;
  for (engine::Index at = 0; at < index->mentees(); ++at) {
    const std::string& enrolment = pool.mentees[index->MenteeInPool(at)].enrolment;
    engine::Chain chain;
    chain.seeker = at;
    chain.most = rules.introductions - open_of(enrolment);
    const auto met = chains.met.find(enrolment);
    if (met != chains.met.end()) {
      for (const std::string& mentor : met->second) {
        if (const auto found = at_of.find(mentor); found != at_of.end()) {
          chain.met.push_back(found->second);
        }
      }
    }
    all.push_back(std::move(chain));
  }
  const auto made = engine::NextIntroductions(*index, all, rules, &open);
  Solved solved;
  solved.algorithm = "connector";
  for (size_t i = 0; i < all.size(); ++i) {
    const engine::Mentee& mentee = pool.mentees[index->MenteeInPool(all[i].seeker)];
    int rank = 0;
    for (const engine::Introduction& one : made[i]) {
      const engine::Mentor& connector = pool.mentors[index->MentorInPool(one.connector)];
      Chosen chosen;
      chosen.mentees = {mentee.enrolment};
      chosen.mentors = {connector.enrolment};
      chosen.rank = ++rank;
      chosen.contributions = Together({mentee}, {connector}, scoring);
      chosen.score = engine::Score(chosen.contributions);
      Put(std::move(chosen), &solved);
    }
    if (made[i].empty() && open_of(mentee.enrolment) == 0) {
      v1::Unmatched why = UnmatchedFor(mentee.enrolment, "no_mentor_free", kWhyNoMentorFree);
      SetText(kWhyNoMentorFree, {"0"}, why.mutable_text());
      solved.unmatched.push_back(std::move(why));
    }
  }
  return solved;
}

std::vector<Fill> FillGaps(const std::vector<store::ProposalRow>& proposals,
                           const std::map<std::string, Joining>& joining,
                           const std::map<std::string, engine::Mentee>& mentees_in,
                           const std::map<std::string, engine::Mentor>& mentors_in, int limit,
                           const Scoring& scoring, engine::Pool* pool) {
  std::vector<Fill> fills;
  Filler filler(scoring, pool);
  for (const store::ProposalRow& row : proposals) {
    const bool open = row.proposal.state == domain::State::kOpen;
    if (!open && row.engagement.empty()) continue;
    if (row.proposal.Gap(domain::Side::kMentor) + row.proposal.Gap(domain::Side::kMentee) == 0) {
      continue;
    }
    const auto coming = joining.find(row.engagement);
    const Joining join = open || coming == joining.end() ? Joining() : coming->second;
    Company company;
    for (const store::ProposalRow& one : proposals) {
      const bool joins = !open && one.joins_engagement == row.engagement;
      if (one.proposal.id != row.proposal.id && !joins) continue;
      AddCompany(one, domain::Side::kMentee, mentees_in, &company.mentees);
      AddCompany(one, domain::Side::kMentor, mentors_in, &company.mentors);
    }
    const auto add = [&](std::optional<Fill> fill) {
      if (!fill.has_value()) return false;
      if (!open) fill->joins_engagement = row.engagement;
      fills.push_back(*std::move(fill));
      return true;
    };
    const auto room = [&] { return static_cast<int>(fills.size()) < limit; };
    for (int gap = row.proposal.Gap(domain::Side::kMentor) - join.mentors; gap > 0 && room();
         --gap) {
      if (!add(filler.Mentor(row, &company))) break;
    }
    for (int gap = row.proposal.Gap(domain::Side::kMentee) - join.mentees; gap > 0 && room();
         --gap) {
      if (!add(filler.Mentee(row, &company))) break;
    }
  }
  return fills;
}

std::string FirstCommon(const std::vector<const engine::Profile*>& people,
                        std::vector<std::string> engine::Profile::*codes) {
  if (people.empty()) return "";
  for (const std::string& code : people[0]->*codes) {
    const bool all = std::all_of(people.begin(), people.end(), [&](const engine::Profile* one) {
      return std::find((one->*codes).begin(), (one->*codes).end(), code) != (one->*codes).end();
    });
    if (all) return code;
  }
  return "";
}

void AddChosen(const std::vector<Chosen>& chosen, bool pairs, v1::RunRecord* record) {
  for (const Chosen& one : chosen) {
    if (pairs) {
      v1::RunRecord::Pair* pair = record->add_chosen();
      pair->set_mentee(one.mentees[0]);
      pair->set_mentor(one.mentors[0]);
      continue;
    }
    v1::RunRecord::Group* group = record->add_groups();
    group->mutable_mentees()->Assign(one.mentees.begin(), one.mentees.end());
    group->mutable_mentors()->Assign(one.mentors.begin(), one.mentors.end());
    group->set_language(one.language);
    group->set_slot(one.slot);
  }
}

std::vector<Chosen> ChosenOf(const engine::Proposals& proposals) {
  std::vector<Chosen> chosen;
  for (const engine::Proposed& one : proposals.proposed) {
    chosen.push_back({.mentees = {one.mentee},
                      .mentors = {one.mentor},
                      .score = one.score,
                      .rank = one.rank,
                      .contested = one.contested,
                      .contributions = one.contributions});
  }
  return chosen;
}

}  // namespace tremplin::matching::app
