#include "tools/tremplinctl/journey.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "common/trace/trace.h"
#include "rapidjson/document.h"
#include "tools/tremplinctl/messages.h"
#include "tools/tremplinctl/trace_messages.h"

namespace tremplin::ctl {
namespace {

constexpr size_t kTraceIdLength = 32;

std::string StringOf(const rapidjson::Value& line, const char* name) {
  const auto found = line.FindMember(name);
  if (found == line.MemberEnd() || !found->value.IsString()) return "";
  return {found->value.GetString(), found->value.GetStringLength()};
}

double NumberOf(const rapidjson::Value& line, const char* name) {
  const auto found = line.FindMember(name);
  return found == line.MemberEnd() || !found->value.IsNumber() ? 0 : found->value.GetDouble();
}

std::string Behind(const std::string& text, char separator) {
  return text.substr(text.rfind(separator) + 1);
}

// "tremplin.referral.v1.ReferralService/GetReferral" → "referral"; the runtime's own methods are
// whoever's the process is.
std::string ServiceOf(const std::string& method, const std::string& process) {
  constexpr std::string_view kPackage = "tremplin.";
  if (!method.starts_with(kPackage)) return process;
  const size_t end = method.find('.', kPackage.size());
  const std::string service = method.substr(kPackage.size(), end - kPackage.size());
  return service == "runtime" ? process : service;
}

bool Tell(const rapidjson::Value& line, Step& step) {
  const std::string message = StringOf(line, "msg");
  if (message == "http") {
    step.kind = Step::Kind::kHttp;
    step.service = "gateway";
    step.what = text::Cat(StringOf(line, "method"), " ", StringOf(line, "path"));
    step.result = text::Cat(static_cast<int64_t>(NumberOf(line, "code")));
    return true;
  }
  if (message == "call") {
    const std::string method = StringOf(line, "method");
    step.kind = Step::Kind::kCall;
    step.service = ServiceOf(method, StringOf(line, "service"));
    step.what = Behind(method, '/');
    step.result = StringOf(line, "code");
    return true;
  }
  if (message != "event") return false;
  step.kind = Step::Kind::kEvent;
  step.service = StringOf(line, "consumer");
  step.what = Behind(StringOf(line, "type"), '.');
  step.result = StringOf(line, "result");
  step.event_id = StringOf(line, "event_id");
  return true;
}

// Whether a line may tell of one of these, before it is taken apart.
bool Holds(std::string_view line, const std::set<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [line](const std::string& name) {
    return line.find(name) != std::string_view::npos;
  });
}

bool IsTraceId(std::string_view id) {
  return id.size() == kTraceIdLength && std::all_of(id.begin(), id.end(), [](char c) {
           return absl::ascii_isxdigit(static_cast<unsigned char>(c));
         });
}

bool IsPrintable(std::string_view id) {
  return !id.empty() && id.size() <= kLongestTraceName &&
         std::all_of(id.begin(), id.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// The traces that lines with one of these names as request or event id belong to.
std::set<std::string> TracesOf(const Logs& logs, const std::set<std::string>& names, bool& more) {
  std::set<std::string> traces;
  logs.EachLine([&](std::string_view line) {
    if (!Holds(line, names)) return;
    const std::optional<Step> step = ReadStep(line);
    if (!step.has_value() || !(names.contains(step->request) || names.contains(step->event_id))) {
      return;
    }
    if (traces.size() < kMostTraces || traces.contains(step->trace)) {
      traces.insert(step->trace);
    } else {
      more = true;
    }
  });
  return traces;
}

absl::Status Collect(const std::string& path, std::vector<std::string>& files) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) {
    files.push_back(path);
    return absl::OkStatus();
  }
  std::vector<std::string> below;
  auto entry = std::filesystem::recursive_directory_iterator(path, error);
  for (const auto end = std::filesystem::recursive_directory_iterator(); !error && entry != end;
       entry.increment(error)) {
    if (entry->is_regular_file(error)) below.push_back(entry->path().string());
    if (below.size() + files.size() > kMostFiles) {
      return status::Error(absl::StatusCode::kInvalidArgument, kTraceManyFiles,
                           {text::Cat(kMostFiles)});
    }
  }
  if (error) return status::Error(absl::StatusCode::kInvalidArgument, kFileMissing, {path});
  std::sort(below.begin(), below.end());
  files.insert(files.end(), below.begin(), below.end());
  return absl::OkStatus();
}

void EachLineOf(std::FILE* file, const std::function<void(std::string_view)>& take) {
  std::vector<char> buffer(kLongestLine + 2);
  bool within = false;  // a line that is too long
  while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), file) != nullptr) {
    const std::string_view piece(buffer.data());
    const bool ends = !piece.empty() && piece.back() == '\n';
    if (!within && (ends || std::feof(file) != 0)) take(piece);
    within = !ends;
  }
}

// The step and what comes of it, behind one another.
void Walk(const std::string& span, int depth, std::multimap<std::string, Step>& below,
          std::vector<Step>& out) {
  const auto [first, last] = below.equal_range(span);
  std::vector<Step> children;
  for (auto child = first; child != last; ++child) children.push_back(std::move(child->second));
  below.erase(first, last);  // so that lines that name one another in a circle end
  std::sort(children.begin(), children.end(),
            [](const Step& a, const Step& b) { return a.begin < b.begin; });
  for (Step& child : children) {
    child.depth = depth;
    const std::string next = child.span;
    out.push_back(std::move(child));
    Walk(next, depth + 1, below, out);
  }
}

}  // namespace

std::optional<Step> ReadStep(std::string_view line) {
  const size_t brace = line.find('{');
  if (brace == std::string_view::npos) return std::nullopt;
  line.remove_prefix(brace);
  rapidjson::Document parsed;
  parsed.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseStopWhenDoneFlag>(line.data(),
                                                                                   line.size());
  if (parsed.HasParseError() || !parsed.IsObject()) return std::nullopt;
  Step step;
  step.trace = StringOf(parsed, "trace");
  step.span = StringOf(parsed, "span");
  step.parent = StringOf(parsed, "parent");
  absl::Time end;
  std::string error;
  if (step.trace.empty() || step.span.empty() || !Tell(parsed, step) ||
      !absl::ParseTime(absl::RFC3339_full, StringOf(parsed, "ts"), &end, &error)) {
    return std::nullopt;
  }
  step.reason = StringOf(parsed, "reason");
  step.error = StringOf(parsed, "error");
  step.request = StringOf(parsed, "request");
  step.took = absl::Milliseconds(NumberOf(parsed, "ms"));
  step.begin = end - step.took;
  return step;
}

Journey PutTogether(std::vector<Step> steps) {
  Journey journey;
  if (steps.empty()) return journey;
  journey.trace = steps.front().trace;
  std::sort(steps.begin(), steps.end(),
            [](const Step& a, const Step& b) { return a.begin < b.begin; });
  std::set<std::string> spans;
  std::multimap<std::string, Step> below;  // by the parent; the first ones' is ""
  std::vector<Step> once;
  for (Step& step : steps) {
    if (spans.insert(step.span).second) once.push_back(std::move(step));
  }
  int first = 0;
  for (Step& step : once) {
    const bool known = spans.contains(step.parent) && step.parent != step.span;
    if (!known) ++first;
    if (!known && !step.parent.empty()) ++journey.parents_missing;
    below.emplace(known ? step.parent : "", std::move(step));
  }
  // Who called from outside has no line here.
  if (first == 1) journey.parents_missing = 0;
  Walk("", 0, below, journey.steps);
  while (!below.empty()) Walk(std::string(below.begin()->first), 0, below, journey.steps);
  return journey;
}

absl::StatusOr<Logs> Logs::Open(const std::vector<std::string>& paths) {
  Logs logs;
  bool input = paths.empty();
  for (const std::string& path : paths) {
    if (path == "-") {
      input = true;
    } else {
      TREMPLIN_RETURN_IF_ERROR(Collect(path, logs.files_));
    }
  }
  for (const std::string& file : logs.files_) {
    const std::unique_ptr<std::FILE, Close> opened(std::fopen(file.c_str(), "r"));
    if (opened == nullptr) {
      return status::Error(absl::StatusCode::kInvalidArgument, kFileMissing, {file});
    }
  }
  if (!input) return logs;
  if (isatty(STDIN_FILENO) == 1) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kTraceNoInput);
  }
  logs.input_.reset(std::tmpfile());
  if (logs.input_ == nullptr) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kFileNotWritten, {P_tmpdir});
  }
  bool written = true;
  EachLineOf(stdin, [&](std::string_view line) {
    written = written && std::fwrite(line.data(), 1, line.size(), logs.input_.get()) == line.size();
  });
  if (!written || std::fflush(logs.input_.get()) != 0) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kFileNotWritten, {P_tmpdir});
  }
  return logs;
}

void Logs::EachLine(const std::function<void(std::string_view)>& take) const {
  for (const std::string& path : files_) {
    const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "r"));
    if (file != nullptr) EachLineOf(file.get(), take);
  }
  if (input_ == nullptr) return;
  std::rewind(input_.get());
  EachLineOf(input_.get(), take);
}

absl::StatusOr<Found> FindJourneys(const Logs& logs, std::string_view id) {
  if (!IsPrintable(id)) return status::Error(absl::StatusCode::kInvalidArgument, kTraceIdWrong);
  Found found;
  std::set<std::string> traces;
  if (trace::IsTraceparent(id)) {
    traces.insert(std::string(trace::TraceIdOf(id)));
  } else if (IsTraceId(id)) {
    traces.insert(absl::AsciiStrToLower(text::Absl(id)));
  } else {
    traces = TracesOf(logs, {std::string(id), trace::LoggedRequestId(id)}, found.more);
  }
  std::map<std::string, std::vector<Step>> steps;
  size_t count = 0;
  logs.EachLine([&](std::string_view line) {
    if (!Holds(line, traces)) return;
    std::optional<Step> step = ReadStep(line);
    if (!step.has_value() || !traces.contains(step->trace)) return;
    if (++count > kMostSteps) {
      found.more = true;
    } else {
      steps[step->trace].push_back(*std::move(step));
    }
  });
  if (steps.empty()) {
    return status::Error(absl::StatusCode::kNotFound, kTraceNowhere, {std::string(id)});
  }
  for (auto& [trace, of] : steps) found.journeys.push_back(PutTogether(std::move(of)));
  std::sort(found.journeys.begin(), found.journeys.end(), [](const Journey& a, const Journey& b) {
    return a.steps.front().begin < b.steps.front().begin;
  });
  return found;
}

}  // namespace tremplin::ctl
