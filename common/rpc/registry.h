#ifndef TREMPLIN_COMMON_RPC_REGISTRY_H_
#define TREMPLIN_COMMON_RPC_REGISTRY_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace tremplin::rpc {

// Every method is bound once: gRPC, peers in one process, and tests dispatch from here. Filled
// before serving, read-only after.
class Registry {
 public:
  using Handler = std::function<absl::StatusOr<std::unique_ptr<google::protobuf::Message>>(
      const CallContext&, const google::protobuf::Message&)>;

  struct Method {
    std::string full_name;  // "tremplin.referral.v1.ReferralService/GetReferral"
    std::string module;     // who bound it
    const google::protobuf::MethodDescriptor* descriptor = nullptr;
    options::v1::AccessRule access;  // the method's option
    const google::protobuf::Message* request_prototype = nullptr;
    Handler handler;
  };

  // Binds Service.Name to a plain function `absl::StatusOr<Response>(const CallContext&, const
  // Request&)`. A method that does not exist in the proto, is bound twice, or declares no access
  // rule aborts the start with its name (a programming error).
  template <class Request, class Response>
  void Bind(std::string module, const std::string& full_name,
            std::function<absl::StatusOr<Response>(const CallContext&, const Request&)> fn) {
    BindRaw(std::move(module), full_name, Request::default_instance(), Response::descriptor(),
            [fn = std::move(fn)](const CallContext& call, const google::protobuf::Message& request)
                -> absl::StatusOr<std::unique_ptr<google::protobuf::Message>> {
              absl::StatusOr<Response> response = fn(call, static_cast<const Request&>(request));
              if (!response.ok()) return std::move(response).status();
              return std::make_unique<Response>(*std::move(response));
            });
  }

  const Method* Find(const std::string& full_name) const;
  std::vector<const Method*> All() const;

  // Names of methods of the services bound so far that are not bound themselves: must be empty to
  // start.
  std::vector<std::string> Unbound() const;

 private:
  void BindRaw(std::string module, const std::string& full_name,
               const google::protobuf::Message& request_prototype,
               const google::protobuf::Descriptor* response, Handler handler);
  std::map<std::string, Method> methods_;
};

// Binds the methods of one class: `Binder b(registry, "referral",
// "tremplin.referral.v1.ReferralService"); b.Method("GetReferral", this, &Service::GetReferral);`
// Types are taken from the member function.
class Binder {
 public:
  Binder(Registry& registry, std::string module, std::string service)
      : registry_(registry), module_(std::move(module)), service_(std::move(service)) {}

  template <class T, class Request, class Response>
  Binder& Method(const std::string& name, T* object,
                 absl::StatusOr<Response> (T::*member)(const CallContext&, const Request&)) {
    registry_.Bind<Request, Response>(
        module_, service_ + "/" + name,
        [object, member](const CallContext& call, const Request& request) {
          return (object->*member)(call, request);
        });
    return *this;
  }

 private:
  Registry& registry_;
  std::string module_;
  std::string service_;
};

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_REGISTRY_H_
