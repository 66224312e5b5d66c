#ifndef TREMPLIN_SERVICES_GATEWAY_APP_ERRORS_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_ERRORS_H_

#include "absl/status/status.h"
#include "services/gateway/http/message.h"
#include "services/gateway/http/server.h"

// Errors that HTTP has a word of its own for, beside the table of transcoding/errors.h.
namespace tremplin::gateway {

// The status with which an error of `request` is answered.
int StatusOf(const absl::Status& status, const http::Request& request);

// What the server refuses before the gateway has seen it.
absl::Status ErrorOf(http::Refusal refusal);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_ERRORS_H_
