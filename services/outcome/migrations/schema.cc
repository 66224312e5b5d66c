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

// What an answer or a job was before it was amended is kept, so that a report of a past day gives
// what stood then. Jobs take a number within the participation, by which they are named; what is
// struck makes room for the same told anew. Who attended which session is kept for the first one
// that still holds.
constexpr std::string_view kAmendments = R"sql(
ALTER TABLE outcome_follow_up ADD COLUMN recorded_us BIGINT;
ALTER TABLE outcome_follow_up ADD COLUMN amended_us BIGINT;
ALTER TABLE outcome_follow_up ADD COLUMN amend_reason TEXT NOT NULL DEFAULT '';
UPDATE outcome_follow_up SET recorded_us = answer_us WHERE answer_us IS NOT NULL;
DROP INDEX outcome_follow_up_report;
CREATE INDEX outcome_follow_up_report ON outcome_follow_up (program, stage, open_us);
CREATE TABLE outcome_answer_before (
  follow_up TEXT NOT NULL,
  version BIGINT NOT NULL,
  from_us BIGINT NOT NULL,
  until_us BIGINT NOT NULL,
  employment BIGINT NOT NULL,
  interviews BIGINT NOT NULL,
  satisfaction BIGINT NOT NULL,
  reason TEXT NOT NULL,
  amended_by TEXT NOT NULL,
  PRIMARY KEY (follow_up, version)
);
CREATE TABLE outcome_told_job (
  enrolment TEXT NOT NULL,
  number BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  start_day TEXT NOT NULL,
  end_day TEXT NOT NULL,
  hours_per_week BIGINT NOT NULL,
  earnings BIGINT NOT NULL,
  state BIGINT NOT NULL,
  reason TEXT NOT NULL,
  told_in TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (enrolment, number)
);
CREATE UNIQUE INDEX outcome_told_job_key ON outcome_told_job (enrolment, start_day, kind)
  WHERE state <> 3;
CREATE TABLE outcome_job_before (
  enrolment TEXT NOT NULL,
  number BIGINT NOT NULL,
  version BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  start_day TEXT NOT NULL,
  end_day TEXT NOT NULL,
  hours_per_week BIGINT NOT NULL,
  earnings BIGINT NOT NULL,
  until_us BIGINT NOT NULL,
  reason TEXT NOT NULL,
  amended_by TEXT NOT NULL,
  PRIMARY KEY (enrolment, number, version)
);
CREATE TABLE outcome_session (
  session TEXT NOT NULL,
  enrolment TEXT NOT NULL,
  held_us BIGINT NOT NULL,
  PRIMARY KEY (session, enrolment)
);
CREATE INDEX outcome_session_first ON outcome_session (enrolment, held_us);
INSERT INTO outcome_told_job (enrolment, number, kind, start_day, end_day, hours_per_week, earnings,
                              state, reason, told_in, version)
SELECT j.enrolment,
       (SELECT COUNT(*) FROM outcome_job b WHERE b.enrolment = j.enrolment AND
        (b.start_day < j.start_day OR (b.start_day = j.start_day AND b.kind <= j.kind))),
       j.kind, j.start_day, j.end_day, j.hours_per_week, j.earnings, 1, '', '', 1
FROM outcome_job j;
DROP TABLE outcome_job;
)sql";

// What counts as one: applications and enrolments of a person who came by several ways, by the one
// that counts (itself among them). `canonical` of a fact is that one, '' where there is no other.
constexpr std::string_view kCountedAs = R"sql(
CREATE TABLE outcome_counted_as (
  key TEXT PRIMARY KEY,
  canonical TEXT NOT NULL
);
ALTER TABLE outcome_fact ADD COLUMN canonical TEXT NOT NULL DEFAULT '';
)sql";

// What the funnel ever showed to who sees aggregates only; `round` is held while a step is
// released.
constexpr std::string_view kFunnelReleases = R"sql(
CREATE TABLE outcome_funnel_round (
  program TEXT NOT NULL PRIMARY KEY,
  round BIGINT NOT NULL
);
CREATE TABLE outcome_funnel_release (
  program TEXT NOT NULL,
  code TEXT NOT NULL,
  round BIGINT NOT NULL,
  count BIGINT NOT NULL,
  at_us BIGINT NOT NULL,
  PRIMARY KEY (program, code, round)
);
)sql";

constexpr database::Migration kMigrations[] = {{1, "follow_ups", kFollowUps},
                                               {2, "amendments", kAmendments},
                                               {3, "counted as", kCountedAs},
                                               {4, "funnel releases", kFunnelReleases}};

}  // namespace

absl::Span<const database::Migration> Migrations() { return kMigrations; }

}  // namespace tremplin::outcome
