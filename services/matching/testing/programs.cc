#include "services/matching/testing/programs.h"

#include <string>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace tremplin::matching {
namespace {

constexpr char kProgram[] = R"pb(
  id: "ottawa-career-mentoring"
  name { en: "Career Mentoring" fr: "Mentorat" }
  owner: "ociso"
  time_zone: "America/Toronto"
  effective_from: "2025-01-01"
  registry {
    facts { name: "noc" title { en: "Occupation" fr: "Profession" } about: SUBJECT_MENTEE about: SUBJECT_MENTOR code { table: "noc" } matching: MATCHING_USE_OCCUPATION }
    facts { name: "naics" about: SUBJECT_MENTEE about: SUBJECT_MENTOR code { table: "naics" } matching: MATCHING_USE_INDUSTRY }
    facts { name: "service_language" about: SUBJECT_MENTEE about: SUBJECT_MENTOR codes { table: "language" } matching: MATCHING_USE_LANGUAGES }
    facts { name: "area" about: SUBJECT_MENTEE about: SUBJECT_MENTOR code { table: "area" } matching: MATCHING_USE_AREA }
    facts { name: "availability" about: SUBJECT_MENTEE about: SUBJECT_MENTOR codes { table: "slot" } matching: MATCHING_USE_AVAILABILITY }
    facts { name: "years_experience" about: SUBJECT_MENTEE about: SUBJECT_MENTOR whole_number { most: 60 } matching: MATCHING_USE_EXPERIENCE }
    facts { name: "goals" about: SUBJECT_MENTEE about: SUBJECT_MENTOR codes { table: "goal" } matching: MATCHING_USE_GOALS }
    facts { name: "capacity" about: SUBJECT_MENTOR whole_number { most: 20 } matching: MATCHING_USE_CAPACITY }
    facts { name: "tools" title { en: "Tools of the trade" fr: "Outils du métier" } about: SUBJECT_MENTEE about: SUBJECT_MENTOR codes { table: "trait" } matching: MATCHING_USE_CRITERION }
  }
)pb";

constexpr char kOneToOneFormat[] = R"pb(
  code: "one_to_one"
  mentees { least: 1 most: 1 }
  mentors { least: 1 most: 1 }
  initiators: INITIATOR_ALGORITHM
  initiators: INITIATOR_COORDINATOR
  steps { kind: KIND_INTEREST days: 7 }
  steps { kind: KIND_CONTACT_MEETING days: 14 }
  steps { kind: KIND_ACCEPTANCE days: 7 }
  steps { kind: KIND_AGREEMENT days: 14 }
  matching {
    weights { criterion: "occupation" weight: 35 }
    weights { criterion: "industry" weight: 18 }
    weights { criterion: "goals" weight: 15 }
    weights { criterion: "language" weight: 12 }
    weights { criterion: "availability" weight: 8 }
    weights { criterion: "proximity" weight: 7 }
    weights { criterion: "level" weight: 5 }
    weights { criterion: "preference" weight: 5 }
    weights { criterion: "waiting" weight: 5 }
    exclusivity_group: "one-to-one-mentoring"
    minimum_score: 0.35
    shared_language_required: true
    decline_lesson: 1.5
  }
  engagement { length_days: 90 documents { code: "agreement" before_start: true } }
  disclosures { from: KIND_INTEREST to: SUBJECT_MENTEE facts: "noc" facts: "years_experience" }
  disclosures { from: KIND_INTEREST to: SUBJECT_MENTOR facts: "noc" }
  disclosures { to: SUBJECT_MENTEE contact: true }
  disclosures { to: SUBJECT_MENTOR contact: true facts: "goals" }
)pb";

template <class Message>
Message Parse(const std::string& text) {
  Message parsed;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &parsed));
  return parsed;
}

program::v1::Format Named(const std::string& code, const std::string& changes) {
  auto format = Parse<program::v1::Format>(kOneToOneFormat);
  format.clear_steps();
  format.clear_initiators();
  format.clear_engagement();
  format.MergeFrom(Parse<program::v1::Format>(changes));
  format.set_code(code);
  return format;
}

}  // namespace

program::v1::ProgramDefinition Ottawa() {
  auto definition = Parse<program::v1::ProgramDefinition>(kProgram);
  *definition.add_formats() = Parse<program::v1::Format>(kOneToOneFormat);
  return definition;
}

program::v1::ProgramDefinition WithApproval(program::v1::ProgramDefinition definition, int days) {
  program::v1::Format* format = definition.mutable_formats(0);
  const program::v1::Format before = *format;
  format->clear_steps();
  program::v1::ProposalStep* step = format->add_steps();
  step->set_kind(program::v1::ProposalStep::KIND_STAFF_APPROVAL);
  step->set_days(days);
  format->mutable_steps()->MergeFrom(before.steps());
  return definition;
}

program::v1::Format GroupFormat() {
  return Named("group", R"pb(
    mentees { least: 3 most: 4 }
    mentors { least: 2 most: 2 }
    initiators: INITIATOR_ALGORITHM
    initiators: INITIATOR_COORDINATOR
    steps { kind: KIND_ACCEPTANCE days: 7 }
    engagement { length_days: 60 }
  )pb");
}

program::v1::Format PeerFormat() {
  auto format = Named("peer", R"pb(
    mentees { least: 2 most: 2 }
    initiators: INITIATOR_ALGORITHM
    steps { kind: KIND_ACCEPTANCE days: 7 }
    engagement { length_days: 60 }
  )pb");
  format.clear_mentors();
  return format;
}

program::v1::Format MeetingFormat() {
  return Named("meeting", R"pb(
    initiators: INITIATOR_ALGORITHM
    initiators: INITIATOR_COORDINATOR
    steps { kind: KIND_ACCEPTANCE days: 7 }
    matching { open_introductions: 2 open_for_connector: 2 }
    engagement {
      single_meeting_minutes: 30
      introductions { count: 3 }
      becomes: "one_to_one"
    }
  )pb");
}

program::v1::Format AskedFormat() {
  return Named("asked", R"pb(
    initiators: INITIATOR_PARTICIPANT
    initiators: INITIATOR_COORDINATOR
    steps { kind: KIND_INTEREST days: 7 asked: SUBJECT_MENTOR }
    steps { kind: KIND_ACCEPTANCE days: 7 asked: SUBJECT_MENTEE }
    matching { open_requests: 2 }
    engagement { length_days: 60 }
  )pb");
}

program::v1::ProgramDefinition WithFormat(const program::v1::Format& format) {
  program::v1::ProgramDefinition definition = Ottawa();
  definition.clear_formats();
  *definition.add_formats() = format;
  return definition;
}

}  // namespace tremplin::matching
