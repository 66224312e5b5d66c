#ifndef TREMPLIN_COMMON_INBOX_HANDLED_H_
#define TREMPLIN_COMMON_INBOX_HANDLED_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/events/event.h"

namespace tremplin::inbox {

// What a consumer has done with an event, for the log.
struct Handled {
  std::string_view consumer;     // the service that reads
  std::string_view type;         // "" where the event cannot be decoded
  std::string_view event_id;     // where it cannot, its offset
  std::string_view traceparent;  // the span of this handling; "" where there is none
  std::string_view parent;       // the span that the event was written in
  std::string_view result;       // "applied", "repeat", "parked", "failed" or "dead"
  absl::Duration took;           // since it was read
  absl::Status failure = absl::OkStatus();
};

// Makes the handling of the event a span of its own: what its handler calls and writes comes from
// that. Returns the span that the event was written in, "" where there is none.
std::string BeginSpan(events::Event& event);

// One line for each event that was dealt with; of what has no effect here, none. A failure is a
// warning, a dead letter an error.
void LogHandled(const Handled& handled);

}  // namespace tremplin::inbox

#endif  // TREMPLIN_COMMON_INBOX_HANDLED_H_
