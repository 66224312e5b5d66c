#include "services/notification/migrations/schema.h"

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

constexpr database::Migration kMigrations[] = {{1, "messages", kMessages}, {2, "tasks", kTasks}};

}  // namespace

absl::Span<const database::Migration> Migrations() { return kMigrations; }

}  // namespace tremplin::notification
