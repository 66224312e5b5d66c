#ifndef TREMPLIN_SERVICES_NOTIFICATION_TESTING_RECEIVER_H_
#define TREMPLIN_SERVICES_NOTIFICATION_TESTING_RECEIVER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tremplin::notification::testing {

// What came to a receiver. Names of headers are in lower case.
struct Received {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;
  std::string body;
};

// Who takes webhooks, over HTTP/1.1 on a free port of this machine, each connection on a thread of
// its own. Thread-safe.
class Receiver {
 public:
  // What is written back, the head included; "" never answers, until the receiver ends or the other
  // side goes. Called on the connections' threads.
  using Answer = std::function<std::string(const Received&)>;

  // With the name of a PEM file that holds a certificate and its key: over HTTPS.
  explicit Receiver(Answer answer, const std::string& certificate = "");
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  int port() const;
  // "http://127.0.0.1:<port>/hook"
  std::string url() const;
  // All that came whole, in order.
  std::vector<Received> received() const;
  // How many have connected.
  int connections() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// An answer of that status with a short body.
std::string Status(int status, const std::string& headers = "");

}  // namespace tremplin::notification::testing

#endif  // TREMPLIN_SERVICES_NOTIFICATION_TESTING_RECEIVER_H_
