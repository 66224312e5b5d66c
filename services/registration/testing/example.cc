#include "services/registration/testing/example.h"

#include "common/program/criteria.h"
#include "common/program/facts.h"

namespace tremplin::registration {
namespace {

constexpr char kFacts[] = R"pb(
  facts {
    name: "noc"
    title { en: "Occupation" fr: "Profession" }
    about: SUBJECT_MENTEE
    about: SUBJECT_MENTOR
    code { table: "noc" }
    matching: MATCHING_USE_OCCUPATION
    stated_by: STATED_BY_AGENCY
    stated_by: STATED_BY_PERSON
  }
  facts {
    name: "service_language"
    title { en: "Languages of service" fr: "Langues de service" }
    about: SUBJECT_MENTEE
    about: SUBJECT_MENTOR
    codes { table: "language" }
    matching: MATCHING_USE_LANGUAGES
    stated_by: STATED_BY_AGENCY
    stated_by: STATED_BY_PERSON
  }
  facts {
    name: "postal_code"
    title { en: "Postal code" fr: "Code postal" }
    about: SUBJECT_MENTEE
    about: SUBJECT_MENTOR
    code { table: "postal_code" }
    personal: true
    matching: MATCHING_USE_AREA
    stated_by: STATED_BY_AGENCY
    stated_by: STATED_BY_PERSON
  }
  facts {
    name: "availability"
    title { en: "Weekly slots" fr: "Plages de la semaine" }
    about: SUBJECT_MENTEE
    about: SUBJECT_MENTOR
    codes { table: "slot" }
    matching: MATCHING_USE_AVAILABILITY
    stated_by: STATED_BY_PERSON
  }
  facts {
    name: "goals"
    title { en: "Goals" fr: "Objectifs" }
    about: SUBJECT_MENTEE
    about: SUBJECT_MENTOR
    codes { table: "goal" }
    matching: MATCHING_USE_GOALS
    stated_by: STATED_BY_PERSON
  }
  facts {
    name: "capacity"
    title { en: "Places" fr: "Places" }
    about: SUBJECT_MENTOR
    whole_number { least: 0 most: 20 }
    matching: MATCHING_USE_CAPACITY
    stated_by: STATED_BY_PERSON
  }
  facts {
    name: "licensed"
    title { en: "Licensed" fr: "Titulaire d’un permis" }
    about: SUBJECT_MENTOR
    yes_no {}
    matching: MATCHING_USE_CRITERION
    stated_by: STATED_BY_STAFF
    holds_days: 365
  }
  facts {
    name: "background_check"
    title { en: "Background check" fr: "Vérification des antécédents" }
    about: SUBJECT_MENTOR
    yes_no {}
    personal: true
    stated_by: STATED_BY_STAFF
    holds_days: 365
  }
  facts {
    name: "consent_to_share"
    title { en: "Consent to share the file" fr: "Consentement au partage du dossier" }
    about: SUBJECT_MENTEE
    about: SUBJECT_MENTOR
    yes_no {}
    stated_by: STATED_BY_AGENCY
    stated_by: STATED_BY_PERSON
  }
  facts {
    name: "came_on"
    title { en: "Day of arrival" fr: "Jour d’arrivée" }
    about: SUBJECT_MENTEE
    day {}
    personal: true
    stated_by: STATED_BY_AGENCY
  }
  facts {
    name: "years_here"
    title { en: "Years here" fr: "Années ici" }
    about: SUBJECT_MENTEE
    whole_number { least: 0 most: 120 }
    derived { kind: KIND_YEARS_SINCE from: "came_on" }
  }
  facts {
    name: "hobby"
    title { en: "Hobby" fr: "Passe-temps" }
    about: SUBJECT_MENTEE
    text { most_characters: 100 }
    personal: true
    stated_by: STATED_BY_PERSON
    stated_by: STATED_BY_STAFF
  }
)pb";

constexpr char kDefinition[] = R"pb(
  id: "example-mentoring"
  name { en: "Example Mentoring" fr: "Mentorat d’exemple" }
  provider { en: "The owner" fr: "Le responsable" }
  kind: KIND_OPEN
  owner: "owner"
  time_zone: "America/Toronto"
  effective_from: "2025-01-01"
  review_by: "2027-01-01"
  mentee_doors: DOOR_AGENCY
  mentee_doors: DOOR_SELF
  mentee_doors: DOOR_PROPOSER
  mentor_doors: DOOR_SELF
  mentor_doors: DOOR_PROPOSER
  mentee {
    criteria {
      code: "occupation"
      title { en: "Occupation" fr: "Profession" }
      fail_reason { en: "It is not open." fr: "Elle n’est pas admise." }
      missing_reason { en: "Give the occupation." fr: "Indiquez la profession." }
      predicate { given { facts: "noc" } }
    }
    criteria {
      code: "time_here"
      title { en: "Time here" fr: "Temps passé ici" }
      fail_reason { en: "It is too long." fr: "C’est trop long." }
      missing_reason { en: "Give the day of arrival." fr: "Indiquez le jour d’arrivée." }
      predicate { at_most { fact: "years_here" maximum: 30 } }
    }
  }
  mentor {
    criteria {
      code: "occupation"
      title { en: "Occupation" fr: "Profession" }
      fail_reason { en: "It is not open." fr: "Elle n’est pas admise." }
      missing_reason { en: "Give the occupation." fr: "Indiquez la profession." }
      predicate { given { facts: "noc" } }
    }
  }
  mentee_onboarding {
    code: "needs_analysis"
    title { en: "Needs analysis" fr: "Analyse des besoins" }
    compulsory: true
    gate: true
    facts: "hobby"
  }
  mentee_onboarding {
    code: "orientation"
    title { en: "Orientation" fr: "Orientation" }
    compulsory: true
  }
  mentor_onboarding {
    code: "orientation"
    title { en: "Orientation" fr: "Orientation" }
    compulsory: true
  }
  mentor_onboarding {
    code: "workshop"
    title { en: "Workshop" fr: "Atelier" }
    done_by: STATED_BY_PERSON
    done_by: STATED_BY_STAFF
  }
  mentor_onboarding {
    code: "interview"
    title { en: "Interview" fr: "Entrevue" }
    compulsory: true
    facts: "background_check"
  }
  formats {
    code: "one_to_one"
    name { en: "One to one" fr: "Individuel" }
    mentees {
      least: 1
      most: 1
      called { en: "mentee" fr: "personne mentorée" }
    }
    mentors {
      least: 1
      most: 1
      called { en: "mentor" fr: "mentor ou mentore" }
    }
    initiators: INITIATOR_ALGORITHM
    initiators: INITIATOR_COORDINATOR
    steps { kind: KIND_ACCEPTANCE days: 7 }
    matching {
      weights { criterion: "occupation" weight: 3 }
      weights { criterion: "language" weight: 1 }
      objective: "quality"
      proposing: "daily"
    }
    engagement {
      length_days: 180
      hours_per_week: 1
      counting_contacts: "in_person"
      counting_contacts: "video"
      review_every_days: 30
      max_extension_days: 60
      close_grace_days: 14
    }
  }
  follow_up {
    stages {
      code: "exit"
      title { en: "Exit" fr: "Sortie" }
      window_days: 14
      attempts: 2
      start: START_END_OF_ENGAGEMENT
    }
    minimum_cell: 5
  }
  mentee_admission: ADMISSION_STAFF
  mentor_admission: ADMISSION_AUTOMATIC
  consent_fact: "consent_to_share"
)pb";

}  // namespace

program::v1::FactRegistry ExampleFacts() { return *program::ParseRegistry(kFacts); }

program::v1::ProgramDefinition ExampleProgram() { return *program::ParseDefinition(kDefinition); }

}  // namespace tremplin::registration
