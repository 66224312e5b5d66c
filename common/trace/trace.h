#ifndef TREMPLIN_COMMON_TRACE_TRACE_H_
#define TREMPLIN_COMMON_TRACE_TRACE_H_

#include <string>
#include <string_view>

// W3C Trace Context: a traceparent travels with each call and each event, and says which trace they
// belong to and which step of it (a span) they come from. Every step is a span of its own and
// leaves one line in the log with `trace`, `span` and `parent`, from which tremplinctl trace puts
// the journey together. Thread-safe.
namespace tremplin::trace {

// Whether `text` is a W3C traceparent of version 00 with ids that are not all zero.
bool IsTraceparent(std::string_view text);

// The first span of a new trace, with random ids, sampled.
std::string NewTraceparent();

// A new span of the same trace, whose parent `traceparent`'s span is; of a new trace where
// `traceparent` is none.
std::string ChildOf(std::string_view traceparent);

// The trace id (32 hexadecimal digits) and the span id (16) in a traceparent; "" where it is none.
std::string_view TraceIdOf(std::string_view traceparent);
std::string_view SpanIdOf(std::string_view traceparent);

// How a request id stands in the log: a UUID as it is; any other as a digest, since whoever chose
// it may have put a name or an address into it. "" for "".
std::string LoggedRequestId(std::string_view request_id);

}  // namespace tremplin::trace

#endif  // TREMPLIN_COMMON_TRACE_TRACE_H_
