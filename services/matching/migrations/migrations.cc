#include "services/matching/migrations/migrations.h"

namespace tremplin::matching {
namespace {

// The pool holds codes only. `taken` places are rows of matching_reservation: two proposals cannot
// hold one slot. The partial indexes are the wall against a second match at the same time.
constexpr std::string_view kPoolAndProposals = R"sql(
CREATE TABLE matching_pool_version (
  program_id TEXT PRIMARY KEY,
  version BIGINT NOT NULL
);
CREATE TABLE matching_pool (
  enrolment TEXT PRIMARY KEY,
  program_id TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('mentee', 'mentor')),
  person TEXT NOT NULL,
  business_key TEXT NOT NULL,
  noc TEXT NOT NULL,
  naics TEXT NOT NULL,
  languages TEXT NOT NULL,
  fsa TEXT NOT NULL,
  availability TEXT NOT NULL,
  capacity BIGINT NOT NULL CHECK (capacity >= 0),
  paused BIGINT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('ready', 'left')),
  waiting_since_us BIGINT NOT NULL,
  pool_version BIGINT NOT NULL
);
CREATE INDEX matching_pool_program ON matching_pool (program_id, role, status, enrolment);
CREATE TABLE matching_proposal (
  id TEXT PRIMARY KEY,
  program_id TEXT NOT NULL,
  program_version BIGINT NOT NULL,
  mentee_enrolment TEXT NOT NULL,
  mentee_person TEXT NOT NULL,
  mentee_business_key TEXT NOT NULL,
  mentee_reply BIGINT NOT NULL,
  mentee_asked BIGINT NOT NULL,
  mentor_enrolment TEXT NOT NULL,
  mentor_person TEXT NOT NULL,
  mentor_business_key TEXT NOT NULL,
  mentor_reply BIGINT NOT NULL,
  mentor_asked BIGINT NOT NULL,
  answer_days BIGINT NOT NULL,
  contact_meeting_days BIGINT NOT NULL,
  agreement_days BIGINT NOT NULL,
  time_zone TEXT NOT NULL,
  exclusivity_group TEXT NOT NULL,
  state TEXT NOT NULL,
  active BIGINT NOT NULL,
  barred BIGINT NOT NULL,
  due_us BIGINT,
  end_reason TEXT NOT NULL,
  ended_by TEXT NOT NULL,
  score DOUBLE PRECISION NOT NULL,
  rank BIGINT NOT NULL,
  override_reason TEXT NOT NULL,
  contributions {bytes} NOT NULL,
  created_us BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX matching_proposal_one_a_mentee ON matching_proposal (mentee_enrolment) WHERE active = 1;
CREATE UNIQUE INDEX matching_proposal_exclusive ON matching_proposal (mentee_person, exclusivity_group) WHERE active = 1 AND exclusivity_group <> '';
CREATE INDEX matching_proposal_program ON matching_proposal (program_id, id);
CREATE INDEX matching_proposal_state ON matching_proposal (program_id, state, id);
CREATE INDEX matching_proposal_mentee ON matching_proposal (mentee_person, id);
CREATE INDEX matching_proposal_mentor ON matching_proposal (mentor_person, id);
CREATE INDEX matching_proposal_mentor_active ON matching_proposal (mentor_enrolment) WHERE active = 1;
CREATE INDEX matching_proposal_barred ON matching_proposal (program_id) WHERE barred = 1;
CREATE TABLE matching_reservation (
  mentor_enrolment TEXT NOT NULL,
  slot BIGINT NOT NULL CHECK (slot >= 0),
  proposal_id TEXT NOT NULL UNIQUE,
  PRIMARY KEY (mentor_enrolment, slot)
);
)sql";

// `summary` is the run as it is shown; `record` what the engine was given and chose, kept for the
// latest runs of a program only, and empty for older ones.
constexpr std::string_view kRuns = R"sql(
CREATE TABLE matching_run (
  id TEXT PRIMARY KEY,
  program_id TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  summary {bytes} NOT NULL,
  record {bytes} NOT NULL
);
CREATE INDEX matching_run_program ON matching_run (program_id, created_us, id);
ALTER TABLE matching_proposal ADD COLUMN run_id TEXT NOT NULL DEFAULT '';
ALTER TABLE matching_proposal ADD COLUMN contested BIGINT NOT NULL DEFAULT 0;
)sql";

// Pairs that staff barred, beside those that a proposal's end bars.
constexpr std::string_view kBars = R"sql(
CREATE TABLE matching_bar (
  mentee_enrolment TEXT NOT NULL,
  mentor_enrolment TEXT NOT NULL,
  program_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  barred_by TEXT NOT NULL,
  barred_us BIGINT NOT NULL,
  PRIMARY KEY (mentee_enrolment, mentor_enrolment)
);
CREATE INDEX matching_bar_program ON matching_bar (program_id);
)sql";

// What staff decide on a board: approvals, pins and pauses. Every proposal made before was shown to
// its two sides. A mentee has one pin at most.
constexpr std::string_view kBoard = R"sql(
ALTER TABLE matching_proposal ADD COLUMN approval_days BIGINT NOT NULL DEFAULT 0;
ALTER TABLE matching_proposal ADD COLUMN shown BIGINT NOT NULL DEFAULT 1;
ALTER TABLE matching_proposal ADD COLUMN approved_by TEXT NOT NULL DEFAULT '';
ALTER TABLE matching_proposal ADD COLUMN approved_us BIGINT;
CREATE INDEX matching_proposal_due ON matching_proposal (program_id, due_us, id) WHERE due_us IS NOT NULL;
CREATE TABLE matching_pin (
  mentee_enrolment TEXT PRIMARY KEY,
  mentor_enrolment TEXT NOT NULL,
  program_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  pinned_by TEXT NOT NULL,
  pinned_us BIGINT NOT NULL,
  until_us BIGINT NOT NULL
);
CREATE INDEX matching_pin_program ON matching_pin (program_id, mentee_enrolment);
CREATE INDEX matching_pin_mentor ON matching_pin (mentor_enrolment);
ALTER TABLE matching_pool ADD COLUMN paused_by TEXT NOT NULL DEFAULT '';
ALTER TABLE matching_pool ADD COLUMN paused_until_us BIGINT;
UPDATE matching_pool SET paused_by = 'mentorship' WHERE paused = 1;
)sql";

constexpr database::Migration kMigrations[] = {{1, "pool_and_proposals", kPoolAndProposals},
                                               {2, "runs", kRuns},
                                               {3, "bars", kBars},
                                               {4, "board", kBoard}};

}  // namespace

absl::Span<const database::Migration> Migrations() { return kMigrations; }

}  // namespace tremplin::matching
