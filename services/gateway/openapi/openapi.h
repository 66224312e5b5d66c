#ifndef TREMPLIN_SERVICES_GATEWAY_OPENAPI_OPENAPI_H_
#define TREMPLIN_SERVICES_GATEWAY_OPENAPI_OPENAPI_H_

#include <string>

#include "services/gateway/transcoding/transcoder.h"

namespace tremplin::gateway {

// The OpenAPI 3.1 document of the routes, as JSON: paths, parameters, bodies and answers from the
// descriptors, words from the comments of the protos. The same routes give the same text.
std::string OpenApi(const transcoding::Transcoder& transcoder);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_OPENAPI_OPENAPI_H_
