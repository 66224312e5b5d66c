#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/peers/peers.h"
#include "common/rpc/client.h"

namespace tremplin::peers {
namespace {

// "registration" of "tremplin.registration.v1.RegistrationService/GetPerson"; "" when it has none.
std::string ServiceOf(const std::string& method) {
  const std::vector<std::string> parts = absl::StrSplit(method, absl::MaxSplits('.', 2));
  return parts.size() == 3 && parts[0] == "tremplin" ? parts[1] : "";
}

class GrpcTransport final : public Transport {
 public:
  explicit GrpcTransport(const GrpcTransportOptions& options) {
    for (const auto& [service, address] : options.addresses) {
      clients_[service] = std::make_unique<rpc::Client>(address, "", options.tls);
    }
  }

  absl::StatusOr<std::string> Call(const std::string& method, const std::string& request,
                                   const rpc::Envelope& envelope) override {
    const auto found = clients_.find(ServiceOf(method));
    if (found == clients_.end()) {
      return absl::UnavailableError(absl::StrCat("no address is configured for ", method));
    }
    return found->second->CallBytes(method, request, envelope);
  }

 private:
  std::map<std::string, std::unique_ptr<rpc::Client>> clients_;
};

}  // namespace

std::unique_ptr<Transport> MakeGrpcTransport(const GrpcTransportOptions& options) {
  return std::make_unique<GrpcTransport>(options);
}

}  // namespace tremplin::peers
