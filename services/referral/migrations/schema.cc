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

// What rows of files came to, by the keyed digests of the files: one that is sent again changes
// nothing.
constexpr std::string_view kImportedRows = R"sql(
CREATE TABLE referral_imported_row (
  referral_id TEXT NOT NULL,
  source TEXT NOT NULL,
  row_number BIGINT NOT NULL,
  digest TEXT NOT NULL,
  kind BIGINT NOT NULL,
  possible_duplicate BIGINT NOT NULL,
  findings {bytes} NOT NULL,
  PRIMARY KEY (referral_id, source, row_number)
);
)sql";

// Who may be one person, each pair in both directions, by keyed hashes: whatever the part, `across`
// when the two came on different sides. It carries no tenant, as the keys do not.
constexpr std::string_view kTwins = R"sql(
CREATE TABLE referral_twin (
  referral_id TEXT NOT NULL,
  other_id TEXT NOT NULL,
  by_email BIGINT NOT NULL,
  by_person BIGINT NOT NULL,
  across BIGINT NOT NULL,
  apart BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  changed_us BIGINT NOT NULL,
  PRIMARY KEY (referral_id, other_id)
);
CREATE INDEX referral_twin_list ON referral_twin (apart, changed_us, referral_id, other_id);
CREATE INDEX referral_link_list ON referral_link (linked_us, referral_id, other_id);
CREATE TABLE referral_link_log (
  seq {identity},
  referral_id TEXT NOT NULL,
  other_id TEXT NOT NULL,
  action TEXT NOT NULL,
  done_by TEXT NOT NULL,
  done_us BIGINT NOT NULL
);
INSERT INTO referral_twin (referral_id, other_id, by_email, by_person, across, apart, changed_by,
                           changed_us)
  SELECT k.referral_id, o.referral_id, 1, CASE WHEN k.person <> '' AND k.person = o.person THEN 1 ELSE 0 END, 0, 0, '', 0
  FROM referral_duplicate_key k JOIN referral_duplicate_key o ON o.email = k.email
  WHERE k.email <> '' AND o.origin <> k.origin;
INSERT INTO referral_twin (referral_id, other_id, by_email, by_person, across, apart, changed_by,
                           changed_us)
  SELECT k.referral_id, o.referral_id, 0, 1, 0, 0, '', 0
  FROM referral_duplicate_key k JOIN referral_duplicate_key o ON o.person = k.person
  WHERE k.person <> '' AND o.origin <> k.origin ON CONFLICT DO NOTHING;
)sql";

// Who stands behind another's enrolment is told what becomes of that one.
constexpr std::string_view kFollowers = R"sql(
CREATE TABLE referral_enrolment_follower (
  enrolment TEXT NOT NULL,
  application_id TEXT NOT NULL,
  PRIMARY KEY (enrolment, application_id)
);
CREATE INDEX referral_enrolment_follower_application
  ON referral_enrolment_follower (application_id);
)sql";

// What a revision changed of who the person is and how they are reached: sealed.
constexpr std::string_view kCorrections = R"sql(
CREATE TABLE referral_correction (
  referral_id TEXT NOT NULL,
  revision BIGINT NOT NULL,
  agency TEXT NOT NULL,
  done_by TEXT NOT NULL,
  done_us BIGINT NOT NULL,
  changes {bytes} NOT NULL,
  PRIMARY KEY (referral_id, revision)
);
-- tenant referral_correction agency
)sql";

// Keyed hashes of how the words of a name begin, by which staff find people; no tenant, as with the
// duplicates' keys: what they find is shown to staff alone.
constexpr std::string_view kNameTokens = R"sql(
CREATE TABLE referral_name_token (
  token TEXT NOT NULL,
  referral_id TEXT NOT NULL,
  PRIMARY KEY (token, referral_id)
);
CREATE INDEX referral_referral_external_id ON referral_referral (external_id, id);
)sql";

// Small rows that come in no order: kept by their key alone, each costs one page less.
constexpr std::string_view kByKey = R"sql(
CREATE TABLE referral_name_token_by_key (
  token TEXT NOT NULL,
  referral_id TEXT NOT NULL,
  PRIMARY KEY (token, referral_id)
){keyed};
INSERT INTO referral_name_token_by_key (token, referral_id)
  SELECT token, referral_id FROM referral_name_token;
DROP TABLE referral_name_token;
ALTER TABLE referral_name_token_by_key RENAME TO referral_name_token;

CREATE TABLE referral_duplicate_key_by_key (
  referral_id TEXT NOT NULL PRIMARY KEY,
  agency TEXT NOT NULL,
  origin TEXT NOT NULL,
  email TEXT NOT NULL,
  person TEXT NOT NULL
){keyed};
INSERT INTO referral_duplicate_key_by_key (referral_id, agency, origin, email, person)
  SELECT referral_id, agency, origin, email, person FROM referral_duplicate_key;
DROP TABLE referral_duplicate_key;
ALTER TABLE referral_duplicate_key_by_key RENAME TO referral_duplicate_key;
CREATE INDEX referral_duplicate_key_email ON referral_duplicate_key (email, origin);
CREATE INDEX referral_duplicate_key_person ON referral_duplicate_key (person, origin);
)sql";

// What was said of consent, by whom and when; `purpose` is what for, `agency` with whom. What
// follows of it stands in the rows it concerns, so that no milestone has to read the ledger.
// Whoever's file agreed so far has that as the first entry.
constexpr std::string_view kConsents = R"sql(
CREATE TABLE referral_consent (
  referral_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  agency TEXT NOT NULL,
  purpose TEXT NOT NULL,
  given BIGINT NOT NULL,
  speaker TEXT NOT NULL,
  done_by TEXT NOT NULL,
  at_us BIGINT NOT NULL,
  expires_us BIGINT NOT NULL,
  PRIMARY KEY (referral_id, number)
);
-- tenant referral_consent agency
ALTER TABLE referral_referral ADD COLUMN silent_from_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE referral_application ADD COLUMN shares_from_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE referral_application ADD COLUMN silent_from_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE referral_application ADD COLUMN told_state TEXT NOT NULL DEFAULT '';
INSERT INTO referral_consent (referral_id, number, agency, purpose, given, speaker, done_by, at_us,
                              expires_us)
  SELECT r.id, 1, r.agency, 'sharing', 1, 'file', '', r.created_us, 0
  FROM referral_referral r
  WHERE EXISTS (SELECT 1 FROM referral_application a WHERE a.referral_id = r.id AND a.shares = 1);
)sql";

// Whether the follower was told that the engagement began that is under way.
constexpr std::string_view kFollowedStart = R"sql(
ALTER TABLE referral_enrolment_follower ADD COLUMN started BIGINT NOT NULL DEFAULT 0;
)sql";

// Organizations list applications by the state that they know of, which need not be the one they
// are in.
constexpr std::string_view kKnownState = R"sql(
DROP INDEX referral_application_agency;
CREATE INDEX referral_application_agency
  ON referral_application (agency, door, (CASE told_state WHEN '' THEN state ELSE told_state END),
                           created_us, external_id, program_id, side);
)sql";

// How far whoever was admitted has come, as their source was told last; what came after it (an
// outcome) is no such place.
constexpr std::string_view kMilestones = R"sql(
ALTER TABLE referral_application ADD COLUMN milestone TEXT NOT NULL DEFAULT '';
ALTER TABLE referral_application ADD COLUMN milestone_us BIGINT NOT NULL DEFAULT 0;
UPDATE referral_application SET milestone = f.milestone, milestone_us = f.at_us
  FROM referral_feed f JOIN (
    SELECT application_id, MAX(sequence) AS last FROM referral_feed
    WHERE milestone IN ('enrolled', 'ready', 'matched', 'started', 'completed', 'ended_early')
    GROUP BY application_id) l ON l.application_id = f.application_id AND l.last = f.sequence
  WHERE f.application_id = referral_application.id;
)sql";

constexpr std::array<database::Migration, 11> kMigrations = {{{1, "referrals", kReferrals},
                                                              {2, "imported rows", kImportedRows},
                                                              {3, "twins", kTwins},
                                                              {4, "followers", kFollowers},
                                                              {5, "corrections", kCorrections},
                                                              {6, "name tokens", kNameTokens},
                                                              {7, "by key", kByKey},
                                                              {8, "consents", kConsents},
                                                              {9, "followed start", kFollowedStart},
                                                              {10, "known state", kKnownState},
                                                              {11, "milestones", kMilestones}}};

}  // namespace

absl::Span<const database::Migration> Migrations() { return kMigrations; }

}  // namespace tremplin::referral
