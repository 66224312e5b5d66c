#include "common/database/database.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/types/optional.h"
#include "common/clock/clock.h"
#include "common/database/error.h"

namespace tremplin::database {
namespace {

constexpr char kConstraintUrl[] = "tremplin/constraint";

const std::string& Empty() {
  static const std::string empty;
  return empty;
}

[[noreturn]] void WrongType(size_t column, const char* wanted, size_t held) {
  std::fprintf(stderr, "column %zu is read as %s but holds kind %zu of Value\n", column, wanted,
               held);
  std::abort();
}

}  // namespace

Value TextOrNull(std::string_view text) {
  if (text.empty()) return std::monostate();
  return std::string(text);
}

Value TimeOrNull(absl::Time time) {
  if (time == absl::InfinitePast()) return std::monostate();
  return clock::ToMicros(time);
}

bool Row::IsNull(size_t column) const {
  return std::holds_alternative<std::monostate>(values_.at(column));
}

int64_t Row::Int(size_t column) const {
  const Value& value = values_.at(column);
  if (const int64_t* held = std::get_if<int64_t>(&value)) return *held;
  if (value.index() != 0) WrongType(column, "Int", value.index());
  return 0;
}

double Row::Real(size_t column) const {
  const Value& value = values_.at(column);
  if (const double* held = std::get_if<double>(&value)) return *held;
  if (const int64_t* held = std::get_if<int64_t>(&value)) return static_cast<double>(*held);
  if (value.index() != 0) WrongType(column, "Real", value.index());
  return 0;
}

const std::string& Row::Text(size_t column) const {
  const Value& value = values_.at(column);
  if (const std::string* held = std::get_if<std::string>(&value)) return *held;
  if (value.index() != 0) WrongType(column, "Text", value.index());
  return Empty();
}

const std::string& Row::Blob(size_t column) const {
  const Value& value = values_.at(column);
  if (const Bytes* held = std::get_if<Bytes>(&value)) return held->data;
  if (value.index() != 0) WrongType(column, "Blob", value.index());
  return Empty();
}

absl::Time Row::Time(size_t column) const {
  return IsNull(column) ? absl::InfinitePast() : clock::FromMicros(Int(column));
}

std::shared_ptr<void>& Reader::Memo(const void* owner) {
  for (auto& [held_by, memo] : memos_) {
    if (held_by == owner) return memo;
  }
  return memos_.emplace_back(owner, nullptr).second;
}

bool OnlyReads(std::string_view sql) { return sql.substr(0, 6) == "SELECT"; }

Prefetched Reader::Prefetch(Statement statement) {
  if (!OnlyReads(statement.sql)) {
    std::fprintf(stderr, "only a SELECT is prefetched\n");
    std::abort();
  }
  if (self_ == nullptr) self_ = std::make_shared<Reader*>(this);
  const size_t number = SendAhead(statement);
  return {self_, number, std::move(statement)};
}

absl::StatusOr<Result> Prefetched::Get() {
  const std::shared_ptr<Reader*> asker = asker_.lock();
  if (asker == nullptr) return absl::InternalError("a prefetched answer is taken after its end");
  return (*asker)->TakeAhead(number_, statement_);
}

Tenant Tenant::Of(std::string_view organization) {
  if (organization.empty() || organization == "*") {
    std::fprintf(stderr, "an organization's tenant is neither empty nor '*'\n");
    std::abort();
  }
  return Tenant(organization);
}

absl::Status ConstraintError(absl::StatusCode code, const std::string& text,
                             std::string_view constraint) {
  absl::Status status(code, text);
  status.SetPayload(kConstraintUrl, absl::Cord(std::string(constraint)));
  return status;
}

std::string ConstraintOf(const absl::Status& status) {
  absl::optional<absl::Cord> payload = status.GetPayload(kConstraintUrl);
  return payload.has_value() ? std::string(*payload) : "";
}

absl::StatusOr<Result> ReadRows(Database& db, const ReadOptions& options, std::string_view sql,
                                Params params) {
  Result result;
  absl::Status status = db.Read(options, [&](Reader& reader) {
    absl::StatusOr<Result> rows = reader.Query(sql, std::move(params));
    if (!rows.ok()) return rows.status();
    result = *std::move(rows);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return result;
}

}  // namespace tremplin::database
