#ifndef TREMPLIN_SERVICES_GATEWAY_API_DESCRIPTORS_H_
#define TREMPLIN_SERVICES_GATEWAY_API_DESCRIPTORS_H_

#include <cstddef>

namespace tremplin::gateway {

// A google.protobuf.FileDescriptorSet of the services' protos with all that they import and their
// comments, made by the build.
extern const unsigned char kDescriptors[];
extern const size_t kDescriptorsSize;

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_API_DESCRIPTORS_H_
