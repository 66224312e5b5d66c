#include "services/session/migrations/migrations.h"

namespace tremplin::session {
namespace {

// A session is told from another of its mentorship by when it began and how they met: both sides
// may log the same one, it counts once.
constexpr std::string_view kMentorships = R"sql(
CREATE TABLE session_mentorship (
  id TEXT PRIMARY KEY,
  proposal_id TEXT NOT NULL UNIQUE,
  program_id TEXT NOT NULL,
  program_version BIGINT NOT NULL,
  mentee_enrolment TEXT NOT NULL,
  mentee_person TEXT NOT NULL,
  mentee_business_key TEXT NOT NULL,
  mentee_signed_us BIGINT,
  mentee_extension_days BIGINT NOT NULL,
  mentor_enrolment TEXT NOT NULL,
  mentor_person TEXT NOT NULL,
  mentor_business_key TEXT NOT NULL,
  mentor_signed_us BIGINT,
  mentor_extension_days BIGINT NOT NULL,
  length_days BIGINT NOT NULL,
  review_every_days BIGINT NOT NULL,
  max_extension_days BIGINT NOT NULL,
  close_grace_days BIGINT NOT NULL,
  counting_contacts TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  state TEXT NOT NULL,
  sign_by_us BIGINT NOT NULL,
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
  version BIGINT NOT NULL
);
CREATE INDEX session_mentorship_program ON session_mentorship (program_id, id);
CREATE INDEX session_mentorship_state ON session_mentorship (program_id, state, id);
CREATE INDEX session_mentorship_mentee ON session_mentorship (mentee_person, id);
CREATE INDEX session_mentorship_mentor ON session_mentorship (mentor_person, id);
CREATE TABLE session_session (
  id TEXT PRIMARY KEY,
  mentorship_id TEXT NOT NULL,
  held_us BIGINT NOT NULL,
  minutes BIGINT NOT NULL,
  contact TEXT NOT NULL,
  counts BIGINT NOT NULL,
  logged_by TEXT NOT NULL,
  logged_us BIGINT NOT NULL,
  UNIQUE (mentorship_id, held_us, contact)
);
CREATE INDEX session_session_mentorship ON session_session (mentorship_id, id);
CREATE TABLE session_check_in (
  id TEXT PRIMARY KEY,
  mentorship_id TEXT NOT NULL,
  side TEXT NOT NULL,
  met BIGINT NOT NULL,
  rating BIGINT NOT NULL CHECK (rating BETWEEN 1 AND 10),
  wants_help BIGINT NOT NULL,
  answered_us BIGINT NOT NULL
);
CREATE INDEX session_check_in_mentorship ON session_check_in (mentorship_id, answered_us);
CREATE TABLE session_review (
  id TEXT PRIMARY KEY,
  mentorship_id TEXT NOT NULL,
  status TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  recorded_us BIGINT NOT NULL
);
CREATE INDEX session_review_mentorship ON session_review (mentorship_id, recorded_us);
)sql";

constexpr database::Migration kMigrations[] = {{1, "mentorships", kMentorships}};

}  // namespace

absl::Span<const database::Migration> Migrations() { return kMigrations; }

}  // namespace tremplin::session
