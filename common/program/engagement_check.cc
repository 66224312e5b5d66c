#include "common/program/checker.h"
#include "common/program/format.h"

namespace tremplin::program::check {
namespace {

constexpr int kMostDays = 1095;
constexpr int kMostExtensionDays = 730;
constexpr int kMostHours = 2000;
constexpr int kMostDocuments = 20;
constexpr int kMostPhases = 30;
constexpr int kMostCredits = 10;
constexpr int kMostStages = 20;
constexpr int kMostMinutes = 1440;  // a day
constexpr double kMostWeight = 1000;
constexpr std::string_view kWeighed[] = {"occupation", "industry", "language",
                                         "proximity",  "level",    "goals",
                                         "preference", "waiting",  "availability"};

bool IsDayOfEveryYear(const std::string& text) {
  return text.size() == 5 && ParseDay("2001-" + text).has_value();
}

class EngagementChecker {
 public:
  EngagementChecker(const v1::ProgramDefinition& definition, const v1::Format& format,
                    const Registry& registry, const std::string& path, Faults& faults)
      : definition_(definition),
        format_(format),
        engagement_(format.engagement()),
        registry_(registry),
        path_(path),
        faults_(faults) {}

  void Run() {
    Lifetime();
    Numbers();
    Documents();
    Phases();
    Credits();
    Introductions();
    Becomes();
  }

 private:
  void Lifetime() {
    switch (engagement_.lifetime_case()) {
      case v1::Engagement::kLengthDays:
        return faults_.Within(path_ + ".length_days", engagement_.length_days(), 1, kMostDays);
      case v1::Engagement::kSingleMeetingMinutes:
        return faults_.Within(path_ + ".single_meeting_minutes",
                              engagement_.single_meeting_minutes(), 5, 480);
      case v1::Engagement::kSeason: {
        const v1::Season& season = engagement_.season();
        if (!IsDayOfEveryYear(season.from())) faults_.Add(path_ + ".season.from", kSeasonDay);
        if (!IsDayOfEveryYear(season.to())) faults_.Add(path_ + ".season.to", kSeasonDay);
        return;
      }
      case v1::Engagement::kHours:
        faults_.Within(path_ + ".hours.hours", engagement_.hours().hours(), 1, kMostHours);
        return faults_.Within(path_ + ".hours.at_most_days", engagement_.hours().at_most_days(), 1,
                              kMostDays);
      case v1::Engagement::LIFETIME_NOT_SET:
        return faults_.Add(path_, kLifetimeMissing);
    }
  }

  void Numbers() {
    faults_.Between(path_ + ".hours_per_week", engagement_.hours_per_week(), 0.0, 80.0);
    faults_.Within(path_ + ".review_every_days", engagement_.review_every_days(), 0, 366);
    faults_.Within(path_ + ".max_extension_days", engagement_.max_extension_days(), 0,
                   kMostExtensionDays);
    // A single meeting that nobody logs is closed by its grace alone: without one it would hold its
    // places for good.
    faults_.Within(path_ + ".close_grace_days", engagement_.close_grace_days(),
                   engagement_.has_single_meeting_minutes() ? 1 : 0, 90);
    faults_.Within(path_ + ".misses_before_flag", engagement_.misses_before_flag(), 0, 52);
    faults_.WithinOrUsual(path_ + ".least_minutes", engagement_.least_minutes(), 1, kMostMinutes);
    faults_.WithinOrUsual(path_ + ".most_minutes", engagement_.most_minutes(), 1, kMostMinutes);
    // As they are when usual.
    const int least = engagement_.least_minutes() == 0 ? 5 : engagement_.least_minutes();
    const int most = engagement_.most_minutes() == 0 ? 480 : engagement_.most_minutes();
    if (least > most) faults_.Add(path_ + ".most_minutes", kBoundsCross);
    std::set<std::string> seen;
    for (int i = 0; i < engagement_.counting_contacts_size(); ++i) {
      const std::string field = text::Cat(path_, ".counting_contacts[", i, "]");
      const std::string& contact = engagement_.counting_contacts(i);
      faults_.Word(field, contact, {"in_person", "video", "call", "mail"});
      if (!seen.insert(contact).second) faults_.Add(field, kDoubled, {contact});
    }
    const bool counted = engagement_.has_hours() || engagement_.credits_size() > 0;
    if (counted && seen.empty()) faults_.Add(path_ + ".counting_contacts", kNothingCounts);
  }

  bool MustSign(const v1::Document& document, v1::Subject side) const {
    return IsThere(format_, side) &&
           (document.signed_by().empty() || Contains(document.signed_by(), static_cast<int>(side)));
  }

  void Documents() {
    const v1::ProposalStep* agreement = FindStep(format_, v1::ProposalStep::KIND_AGREEMENT);
    faults_.Count(path_ + ".documents", engagement_.documents_size(), kMostDocuments);
    std::set<std::string> codes;
    bool before = false;
    for (int i = 0; i < engagement_.documents_size(); ++i) {
      const v1::Document& document = engagement_.documents(i);
      const std::string at = text::Cat(path_, ".documents[", i, "]");
      faults_.Code(at + ".code", document.code(), &codes);
      CheckSides(format_, document.signed_by(), at + ".signed_by", faults_);
      if (!document.before_start()) continue;
      before = true;
      if (agreement == nullptr) {
        faults_.Add(at + ".before_start", kAgreementMissing);
        continue;
      }
      for (const v1::Subject side : {v1::SUBJECT_MENTEE, v1::SUBJECT_MENTOR}) {
        if (MustSign(document, side) && !Asks(*agreement, side)) {
          faults_.Add(at + ".signed_by", kSignerNotAsked);
        }
      }
    }
    if (agreement != nullptr && !before) faults_.Add(path_ + ".documents", kDocumentsMissing);
  }

  void Phases() {
    faults_.Count(path_ + ".phases", engagement_.phases_size(), kMostPhases);
    std::set<std::string> codes;
    for (int i = 0; i < engagement_.phases_size(); ++i) {
      const std::string at = text::Cat(path_, ".phases[", i, "]");
      faults_.Code(at + ".code", engagement_.phases(i).code(), &codes);
      faults_.Within(at + ".due_day", engagement_.phases(i).due_day(), 0, kMostDays);
    }
  }

  void Credits() {
    faults_.Count(path_ + ".credits", engagement_.credits_size(), kMostCredits);
    std::set<std::string> codes;
    for (int i = 0; i < engagement_.credits_size(); ++i) {
      const v1::CreditRule& rule = engagement_.credits(i);
      const std::string at = text::Cat(path_, ".credits[", i, "]");
      faults_.Code(at + ".code", rule.code(), &codes);
      faults_.Between(at + ".per_hour", rule.per_hour(), 0.01, 10.0);
      const v1::Fact* fact = registry_.Find(rule.fact());
      if (fact == nullptr) {
        faults_.Add(at + ".fact", kFactUnknown, {rule.fact()});
      } else if (!fact->has_yes_no() || fact->matching() != v1::MATCHING_USE_CRITERION) {
        faults_.Add(at + ".fact", kCreditFact);
      }
    }
  }

  void Introductions() {
    if (!engagement_.has_introductions()) return;
    const v1::Introductions& introductions = engagement_.introductions();
    const std::string at = path_ + ".introductions";
    const bool one_and_one = format_.mentees().most() == 1 && format_.mentors().most() == 1;
    if (!one_and_one || engagement_.lifetime_case() != v1::Engagement::kSingleMeetingMinutes) {
      faults_.Add(at, kIntroductionsOfMeetings);
    }
    faults_.Within(at + ".count", introductions.count(), 1, 10);
    faults_.Within(at + ".reminders", introductions.reminders(), 0, 10);
    faults_.Within(at + ".remind_after_days", introductions.remind_after_days(),
                   introductions.reminders() > 0 ? 1 : 0, 90);
  }

  void Becomes() {
    std::set<std::string> seen;
    for (int i = 0; i < engagement_.becomes_size(); ++i) {
      const std::string at = text::Cat(path_, ".becomes[", i, "]");
      const std::string& code = engagement_.becomes(i);
      if (code == format_.code() || FindFormat(definition_, code) == nullptr) {
        faults_.Add(at, kFormatUnknown, {code});
      } else if (!seen.insert(code).second) {
        faults_.Add(at, kDoubled, {code});
      }
    }
  }

  const v1::ProgramDefinition& definition_;
  const v1::Format& format_;
  const v1::Engagement& engagement_;
  const Registry& registry_;
  const std::string path_;
  Faults& faults_;
};

// A word that matching weighs, or a fact that it sees of both sides.
bool IsWeighed(const std::string& criterion, const v1::Format& format, const Registry& registry) {
  if (std::find(std::begin(kWeighed), std::end(kWeighed), criterion) != std::end(kWeighed)) {
    return true;
  }
  const v1::Fact* fact = registry.Find(criterion);
  if (fact == nullptr || fact->matching() != v1::MATCHING_USE_CRITERION) return false;
  const auto told_of = [&](v1::Subject side) {
    return !IsThere(format, side) || Contains(fact->about(), static_cast<int>(side));
  };
  return told_of(v1::SUBJECT_MENTEE) && told_of(v1::SUBJECT_MENTOR);
}

void CheckWeights(const v1::Format& format, const Registry& registry, const std::string& path,
                  Faults& faults) {
  const v1::MatchingPolicy& policy = format.matching();
  std::set<std::string> seen;
  double sum = 0;
  for (int i = 0; i < policy.weights_size(); ++i) {
    const v1::Weight& weight = policy.weights(i);
    const std::string at = text::Cat(path, ".weights[", i, "]");
    faults.Between(at + ".weight", weight.weight(), 0.0, kMostWeight);
    sum += weight.weight();
    if (!IsWeighed(weight.criterion(), format, registry)) {
      faults.Add(at + ".criterion", kWeightUnknown);
    } else if (!seen.insert(weight.criterion()).second) {
      faults.Add(at + ".criterion", kDoubled, {weight.criterion()});
    }
  }
  const bool needed = InitiatedBy(format, v1::INITIATOR_ALGORITHM) ||
                      InitiatedBy(format, v1::INITIATOR_PARTICIPANT);
  if ((needed || policy.weights_size() > 0) && !(sum > 0)) {
    faults.Add(path + ".weights", kWeightsSumToNothing);
  }
}

}  // namespace

void CheckEngagement(const v1::ProgramDefinition& definition, const v1::Format& format,
                     const Registry& registry, const std::string& path, Faults& faults) {
  EngagementChecker(definition, format, registry, path, faults).Run();
}

void CheckPolicy(const v1::Format& format, const Registry& registry, const std::string& path,
                 Faults& faults) {
  const v1::MatchingPolicy& policy = format.matching();
  CheckWeights(format, registry, path, faults);
  if (!policy.exclusivity_group().empty()) {
    std::set<std::string> none;
    faults.Code(path + ".exclusivity_group", policy.exclusivity_group(), &none);
  }
  faults.Between(path + ".minimum_score", policy.minimum_score(), 0.0, 1.0);
  faults.Word(path + ".objective", policy.objective(), {"quality", "coverage", "stable"}, true);
  faults.Word(path + ".proposing", policy.proposing(), {"daily", "continuous"}, true);
  faults.Within(path + ".waiting_bonus", policy.waiting_bonus(), 0, 50);
  faults.WithinOrUsual(path + ".candidates", policy.candidates(), 1, 500);
  if (policy.decline_lesson() != 0) {
    faults.Between(path + ".decline_lesson", policy.decline_lesson(), 1.0, 3.0);
  }
  faults.Between(path + ".cohesion", policy.cohesion(), 0.0, kMostWeight);
  faults.Between(path + ".fit", policy.fit(), 0.0, kMostWeight);
  faults.Within(path + ".open_introductions", policy.open_introductions(), 0, 20);
  faults.Within(path + ".open_for_connector", policy.open_for_connector(), 0, 100);
  faults.WithinOrUsual(path + ".open_requests", policy.open_requests(), 1, 20);
}

void CheckFollowUp(const v1::FollowUpPlan& plan, Faults& faults) {
  faults.Count("follow_up.stages", plan.stages_size(), kMostStages);
  std::set<std::string> codes;
  for (int i = 0; i < plan.stages_size(); ++i) {
    const v1::FollowUpStage& stage = plan.stages(i);
    const std::string path = text::Cat("follow_up.stages[", i, "]");
    faults.Code(path + ".code", stage.code(), &codes);
    faults.Within(path + ".months_after_start", stage.months_after_start(), 0, 60);
    faults.Within(path + ".window_days", stage.window_days(), 1, 366);
    // Each on a day of its own after the opening.
    const int64_t days_after = std::max(stage.window_days() - 1, 0);
    faults.Within(path + ".attempts", stage.attempts(), 0, std::min<int64_t>(days_after, 10));
  }
  faults.Within("follow_up.minimum_cell", plan.minimum_cell(), 0, 100);
}

}  // namespace tremplin::program::check
