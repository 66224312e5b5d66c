#include "tools/tremplinctl/program_words.h"

#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/program/criteria.h"
#include "common/program/facts.h"
#include "common/program/format.h"
#include "common/text/text.h"
#include "tools/tremplinctl/output.h"
#include "tools/tremplinctl/program_messages.h"

namespace tremplin::ctl {
namespace {

namespace v1 = program::v1;

struct Word {
  std::string_view code;
  const Message& word;
};
constexpr Word kContacts[] = {
    {"in_person", kInPerson}, {"video", kByVideo}, {"call", kByPhone}, {"mail", kByMail}};
constexpr Word kWeighed[] = {
    {"occupation", kOccupation},     {"industry", kIndustry},     {"language", kLanguageWeight},
    {"proximity", kProximity},       {"level", kLevel},           {"goals", kGoalsWeight},
    {"availability", kAvailability}, {"preference", kPreference}, {"waiting", kWaiting}};

class Words {
 public:
  Words(const v1::ProgramDefinition& definition, Language language)
      : definition_(definition), registry_(definition.registry()), language_(language) {}

  std::string Run() {
    Heading();
    People(v1::SUBJECT_MENTEE);
    People(v1::SUBJECT_MENTOR);
    for (const v1::Format& format : definition_.formats()) Format(format);
    FollowUp();
    return std::move(out_);
  }

 private:
  // --- Words. ---
  template <class... Args>
  std::string Say(const Message& message, const Args&... args) const {
    return Text(language_, message, {std::string_view(args)...});
  }
  const std::string& Pick(const v1::Text& text) const {
    return language_ == Language::kFrench ? text.fr() : text.en();
  }
  // The word of the code among `words`; nothing when there is none.
  template <size_t kSize>
  std::optional<std::string> WordOf(const Word (&words)[kSize], const std::string& code) const {
    for (const Word& each : words) {
      if (each.code == code) return Say(each.word);
    }
    return std::nullopt;
  }
  std::string Days(int days) const {
    return days == 1 ? Say(kOneDay) : Say(kManyDays, text::Cat(days));
  }
  static std::string Join(const std::vector<std::string>& parts, std::string_view between) {
    return absl::StrJoin(parts, text::Absl(between));
  }
  void Line(int indent, const std::string& line) {
    out_ += std::string(static_cast<size_t>(indent) * 2, ' ') + line + "\n";
  }
  void Head(const std::string& title) { out_ += "\n" + title + "\n"; }

  std::string TitleOf(const std::string& name) const {
    const v1::Fact* fact = registry_.Find(name);
    return fact == nullptr ? name : Pick(fact->title());
  }
  std::string LabelOf(const std::string& name, const std::string& value) const {
    const v1::Fact* fact = registry_.Find(name);
    if (fact == nullptr) return value;
    if (fact->has_yes_no()) return Say(value == "yes" ? kYes : kNo);
    const v1::OneCode& type = fact->has_codes() ? fact->codes() : fact->code();
    for (const v1::OneCode::Code& code : type.codes()) {
      if (code.code() == value) return Pick(code.title());
    }
    return value;
  }
  template <class List>
  std::string Labels(const std::string& name, const List& values, const Message& between) const {
    std::vector<std::string> labels;
    for (const std::string& value : values) labels.push_back(LabelOf(name, value));
    return Join(labels, Say(between));
  }
  template <class List>
  std::string Titles(const List& names) const {
    std::vector<std::string> titles;
    for (const std::string& name : names) titles.push_back(TitleOf(name));
    return Join(titles, ", ");
  }
  std::string Period(const v1::Since& since) const {
    std::vector<std::string> parts;
    if (since.years() > 0) parts.push_back(Say(kPeriodYears, text::Cat(since.years())));
    if (since.months() > 0) parts.push_back(Say(kPeriodMonths, text::Cat(since.months())));
    if (since.days() > 0) parts.push_back(Days(since.days()));
    return Join(parts, Say(kAnd));
  }

  // --- Predicates. ---
  template <class List>
  void Nested(const Message& head, const List& predicates, int indent) {
    Line(indent, Say(head));
    for (const v1::Predicate& each : predicates) Predicate(each, indent + 1);
  }
  void Predicate(const v1::Predicate& predicate, int indent) {
    if (predicate.has_any()) return Nested(kAnyOfThese, predicate.any().predicates(), indent);
    if (predicate.has_any_given()) {
      return Nested(kAnyOfThese, predicate.any_given().predicates(), indent);
    }
    if (predicate.has_all()) return Nested(kAllOfThese, predicate.all().predicates(), indent);
    Line(indent, "- " + Leaf(predicate));
  }
  std::string Leaf(const v1::Predicate& predicate) const {
    if (predicate.has_one_of()) {
      const v1::OneOf& one = predicate.one_of();
      return Say(kIsOneOf, TitleOf(one.fact()), Labels(one.fact(), one.values(), kOr));
    }
    if (predicate.has_one_of_or_missing()) {
      const v1::OneOfOrMissing& one = predicate.one_of_or_missing();
      return Say(kMayStillCome,
                 Say(kIsOneOf, TitleOf(one.fact()), Labels(one.fact(), one.values(), kOr)));
    }
    if (predicate.has_contains_all()) {
      const v1::ContainsAll& all = predicate.contains_all();
      return Say(kIsOneOf, TitleOf(all.fact()), Labels(all.fact(), all.values(), kAnd));
    }
    if (predicate.has_all_at_least()) {
      return Say(kAtLeastWords, Titles(predicate.all_at_least().facts()),
                 text::Cat(predicate.all_at_least().minimum()));
    }
    if (predicate.has_at_least()) {
      return Say(kAtLeastWords, TitleOf(predicate.at_least().fact()),
                 text::Cat(predicate.at_least().minimum()));
    }
    if (predicate.has_at_most()) {
      return Say(kAtMostWords, TitleOf(predicate.at_most().fact()),
                 text::Cat(predicate.at_most().maximum()));
    }
    if (predicate.has_prefix_one_of()) {
      const v1::PrefixOneOf& prefix = predicate.prefix_one_of();
      return Say(kBeginsWith, TitleOf(prefix.fact()), absl::StrJoin(prefix.prefixes(), ", "));
    }
    if (predicate.has_within_past()) {
      const v1::Since& since = predicate.within_past();
      return Say(kWithinPast, TitleOf(since.fact()), Period(since));
    }
    if (predicate.has_at_least_ago()) {
      const v1::Since& since = predicate.at_least_ago();
      return Say(kAgo, TitleOf(since.fact()), Period(since));
    }
    return Say(kMustBeGiven, Titles(predicate.given().facts()));
  }
  void Criteria(const v1::Criteria& criteria, int indent) {
    for (const v1::Criterion& criterion : criteria.criteria()) {
      Line(indent, "• " + Pick(criterion.title()));
      Predicate(criterion.predicate(), indent + 1);
    }
  }

  // --- The parts of a definition. ---
  void Heading() {
    Line(0, Pick(definition_.name()) + " (" + definition_.id() + ")");
    Line(0, Say(kRunBy, Pick(definition_.provider()), definition_.owner()));
    Line(0, Say(kInForceFrom, definition_.effective_from(), definition_.review_by()));
    const bool both = definition_.languages().empty();
    Line(0, Say(kServedIn, both ? "en, fr" : absl::StrJoin(definition_.languages(), ", ")));
  }

  void People(v1::Subject side) {
    const bool mentor = side == v1::SUBJECT_MENTOR;
    const v1::Criteria& criteria = mentor ? definition_.mentor() : definition_.mentee();
    const auto& doors = mentor ? definition_.mentor_doors() : definition_.mentee_doors();
    if (criteria.criteria().empty() && doors.empty()) return;
    Head(Say(mentor ? kForMentors : kForMentees));
    std::vector<std::string> ways;
    for (const int door : doors) {
      ways.push_back(Say(door == v1::DOOR_AGENCY ? kDoorAgency
                         : door == v1::DOOR_SELF ? kDoorSelf
                                                 : kDoorProposer));
    }
    Line(1, Say(kComesBy, Join(ways, Say(kOr))));
    Criteria(criteria, 1);
    const v1::Admission admission =
        mentor ? definition_.mentor_admission() : definition_.mentee_admission();
    Line(1, Say(admission == v1::ADMISSION_AUTOMATIC ? kAdmittedByRule : kAdmittedByStaff));
    if (!definition_.consent_fact().empty()) {
      Line(1, Say(kConsentNeeded, TitleOf(definition_.consent_fact())));
    }
    Onboarding(mentor ? definition_.mentor_onboarding() : definition_.mentee_onboarding());
  }
  template <class Steps>
  void Onboarding(const Steps& steps) {
    std::vector<std::string> titles;
    for (const v1::OnboardingStep& step : steps) {
      const Message& how = step.gate() ? kGate : step.compulsory() ? kCompulsory : kOptionalStep;
      titles.push_back(Say(how, Pick(step.title())));
    }
    if (!titles.empty()) Line(1, Say(kStepsBefore, Join(titles, " → ")));
  }

  std::string SideOf(const v1::Side& side) const {
    if (side.least() == side.most()) {
      return text::Cat(side.least(), " × ", Pick(side.called()));
    }
    return Say(kBetweenMany, text::Cat(side.least()), text::Cat(side.most()), Pick(side.called()));
  }

  void Format(const v1::Format& format) {
    Head(Say(kFormatHead, Pick(format.name())));
    const bool peers = format.mentors().most() == 0;
    Line(1, Say(kTogether,
                peers ? SideOf(format.mentees())
                      : Say(kAndSides, SideOf(format.mentees()), SideOf(format.mentors()))));
    if (format.after_waiting_days() > 0) {
      Line(1, Say(kAfterWaiting, Days(format.after_waiting_days())));
    }
    Proposals(format);
    Exceptions(format, v1::SUBJECT_MENTEE);
    Exceptions(format, v1::SUBJECT_MENTOR);
    Engagement(format.engagement());
  }

  void Proposals(const v1::Format& format) {
    std::vector<std::string> by;
    for (const int initiator : format.initiators()) {
      by.push_back(Say(initiator == v1::INITIATOR_COORDINATOR ? kByCoordinator
                       : initiator == v1::INITIATOR_ALGORITHM ? kByAlgorithm
                                                              : kByParticipant));
    }
    Line(1, Say(kBroughtBy, Join(by, ", ")));
    std::vector<std::string> steps;
    for (const v1::ProposalStep& step : format.steps()) {
      const Message& what = step.kind() == v1::ProposalStep::KIND_STAFF_APPROVAL    ? kStepApproval
                            : step.kind() == v1::ProposalStep::KIND_INTEREST        ? kStepInterest
                            : step.kind() == v1::ProposalStep::KIND_CONTACT_MEETING ? kStepMeeting
                            : step.kind() == v1::ProposalStep::KIND_ACCEPTANCE ? kStepAcceptance
                                                                               : kStepAgreement;
      steps.push_back(Say(what, Days(step.days())));
    }
    Line(1, Say(kSteps, Join(steps, " → ")));
    std::vector<std::string> weights;
    for (const v1::Weight& weight : format.matching().weights()) {
      const std::string title =
          WordOf(kWeighed, weight.criterion()).value_or(TitleOf(weight.criterion()));
      weights.push_back(absl::StrFormat("%s %g", title, weight.weight()));
    }
    if (!weights.empty()) Line(1, Say(kWeighs, Join(weights, ", ")));
  }

  void Exceptions(const v1::Format& format, v1::Subject side) {
    const bool mentor = side == v1::SUBJECT_MENTOR;
    const auto& not_asked = mentor ? format.mentor_not_asked() : format.mentee_not_asked();
    const v1::Criteria& program = mentor ? definition_.mentor() : definition_.mentee();
    std::vector<std::string> titles;
    for (const v1::Criterion& criterion : program.criteria()) {
      for (const std::string& code : not_asked) {
        if (code == criterion.code()) titles.push_back(Pick(criterion.title()));
      }
    }
    if (!titles.empty()) Line(1, Say(kNotAsked, Join(titles, ", ")));
    const v1::Criteria& own = mentor ? format.mentor() : format.mentee();
    if (own.criteria().empty()) return;
    const v1::Side& called = mentor ? format.mentors() : format.mentees();
    Line(1, Say(kAskedToo, Pick(called.called())));
    Criteria(own, 2);
  }

  std::string LifetimeOf(const v1::Engagement& engagement) const {
    if (engagement.has_season()) {
      return Say(kSeason, engagement.season().from(), engagement.season().to());
    }
    if (engagement.has_hours()) {
      return Say(kHoursLong, text::Cat(engagement.hours().hours()),
                 Days(engagement.hours().at_most_days()));
    }
    if (engagement.lifetime_case() == v1::Engagement::kSingleMeetingMinutes) {
      return Say(kOneMeeting, text::Cat(engagement.single_meeting_minutes()));
    }
    return Days(engagement.length_days());
  }

  void Engagement(const v1::Engagement& engagement) {
    Line(1, Say(kLasts, LifetimeOf(engagement)));
    std::vector<std::string> contacts;
    for (const std::string& contact : engagement.counting_contacts()) {
      contacts.push_back(WordOf(kContacts, contact).value_or(contact));
    }
    if (engagement.hours_per_week() > 0) {
      Line(1,
           Say(kCadence, absl::StrFormat("%g", engagement.hours_per_week()), Join(contacts, ", ")));
    }
    if (engagement.max_extension_days() > 0) {
      Line(1, Say(kMayExtend, Days(engagement.max_extension_days())));
    }
    if (engagement.review_every_days() > 0) {
      Line(1, Say(kReviewed, Days(engagement.review_every_days())));
    }
    std::vector<std::string> documents;
    for (const v1::Document& document : engagement.documents()) {
      std::string title = Pick(document.title());
      if (document.before_start()) title = Say(kBeforeStart, title);
      if (document.pair_private()) title = Say(kPairPrivate, title);
      documents.push_back(std::move(title));
    }
    if (!documents.empty()) Line(1, Say(kDocuments, Join(documents, ", ")));
    std::vector<std::string> phases;
    for (const v1::Phase& phase : engagement.phases()) phases.push_back(Pick(phase.title()));
    if (!phases.empty()) Line(1, Say(kPhases, Join(phases, " → ")));
    for (const v1::CreditRule& rule : engagement.credits()) {
      Line(1, Say(kCredits, Pick(rule.title()), absl::StrFormat("%g", rule.per_hour()),
                  TitleOf(rule.fact())));
    }
    if (engagement.introductions().count() > 0) {
      Line(1, Say(kIntroductions, text::Cat(engagement.introductions().count())));
    }
    std::vector<std::string> becomes;
    for (const std::string& code : engagement.becomes()) {
      const v1::Format* format = program::FindFormat(definition_, code);
      becomes.push_back(format == nullptr ? code : Pick(format->name()));
    }
    if (!becomes.empty()) Line(1, Say(kBecomes, Join(becomes, ", ")));
  }

  void FollowUp() {
    if (definition_.follow_up().stages().empty()) return;
    Head(Say(kFollowUp));
    for (const v1::FollowUpStage& stage : definition_.follow_up().stages()) {
      const Message& from = stage.start() == v1::FollowUpStage::START_ADMISSION ? kFromAdmission
                            : stage.start() == v1::FollowUpStage::START_FIRST_MEETING ? kFromFirst
                                                                                      : kFromEnd;
      Line(1, "• " + Say(kStage, Pick(stage.title()), text::Cat(stage.months_after_start()),
                         Say(from), Days(stage.window_days()), text::Cat(stage.attempts())));
    }
  }

  const v1::ProgramDefinition& definition_;
  const program::Registry registry_;
  const Language language_;
  std::string out_;
};

}  // namespace

std::string Explain(const v1::ProgramDefinition& definition, messages::Language language) {
  return Words(definition, language).Run();
}

}  // namespace tremplin::ctl
