#include "services/outcome/migrations/schema.h"

namespace tremplin::outcome {
namespace {

constexpr std::string_view kFollowUps = R"sql(
CREATE TABLE outcome_enrolment (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  program TEXT NOT NULL,
  program_version BIGINT NOT NULL,
  role BIGINT NOT NULL,
  organization TEXT NOT NULL,
  business_key TEXT NOT NULL,
  language TEXT NOT NULL,
  created_us BIGINT,
  ready_us BIGINT,
  matched_us BIGINT,
  first_meeting_us BIGINT,
  ended_us BIGINT
);
CREATE INDEX outcome_enrolment_waiting ON outcome_enrolment (program, role, ready_us);
CREATE TABLE outcome_engagement (
  enrolment TEXT NOT NULL,
  engagement TEXT NOT NULL,
  began_us BIGINT NOT NULL,
  ended_us BIGINT,
  PRIMARY KEY (enrolment, engagement)
);
CREATE INDEX outcome_engagement_first ON outcome_engagement (enrolment, began_us);
CREATE TABLE outcome_follow_up (
  id TEXT PRIMARY KEY,
  enrolment TEXT NOT NULL,
  person TEXT NOT NULL,
  program TEXT NOT NULL,
  program_version BIGINT NOT NULL,
  organization TEXT NOT NULL,
  business_key TEXT NOT NULL,
  language TEXT NOT NULL,
  stage TEXT NOT NULL,
  state BIGINT NOT NULL,
  open_us BIGINT NOT NULL,
  close_us BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  reminders BIGINT NOT NULL,
  planned_reminders BIGINT NOT NULL,
  employment BIGINT NOT NULL,
  answer_us BIGINT,
  left_us BIGINT,
  interviews BIGINT NOT NULL,
  satisfaction BIGINT NOT NULL,
  version BIGINT NOT NULL,
  UNIQUE (enrolment, stage)
);
CREATE INDEX outcome_follow_up_program ON outcome_follow_up (program, id);
CREATE INDEX outcome_follow_up_state ON outcome_follow_up (program, state, id);
CREATE INDEX outcome_follow_up_person ON outcome_follow_up (person, id);
CREATE INDEX outcome_follow_up_report ON outcome_follow_up (program, stage, open_us, close_us, answer_us, left_us, employment);
CREATE TABLE outcome_job (
  enrolment TEXT NOT NULL,
  start_day TEXT NOT NULL,
  kind BIGINT NOT NULL,
  end_day TEXT NOT NULL,
  hours_per_week BIGINT NOT NULL,
  earnings BIGINT NOT NULL,
  PRIMARY KEY (enrolment, start_day, kind)
);
CREATE TABLE outcome_fact (
  program TEXT NOT NULL,
  code TEXT NOT NULL,
  key TEXT NOT NULL,
  at_us BIGINT NOT NULL,
  PRIMARY KEY (program, code, key)
);
CREATE INDEX outcome_fact_time ON outcome_fact (program, code, at_us);
CREATE TABLE outcome_counter (
  program TEXT NOT NULL,
  code TEXT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (program, code)
);
-- tenant outcome_enrolment organization
-- tenant outcome_follow_up organization
)sql";

constexpr database::Migration kMigrations[] = {{1, "follow_ups", kFollowUps}};

}  // namespace

absl::Span<const database::Migration> Migrations() { return kMigrations; }

}  // namespace tremplin::outcome
