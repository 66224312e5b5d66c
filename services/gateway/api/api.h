#ifndef TREMPLIN_SERVICES_GATEWAY_API_API_H_
#define TREMPLIN_SERVICES_GATEWAY_API_API_H_

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"

namespace tremplin::gateway {

// What the services of this build offer to the outside, as descriptors with the comments of their
// protos, built into the program. Read-only; thread-safe.
class Api {
 public:
  // INTERNAL when what was built in cannot be read.
  static absl::StatusOr<std::unique_ptr<Api>> Load();

  // The methods that somebody outside may call, in the order of cmake/Services.cmake and of their
  // protos, a service's by name: those for other services only are left out.
  std::vector<const google::protobuf::MethodDescriptor*> Methods() const;

  // The facts that services publish, by whose topic each file's are on, in the same order; last
  // those of the runtime itself, which are on registration's.
  struct Events {
    std::string service;
    const google::protobuf::FileDescriptor* file;
  };
  std::vector<Events> EventFiles() const;

 private:
  Api() = default;
  // The files of a folder, by name.
  std::vector<const google::protobuf::FileDescriptor*> FilesOf(const std::string& folder) const;

  google::protobuf::DescriptorPool pool_;
  std::set<std::string> files_;
};

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_API_API_H_
