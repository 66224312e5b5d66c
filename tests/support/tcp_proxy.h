#ifndef TREMPLIN_TESTS_SUPPORT_TCP_PROXY_H_
#define TREMPLIN_TESTS_SUPPORT_TCP_PROXY_H_

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tremplin::testing {

// A TCP proxy on 127.0.0.1 in front of a server, to break connections at a chosen byte.
// Thread-safe.
class TcpProxy {
 public:
  enum class Verdict {
    kForward,
    kDrop,             // closes both sides; the server never sees these bytes
    kForwardThenDrop,  // the server gets them; its answer is thrown away and both sides are closed
  };
  // Asked for each piece a client sends, on the proxy's threads.
  using Judge = std::function<Verdict(std::string_view bytes)>;

  TcpProxy(const std::string& host, int port);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  int port() const { return port_; }
  void SetJudge(Judge judge);
  // While frozen nothing passes in either direction and connections stay open: a black hole.
  void Freeze(bool frozen) { frozen_ = frozen; }
  // While refusing, new connections are closed at once.
  void Refuse(bool refusing) { refusing_ = refusing; }

 private:
  void Accept(const std::stop_token& stop);
  void Serve(const std::stop_token& stop, int client);
  Verdict Judged(std::string_view bytes);

  const std::string host_;
  const int server_port_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> frozen_{false};
  std::atomic<bool> refusing_{false};
  std::mutex mutex_;
  Judge judge_;
  std::vector<std::jthread> connections_;
  std::jthread acceptor_;
};

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SUPPORT_TCP_PROXY_H_
