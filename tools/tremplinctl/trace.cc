// trace: what a request led to, put together from the services' logs. Asks no server.
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "rapidjson/prettywriter.h"
#include "rapidjson/stringbuffer.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/journey.h"
#include "tools/tremplinctl/trace_messages.h"

namespace tremplin::ctl {
namespace {

using JsonOut = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

struct TraceOptions {
  std::string id;
  std::vector<std::string> paths;
};

std::string Milliseconds(absl::Duration duration) {
  return absl::StrFormat("%.1f", absl::ToDoubleMilliseconds(duration));
}

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%E3S", time, absl::UTCTimeZone());
}

std::string WhatText(Language language, const Step& step) {
  const std::string indent =
      step.depth == 0 ? "" : std::string(2 * static_cast<size_t>(step.depth - 1), ' ') + "└ ";
  return indent +
         (step.kind == Step::Kind::kEvent ? Text(language, kTraceEvent, {step.what}) : step.what);
}

std::string ResultText(Language language, const Step& step) {
  static const auto* const texts = new std::map<std::string, Message>{{"applied", kTraceApplied},
                                                                      {"repeat", kTraceRepeat},
                                                                      {"parked", kTraceParked},
                                                                      {"failed", kTraceFailed},
                                                                      {"dead", kTraceDead}};
  const auto found = texts->find(step.result);
  std::string result = step.kind == Step::Kind::kEvent && found != texts->end()
                           ? Text(language, found->second)
                           : step.result;
  if (!step.reason.empty()) result += " " + step.reason;
  if (!step.error.empty()) result += ": " + step.error;
  return result;
}

absl::Time EndOf(const Journey& journey) {
  absl::Time end = absl::InfinitePast();
  for (const Step& step : journey.steps) end = std::max(end, step.begin + step.took);
  return end;
}

void PrintJourney(Language language, const Journey& journey) {
  const absl::Time begin = journey.steps.front().begin;
  Say(language, kTraceHead,
      {journey.trace, TimeText(begin), text::Cat(journey.steps.size()),
       Milliseconds(EndOf(journey) - begin)});
  Table table(
      {"Service", "After / Après (ms)", "What / Quoi", "Took / Durée (ms)", "Result / Résultat"});
  for (const Step& step : journey.steps) {
    table.Row({step.service, Milliseconds(step.begin - begin), WhatText(language, step),
               Milliseconds(step.took), ResultText(language, step)});
  }
  table.Print({true, false, true, false, true});
  if (journey.parents_missing > 0) {
    Say(language, kTraceParents, {text::Cat(journey.parents_missing)});
  }
}

void Put(JsonOut& out, const char* name, const std::string& value) {
  out.Key(name);
  out.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

std::string KindOf(Step::Kind kind) {
  if (kind == Step::Kind::kHttp) return "http";
  return kind == Step::Kind::kCall ? "call" : "event";
}

void Put(JsonOut& out, const Step& step) {
  out.StartObject();
  Put(out, "span", step.span);
  Put(out, "parent", step.parent);
  Put(out, "service", step.service);
  Put(out, "kind", KindOf(step.kind));
  Put(out, "what", step.what);
  Put(out, "begin", absl::FormatTime(absl::RFC3339_full, step.begin, absl::UTCTimeZone()));
  out.Key("ms");
  out.Double(absl::ToDoubleMilliseconds(step.took));
  Put(out, "result", step.result);
  Put(out, "reason", step.reason);
  Put(out, "error", step.error);
  Put(out, "request", step.request);
  Put(out, "event_id", step.event_id);
  out.Key("depth");
  out.Int(step.depth);
  out.EndObject();
}

void PrintAsJson(const Found& found) {
  rapidjson::StringBuffer buffer;
  JsonOut out(buffer);
  out.StartObject();
  out.Key("traces");
  out.StartArray();
  for (const Journey& journey : found.journeys) {
    out.StartObject();
    Put(out, "trace", journey.trace);
    out.Key("parents_missing");
    out.Int(journey.parents_missing);
    out.Key("steps");
    out.StartArray();
    for (const Step& step : journey.steps) Put(out, step);
    out.EndArray();
    out.EndObject();
  }
  out.EndArray();
  out.Key("more");
  out.Bool(found.more);
  out.EndObject();
  std::printf("%s\n", buffer.GetString());
}

absl::Status Trace(const Globals& globals, const TraceOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const Logs logs, Logs::Open(options.paths));
  TREMPLIN_ASSIGN_OR_RETURN(const Found found, FindJourneys(logs, options.id));
  if (globals.json) {
    PrintAsJson(found);
    return absl::OkStatus();
  }
  for (const Journey& journey : found.journeys) PrintJourney(globals.language(), journey);
  if (found.more) {
    Say(globals.language(), kTraceMore, {text::Cat(kMostTraces), text::Cat(kMostSteps)});
  }
  return absl::OkStatus();
}

}  // namespace

void AddTrace(CLI::App& app, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<TraceOptions>();
  CLI::App* trace =
      app.add_subcommand("trace", "what a request led to, from the logs / suivre une requête");
  trace->add_option("id", options->id, "a trace, a traceparent, a request or an event")->required();
  trace->add_option("logs", options->paths,
                    "files and folders of all services; without any, standard input");
  trace->callback([&globals, &result, options] { result = Trace(globals, *options); });
}

}  // namespace tremplin::ctl
