#include "services/notification/migrations/schema.h"

#include "common/lease/lease.h"

namespace tremplin::notification {
namespace {

constexpr std::string_view kMessages = R"sql(
CREATE TABLE notification_message (
  seq {identity},
  id TEXT NOT NULL UNIQUE,
  tenant TEXT NOT NULL,
  recipient_kind BIGINT NOT NULL,
  recipient TEXT NOT NULL,
  program TEXT NOT NULL,
  template TEXT NOT NULL,
  about TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  program_version BIGINT NOT NULL,
  format TEXT NOT NULL,
  side BIGINT NOT NULL
);
CREATE INDEX notification_message_recipient ON notification_message (recipient_kind, recipient, seq);
CREATE INDEX notification_message_program ON notification_message (program, seq);
CREATE INDEX notification_message_template ON notification_message (template, seq);
CREATE TABLE notification_left (
  enrolment TEXT PRIMARY KEY,
  left_us BIGINT NOT NULL
);
-- tenant notification_message tenant
)sql";

// A task is open until it has a time when it was settled; open ones are few, and have their
// indexes.
constexpr std::string_view kTasks = R"sql(
CREATE TABLE notification_task (
  seq {identity},
  id TEXT NOT NULL UNIQUE,
  program TEXT NOT NULL,
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  by_enrolment TEXT NOT NULL,
  asked_us BIGINT NOT NULL,
  count BIGINT NOT NULL,
  reason TEXT NOT NULL,
  settled_us BIGINT,
  settled_by TEXT NOT NULL,
  resolution TEXT NOT NULL
);
CREATE INDEX notification_task_program ON notification_task (program, seq);
CREATE INDEX notification_task_open ON notification_task (program, seq) WHERE settled_us IS NULL;
CREATE INDEX notification_task_about ON notification_task (about, kind) WHERE settled_us IS NULL;
)sql";

// A webhook's secrets are sealed under a key of its own, as its column `id` names it. Those that
// fail are few, and have their index. An organization has so many as there are slots.
constexpr std::string_view kWebhooks = R"sql(
CREATE TABLE notification_webhook (
  id TEXT PRIMARY KEY,
  organization TEXT NOT NULL,
  program TEXT NOT NULL,
  url TEXT NOT NULL,
  state BIGINT NOT NULL CHECK (state BETWEEN 1 AND 4),
  secret {bytes} NOT NULL,
  former_secret {bytes} NOT NULL,
  former_until_us BIGINT,
  cursor TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  failing_since_us BIGINT,
  next_us BIGINT NOT NULL,
  last_error TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  moves BIGINT NOT NULL,
  slot BIGINT NOT NULL CHECK (slot BETWEEN 0 AND 4)
);
CREATE INDEX notification_webhook_organization ON notification_webhook (organization, id);
CREATE UNIQUE INDEX notification_webhook_slot ON notification_webhook (organization, slot);
CREATE INDEX notification_webhook_enabled ON notification_webhook (id) WHERE state = 1;
CREATE INDEX notification_webhook_failing ON notification_webhook (state, failing_since_us) WHERE failing_since_us IS NOT NULL;
CREATE TABLE notification_webhook_delivery (
  seq {identity},
  webhook TEXT NOT NULL,
  organization TEXT NOT NULL,
  entry TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  attempt BIGINT NOT NULL,
  http_status BIGINT NOT NULL,
  error TEXT NOT NULL,
  begun_us BIGINT NOT NULL,
  lasted_us BIGINT NOT NULL
);
CREATE INDEX notification_webhook_delivery_webhook ON notification_webhook_delivery (webhook, seq);
CREATE INDEX notification_webhook_delivery_begun ON notification_webhook_delivery (begun_us);
-- tenant notification_webhook organization
-- tenant notification_webhook_delivery organization
)sql";

// A message as mail: those that wait are few, and have their index. Which person an application
// led to, since consent is said of applications; from when on and until when an organization is
// shown nothing of an application. Who wants no mail, and which messages were answered by a link.
constexpr std::string_view kMail = R"sql(
CREATE TABLE notification_mail (
  message TEXT PRIMARY KEY,
  recipient_kind BIGINT NOT NULL,
  recipient TEXT NOT NULL,
  enrolment TEXT NOT NULL,
  step TEXT NOT NULL,
  state BIGINT NOT NULL CHECK (state BETWEEN 1 AND 4),
  tries BIGINT NOT NULL,
  queued_us BIGINT NOT NULL,
  next_us BIGINT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX notification_mail_due ON notification_mail (next_us, queued_us, message) WHERE state = 1;
CREATE INDEX notification_mail_waiting ON notification_mail (recipient_kind, recipient) WHERE state = 1;
CREATE TABLE notification_came_by (
  application TEXT NOT NULL,
  person TEXT NOT NULL,
  PRIMARY KEY (application, person)
);
CREATE TABLE notification_silence (
  about TEXT PRIMARY KEY,
  from_us BIGINT NOT NULL,
  until_us BIGINT
);
CREATE TABLE notification_no_mail (
  recipient_kind BIGINT NOT NULL,
  recipient TEXT NOT NULL,
  since_us BIGINT NOT NULL,
  PRIMARY KEY (recipient_kind, recipient)
);
CREATE TABLE notification_link_answer (
  message TEXT PRIMARY KEY,
  answer TEXT NOT NULL,
  answered_us BIGINT NOT NULL
);
)sql";

// Who wants mail or none, as it was said last; where there is no row, mail. Who said so is an id of
// an account, a key or a person. notification_no_mail stays beside it: replicas of the release
// before go on writing there while they are replaced.
constexpr char kMailPreference[] = R"sql(
CREATE TABLE notification_mail_wish (
  recipient_kind BIGINT NOT NULL,
  recipient TEXT NOT NULL,
  said_us BIGINT NOT NULL,
  wanted BIGINT NOT NULL,
  told BIGINT NOT NULL,
  said_by TEXT NOT NULL,
  PRIMARY KEY (recipient_kind, recipient, said_us)
);
)sql";

const database::Migration kMigrations[] = {
    {1, "messages", kMessages}, {2, "tasks", kTasks}, {3, "lease", lease::kLeaseSchemaSql},
    {4, "webhooks", kWebhooks}, {5, "mail", kMail},   {6, "mail preference", kMailPreference}};

}  // namespace

absl::Span<const database::Migration> Migrations() { return kMigrations; }

}  // namespace tremplin::notification
