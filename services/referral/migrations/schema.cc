#include "services/referral/migrations/schema.h"

#include <array>

namespace tremplin::referral {
namespace {

// Plain columns hold ids, codes and times; a file is one sealed column. Lists of codes and findings
// are messages in their serialized form. `referral_duplicate_key` has no tenant: it is looked up
// across agencies, holds keyed hashes only, and what it finds is told to staff alone.
// `referral_enrolment`, `referral_waiting_milestone` and `referral_link` hold ids and are met by
// the service and by staff only.
constexpr std::string_view kReferrals = R"sql(
CREATE TABLE referral_organization (
  organization TEXT NOT NULL PRIMARY KEY
);

CREATE TABLE referral_referral (
  id TEXT NOT NULL PRIMARY KEY,
  agency TEXT NOT NULL,
  side TEXT NOT NULL,
  door TEXT NOT NULL,
  external_id TEXT NOT NULL,
  space TEXT NOT NULL,
  revision BIGINT NOT NULL,
  version BIGINT NOT NULL,
  digest TEXT NOT NULL,
  language TEXT NOT NULL,
  possible_duplicate BIGINT NOT NULL,
  created_us BIGINT NOT NULL,
  updated_us BIGINT NOT NULL,
  UNIQUE (agency, side, external_id, space)
);
CREATE INDEX referral_referral_created
  ON referral_referral (created_us, agency, external_id, side, space);
CREATE INDEX referral_referral_agency
  ON referral_referral (agency, door, created_us, external_id, side, space);
-- tenant referral_referral agency

CREATE TABLE referral_file (
  referral_id TEXT NOT NULL,
  revision BIGINT NOT NULL,
  agency TEXT NOT NULL,
  file {bytes} NOT NULL,
  PRIMARY KEY (referral_id, revision)
);
-- tenant referral_file agency

CREATE TABLE referral_application (
  id TEXT NOT NULL PRIMARY KEY,
  referral_id TEXT NOT NULL,
  agency TEXT NOT NULL,
  side TEXT NOT NULL,
  door TEXT NOT NULL,
  external_id TEXT NOT NULL,
  program_id TEXT NOT NULL,
  program_version BIGINT NOT NULL,
  file_revision BIGINT NOT NULL,
  state TEXT NOT NULL,
  findings {bytes} NOT NULL,
  consent BIGINT NOT NULL,
  shares BIGINT NOT NULL,
  staff_reasons {bytes} NOT NULL,
  version BIGINT NOT NULL,
  decided_us BIGINT NOT NULL,
  created_us BIGINT NOT NULL,
  updated_us BIGINT NOT NULL,
  UNIQUE (agency, side, external_id, program_id)
);
CREATE INDEX referral_application_referral ON referral_application (referral_id, program_id);
CREATE INDEX referral_application_program
  ON referral_application (program_id, state, created_us, agency, external_id, side);
CREATE INDEX referral_application_agency
  ON referral_application (agency, door, state, created_us, external_id, program_id, side);
-- tenant referral_application agency

CREATE TABLE referral_duplicate_key (
  referral_id TEXT NOT NULL PRIMARY KEY,
  agency TEXT NOT NULL,
  origin TEXT NOT NULL,
  email TEXT NOT NULL,
  person TEXT NOT NULL
);
CREATE INDEX referral_duplicate_key_email ON referral_duplicate_key (email, origin);
CREATE INDEX referral_duplicate_key_person ON referral_duplicate_key (person, origin);

CREATE TABLE referral_link (
  referral_id TEXT NOT NULL,
  other_id TEXT NOT NULL,
  linked_by TEXT NOT NULL,
  linked_us BIGINT NOT NULL,
  PRIMARY KEY (referral_id, other_id)
);

CREATE TABLE referral_feed_counter (
  agency TEXT NOT NULL,
  door TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  PRIMARY KEY (agency, door)
);
-- tenant referral_feed_counter agency

CREATE TABLE referral_feed (
  agency TEXT NOT NULL,
  door TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  referral_id TEXT NOT NULL,
  side TEXT NOT NULL,
  external_id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  program_id TEXT NOT NULL,
  program_version BIGINT NOT NULL,
  milestone TEXT NOT NULL,
  reasons {bytes} NOT NULL,
  at_us BIGINT NOT NULL,
  PRIMARY KEY (agency, door, sequence)
);
-- tenant referral_feed agency

CREATE TABLE referral_enrolment (
  enrolment TEXT NOT NULL PRIMARY KEY,
  application_id TEXT NOT NULL
);

CREATE TABLE referral_waiting_milestone (
  seq {identity},
  enrolment TEXT NOT NULL,
  milestone TEXT NOT NULL,
  reasons {bytes} NOT NULL,
  at_us BIGINT NOT NULL
);
CREATE INDEX referral_waiting_milestone_enrolment ON referral_waiting_milestone (enrolment);
)sql";

constexpr std::array<database::Migration, 1> kMigrations = {{{1, "referrals", kReferrals}}};

}  // namespace

absl::Span<const database::Migration> Migrations() { return kMigrations; }

}  // namespace tremplin::referral
