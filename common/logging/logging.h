#ifndef TREMPLIN_COMMON_LOGGING_LOGGING_H_
#define TREMPLIN_COMMON_LOGGING_LOGGING_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace tremplin::logging {

enum class Level { kDebug, kInfo, kWarning, kError };

// A field of a log line. Values are ids, codes, counts and times; personal data has no business
// here.
struct Field {
  std::string_view key;
  std::variant<std::string_view, int64_t, double, bool> value;
};

// Opens the log: JSON lines on standard error, one object a line: ts, level, service, msg, fields.
// `service` is the process's name. Thread-safe after Init; before it, lines go out with service "".
void Init(std::string_view service, Level level);

// `msg` is a constant of the program. Strings are escaped; invalid UTF-8 is replaced.
void Log(Level level, std::string_view msg, std::initializer_list<Field> fields = {});
inline void Debug(std::string_view m, std::initializer_list<Field> f = {}) {
  Log(Level::kDebug, m, f);
}
inline void Info(std::string_view m, std::initializer_list<Field> f = {}) {
  Log(Level::kInfo, m, f);
}
inline void Warning(std::string_view m, std::initializer_list<Field> f = {}) {
  Log(Level::kWarning, m, f);
}
inline void Error(std::string_view m, std::initializer_list<Field> f = {}) {
  Log(Level::kError, m, f);
}

}  // namespace tremplin::logging

#endif  // TREMPLIN_COMMON_LOGGING_LOGGING_H_
