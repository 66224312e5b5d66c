#include "common/rpc/registry.h"

#include <cstdlib>
#include <set>

#include "common/logging/logging.h"

namespace tremplin::rpc {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// A method bound wrongly is a fault of the program: it must not start.
[[noreturn]] void Refuse(const std::string& method, std::string_view why) {
  logging::Error("method cannot be bound", {{"method", method}, {"why", why}});
  std::abort();
}

const MethodDescriptor* FindDescriptor(const std::string& full_name) {
  const size_t slash = full_name.find('/');
  if (slash == std::string::npos) return nullptr;
  const ServiceDescriptor* service =
      DescriptorPool::generated_pool()->FindServiceByName(full_name.substr(0, slash));
  return service == nullptr ? nullptr : service->FindMethodByName(full_name.substr(slash + 1));
}

}  // namespace

void Registry::BindRaw(std::string module, const std::string& full_name,
                       const google::protobuf::Message& request_prototype,
                       const google::protobuf::Descriptor* response, Handler handler) {
  const MethodDescriptor* descriptor = FindDescriptor(full_name);
  if (descriptor == nullptr) Refuse(full_name, "no proto declares it");
  if (descriptor->client_streaming() || descriptor->server_streaming()) {
    Refuse(full_name, "it is streaming; handlers are unary");
  }
  if (descriptor->input_type() != request_prototype.GetDescriptor()) {
    Refuse(full_name, "the handler takes another request type");
  }
  if (descriptor->output_type() != response) {
    Refuse(full_name, "the handler returns another response type");
  }
  if (!descriptor->options().HasExtension(options::v1::access)) {
    Refuse(full_name, "it declares no access rule");
  }
  const options::v1::AccessRule& access = descriptor->options().GetExtension(options::v1::access);
  if (access.anyone() == (access.roles_size() > 0)) {
    Refuse(full_name, "its access rule names neither roles nor anyone, or both");
  }
  for (const int role : access.roles()) {
    if (role == Role::ROLE_UNSPECIFIED || !options::v1::Role_IsValid(role)) {
      Refuse(full_name, "its access rule names an unknown role");
    }
  }
  Method method{.full_name = full_name,
                .module = std::move(module),
                .descriptor = descriptor,
                .access = access,
                .request_prototype = &request_prototype,
                .handler = std::move(handler)};
  if (!methods_.emplace(full_name, std::move(method)).second) {
    Refuse(full_name, "it is bound twice");
  }
}

const Registry::Method* Registry::Find(const std::string& full_name) const {
  const auto found = methods_.find(full_name);
  return found == methods_.end() ? nullptr : &found->second;
}

std::vector<const Registry::Method*> Registry::All() const {
  std::vector<const Method*> all;
  all.reserve(methods_.size());
  for (const auto& [name, method] : methods_) all.push_back(&method);
  return all;
}

std::vector<std::string> Registry::Unbound() const {
  std::set<const ServiceDescriptor*> services;
  for (const auto& [name, method] : methods_) services.insert(method.descriptor->service());
  std::set<std::string> missing;
  for (const ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      std::string name = service->full_name() + "/" + service->method(i)->name();
      if (!methods_.contains(name)) missing.insert(std::move(name));
    }
  }
  return {missing.begin(), missing.end()};
}

}  // namespace tremplin::rpc
