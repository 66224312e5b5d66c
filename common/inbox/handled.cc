#include "common/inbox/handled.h"

#include "common/inbox/inbox_store.h"
#include "common/logging/logging.h"
#include "common/trace/trace.h"

namespace tremplin::inbox {
namespace {

logging::Level LevelOf(std::string_view result) {
  if (result == "dead") return logging::Level::kError;
  return result == "failed" ? logging::Level::kWarning : logging::Level::kInfo;
}

}  // namespace

std::string BeginSpan(events::Event& event) {
  std::string parent(trace::SpanIdOf(event.traceparent));
  event.traceparent = trace::ChildOf(event.traceparent);
  return parent;
}

void LogHandled(const Handled& handled) {
  const std::string error = handled.failure.ok() ? "" : DescribeFailure(handled.failure);
  logging::Log(LevelOf(handled.result), "event",
               {{"consumer", handled.consumer},
                {"type", handled.type},
                {"event_id", handled.event_id},
                {"result", handled.result},
                {"ms", absl::ToDoubleMilliseconds(handled.took)},
                {"trace", trace::TraceIdOf(handled.traceparent)},
                {"span", trace::SpanIdOf(handled.traceparent)},
                {"parent", handled.parent},
                {"error", std::string_view(error)}});
}

}  // namespace tremplin::inbox
