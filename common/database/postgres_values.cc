#include "common/database/postgres_values.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/database/error.h"
#include "common/status/condition.h"

namespace tremplin::database {
namespace {

// pg_type.oid of the types of the subset.
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kName = 19;
constexpr Oid kFloat4 = 700;
constexpr Oid kFloat8 = 701;
constexpr Oid kUnknown = 705;
constexpr Oid kBpchar = 1042;
constexpr Oid kVarchar = 1043;
constexpr Oid kNumeric = 1700;
constexpr Oid kVoid = 2278;

void PutBigEndian(uint64_t number, char* out) {
  for (size_t i = 0; i < 8; ++i) out[i] = static_cast<char>((number >> (56 - 8 * i)) & 0xff);
}

uint64_t GetBigEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

int64_t GetSigned(std::string_view bytes) {
  uint64_t number = GetBigEndian(bytes);
  size_t bits = 8 * bytes.size();
  if (bits == 0 || bits >= 64) return static_cast<int64_t>(number);
  uint64_t sign = uint64_t{1} << (bits - 1);
  return static_cast<int64_t>((number ^ sign) - sign);
}

// SUM of integers is numeric in PostgreSQL and an integer in SQLite, AVG numeric and a real.
Value DecodeNumeric(std::string_view bytes) {
  if (bytes.size() < 8) return int64_t{0};
  size_t digits = static_cast<size_t>(GetBigEndian(bytes.substr(0, 2)));
  int64_t weight = GetSigned(bytes.substr(2, 2));
  bool negative = GetBigEndian(bytes.substr(4, 2)) == 0x4000;
  uint64_t scale = GetBigEndian(bytes.substr(6, 2));
  double real = 0;
  int64_t whole = 0;
  bool fits = scale == 0;
  for (size_t i = 0; i < digits && 10 + 2 * i <= bytes.size(); ++i) {
    int64_t digit = GetSigned(bytes.substr(8 + 2 * i, 2));
    int64_t power = weight - static_cast<int64_t>(i);
    real += static_cast<double>(digit) * std::pow(10000.0, static_cast<double>(power));
    int64_t shifted = digit;
    for (int64_t p = 0; p < power && fits; ++p) {
      fits = !__builtin_mul_overflow(shifted, int64_t{10000}, &shifted);
    }
    if (fits) fits = !__builtin_add_overflow(whole, shifted, &whole);
  }
  if (fits) return negative ? -whole : whole;
  return negative ? -real : real;
}

absl::StatusOr<Value> DecodeValue(Oid type, std::string_view bytes) {
  switch (type) {
    case kBool:
    case kInt2:
    case kInt4:
    case kInt8:
      return Value(GetSigned(bytes));
    case kFloat4:
      return Value(
          static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(GetBigEndian(bytes)))));
    case kFloat8:
      return Value(std::bit_cast<double>(GetBigEndian(bytes)));
    case kNumeric:
      return DecodeNumeric(bytes);
    case kText:
    case kName:
    case kBpchar:
    case kVarchar:
    case kUnknown:
      return Value(std::string(bytes));
    case kBytea:
      return Value(Bytes{std::string(bytes)});
    case kVoid:
      return Value(std::monostate());
    default:
      return absl::InternalError(absl::StrCat("a column of type ", type, " is outside the subset"));
  }
}

bool IsSelect(const PGresult* result) {
  return std::string_view(PQcmdStatus(const_cast<PGresult*>(result))).substr(0, 6) == "SELECT";
}

absl::StatusCode CodeOf(std::string_view state) {
  if (state == "23505" || state == "23P01") return absl::StatusCode::kAlreadyExists;
  std::string_view kind = state.substr(0, 2);
  if (kind == "23") return absl::StatusCode::kFailedPrecondition;
  if (kind == "40" || state == "25P02") return absl::StatusCode::kAborted;
  if (state == "57014" || state == "55P03") return absl::StatusCode::kDeadlineExceeded;
  if (state == "53300" || state == "25P03" || state == kReadOnlyState) {
    return absl::StatusCode::kUnavailable;
  }
  if (kind == "53") return absl::StatusCode::kResourceExhausted;
  // Text that is no UTF-8, or holds a zero byte.
  if (state == "22021" || state == "22P05") return absl::StatusCode::kInvalidArgument;
  if (kind == "08" || kind == "57" || kind == "58") return absl::StatusCode::kUnavailable;
  return absl::StatusCode::kInternal;
}

}  // namespace

Oid OidOf(const Value& value) {
  static constexpr Oid kOids[] = {0, kInt8, kFloat8, kText, kBytea};
  return kOids[value.index()];
}

BinaryParams::BinaryParams(const Params& params) {
  numbers_.resize(params.size());
  for (size_t i = 0; i < params.size(); ++i) {
    const Value& value = params[i];
    const char* bytes = nullptr;
    size_t size = 0;
    if (const auto* number = std::get_if<int64_t>(&value)) {
      PutBigEndian(static_cast<uint64_t>(*number), numbers_[i].data());
      bytes = numbers_[i].data();
      size = 8;
    } else if (const auto* real = std::get_if<double>(&value)) {
      PutBigEndian(std::bit_cast<uint64_t>(*real), numbers_[i].data());
      bytes = numbers_[i].data();
      size = 8;
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      bytes = text->data();
      size = text->size();
    } else if (const auto* blob = std::get_if<Bytes>(&value)) {
      bytes = blob->data.data();
      size = blob->data.size();
    }
    values_.push_back(bytes);
    lengths_.push_back(static_cast<int>(size));
    formats_.push_back(1);
  }
}

absl::StatusOr<Result> DecodeResult(const PGresult* result) {
  Result decoded;
  int rows = PQntuples(result);
  int columns = PQnfields(result);
  decoded.rows.reserve(static_cast<size_t>(rows));
  for (int row = 0; row < rows; ++row) {
    std::vector<Value> values;
    values.reserve(static_cast<size_t>(columns));
    for (int column = 0; column < columns; ++column) {
      if (PQgetisnull(result, row, column) != 0) {
        values.emplace_back();
        continue;
      }
      std::string_view bytes(PQgetvalue(result, row, column),
                             static_cast<size_t>(PQgetlength(result, row, column)));
      absl::StatusOr<Value> value = DecodeValue(PQftype(result, column), bytes);
      if (!value.ok()) return value.status();
      values.push_back(*std::move(value));
    }
    decoded.rows.emplace_back(std::move(values));
  }
  if (!IsSelect(result)) {
    decoded.affected = std::strtoll(PQcmdTuples(const_cast<PGresult*>(result)), nullptr, 10);
  }
  return decoded;
}

std::string SqlStateOf(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state == nullptr ? "" : state;
}

absl::Status ErrorOf(const PGresult* result, std::string_view sql) {
  std::string state = SqlStateOf(result);
  if (state.empty()) return absl::UnavailableError("the connection to PostgreSQL was lost");
  absl::StatusCode code = CodeOf(state);
  std::string text = absl::StrCat("postgres ", state);
  // The primary message of other classes may quote what was sent. 42: syntax, names, privileges.
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (primary != nullptr && state.substr(0, 2) == "42") absl::StrAppend(&text, ": ", primary);
  absl::StrAppend(&text, ", in: ", std::string(sql.substr(0, 200)));
  const char* constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
  const char* column = PQresultErrorField(result, PG_DIAG_COLUMN_NAME);
  if (state.substr(0, 2) == "23") {
    const char* name = constraint != nullptr ? constraint : column;
    return ConstraintError(code, text, name == nullptr ? "" : name);
  }
  if (state == "53100") return status::DiskFullError(text);
  return absl::Status(code, text);
}

bool EndsTransaction(std::string_view sql_state) {
  return sql_state.substr(0, 2) == "40" || sql_state == "25P02" || sql_state == "55P03" ||
         sql_state == "3B001" || sql_state == "25P01";
}

}  // namespace tremplin::database
