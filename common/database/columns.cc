#include "common/database/columns.h"

#include <cstdio>
#include <cstdlib>

#include "common/text/text.h"

namespace tremplin::database {
namespace {

// "a, b, c" by `one` of each name that is wanted.
template <class Names, class One>
void Append(std::string* sql, const Names& names, const One& one) {
  bool first = true;
  for (const auto& name : names) {
    const std::string text = one(name);
    if (text.empty()) continue;
    if (!first) sql->append(", ");
    first = false;
    sql->append(text);
  }
}

}  // namespace

absl::Status Unreadable() { return absl::DataLossError("cannot be read"); }

absl::Status Plain::Read(const Row& row, size_t at, std::string* to) {
  *to = row.Text(at);
  return absl::OkStatus();
}

absl::Status Plain::Read(const Row& row, size_t at, Bytes* to) {
  to->data = row.Blob(at);
  return absl::OkStatus();
}

absl::Status Plain::Read(const Row& row, size_t at, double* to) {
  *to = row.Real(at);
  return absl::OkStatus();
}

absl::Status Plain::Read(const Row& row, size_t at, absl::Time* to) {
  *to = row.Time(at);
  return absl::OkStatus();
}

absl::Status InBytes::Read(const Row& row, size_t at, std::string* to) {
  *to = row.Blob(at);
  return absl::OkStatus();
}

absl::Status NullIfEmpty::Read(const Row& row, size_t at, std::string* to) {
  return Plain::Read(row, at, to);
}

absl::Status Micros::Read(const Row& row, size_t at, absl::Time* to) {
  return Plain::Read(row, at, to);
}

absl::Status Micros::Read(const Row& row, size_t at, absl::Duration* to) {
  *to = absl::Microseconds(row.Int(at));
  return absl::OkStatus();
}

Value OrNever::Write(absl::Time value) {
  return value == absl::InfiniteFuture() ? int64_t{0} : clock::ToMicros(value);
}

absl::Status OrNever::Read(const Row& row, size_t at, absl::Time* to) {
  *to = row.Int(at) == 0 ? absl::InfiniteFuture() : row.Time(at);
  return absl::OkStatus();
}

Value OrAtOnce::Write(absl::Time value) {
  return value == absl::InfinitePast() ? int64_t{0} : clock::ToMicros(value);
}

absl::Status OrAtOnce::Read(const Row& row, size_t at, absl::Time* to) {
  return Plain::Read(row, at, to);
}

std::string ColumnNames::List(std::string_view alias) const {
  const std::string prefix = alias.empty() ? "" : text::Cat(alias, ".");
  std::vector<std::string> all;
  for (const std::string& owner : owners_) all.push_back(text::Cat(prefix, owner));
  for (const Name& name : names_) {
    if (name.read) all.push_back(text::Cat(prefix, name.text));
  }
  std::string list;
  Append(&list, all, [](const std::string& name) { return name; });
  return list;
}

std::string ColumnNames::Select(std::string_view rest, std::string_view alias) const {
  return text::Cat("SELECT ", List(alias), " FROM ", table_, " ", alias, alias.empty() ? "" : " ",
                   rest);
}

std::string ColumnNames::Insert() const {
  std::vector<std::string> all = owners_;
  for (const Name& name : names_) {
    if (name.inserted) all.push_back(name.text);
  }
  std::string sql = text::Cat("INSERT INTO ", table_, " (");
  Append(&sql, all, [](const std::string& name) { return name; });
  sql.append(") VALUES (");
  size_t number = 0;
  Append(&sql, all, [&](const std::string& /*name*/) { return text::Cat("$", ++number); });
  sql.append(")");
  return sql;
}

std::string ColumnNames::Upsert(std::string_view key) const {
  std::string sql = text::Cat(Insert(), " ON CONFLICT (", key, ") DO UPDATE SET ");
  Append(&sql, names_, [](const Name& name) {
    return name.changed ? text::Cat(name.text, " = excluded.", name.text) : std::string();
  });
  return sql;
}

std::string ColumnNames::Update(size_t given, std::string_view rest) const {
  std::string sql = text::Cat("UPDATE ", table_, " SET ");
  Append(&sql, names_, [&](const Name& name) {
    return name.changed ? text::Cat(name.text, " = $", ++given) : std::string();
  });
  sql.append(rest);
  return sql;
}

absl::Status InColumn(const absl::Status& status, std::string_view table, std::string_view column,
                      std::string_view id) {
  return {status.code(),
          text::Cat(table, ".", column, id.empty() ? "" : " of ", id, ": ", status.message())};
}

void NoSuchColumn(std::string_view table, std::string_view column) {
  std::fprintf(stderr, "%s has no column %s\n", std::string(table).c_str(),
               std::string(column).c_str());
  std::abort();
}

}  // namespace tremplin::database
