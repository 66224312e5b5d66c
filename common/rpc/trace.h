#ifndef TREMPLIN_COMMON_RPC_TRACE_H_
#define TREMPLIN_COMMON_RPC_TRACE_H_

#include <string>
#include <string_view>

namespace tremplin::rpc {

// Whether `text` is a W3C traceparent of version 00 with ids that are not all zero.
bool IsTraceparent(std::string_view text);

// A new one, with random ids, sampled.
std::string NewTraceparent();

// The trace id in a traceparent ("" when it is none).
std::string_view TraceIdOf(std::string_view traceparent);

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_TRACE_H_
