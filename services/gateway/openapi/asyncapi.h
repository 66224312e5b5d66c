#ifndef TREMPLIN_SERVICES_GATEWAY_OPENAPI_ASYNCAPI_H_
#define TREMPLIN_SERVICES_GATEWAY_OPENAPI_ASYNCAPI_H_

#include <string>

#include "services/gateway/api/api.h"

namespace tremplin::gateway {

// The AsyncAPI 3.0 document of the topics, as JSON: a channel a topic with its key, a message a
// fact with its CloudEvents headers and its payload, words from the comments of the protos. A
// message of an events.proto that others of it are made of is a part, not a fact. The same protos
// give the same text.
std::string AsyncApi(const Api& api);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_OPENAPI_ASYNCAPI_H_
