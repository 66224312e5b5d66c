#include "services/registration/migrations/migrations.h"

#include <array>

namespace tremplin::registration {
namespace {

constexpr std::string_view kPrograms = R"sql(
CREATE TABLE {service}_publication (
  program_id text NOT NULL,
  version bigint NOT NULL,
  digest text NOT NULL,
  published_us bigint NOT NULL,
  PRIMARY KEY (program_id, version)
);
CREATE TABLE {service}_organization (
  organization_id text NOT NULL PRIMARY KEY,
  title_en text NOT NULL,
  title_fr text NOT NULL,
  parts text NOT NULL,
  created_us bigint NOT NULL
);
CREATE TABLE {service}_site (
  organization_id text NOT NULL,
  position bigint NOT NULL,
  site_id text NOT NULL,
  title_en text NOT NULL,
  title_fr text NOT NULL,
  fsa text NOT NULL,
  PRIMARY KEY (organization_id, position)
);
CREATE TABLE {service}_api_key (
  key_id text NOT NULL PRIMARY KEY,
  key_hash text NOT NULL UNIQUE,
  role bigint NOT NULL,
  organization_id text,
  person_id text,
  program_id text,
  expires_us bigint NOT NULL,
  revoked bigint NOT NULL,
  created_us bigint NOT NULL
);
)sql";

constexpr std::string_view kPeople = R"sql(
CREATE TABLE {service}_person (
  person_id text NOT NULL PRIMARY KEY,
  sealed {bytes} NOT NULL,
  email_index text NOT NULL,
  name_birth_index text,
  referral text,
  created_us bigint NOT NULL
);
CREATE INDEX {service}_person_email ON {service}_person (email_index, person_id);
CREATE INDEX {service}_person_name_birth ON {service}_person (name_birth_index);
CREATE INDEX {service}_person_referral ON {service}_person (referral);
CREATE TABLE {service}_enrolment (
  enrolment_id text NOT NULL PRIMARY KEY,
  person_id text NOT NULL,
  program_id text NOT NULL,
  program_version bigint NOT NULL,
  role bigint NOT NULL,
  state bigint NOT NULL,
  organization text,
  application text,
  business_key text NOT NULL,
  door bigint NOT NULL,
  noc text NOT NULL,
  naics text NOT NULL,
  languages text NOT NULL,
  fsa text NOT NULL,
  availability text NOT NULL,
  years_experience bigint NOT NULL,
  years_in_region bigint NOT NULL,
  months_offered bigint NOT NULL,
  capacity bigint NOT NULL CHECK (capacity >= 0 AND capacity <= 20),
  done text NOT NULL,
  reasons text NOT NULL,
  end_reason text NOT NULL,
  attested {bytes},
  created_us bigint NOT NULL,
  version bigint NOT NULL,
  UNIQUE (program_id, role, business_key)
);
CREATE INDEX {service}_enrolment_state ON {service}_enrolment (program_id, state, role, business_key);
CREATE INDEX {service}_enrolment_person ON {service}_enrolment (person_id, program_id, role, business_key);
CREATE INDEX {service}_enrolment_organization ON {service}_enrolment (organization, program_id, role, business_key);
-- tenant {service}_enrolment organization
)sql";

constexpr std::string_view kAuditAndTime = R"sql(
CREATE TABLE {service}_audit (
  seq {identity},
  at_us bigint NOT NULL,
  actor text NOT NULL,
  role bigint NOT NULL,
  action text NOT NULL,
  resource text NOT NULL
);
CREATE INDEX {service}_audit_resource ON {service}_audit (resource, seq);
CREATE TABLE {service}_business_setting (
  id bigint NOT NULL PRIMARY KEY CHECK (id = 1),
  business_us bigint NOT NULL,
  version bigint NOT NULL
);
)sql";

// Codes: what is sought or offered, and what was volunteered with consent.
constexpr std::string_view kGoalsAndPreferences = R"sql(
ALTER TABLE {service}_enrolment ADD COLUMN goals text NOT NULL DEFAULT '';
ALTER TABLE {service}_enrolment ADD COLUMN consent bigint NOT NULL DEFAULT 0;
ALTER TABLE {service}_enrolment ADD COLUMN wishes text NOT NULL DEFAULT '';
ALTER TABLE {service}_enrolment ADD COLUMN required text NOT NULL DEFAULT '';
ALTER TABLE {service}_enrolment ADD COLUMN attributes text NOT NULL DEFAULT '';
)sql";

constexpr std::array<database::Migration, 4> kMigrations = {{
    {.version = 1, .name = "programs, organizations, keys", .sql = kPrograms},
    {.version = 2, .name = "people and enrolments", .sql = kPeople},
    {.version = 3, .name = "audit and business time", .sql = kAuditAndTime},
    {.version = 4, .name = "goals and preferences", .sql = kGoalsAndPreferences},
}};

}  // namespace

absl::Span<const database::Migration> Migrations() { return kMigrations; }

}  // namespace tremplin::registration
