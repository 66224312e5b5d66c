#ifndef TREMPLIN_TOOLS_TREMPLINCTL_JOURNEY_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_JOURNEY_H_

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

// What a request led to, put together from the log lines of all services: by common/trace each call
// and each event that was handled leaves one.
namespace tremplin::ctl {

inline constexpr size_t kLongestLine = 64 << 10;   // bytes; a longer one is no line of ours
inline constexpr size_t kMostFiles = 10'000;       // of the folders given
inline constexpr size_t kMostTraces = 20;          // that one id leads to
inline constexpr size_t kMostSteps = 10'000;       // of all of them together
inline constexpr size_t kLongestTraceName = 1024;  // bytes, of what is looked for

// What one line tells.
struct Step {
  enum class Kind { kHttp, kCall, kEvent };
  Kind kind = Kind::kCall;
  std::string trace, span, parent;
  std::string service;   // "gateway", "referral": whose work it was, whatever process did it
  std::string what;      // "POST /v1/referrals", "SubmitReferral", "ReferralSubmitted"
  std::string result;    // "200", "OK", "applied"
  std::string reason;    // of an error, "" where there is none
  std::string error;     // what was not told to the caller
  std::string request;   // the request id as the log has it
  std::string event_id;  // of an event
  absl::Time begin;
  absl::Duration took;
  int depth = 0;  // in its journey
};

// The step of a line, whatever precedes its JSON; none where the line tells of no step.
std::optional<Step> ReadStep(std::string_view line);

// One trace: every step behind the one it comes from, those of one in the order of time.
struct Journey {
  std::string trace;
  std::vector<Step> steps;
  int parents_missing = 0;  // steps, but for the first, that come from one these logs do not have
};

// Steps of one trace, in any order, also of lines that came twice.
Journey PutTogether(std::vector<Step> steps);

// Log lines, read as often as needed.
class Logs {
 public:
  // Files, folders (every file below them), "-" for standard input. Without any, standard input,
  // which is kept in a file without a name. INVALID_ARGUMENT naming what cannot be read, or more
  // than kMostFiles; FAILED_PRECONDITION where standard input is a terminal.
  static absl::StatusOr<Logs> Open(const std::vector<std::string>& paths);
  void EachLine(const std::function<void(std::string_view)>& take) const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::vector<std::string> files_;
  std::unique_ptr<std::FILE, Close> input_;
};

struct Found {
  std::vector<Journey> journeys;  // in the order of time
  bool more = false;              // there was more than the bounds above allow
};

// The journeys that an id belongs to: a trace id, a traceparent, a request id (X-Request-Id,
// Idempotency-Key, request_id) or an event id. INVALID_ARGUMENT for what can be none of these,
// NOT_FOUND where the logs have nothing of it.
absl::StatusOr<Found> FindJourneys(const Logs& logs, std::string_view id);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_JOURNEY_H_
