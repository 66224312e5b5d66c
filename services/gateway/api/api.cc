#include "services/gateway/api/api.h"

#include <algorithm>
#include <string>

#include "common/services/services.h"
#include "common/text/text.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/descriptor.pb.h"
#include "services/gateway/api/descriptors.h"
#include "tremplin/options/v1/options.pb.h"

namespace tremplin::gateway {
namespace {

using google::protobuf::MethodDescriptor;

bool IsPublic(const MethodDescriptor* method) {
  const auto& access = method->options().GetExtension(options::v1::access);
  return method->options().HasExtension(google::api::http) &&
         (access.anyone() ||
          std::any_of(access.roles().begin(), access.roles().end(),
                      [](int role) { return role != options::v1::ROLE_SERVICE; }));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Api>> Api::Load() {
  google::protobuf::FileDescriptorSet files;
  if (!files.ParseFromArray(kDescriptors, static_cast<int>(kDescriptorsSize))) {
    return absl::InternalError("the descriptors of the services cannot be read");
  }
  std::unique_ptr<Api> api(new Api);
  for (const auto& file : files.file()) {
    if (api->pool_.BuildFile(file) == nullptr) {
      return absl::InternalError(text::Cat("the descriptors do not hold together: ", file.name()));
    }
    api->files_.insert(file.name());
  }
  return api;
}

std::vector<const google::protobuf::FileDescriptor*> Api::FilesOf(const std::string& folder) const {
  std::vector<const google::protobuf::FileDescriptor*> files;
  for (auto name = files_.lower_bound(folder); name != files_.end() && name->starts_with(folder);
       ++name) {
    files.push_back(pool_.FindFileByName(*name));
  }
  return files;
}

std::vector<const MethodDescriptor*> Api::Methods() const {
  std::vector<const MethodDescriptor*> methods;
  std::vector<std::string> names = services::Names();
  names.emplace_back("gateway");
  for (const std::string& service : names) {
    for (const auto* file : FilesOf(text::Cat("tremplin/", service, "/v1/"))) {
      for (int s = 0; s < file->service_count(); ++s) {
        for (int m = 0; m < file->service(s)->method_count(); ++m) {
          const MethodDescriptor* const method = file->service(s)->method(m);
          if (IsPublic(method)) methods.push_back(method);
        }
      }
    }
  }
  return methods;
}

std::vector<Api::Events> Api::EventFiles() const {
  std::vector<Events> files;
  const auto add = [&](const std::string& service, const std::string& folder) {
    for (const auto* file : FilesOf(text::Cat("tremplin/", folder, "/events/v1/"))) {
      files.push_back({service, file});
    }
  };
  for (const std::string& service : services::Names()) add(service, service);
  add("registration", "runtime");
  return files;
}

}  // namespace tremplin::gateway
