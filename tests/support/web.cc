#include "tests/support/web.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/services/services.h"

namespace tremplin::testing {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(2);

std::vector<std::string> FlagsOf(WebForm form, const std::string& address) {
  if (form == WebForm::kProgram) return {};
  return {"--web-listen",      address, "--web-rate", "0",
          "--web-tenant-rate", "0"};  // tests send more than anybody may
}

}  // namespace

std::unique_ptr<Process> StartGateway(const std::string& services, const std::string& listen,
                                      const std::string& ready_file, const std::string& log) {
  std::string peers;
  for (const std::string& name : services::Names()) {
    absl::StrAppend(&peers, peers.empty() ? "" : ",", name, "=", services);
  }
  const std::vector<std::string> argv = {BinDir() + "/tremplin-gateway",
                                         "--web-listen",
                                         listen,
                                         "--web-rate",
                                         "0",
                                         "--web-tenant-rate",
                                         "0",
                                         "--metrics-listen",
                                         "",
                                         "--peers",
                                         peers,
                                         "--ready-file",
                                         ready_file};
  return std::make_unique<Process>(argv, log);
}

Web::Web(WebForm form)
    : address_(absl::StrCat("127.0.0.1:", FreePort())),
      deployment_(MakeStandalone({.flags = FlagsOf(form, address_)})) {
  if (form == WebForm::kProgram) {
    program_ = StartGateway(deployment_->Address("registration"), address_, dir_.File("ready"),
                            dir_.File("log"));
  }
}

bool Web::WaitServing() {
  if (!deployment_->WaitServing(kPatience)) return false;
  return program_ == nullptr ||
         Eventually([this] { return std::filesystem::exists(dir_.File("ready")); }, kPatience);
}

Process& Web::process() { return program_ != nullptr ? *program_ : deployment_->Get("standalone"); }

std::vector<std::string> Web::logs() const {
  std::vector<std::string> logs = {deployment_->Log("standalone")};
  if (program_ != nullptr) logs.push_back(dir_.File("log"));
  return logs;
}

}  // namespace tremplin::testing
