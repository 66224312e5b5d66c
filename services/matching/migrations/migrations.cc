#include "services/matching/migrations/migrations.h"

#include "common/lease/lease.h"

namespace tremplin::matching {
namespace {

// The pool holds what matching may see of people: facts as serialized messages, and the formats
// that they qualify for as rows. A mentor's taken places are rows of matching_reservation: two
// proposals cannot hold one slot, and a proposal holds at most one place of a mentor. The partial
// indexes over participants are the wall against a second match of a mentee at the same time:
// `exclusive` is 0 in what may stand beside others (open requests, single meetings).
//
// `summary` is the run as it is shown; `record` what the engine was given and chose, kept for the
// latest runs of a program only, and empty for older ones. Runs share the parts of what they were
// given.
//
// Pairs that the engine must not propose: those that staff barred, and those that a proposal's end
// bars. Of peers the one with the lesser business key stands first. A mentee has one pin at most.
constexpr std::string_view kTables = R"sql(
CREATE TABLE matching_pool_version (
  program_id TEXT PRIMARY KEY,
  version BIGINT NOT NULL
);
CREATE TABLE matching_pool (
  enrolment TEXT PRIMARY KEY,
  program_id TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('mentee', 'mentor')),
  person TEXT NOT NULL,
  business_key TEXT NOT NULL,
  given {bytes} NOT NULL,
  capacity BIGINT NOT NULL CHECK (capacity >= 0),
  status TEXT NOT NULL CHECK (status IN ('ready', 'left')),
  waiting_since_us BIGINT NOT NULL,
  paused BIGINT NOT NULL,
  paused_by TEXT NOT NULL,
  paused_until_us BIGINT,
  pool_version BIGINT NOT NULL
);
CREATE INDEX matching_pool_program ON matching_pool (program_id, side, status, enrolment);
CREATE INDEX matching_pool_person ON matching_pool (person);
CREATE INDEX matching_pool_changed ON matching_pool (program_id, pool_version);
CREATE TABLE matching_pool_format (
  enrolment TEXT NOT NULL,
  format TEXT NOT NULL,
  PRIMARY KEY (enrolment, format)
);
CREATE TABLE matching_proposal (
  id TEXT PRIMARY KEY,
  program_id TEXT NOT NULL,
  program_version BIGINT NOT NULL,
  format TEXT NOT NULL,
  terms {bytes} NOT NULL,
  state TEXT NOT NULL,
  step BIGINT NOT NULL,
  step_kind TEXT NOT NULL,
  active BIGINT NOT NULL,
  due_us BIGINT,
  shown BIGINT NOT NULL,
  approved_by TEXT NOT NULL,
  approved_us BIGINT,
  end_reason TEXT NOT NULL,
  ended_by TEXT NOT NULL,
  wanted_mentees BIGINT NOT NULL,
  wanted_mentors BIGINT NOT NULL,
  initiator BIGINT NOT NULL,
  exclusivity_group TEXT NOT NULL,
  score DOUBLE PRECISION NOT NULL,
  rank BIGINT NOT NULL,
  contested BIGINT NOT NULL,
  contributions {bytes} NOT NULL,
  override_reason TEXT NOT NULL,
  run_id TEXT NOT NULL,
  joins_engagement TEXT NOT NULL,
  continues_engagement TEXT NOT NULL,
  engagement TEXT NOT NULL,
  language TEXT NOT NULL,
  slot TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX matching_proposal_program ON matching_proposal (program_id, id);
CREATE INDEX matching_proposal_state ON matching_proposal (program_id, state, id);
CREATE INDEX matching_proposal_due ON matching_proposal (program_id, due_us, id) WHERE due_us IS NOT NULL;
CREATE INDEX matching_proposal_active ON matching_proposal (program_id, format) WHERE active = 1;
CREATE INDEX matching_proposal_joins ON matching_proposal (joins_engagement) WHERE joins_engagement <> '';
CREATE INDEX matching_proposal_engagement ON matching_proposal (engagement) WHERE engagement <> '';
CREATE TABLE matching_participant (
  proposal_id TEXT NOT NULL,
  enrolment TEXT NOT NULL,
  program_id TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('mentee', 'mentor')),
  person TEXT NOT NULL,
  business_key TEXT NOT NULL,
  reply BIGINT NOT NULL,
  asked_more BIGINT NOT NULL,
  standing TEXT NOT NULL,
  reason TEXT NOT NULL,
  active BIGINT NOT NULL,
  exclusive BIGINT NOT NULL,
  exclusivity_group TEXT NOT NULL,
  PRIMARY KEY (proposal_id, enrolment)
);
CREATE UNIQUE INDEX matching_participant_one_a_mentee ON matching_participant (enrolment)
  WHERE active = 1 AND exclusive = 1 AND side = 'mentee';
CREATE UNIQUE INDEX matching_participant_exclusive ON matching_participant (person, exclusivity_group)
  WHERE active = 1 AND exclusive = 1 AND side = 'mentee' AND exclusivity_group <> '';
CREATE INDEX matching_participant_active ON matching_participant (enrolment) WHERE active = 1;
CREATE INDEX matching_participant_person ON matching_participant (person, side, proposal_id);
CREATE INDEX matching_participant_group ON matching_participant (exclusivity_group, program_id, person)
  WHERE active = 1 AND exclusive = 1 AND side = 'mentee';
CREATE TABLE matching_reservation (
  mentor_enrolment TEXT NOT NULL,
  slot BIGINT NOT NULL CHECK (slot >= 0),
  proposal_id TEXT NOT NULL,
  PRIMARY KEY (mentor_enrolment, slot)
);
CREATE UNIQUE INDEX matching_reservation_proposal ON matching_reservation (proposal_id, mentor_enrolment);
CREATE TABLE matching_run (
  id TEXT PRIMARY KEY,
  program_id TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  summary {bytes} NOT NULL,
  record {bytes} NOT NULL
);
CREATE INDEX matching_run_program ON matching_run (program_id, created_us, id);
CREATE TABLE matching_run_part (
  program_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  bytes {bytes} NOT NULL,
  PRIMARY KEY (program_id, hash)
);
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
CREATE TABLE matching_past_pair (
  mentee_enrolment TEXT NOT NULL,
  mentor_enrolment TEXT NOT NULL,
  program_id TEXT NOT NULL,
  format TEXT NOT NULL,
  PRIMARY KEY (mentee_enrolment, mentor_enrolment, format)
);
CREATE INDEX matching_past_pair_program ON matching_past_pair (program_id, format);
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
)sql";

// Which meetings of a mentee were over at one moment, so that the order in which it is told of them
// does not matter.
constexpr std::string_view kOverAtOnce = R"sql(
ALTER TABLE matching_pool ADD COLUMN over_us BIGINT;
ALTER TABLE matching_pool ADD COLUMN over_taken_us BIGINT;
)sql";

// Who stands behind another enrolment of the same person is taken out of the pool, and comes back
// as they were when the link is undone.
constexpr std::string_view kSetAside = R"sql(
ALTER TABLE matching_pool ADD COLUMN set_aside BIGINT NOT NULL DEFAULT 0;
)sql";

const database::Migration kMigrations[] = {{1, "tables", kTables},
                                           {2, "lease", lease::kLeaseSchemaSql},
                                           {3, "over at once", kOverAtOnce},
                                           {4, "set aside", kSetAside}};

}  // namespace

absl::Span<const database::Migration> Migrations() { return kMigrations; }

}  // namespace tremplin::matching
