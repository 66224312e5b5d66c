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

constexpr database::Migration kMigrations[] = {{1, "messages", kMessages}};

}  // namespace

absl::Span<const database::Migration> Migrations() { return kMigrations; }

}  // namespace tremplin::notification
