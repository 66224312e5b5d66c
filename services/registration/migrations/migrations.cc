#include "services/registration/migrations/migrations.h"

#include <array>

namespace tremplin::registration {
namespace {

constexpr std::string_view kTables = R"sql(
CREATE TABLE {service}_facts (
  version bigint NOT NULL PRIMARY KEY,
  digest text NOT NULL,
  published_us bigint NOT NULL,
  registry {bytes} NOT NULL
);
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
CREATE TABLE {service}_person (
  person_id text NOT NULL PRIMARY KEY,
  sealed {bytes} NOT NULL,
  email_index text NOT NULL,
  name_birth_index text,
  created_us bigint NOT NULL
);
CREATE INDEX {service}_person_email ON {service}_person (email_index, person_id);
CREATE INDEX {service}_person_name_birth ON {service}_person (name_birth_index);
CREATE TABLE {service}_referral (
  referral text NOT NULL PRIMARY KEY,
  person_id text NOT NULL
);
CREATE TABLE {service}_entering (
  email_index text NOT NULL PRIMARY KEY
);
CREATE TABLE {service}_enrolment (
  enrolment_id text NOT NULL PRIMARY KEY,
  person_id text NOT NULL,
  program_id text NOT NULL,
  program_version bigint NOT NULL,
  role bigint NOT NULL CHECK (role IN (1, 2)),
  state bigint NOT NULL CHECK (state IN (1, 2, 3)),
  organization text,
  application text NOT NULL,
  business_key text NOT NULL,
  door bigint NOT NULL,
  facts {bytes} NOT NULL,
  volunteered {bytes},
  progress {bytes} NOT NULL,
  sealed {bytes},
  created_us bigint NOT NULL,
  version bigint NOT NULL,
  UNIQUE (program_id, role, business_key)
);
CREATE UNIQUE INDEX {service}_enrolment_once ON {service}_enrolment (person_id, program_id, role) WHERE state <> 3;
CREATE INDEX {service}_enrolment_state ON {service}_enrolment (program_id, state, role, business_key);
CREATE INDEX {service}_enrolment_person ON {service}_enrolment (person_id, program_id, role, business_key);
CREATE INDEX {service}_enrolment_organization ON {service}_enrolment (organization, program_id, role, business_key);
-- tenant {service}_enrolment organization
CREATE TABLE {service}_admission (
  application text NOT NULL PRIMARY KEY,
  enrolment_id text NOT NULL
);
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

// People whom staff linked are one: `head_id` of a person's record is whose it counts as (NULL: its
// own), `person_id` of an enrolment that one, `own_person_id` the record that it came with. Of one
// person's enrolments in a program and part one counts; the others stand behind it, and those
// admitted so are told to nobody (`untold`) until the link is undone.
constexpr std::string_view kOnePerson = R"sql(
ALTER TABLE {service}_person ADD COLUMN head_id text;
ALTER TABLE {service}_enrolment ADD COLUMN own_person_id text;
ALTER TABLE {service}_enrolment ADD COLUMN behind text;
ALTER TABLE {service}_enrolment ADD COLUMN untold bigint NOT NULL DEFAULT 0;
DROP INDEX {service}_enrolment_once;
CREATE UNIQUE INDEX {service}_enrolment_once ON {service}_enrolment (person_id, program_id, role)
  WHERE state <> 3 AND behind IS NULL;
CREATE INDEX {service}_person_head ON {service}_person (head_id);
CREATE INDEX {service}_enrolment_own_person ON {service}_enrolment (own_person_id);
CREATE INDEX {service}_referral_person ON {service}_referral (person_id);
CREATE TABLE {service}_referral_link (
  referral text NOT NULL,
  other text NOT NULL,
  PRIMARY KEY (referral, other)
);
)sql";

// Applications whose source is shown nothing more of the person from then on, as referral tells.
constexpr std::string_view kSilence = R"sql(
CREATE TABLE {service}_silence (
  application text NOT NULL PRIMARY KEY,
  silent_from_us bigint NOT NULL
);
)sql";

// Who signs in. An account is somebody of staff (`staff`), or a person, whose id it then has. What
// lets somebody in is there as SHA-256 only (a link has none until it is sent), a login as a keyed
// hash of issuer and subject.
constexpr std::string_view kSignIn = R"sql(
CREATE TABLE {service}_staff (
  account_id text NOT NULL PRIMARY KEY,
  sealed {bytes} NOT NULL,
  email_index text NOT NULL,
  created_us bigint NOT NULL
);
CREATE INDEX {service}_staff_email ON {service}_staff (email_index, account_id);
CREATE TABLE {service}_login (
  login_index text NOT NULL PRIMARY KEY,
  account_id text NOT NULL,
  created_us bigint NOT NULL
);
CREATE INDEX {service}_login_account ON {service}_login (account_id);
CREATE TABLE {service}_role (
  role_id text NOT NULL PRIMARY KEY,
  account_id text NOT NULL,
  role bigint NOT NULL,
  organization_id text,
  program_id text,
  site_id text,
  person_id text,
  granted_by text NOT NULL,
  granted_us bigint NOT NULL,
  revoked bigint NOT NULL
);
CREATE INDEX {service}_role_account ON {service}_role (account_id, role_id);
CREATE TABLE {service}_sign_in_link (
  link_id text NOT NULL PRIMARY KEY,
  account_id text NOT NULL,
  secret_hash text UNIQUE,
  used bigint NOT NULL,
  expires_us bigint NOT NULL
);
CREATE INDEX {service}_sign_in_link_expires ON {service}_sign_in_link (expires_us);
CREATE TABLE {service}_sign_in_asked (
  seq {identity},
  email_index text NOT NULL,
  asked_us bigint NOT NULL
);
CREATE INDEX {service}_sign_in_asked_email ON {service}_sign_in_asked (email_index, asked_us);
CREATE INDEX {service}_sign_in_asked_time ON {service}_sign_in_asked (asked_us);
CREATE TABLE {service}_sign_in_begun (
  state_hash text NOT NULL PRIMARY KEY,
  return_path text NOT NULL,
  expires_us bigint NOT NULL
);
CREATE INDEX {service}_sign_in_begun_expires ON {service}_sign_in_begun (expires_us);
CREATE TABLE {service}_session (
  session_id text NOT NULL PRIMARY KEY,
  token_hash text NOT NULL UNIQUE,
  account_id text NOT NULL,
  role_id text NOT NULL,
  created_us bigint NOT NULL,
  used_us bigint NOT NULL,
  expires_us bigint NOT NULL
);
CREATE INDEX {service}_session_account ON {service}_session (account_id, created_us);
CREATE INDEX {service}_session_role ON {service}_session (role_id);
CREATE INDEX {service}_session_expires ON {service}_session (expires_us);
)sql";

constexpr std::array<database::Migration, 4> kMigrations = {
    {{.version = 1, .name = "programs, organizations, people", .sql = kTables},
     {.version = 2, .name = "one person", .sql = kOnePerson},
     {.version = 3, .name = "silence", .sql = kSilence},
     {.version = 4, .name = "sign-in", .sql = kSignIn}}};

}  // namespace

absl::Span<const database::Migration> Migrations() { return kMigrations; }

}  // namespace tremplin::registration
