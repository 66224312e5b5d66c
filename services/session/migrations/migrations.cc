#include "services/session/migrations/migrations.h"

namespace tremplin::session {
namespace {

// `pinned` is the format as it was when the engagement was made (tremplin.program.v1.Format,
// without its texts). A session's row is what holds now; what it was before is in session_history,
// by version. `session_enrolment` and `session_fact` are what registration tells: who is a mentor
// of which program, and of whom a fact said yes since when.
constexpr std::string_view kEngagements = R"sql(
CREATE TABLE session_engagement (
  id TEXT PRIMARY KEY,
  proposal_id TEXT NOT NULL UNIQUE,
  program_id TEXT NOT NULL,
  program_version BIGINT NOT NULL,
  format TEXT NOT NULL,
  continues_id TEXT NOT NULL,
  pinned {bytes} NOT NULL,
  time_zone TEXT NOT NULL,
  state TEXT NOT NULL,
  opened_us BIGINT NOT NULL,
  sign_by_us BIGINT,
  start_us BIGINT,
  term_us BIGINT,
  end_us BIGINT,
  end_reason TEXT NOT NULL,
  counted_minutes BIGINT NOT NULL,
  session_count BIGINT NOT NULL,
  extended_days BIGINT NOT NULL,
  next_review_us BIGINT,
  review TEXT NOT NULL,
  review_overdue BIGINT NOT NULL,
  misses BIGINT NOT NULL,
  held_us BIGINT,
  introductions_given BIGINT NOT NULL,
  reminders_sent BIGINT NOT NULL,
  next_reminder_us BIGINT,
  continued_as TEXT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX session_engagement_program ON session_engagement (program_id, id);
CREATE INDEX session_engagement_state ON session_engagement (program_id, state, id);
CREATE INDEX session_engagement_format ON session_engagement (program_id, format, id);
CREATE INDEX session_engagement_format_state ON session_engagement (program_id, format, state, id);
CREATE TABLE session_participant (
  engagement_id TEXT NOT NULL,
  enrolment_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  side TEXT NOT NULL,
  business_key TEXT NOT NULL,
  joined_us BIGINT NOT NULL,
  left_us BIGINT,
  leave_reason TEXT NOT NULL,
  counted_minutes BIGINT NOT NULL,
  session_count BIGINT NOT NULL,
  extension_days BIGINT NOT NULL,
  rematch TEXT NOT NULL,
  continue_as TEXT NOT NULL,
  PRIMARY KEY (engagement_id, enrolment_id)
);
CREATE INDEX session_participant_person ON session_participant (person_id, side, engagement_id);
CREATE INDEX session_participant_enrolment ON session_participant (enrolment_id, engagement_id);
CREATE TABLE session_signature (
  engagement_id TEXT NOT NULL,
  enrolment_id TEXT NOT NULL,
  document TEXT NOT NULL,
  signed_us BIGINT NOT NULL,
  PRIMARY KEY (engagement_id, enrolment_id, document)
);
CREATE TABLE session_goal (
  engagement_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  id TEXT NOT NULL,
  code TEXT NOT NULL,
  state TEXT NOT NULL,
  progress BIGINT NOT NULL CHECK (progress BETWEEN 0 AND 100),
  PRIMARY KEY (engagement_id, number)
);
CREATE TABLE session_phase (
  engagement_id TEXT NOT NULL,
  phase TEXT NOT NULL,
  done_us BIGINT NOT NULL,
  PRIMARY KEY (engagement_id, phase)
);
CREATE TABLE session_session (
  id TEXT PRIMARY KEY,
  engagement_id TEXT NOT NULL,
  held_us BIGINT NOT NULL,
  over_us BIGINT NOT NULL,
  minutes BIGINT NOT NULL,
  contact TEXT NOT NULL,
  counts BIGINT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  changed_us BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX session_session_engagement ON session_session (engagement_id, id);
CREATE INDEX session_session_time ON session_session (engagement_id, held_us);
CREATE TABLE session_attendance (
  session_id TEXT NOT NULL,
  enrolment_id TEXT NOT NULL,
  PRIMARY KEY (session_id, enrolment_id)
);
CREATE TABLE session_history (
  session_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  held_us BIGINT NOT NULL,
  minutes BIGINT NOT NULL,
  contact TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  changed_us BIGINT NOT NULL,
  PRIMARY KEY (session_id, version)
);
CREATE TABLE session_history_attendance (
  session_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  enrolment_id TEXT NOT NULL,
  PRIMARY KEY (session_id, version, enrolment_id)
);
CREATE TABLE session_check_in (
  id TEXT PRIMARY KEY,
  engagement_id TEXT NOT NULL,
  enrolment_id TEXT NOT NULL,
  met BIGINT NOT NULL,
  rating BIGINT NOT NULL CHECK (rating BETWEEN 0 AND 10),
  wants_help BIGINT NOT NULL,
  answered_us BIGINT NOT NULL
);
CREATE INDEX session_check_in_engagement ON session_check_in (engagement_id, answered_us);
CREATE TABLE session_review (
  id TEXT PRIMARY KEY,
  engagement_id TEXT NOT NULL,
  status TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  recorded_us BIGINT NOT NULL
);
CREATE INDEX session_review_engagement ON session_review (engagement_id, recorded_us);
CREATE TABLE session_introduction (
  id TEXT PRIMARY KEY,
  engagement_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  to_enrolment TEXT NOT NULL,
  led_to TEXT NOT NULL,
  given_us BIGINT NOT NULL,
  UNIQUE (engagement_id, number)
);
CREATE UNIQUE INDEX session_introduction_to ON session_introduction (engagement_id, to_enrolment)
  WHERE to_enrolment <> '';
CREATE TABLE session_enrolment (
  enrolment_id TEXT PRIMARY KEY,
  program_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  side TEXT NOT NULL,
  ended_us BIGINT
);
CREATE TABLE session_fact (
  enrolment_id TEXT NOT NULL,
  fact TEXT NOT NULL,
  since_us BIGINT NOT NULL,
  yes BIGINT NOT NULL,
  PRIMARY KEY (enrolment_id, fact, since_us)
);
)sql";

constexpr database::Migration kMigrations[] = {{1, "engagements", kEngagements}};

}  // namespace

absl::Span<const database::Migration> Migrations() { return kMigrations; }

}  // namespace tremplin::session
