#include "services/matching/migrations/migrations.h"

#include "common/lease/lease.h"

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

// What follows the pool asks who changed since a version, and who is engaged in another program of
// a group; runs share the parts of what they were given.
constexpr std::string_view kMemory = R"sql(
CREATE INDEX matching_pool_person ON matching_pool (person);
CREATE INDEX matching_pool_changed ON matching_pool (program_id, pool_version);
CREATE INDEX matching_proposal_mentee_barred ON matching_proposal (mentee_enrolment) WHERE barred = 1;
CREATE INDEX matching_proposal_group ON matching_proposal (exclusivity_group, program_id, mentee_person) WHERE active = 1;
CREATE TABLE matching_run_part (
  program_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  bytes {bytes} NOT NULL,
  PRIMARY KEY (program_id, hash)
);
)sql";

// Level, goals, what was volunteered, and what each side's noes taught: a no that named a criterion
// before this migration counts as one after it, two of a side and criterion at most.
constexpr std::string_view kFacts = R"sql(
ALTER TABLE matching_pool ADD COLUMN years_experience BIGINT NOT NULL DEFAULT -1;
ALTER TABLE matching_pool ADD COLUMN goals TEXT NOT NULL DEFAULT '';
ALTER TABLE matching_pool ADD COLUMN wishes TEXT NOT NULL DEFAULT '';
ALTER TABLE matching_pool ADD COLUMN required TEXT NOT NULL DEFAULT '';
ALTER TABLE matching_pool ADD COLUMN attributes TEXT NOT NULL DEFAULT '';
ALTER TABLE matching_pool ADD COLUMN lessons TEXT NOT NULL DEFAULT '';
CREATE TABLE matching_earlier_no (
  enrolment TEXT NOT NULL,
  reason TEXT NOT NULL,
  noes BIGINT NOT NULL,
  PRIMARY KEY (enrolment, reason)
);
INSERT INTO matching_earlier_no (enrolment, reason, noes)
SELECT CASE ended_by WHEN 'mentee' THEN mentee_enrolment ELSE mentor_enrolment END, end_reason,
       COUNT(*)
FROM matching_proposal
WHERE state = 'declined' AND ended_by IN ('mentee', 'mentor')
GROUP BY 1, 2;
UPDATE matching_pool SET lessons = SUBSTR(
  COALESCE((SELECT CASE WHEN noes > 1 THEN ',availability,availability' ELSE ',availability' END
            FROM matching_earlier_no n
            WHERE n.enrolment = matching_pool.enrolment AND n.reason = 'schedule'), '') ||
  COALESCE((SELECT CASE WHEN noes > 1 THEN ',goals,goals' ELSE ',goals' END
            FROM matching_earlier_no n
            WHERE n.enrolment = matching_pool.enrolment AND n.reason = 'goals'), '') ||
  COALESCE((SELECT CASE WHEN noes > 1 THEN ',occupation,occupation' ELSE ',occupation' END
            FROM matching_earlier_no n
            WHERE n.enrolment = matching_pool.enrolment AND n.reason = 'occupation'), '') ||
  COALESCE((SELECT CASE WHEN noes > 1 THEN ',proximity,proximity' ELSE ',proximity' END
            FROM matching_earlier_no n
            WHERE n.enrolment = matching_pool.enrolment AND n.reason = 'distance'), ''), 2)
WHERE enrolment IN (SELECT enrolment FROM matching_earlier_no);
DROP TABLE matching_earlier_no;
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

const database::Migration kMigrations[] = {{1, "pool_and_proposals", kPoolAndProposals},
                                           {2, "runs", kRuns},
                                           {3, "bars", kBars},
                                           {4, "memory", kMemory},
                                           {5, "lease", lease::kLeaseSchemaSql},
                                           {6, "facts", kFacts},
                                           {7, "board", kBoard}};

}  // namespace

absl::Span<const database::Migration> Migrations() { return kMigrations; }

}  // namespace tremplin::matching
