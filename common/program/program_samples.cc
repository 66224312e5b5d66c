#include "common/program/program_samples.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "common/program/criteria.h"
#include "common/program/facts.h"
#include "common/status/error.h"
#include "gtest/gtest.h"

namespace tremplin::program::samples {
namespace {

// The texts of the files in the folder, by name.
std::vector<std::string> Read(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() == ".textproto") paths.push_back(file.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const std::filesystem::path& path : paths) {
    std::ifstream in(path, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return texts;
}

constexpr char kRich[] = R"pb(
  id: "rich"
  name { en: "Rich" fr: "Riche" }
  provider { en: "Provider" fr: "Responsable" }
  kind: KIND_NETWORK
  owner: "ociso"
  time_zone: "America/Toronto"
  effective_from: "2026-01-01"
  review_by: "2027-01-01"
  mentee_doors: DOOR_AGENCY
  mentee_doors: DOOR_SELF
  mentor_doors: DOOR_SELF
  mentor_doors: DOOR_PROPOSER
  languages: "en"
  languages: "fr"
  involved { organization: "city" parts: "funds" parts: "sponsors" }
  consent_fact: "consent_to_share"
  mentee_admission: ADMISSION_STAFF
  mentor_admission: ADMISSION_AUTOMATIC
  facts {
    name: "rich.color"
    title { en: "Color" fr: "Couleur" }
    about: SUBJECT_MENTEE
    about: SUBJECT_MENTOR
    code {
      codes {
        code: "red"
        title { en: "red" fr: "rouge" }
      }
      codes {
        code: "blue"
        title { en: "blue" fr: "bleu" }
      }
    }
    matching: MATCHING_USE_CRITERION
    stated_by: STATED_BY_PERSON
    stated_by: STATED_BY_STAFF
    headers_en: "colour"
    headers_fr: "couleur"
  }
  mentee {
    criteria {
      code: "status"
      title { en: "Status" fr: "Statut" }
      fail_reason { en: "no" fr: "non" }
      missing_reason { en: "?" fr: "?" }
      predicate {
        one_of { fact: "immigration_status" values: "permanent_resident" values: "citizen" }
      }
      exemptions {
        code: "director"
        title { en: "d" fr: "d" }
        holds_days: 30
      }
      source: "004, page 3"
    }
    criteria {
      code: "level"
      title { en: "Level" fr: "Niveau" }
      fail_reason { en: "no" fr: "non" }
      missing_reason { en: "?" fr: "?" }
      agency_can_help: true
      predicate {
        any_given {
          predicates { all_at_least { facts: "en_listening" facts: "en_speaking" minimum: 5 } }
          predicates { all_at_least { facts: "fr_listening" facts: "fr_speaking" minimum: 6 } }
        }
      }
      funder_bounds { least: 4 most: 7 }
    }
    criteria {
      code: "area"
      title { en: "Area" fr: "Région" }
      fail_reason { en: "no" fr: "non" }
      missing_reason { en: "?" fr: "?" }
      predicate { prefix_one_of { fact: "postal_code" prefixes: "K" prefixes: "L1" } }
    }
    criteria {
      code: "benefits"
      title { en: "Benefits" fr: "Prestations" }
      fail_reason { en: "no" fr: "non" }
      missing_reason { en: "?" fr: "?" }
      predicate {
        any {
          predicates { one_of { fact: "ei_claim_now" values: "yes" } }
          predicates { within_past { fact: "ei_benefit_period_ended_on" years: 3 } }
          predicates {
            all {
              predicates { at_least_ago { fact: "arrived_on" months: 2 days: 3 } }
              predicates { at_most { fact: "age" maximum: 64 } }
              predicates { at_least { fact: "months_in_canada" minimum: 1 } }
            }
          }
        }
      }
    }
    criteria {
      code: "both"
      title { en: "Both" fr: "Les deux" }
      fail_reason { en: "no" fr: "non" }
      missing_reason { en: "?" fr: "?" }
      predicate { contains_all { fact: "service_language" values: "en" values: "fr" } }
    }
    criteria {
      code: "goal"
      title { en: "Goal" fr: "Objectif" }
      fail_reason { en: "no" fr: "non" }
      missing_reason { en: "?" fr: "?" }
      predicate { given { facts: "noc" facts: "career_goal" } }
    }
  }
  mentor {
    criteria {
      code: "years"
      title { en: "Years" fr: "Années" }
      fail_reason { en: "no" fr: "non" }
      missing_reason { en: "?" fr: "?" }
      predicate { at_least { fact: "years_in_region" minimum: 2 } }
    }
    criteria {
      code: "color"
      title { en: "Color" fr: "Couleur" }
      fail_reason { en: "no" fr: "non" }
      missing_reason { en: "?" fr: "?" }
      predicate { one_of_or_missing { fact: "rich.color" values: "red" } }
    }
  }
  mentee_onboarding {
    code: "analysis"
    title { en: "Analysis" fr: "Analyse" }
    compulsory: true
    gate: true
    done_by: STATED_BY_STAFF
    facts: "noc"
  }
  mentee_onboarding {
    code: "reading"
    title { en: "Reading" fr: "Lecture" }
    done_by: STATED_BY_PERSON
    done_by: STATED_BY_AGENCY
  }
  mentor_onboarding {
    code: "interview"
    title { en: "Interview" fr: "Entrevue" }
    compulsory: true
    facts: "listening_skills"
    facts: "rich.color"
  }
  formats {
    code: "pair"
    name { en: "Pair" fr: "Binôme" }
    mentees {
      least: 1
      most: 1
      called { en: "mentee" fr: "mentoré·e" }
    }
    mentors {
      least: 1
      most: 1
      called { en: "mentor" fr: "mentor·e" }
    }
    initiators: INITIATOR_ALGORITHM
    initiators: INITIATOR_COORDINATOR
    initiators: INITIATOR_PARTICIPANT
    steps { kind: KIND_STAFF_APPROVAL days: 3 }
    steps { kind: KIND_INTEREST days: 7 asked: SUBJECT_MENTEE asked: SUBJECT_MENTOR }
    steps { kind: KIND_CONTACT_MEETING days: 14 }
    steps { kind: KIND_ACCEPTANCE days: 7 }
    steps { kind: KIND_AGREEMENT days: 14 }
    mentor {
      criteria {
        code: "affiliated"
        title { en: "Affiliated" fr: "Affilié·e" }
        fail_reason { en: "no" fr: "non" }
        missing_reason { en: "?" fr: "?" }
        predicate { one_of { fact: "affiliated_with_partner" values: "yes" } }
      }
    }
    mentee_not_asked: "both"
    mentor_not_asked: "color"
    matching {
      weights { criterion: "occupation" weight: 30 }
      weights { criterion: "rich.color" weight: 10 }
      exclusivity_group: "one"
      minimum_score: 0.3
      shared_language_required: true
      objective: "stable"
      waiting_bonus: 5
      shared_slot_required: true
      candidates: 60
      proposing: "continuous"
      decline_lesson: 1.5
      open_requests: 3
    }
    engagement {
      length_days: 90
      hours_per_week: 1
      counting_contacts: "in_person"
      counting_contacts: "video"
      review_every_days: 30
      max_extension_days: 90
      close_grace_days: 14
      documents {
        code: "agreement"
        title { en: "Agreement" fr: "Entente" }
        before_start: true
      }
      documents {
        code: "undertaking"
        title { en: "Undertaking" fr: "Engagement" }
        signed_by: SUBJECT_MENTEE
        signed_by: SUBJECT_MENTOR
        pair_private: true
      }
      phases {
        code: "first"
        title { en: "First" fr: "Première" }
        due_day: 10
      }
      credits {
        code: "mdc"
        title { en: "Credits" fr: "Crédits" }
        fact: "certified_member"
        per_hour: 1
      }
      misses_before_flag: 2
      least_minutes: 10
      most_minutes: 240
    }
    disclosures { to: SUBJECT_MENTEE contact: true }
    disclosures { from: KIND_INTEREST to: SUBJECT_MENTOR facts: "noc" facts: "goals" }
  }
  formats {
    code: "group"
    name { en: "Group" fr: "Groupe" }
    mentees {
      least: 8
      most: 10
      called { en: "mentee" fr: "mentoré·e" }
    }
    mentors {
      least: 2
      most: 3
      called { en: "mentor" fr: "mentor·e" }
    }
    initiators: INITIATOR_ALGORITHM
    steps { kind: KIND_ACCEPTANCE days: 7 asked: SUBJECT_MENTEE }
    after_waiting_days: 60
    matching {
      weights { criterion: "industry" weight: 1 }
      cohesion: 2
      fit: 1
    }
    engagement {
      hours { hours: 24 at_most_days: 120 }
      counting_contacts: "call"
      counting_contacts: "mail"
    }
  }
  formats {
    code: "peers"
    name { en: "Peers" fr: "Pairs" }
    mentees {
      least: 3
      most: 6
      called { en: "peer" fr: "pair" }
    }
    initiators: INITIATOR_COORDINATOR
    steps { kind: KIND_ACCEPTANCE days: 7 }
    engagement { season { from: "09-01" to: "06-30" } }
    disclosures { from: KIND_ACCEPTANCE to: SUBJECT_MENTEE facts: "noc" contact: true }
  }
  formats {
    code: "meeting"
    name { en: "Meeting" fr: "Rencontre" }
    mentees {
      least: 1
      most: 1
      called { en: "newcomer" fr: "nouvelle arrivante ou nouvel arrivant" }
    }
    mentors {
      least: 1
      most: 1
      called { en: "connector" fr: "intermédiaire" }
    }
    initiators: INITIATOR_ALGORITHM
    steps { kind: KIND_ACCEPTANCE days: 5 }
    matching {
      weights { criterion: "occupation" weight: 1 }
      open_introductions: 3
      open_for_connector: 6
    }
    engagement {
      single_meeting_minutes: 30
      close_grace_days: 30
      introductions { count: 3 remind_after_days: 5 reminders: 2 }
      becomes: "pair"
      becomes: "group"
    }
  }
  follow_up {
    stages {
      code: "baseline"
      title { en: "Baseline" fr: "Au départ" }
      window_days: 30
      attempts: 2
      start: START_ADMISSION
    }
    stages {
      code: "exit"
      title { en: "Exit" fr: "À la fin" }
      months_after_start: 0
      window_days: 30
      attempts: 3
      also_without_engagement: true
    }
    stages {
      code: "month_3"
      title { en: "3" fr: "3" }
      months_after_start: 3
      window_days: 30
      start: START_FIRST_MEETING
    }
    minimum_cell: 5
  }
)pb";

}  // namespace

v1::FactRegistry Base() {
  v1::FactRegistry base;
  for (const std::string& text : Read("deploy/facts")) {
    const auto read = ParseRegistry(text);
    EXPECT_TRUE(read.ok()) << status::DetailOf(read.status()).en;
    if (read.ok()) base.MergeFrom(*read);
  }
  return base;
}

v1::ProgramDefinition Rich() {
  const auto rich = ParseDefinition(kRich);
  EXPECT_TRUE(rich.ok()) << status::DetailOf(rich.status()).en;
  return rich.value_or(v1::ProgramDefinition());
}

std::vector<v1::ProgramDefinition> Deployed() {
  std::vector<v1::ProgramDefinition> definitions;
  for (const std::string& text : Read("deploy/programs")) {
    const auto read = ParseDefinition(text);
    EXPECT_TRUE(read.ok()) << status::DetailOf(read.status()).en;
    if (read.ok()) definitions.push_back(*read);
  }
  return definitions;
}

}  // namespace tremplin::program::samples
