#ifndef TREMPLIN_TESTS_SUPPORT_WEB_H_
#define TREMPLIN_TESTS_SUPPORT_WEB_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/support/deployment.h"

namespace tremplin::testing {

// Who serves HTTP/JSON: the one process itself, or the gateway's program before it, over gRPC.
enum class WebForm { kInProcess, kProgram };

// Everything in one process, reached over HTTP/JSON. Not thread-safe.
class Web {
 public:
  explicit Web(WebForm form);

  // Until calls are served. False after a while.
  bool WaitServing();
  // host:port; once served.
  const std::string& address() const { return address_; }
  Deployment& deployment() { return *deployment_; }
  // The process that serves HTTP/JSON.
  Process& process();
  // The files of all processes' log lines.
  std::vector<std::string> logs() const;

 private:
  TempDir dir_;
  std::string address_;
  std::unique_ptr<Deployment> deployment_;
  std::unique_ptr<Process> program_;
};

// The gateway's program before services that are all at `services`; its address, once served, is in
// `ready_file`.
std::unique_ptr<Process> StartGateway(const std::string& services, const std::string& listen,
                                      const std::string& ready_file, const std::string& log);

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SUPPORT_WEB_H_
