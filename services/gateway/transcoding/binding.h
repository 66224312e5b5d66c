#ifndef TREMPLIN_SERVICES_GATEWAY_TRANSCODING_BINDING_H_
#define TREMPLIN_SERVICES_GATEWAY_TRANSCODING_BINDING_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "services/gateway/transcoding/transcoder.h"
#include "services/gateway/transcoding/url.h"

// Variables of the path and parameters of the query into the request.
namespace tremplin::gateway::transcoding {

// The fields of a path of names ("book.name"), outermost first; empty when there is none such.
// Every one but the last is a single message.
std::vector<const google::protobuf::FieldDescriptor*> FieldsOf(
    const google::protobuf::Descriptor* type, std::string_view path);

// Puts the values of the route's variables: `segments` are the path's, as they were sent.
absl::Status BindPath(const Route& route, const std::vector<std::string_view>& segments,
                      google::protobuf::Message& request);

// Puts the parameters, in their order.
absl::Status BindQuery(const Route& route, const Parameters& parameters,
                       google::protobuf::Message& request);

}  // namespace tremplin::gateway::transcoding

#endif  // TREMPLIN_SERVICES_GATEWAY_TRANSCODING_BINDING_H_
