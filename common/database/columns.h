#ifndef TREMPLIN_COMMON_DATABASE_COLUMNS_H_
#define TREMPLIN_COMMON_DATABASE_COLUMNS_H_

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/database/decode.h"
#include "common/status/macros.h"

// The columns of a row type, said once: from them come the SELECT list, INSERT, UPDATE, a row's
// parameters and its decoding, so that a column is added in one line.
//
//   const Columns<Row>& RowColumns() {
//     static const auto* columns = new Columns<Row>("probe_row", {
//         At<&Row::id>("id").Fixed(),
//         As<Coded<State, NameOf, StateOf>, &Row::life, &Life::state>("state"),
//         At<&Row::changed>("changed_us")});
//     return *columns;
//   }
//   …
//   static const auto* sql = new std::string(RowColumns().Select("WHERE id = $1"));
//   return RowColumns().ReadOne(reader.Query(*sql, {id}));
//
// Statements are cached by their text (Reader::Query), so each is made once, as above.
namespace tremplin::database {

// How a value is held by a column. A codec has
//   static Value Write(const M& value);
//   static absl::Status Read(const Row& row, size_t at, M* to);
// and Read says DATA_LOSS of what no code of ours has written: what is damaged or of a later
// version is never read as something else.
absl::Status Unreadable();

// Text, numbers, flags (0 and 1), bytes; times and optional texts as TimeOrNull has them.
struct Plain {
  static Value Write(const std::string& value) { return value; }
  static Value Write(const Bytes& value) { return value; }
  static Value Write(double value) { return value; }
  static Value Write(absl::Time value) { return TimeOrNull(value); }
  static Value Write(std::integral auto value) { return static_cast<int64_t>(value); }

  static absl::Status Read(const Row& row, size_t at, std::string* to);
  static absl::Status Read(const Row& row, size_t at, Bytes* to);
  static absl::Status Read(const Row& row, size_t at, double* to);
  static absl::Status Read(const Row& row, size_t at, absl::Time* to);
  static absl::Status Read(const Row& row, size_t at, std::integral auto* to) {
    *to = static_cast<std::remove_pointer_t<decltype(to)>>(row.Int(at));
    return absl::OkStatus();
  }
};

// A string in a column of bytes: what is sealed.
struct InBytes {
  static Value Write(const std::string& value) { return Bytes{value}; }
  static absl::Status Read(const Row& row, size_t at, std::string* to);
};

// Empty text is NULL.
struct NullIfEmpty {
  static Value Write(const std::string& value) { return TextOrNull(value); }
  static absl::Status Read(const Row& row, size_t at, std::string* to);
};

// A time in a column that is never NULL, whatever it is.
struct Micros {
  static Value Write(absl::Time value) { return clock::ToMicros(value); }
  static Value Write(absl::Duration value) { return absl::ToInt64Microseconds(value); }
  static absl::Status Read(const Row& row, size_t at, absl::Time* to);
  static absl::Status Read(const Row& row, size_t at, absl::Duration* to);
};

// A moment that may never come: InfiniteFuture is 0.
struct OrNever {
  static Value Write(absl::Time value);
  static absl::Status Read(const Row& row, size_t at, absl::Time* to);
};

// A time that "at once" stands before: InfinitePast is 0.
struct OrAtOnce {
  static Value Write(absl::Time value);
  static absl::Status Read(const Row& row, size_t at, absl::Time* to);
};

// An enum by the names of its values. `Parse` gives the value, an optional of it, or a StatusOr; of
// one that gives the bare value, "" and what is not named so again are refused. An optional member
// is "" where there is none.
template <class Enum, std::string_view (*Name)(Enum), auto Parse>
struct Coded {
  static Value Write(Enum value) { return std::string(Name(value)); }
  static Value Write(const std::optional<Enum>& value) {
    return value.has_value() ? Write(*value) : Value(std::string());
  }
  static absl::Status Read(const Row& row, size_t at, Enum* to) {
    const std::string& text = row.Text(at);
    auto parsed = Parse(text);
    if constexpr (std::is_same_v<decltype(parsed), Enum>) {
      if (text.empty() || Name(parsed) != text) return Unreadable();
      *to = parsed;
    } else if constexpr (std::is_same_v<decltype(parsed), std::optional<Enum>>) {
      if (!parsed.has_value()) return Unreadable();
      *to = *parsed;
    } else {
      if (!parsed.ok()) return parsed.status();
      *to = *parsed;
    }
    return absl::OkStatus();
  }
  static absl::Status Read(const Row& row, size_t at, std::optional<Enum>* to) {
    to->reset();
    if (row.Text(at).empty()) return absl::OkStatus();
    return Read(row, at, &to->emplace());
  }
};

// An enum by the numbers of its values, from First to Last.
template <auto First, auto Last>
struct Numbered {
  using Enum = decltype(First);
  static Value Write(Enum value) { return static_cast<int64_t>(value); }
  static absl::Status Read(const Row& row, size_t at, Enum* to) {
    TREMPLIN_ASSIGN_OR_RETURN(*to, EnumOf(row.Int(at), First, Last, "value"));
    return absl::OkStatus();
  }
};

// Bytes that two functions make and read: std::string Encode(const M&), and Decode(const
// std::string&), which gives an optional or a StatusOr of M.
template <auto Encode, auto Decode>
struct Packed {
  template <class M>
  static Value Write(const M& value) {
    return Bytes{Encode(value)};
  }
  template <class M>
  static absl::Status Read(const Row& row, size_t at, M* to) {
    auto decoded = Decode(row.Blob(at));
    if constexpr (std::is_same_v<decltype(decoded), std::optional<M>>) {
      if (!decoded.has_value()) return Unreadable();
    } else {
      if (!decoded.ok()) return decoded.status();
    }
    *to = *std::move(decoded);
    return absl::OkStatus();
  }
};

// A protobuf message in bytes.
struct Message {
  template <class M>
  static Value Write(const M& value) {
    return Bytes{value.SerializeAsString()};
  }
  template <class M>
  static absl::Status Read(const Row& row, size_t at, M* to) {
    return to->ParseFromString(row.Blob(at)) ? absl::OkStatus() : Unreadable();
  }
};

// One column of T's rows.
template <class T>
struct Column {
  std::string_view name;
  Value (*write)(const T& row);                             // none: statements of its own write it
  absl::Status (*read)(const Row& from, size_t at, T* to);  // none: SQL alone reads it
  bool is_text = false;
  bool fixed = false;

  // INSERT gives it, and no change changes it.
  Column Fixed() const { return {name, write, read, is_text, true}; }
  // INSERT and UPDATE leave it to its default and to statements of its own.
  Column OnlyRead() const { return {name, nullptr, read, is_text, fixed}; }
};

namespace internal {
template <class M>
struct MemberOf;
template <class C, class M>
struct MemberOf<M C::*> {
  using Class = C;
};
template <auto First, auto... Rest>
struct Path {
  using Root = typename MemberOf<decltype(First)>::Class;
  static constexpr auto& In(auto& object) {
    if constexpr (sizeof...(Rest) == 0) {
      return object.*First;
    } else {
      return Path<Rest...>::In(object.*First);
    }
  }
};
}  // namespace internal

// The column that holds a member, or a member of a member: As<Codec, &Row::life, &Life::state>.
template <class Codec, auto... Members>
constexpr auto As(std::string_view name) {
  using Path = internal::Path<Members...>;
  using T = typename Path::Root;
  return Column<T>{
      name, [](const T& row) -> Value { return Codec::Write(Path::In(row)); },
      [](const Row& from, size_t at, T* to) { return Codec::Read(from, at, &Path::In(*to)); },
      std::is_same_v<Codec, Plain>&&
          std::is_same_v<decltype(Path::In(std::declval<T&>())), std::string&>};
}
template <auto... Members>
constexpr auto At(std::string_view name) {
  return As<Plain, Members...>(name);
}
// What a row says that is no member of it; for SQL alone.
template <class T>
constexpr Column<T> Computed(std::string_view name, Value (*write)(const T& row)) {
  return {name, write, nullptr};
}

// The texts of a table's statements. Private to Columns.
class ColumnNames {
 public:
  struct Name {
    std::string text;
    bool read;
    bool inserted;
    bool changed;
  };
  ColumnNames(std::string_view table, std::vector<std::string> owners, std::vector<Name> names)
      : table_(table), owners_(std::move(owners)), names_(std::move(names)) {}

  // What Read reads, in its order: "id, state", or with alias "e" "e.id, e.state".
  std::string List(std::string_view alias = "") const;
  // "SELECT <list> FROM <table> [alias] <rest>".
  std::string Select(std::string_view rest, std::string_view alias = "") const;
  // "INSERT INTO <table> (…) VALUES ($1, …)"; its parameters are Columns::Inserted.
  std::string Insert() const;
  // As Insert, and where a row with this key ("id, number") is there, what may change is changed.
  std::string Upsert(std::string_view key) const;
  // "UPDATE <table> SET <what may change><rest>"; its parameters are Columns::Changed, which come
  // behind the `given` ones of `rest`: Update(2, ", version = version + 1 WHERE id = $1 AND version
  // = $2").
  std::string Update(size_t given, std::string_view rest) const;

  const std::string& table() const { return table_; }
  size_t owners() const { return owners_.size(); }

 private:
  std::string table_;
  std::vector<std::string> owners_;
  std::vector<Name> names_;
};

// All columns of T's rows in a table. `owners` are columns before them that T does not hold (the
// row it belongs to): the caller gives them to Inserted, and finds them first in each row.
template <class T>
class Columns : public ColumnNames {
 public:
  Columns(std::string_view table, std::vector<Column<T>> columns,
          std::vector<std::string> owners = {})
      : ColumnNames(table, std::move(owners), NamesOf(columns)), columns_(std::move(columns)) {}

  // Of the same rows these columns alone: for a statement that changes no others. Aborts where one
  // is unknown.
  Columns Only(std::initializer_list<std::string_view> names) const;

  // The parameters of Insert and Upsert, and of Update; after `given`.
  Params Inserted(const T& row, Params given = {}) const {
    given.reserve(given.size() + columns_.size());
    for (const Column<T>& column : columns_) {
      if (column.write != nullptr) given.push_back(column.write(row));
    }
    return given;
  }
  Params Changed(const T& row, Params given) const {
    given.reserve(given.size() + columns_.size());
    for (const Column<T>& column : columns_) {
      if (column.write != nullptr && !column.fixed) given.push_back(column.write(row));
    }
    return given;
  }

  // How many a row has of List: what a SELECT asks for behind it begins there.
  size_t size() const;
  // A row of Select, or of a statement with List at its beginning. An error tells table and column,
  // and the row by its first column where that is an id.
  absl::StatusOr<T> Read(const Row& row) const;
  absl::StatusOr<std::vector<T>> ReadAll(const absl::StatusOr<Result>& result) const;
  // The first row, if there is one.
  absl::StatusOr<std::optional<T>> ReadOne(const absl::StatusOr<Result>& result) const;

 private:
  static std::vector<Name> NamesOf(const std::vector<Column<T>>& columns) {
    std::vector<Name> names;
    for (const Column<T>& column : columns) {
      const bool written = column.write != nullptr;
      names.push_back(
          {std::string(column.name), column.read != nullptr, written, written && !column.fixed});
    }
    return names;
  }

  std::vector<Column<T>> columns_;
};

// `status` with the column it is about, and the row's id if it is known.
absl::Status InColumn(const absl::Status& status, std::string_view table, std::string_view column,
                      std::string_view id);
[[noreturn]] void NoSuchColumn(std::string_view table, std::string_view column);

template <class T>
Columns<T> Columns<T>::Only(std::initializer_list<std::string_view> names) const {
  std::vector<Column<T>> some;
  for (const std::string_view name : names) {
    const auto found = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const Column<T>& column) { return column.name == name; });
    if (found == columns_.end()) NoSuchColumn(table(), name);
    some.push_back(*found);
  }
  return Columns(table(), std::move(some));
}

template <class T>
size_t Columns<T>::size() const {
  size_t count = owners();
  for (const Column<T>& column : columns_) count += column.read != nullptr ? 1 : 0;
  return count;
}

template <class T>
absl::StatusOr<T> Columns<T>::Read(const Row& row) const {
  T read;
  size_t at = owners();
  for (const Column<T>& column : columns_) {
    if (column.read == nullptr) continue;
    const absl::Status status = column.read(row, at++, &read);
    if (status.ok()) continue;
    const bool has_id = owners() == 0 && columns_.front().is_text;
    return InColumn(status, table(), column.name, has_id ? row.Text(0) : "");
  }
  return read;
}

template <class T>
absl::StatusOr<std::vector<T>> Columns<T>::ReadAll(const absl::StatusOr<Result>& result) const {
  if (!result.ok()) return result.status();
  std::vector<T> rows;
  rows.reserve(result->rows.size());
  for (const Row& row : result->rows) {
    TREMPLIN_ASSIGN_OR_RETURN(T read, Read(row));
    rows.push_back(std::move(read));
  }
  return rows;
}

template <class T>
absl::StatusOr<std::optional<T>> Columns<T>::ReadOne(const absl::StatusOr<Result>& result) const {
  if (!result.ok()) return result.status();
  if (result->rows.empty()) return std::optional<T>();
  TREMPLIN_ASSIGN_OR_RETURN(T read, Read(result->rows.front()));
  return std::optional<T>(std::move(read));
}

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_COLUMNS_H_
