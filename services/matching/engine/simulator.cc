#include "services/matching/engine/simulator.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "services/matching/engine/simulator_choice.h"
#include "services/matching/engine/simulator_draws.h"

namespace tremplin::matching::engine {
namespace {

constexpr double kFullPoints = 10'000;

template <typename Person>
std::vector<size_t> OrderOfKeys(const std::vector<Person>& people) {
  std::vector<size_t> order(people.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return people[a].business_key < people[b].business_key; });
  return order;
}

template <typename Person>
std::vector<Person> InOrder(const std::vector<Person>& people, const std::vector<size_t>& order) {
  std::vector<Person> sorted;
  sorted.reserve(people.size());
  for (const size_t at : order) sorted.push_back(people[at]);
  return sorted;
}

// Of people in the order of their keys.
template <typename Person>
absl::Status CheckKeys(const std::vector<Person>& people) {
  const auto twice = std::adjacent_find(
      people.begin(), people.end(),
      [](const Person& a, const Person& b) { return a.business_key == b.business_key; });
  if (twice == people.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("business key twice: ", twice->business_key));
}

absl::Status Check(const Conduct& conduct) {
  const auto probability = [](double value) { return value >= 0 && value <= 1; };
  if (!probability(conduct.yes_at_worst) || !probability(conduct.yes_at_best)) {
    return absl::InvalidArgumentError("a probability is between 0 and 1");
  }
  if (!(conduct.patience_days >= 0)) {
    return absl::InvalidArgumentError("patience is 0 days or more");
  }
  if (conduct.answer_days_least < 1 || conduct.answer_days_most < conduct.answer_days_least ||
      conduct.engagement_days < 1) {
    return absl::InvalidArgumentError("answers and engagements take 1 day or more");
  }
  return absl::OkStatus();
}

absl::Status Check(const Population& sorted, const SeasonRules& rules) {
  if (absl::Status keys = CheckKeys(sorted.mentees); !keys.ok()) return keys;
  if (absl::Status keys = CheckKeys(sorted.mentors); !keys.ok()) return keys;
  for (const ArrivingMentor& one : sorted.mentors) {
    if (one.places < 0) return absl::InvalidArgumentError("places are 0 or more");
  }
  for (const ArrivingMentee& one : sorted.mentees) {
    if (one.arrives > rules.last) {
      return absl::InvalidArgumentError(
          absl::StrCat("arrives after the last day: ", one.business_key));
    }
  }
  return Check(rules.conduct);
}

// What happens on a day, in the order in which it does.
enum class Kind { kPatienceEnds, kEngagementEnds, kAnswer, kMentorArrives, kMenteeArrives };

struct Event {
  Kind kind = Kind::kAnswer;
  size_t mentee = 0;
  size_t mentor = 0;

  friend bool operator<(const Event& a, const Event& b) {
    return std::tie(a.kind, a.mentee, a.mentor) < std::tie(b.kind, b.mentee, b.mentor);
  }
};

// A proposal on its way.
struct Open {
  size_t hold = 0;  // position in SeasonResult::holds
  int points = 0;
  bool accepted = false;  // how it will be answered
};

// Plays one season over a population in the order of business keys.
class Season {
 public:
  Season(const Population& population, const SeasonRules& rules, const Distance& distance)
      : population_(population), rules_(rules), draws_(rules.seed) {
    moment_.free.assign(population.mentors.size(), 0);
    moment_.here.assign(population.mentors.size(), false);
    stories_.resize(population.mentees.size());
    open_.resize(population.mentees.size());
    unsettled_ = population.mentees.size();
    chooser_ = MakeChooser(population_, rules_, distance, moment_);
    for (size_t i = 0; i < population.mentees.size(); ++i) {
      agenda_[population.mentees[i].arrives].insert({Kind::kMenteeArrives, i, 0});
    }
    for (size_t i = 0; i < population.mentors.size(); ++i) {
      agenda_[population.mentors[i].arrives].insert({Kind::kMentorArrives, 0, i});
    }
  }

  absl::Status Play() {
    if (agenda_.empty()) return absl::OkStatus();
    for (absl::CivilDay day = agenda_.begin()->first; day <= rules_.last && unsettled_ > 0; ++day) {
      if (absl::Status played = PlayDay(day); !played.ok()) return played;
    }
    for (Story& story : stories_) {
      if (story.fate == Fate::kWaiting) story.day = rules_.last;
    }
    return absl::OkStatus();
  }

  // Positions of the sorted population.
  const std::vector<Story>& stories() const { return stories_; }
  const std::vector<Hold>& holds() const { return holds_; }
  int declined() const { return declined_; }
  int answered() const { return answered_; }

 private:
  absl::Status PlayDay(absl::CivilDay day) {
    moment_.today = day;
    // Nothing that happens today plans anything else for today.
    const std::set<Event> events = std::move(agenda_[day]);
    agenda_.erase(day);
    for (const Event& event : events) {
      if (event.kind == Kind::kMenteeArrives) moment_.around.insert(event.mentee);
      if (event.kind == Kind::kMentorArrives) moment_.here[event.mentor] = true;
      // Before anybody is proposed to them.
      const bool leaves = event.kind == Kind::kPatienceEnds;
      if (leaves && moment_.waiting.erase(event.mentee) > 0) Settle(event.mentee, Fate::kLeft);
    }
    if (absl::Status made = Propose(chooser_->DayBegins()); !made.ok()) return made;
    for (const Event& event : events) {
      if (absl::Status happened = Happen(event); !happened.ok()) return happened;
    }
    return Propose(chooser_->DayEnds());
  }

  absl::Status Happen(const Event& event) {
    switch (event.kind) {
      case Kind::kEngagementEnds:
        return FreePlace(event.mentor, 1);
      case Kind::kPatienceEnds:
        return LeaveProposal(event.mentee);
      case Kind::kAnswer:
        return Answer(event.mentee, event.mentor);
      case Kind::kMentorArrives:
        return FreePlace(event.mentor, population_.mentors[event.mentor].places);
      case Kind::kMenteeArrives:
        return Arrive(event.mentee);
    }
    return absl::OkStatus();
  }

  absl::Status Arrive(size_t mentee) {
    const Conduct& conduct = rules_.conduct;
    if (conduct.patience_days > 0) {
      const std::string& key = population_.mentees[mentee].business_key;
      Plan(draws_.Days(conduct.patience_days, {"patience", key}), {Kind::kPatienceEnds, mentee, 0});
    }
    return Wait(mentee);
  }

  absl::Status Wait(size_t mentee) {
    moment_.waiting.insert(mentee);
    return Propose(chooser_->MenteeWaits(mentee));
  }

  absl::Status FreePlace(size_t mentor, int places) {
    moment_.free[mentor] += places;
    return Propose(chooser_->PlaceIsFree(mentor));
  }

  absl::Status LeaveProposal(size_t mentee) {
    if (!open_[mentee].has_value()) return absl::OkStatus();
    Settle(mentee, Fate::kLeft);
    const Hold& hold = Close(mentee, moment_.today);
    return FreePlace(hold.mentor, 1);
  }

  absl::Status Answer(size_t mentee, size_t mentor) {
    // Whoever left answers no more.
    if (!open_[mentee].has_value() || holds_[open_[mentee]->hold].mentor != mentor) {
      return absl::OkStatus();
    }
    const Open open = *open_[mentee];
    ++answered_;
    if (open.accepted) {
      const int days = rules_.conduct.engagement_days;
      Close(mentee, moment_.today + days);
      holds_[open.hold].matched = true;
      stories_[mentee].mentor = mentor;
      stories_[mentee].points = open.points;
      Settle(mentee, Fate::kMatched);
      Plan(days, {Kind::kEngagementEnds, mentee, mentor});
      return absl::OkStatus();
    }
    ++declined_;
    Close(mentee, moment_.today);
    moment_.barred.insert({mentee, mentor});
    // Two events: the mentee looks among the free places, then the place among those who wait.
    if (absl::Status waits = Wait(mentee); !waits.ok()) return waits;
    return FreePlace(mentor, 1);
  }

  const Hold& Close(size_t mentee, absl::CivilDay until) {
    Hold& hold = holds_[open_[mentee]->hold];
    hold.until = until;
    open_[mentee].reset();
    return hold;
  }

  void Settle(size_t mentee, Fate fate) {
    stories_[mentee].fate = fate;
    stories_[mentee].day = moment_.today;
    moment_.around.erase(mentee);
    --unsettled_;
  }

  absl::Status Propose(const absl::StatusOr<std::vector<Couple>>& couples) {
    if (!couples.ok()) return couples.status();
    for (const Couple& couple : *couples) OpenProposal(couple);
    return absl::OkStatus();
  }

  void OpenProposal(const Couple& couple) {
    moment_.waiting.erase(couple.mentee);
    --moment_.free[couple.mentor];
    ++stories_[couple.mentee].proposals;
    const auto [days, accepted] = DrawAnswer(couple);
    open_[couple.mentee] = Open{holds_.size(), couple.points, accepted};
    // Whoever leaves before that day ends it earlier; a match, later.
    holds_.push_back(
        {couple.mentee, couple.mentor, moment_.today, moment_.today + days, /*matched=*/false});
    Plan(days, {Kind::kAnswer, couple.mentee, couple.mentor});
  }

  // Days until a proposal is decided, and whether both say yes.
  std::pair<int, bool> DrawAnswer(const Couple& couple) const {
    const Conduct& conduct = rules_.conduct;
    const double yes = conduct.yes_at_worst +
                       (conduct.yes_at_best - conduct.yes_at_worst) * couple.points / kFullPoints;
    const std::string& mentee = population_.mentees[couple.mentee].business_key;
    const std::string& mentor = population_.mentors[couple.mentor].business_key;
    int last_yes = 0;
    std::optional<int> first_no;
    for (const char* side : {"mentee", "mentor"}) {
      const int days = draws_.Between(conduct.answer_days_least, conduct.answer_days_most,
                                      {"answer days", side, mentee, mentor});
      if (draws_.Unit({"answer", side, mentee, mentor}) < yes) {
        last_yes = std::max(last_yes, days);
      } else {
        first_no = std::min(days, first_no.value_or(days));
      }
    }
    if (first_no.has_value()) return {*first_no, false};
    return {last_yes, true};
  }

  void Plan(int days, const Event& event) { agenda_[moment_.today + days].insert(event); }

  const Population& population_;
  const SeasonRules& rules_;
  Draws draws_;
  Moment moment_;
  std::unique_ptr<Chooser> chooser_;
  std::map<absl::CivilDay, std::set<Event>> agenda_;
  std::vector<Story> stories_;
  std::vector<std::optional<Open>> open_;  // by mentee
  std::vector<Hold> holds_;
  size_t unsettled_ = 0;  // mentees neither matched nor gone
  int declined_ = 0;
  int answered_ = 0;
};

Outcome OutcomeOf(const ArrivingMentee& mentee, const Story& story) {
  Outcome outcome;
  outcome.groups = mentee.groups;
  std::string spoken;
  for (const std::string& language : mentee.profile.languages) {
    absl::StrAppend(&spoken, spoken.empty() ? "" : "+", language);
  }
  if (!spoken.empty()) outcome.groups["language"] = spoken;
  if (!mentee.profile.noc.empty()) outcome.groups["occupation"] = mentee.profile.noc.substr(0, 1);
  outcome.matched = story.fate == Fate::kMatched;
  outcome.points = story.points;
  outcome.days_waited = static_cast<int>(story.day - mentee.arrives);
  return outcome;
}

// The report over the caller's population.
void Conclude(const Population& population, int answered, SeasonResult* result) {
  std::vector<Outcome> outcomes;
  std::vector<int> mentees_of(population.mentors.size(), 0);
  int left = 0;
  for (size_t i = 0; i < population.mentees.size(); ++i) {
    const Story& story = result->stories[i];
    outcomes.push_back(OutcomeOf(population.mentees[i], story));
    if (story.fate == Fate::kMatched) ++mentees_of[story.mentor];
    if (story.fate == Fate::kLeft) ++left;
  }
  RunFacts facts;
  for (size_t i = 0; i < population.mentors.size(); ++i) {
    if (population.mentors[i].places > 0) facts.mentees_of.push_back(mentees_of[i]);
  }
  facts.declined = result->declined;
  facts.answered = answered;
  facts.proposed = result->proposed;
  result->report = Report(outcomes, facts);
  if (!outcomes.empty()) result->left_share = left / static_cast<double>(outcomes.size());
}

}  // namespace

absl::StatusOr<SeasonResult> Simulate(const Population& population, const SeasonRules& rules,
                                      const Distance& distance) {
  const std::vector<size_t> mentees = OrderOfKeys(population.mentees);
  const std::vector<size_t> mentors = OrderOfKeys(population.mentors);
  const Population sorted = {InOrder(population.mentees, mentees),
                             InOrder(population.mentors, mentors)};
  if (absl::Status checked = Check(sorted, rules); !checked.ok()) return checked;
  Season season(sorted, rules, distance);
  if (absl::Status played = season.Play(); !played.ok()) return played;

  SeasonResult result;
  result.stories.resize(mentees.size());
  for (size_t i = 0; i < mentees.size(); ++i) {
    Story story = season.stories()[i];
    if (story.fate == Fate::kMatched) story.mentor = mentors[story.mentor];
    result.stories[mentees[i]] = story;
  }
  for (Hold hold : season.holds()) {
    hold.mentee = mentees[hold.mentee];
    hold.mentor = mentors[hold.mentor];
    result.holds.push_back(hold);
  }
  result.proposed = static_cast<int>(result.holds.size());
  result.declined = season.declined();
  Conclude(population, season.answered(), &result);
  return result;
}

}  // namespace tremplin::matching::engine
