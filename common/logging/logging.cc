#include "common/logging/logging.h"

#include <memory>
#include <mutex>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/environment/environment.h"
#include "common/logging/json.h"
#include "spdlog/logger.h"
#include "spdlog/sinks/stdout_sinks.h"

namespace tremplin::logging {
namespace {

struct State {
  std::shared_ptr<spdlog::logger> logger;
  std::mutex mutex;
  std::string service;  // as a JSON string, quotes included
};

State& GetState() {
  // Never destroyed: threads may log while the process ends.
  static State* const state = [] {
    auto* made = new State;
    made->logger = std::make_shared<spdlog::logger>(
        "tremplin", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->logger->set_pattern("%v");
    made->logger->set_level(spdlog::level::info);
    made->service = "\"\"";
    return made;
  }();
  return *state;
}

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      break;
  }
  return spdlog::level::err;
}

const char* NameOf(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      break;
  }
  return "error";
}

void AppendValue(const Field& field, std::string& out) {
  std::visit(
      [&out](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::string_view>) {
          AppendJsonString(value, out);
        } else if constexpr (std::is_same_v<T, bool>) {
          out += value ? "true" : "false";
        } else if constexpr (std::is_same_v<T, double>) {
          AppendJsonNumber(value, out);
        } else {
          absl::StrAppend(&out, value);
        }
      },
      field.value);
}

}  // namespace

void Init(std::string_view service, Level level) {
  State& state = GetState();
  std::string name;
  AppendJsonString(service, name);
  {
    std::lock_guard lock(state.mutex);
    state.service = std::move(name);
  }
  state.logger->set_level(ToSpdlog(level));
}

void Log(Level level, std::string_view msg, std::initializer_list<Field> fields) {
  State& state = GetState();
  const spdlog::level::level_enum spdlog_level = ToSpdlog(level);
  if (!state.logger->should_log(spdlog_level)) return;
  std::string line = absl::StrCat(
      "{\"ts\":\"",
      absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", environment::SystemNow(), absl::UTCTimeZone()),
      "\",\"level\":\"", NameOf(level), "\",\"service\":");
  {
    std::lock_guard lock(state.mutex);
    line += state.service;
  }
  line += ",\"msg\":";
  AppendJsonString(msg, line);
  for (const Field& field : fields) {
    line += ',';
    AppendJsonString(field.key, line);
    line += ':';
    AppendValue(field, line);
  }
  line += '}';
  state.logger->log(spdlog_level, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace tremplin::logging
