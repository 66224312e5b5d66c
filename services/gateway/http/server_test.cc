// The HTTP server against clients that are slow, greedy, broken or gone, and its drain.

#include "services/gateway/http/server.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/testing/http_client.h"
#include "tests/support/certificate.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace tremplin::gateway::http {
namespace {

using testing::Connection;
using testing::Fetch;
using ::testing::HasSubstr;
using testing::RequestText;

// Ten lines, then silence until the end.
class Lines final : public Stream {
 public:
  Piece Next(bool draining) override {
    if (draining) return {.bytes = "again\n", .end = true, .wait = {}};
    if (told_ == 10) return {.bytes = "", .end = false, .wait = absl::Seconds(1)};
    return {.bytes = "line " + std::to_string(++told_) + "\n", .end = false, .wait = {}};
  }

 private:
  int told_ = 0;
};

// Tells the length of each piece of a body, and how it ended.
class Lengths final : public Stream {
 public:
  explicit Lengths(std::shared_ptr<BodyReader> body) : body_(std::move(body)) {}
  Piece Next(bool) override {
    const auto piece = body_->Read();
    if (!piece.ok()) return {.bytes = "broken\n", .end = true, .wait = {}};
    read_ += piece->size();
    if (!piece->empty()) return {};
    return {.bytes = "read " + std::to_string(read_) + "\n", .end = true, .wait = {}};
  }

 private:
  const std::shared_ptr<BodyReader> body_;
  size_t read_ = 0;
};

class ServerTest : public ::testing::Test {
 protected:
  void Start(ServerOptions options = {}) {
    options.reads_body = [](std::string_view, std::string_view target) {
      return target.starts_with("/reads");
    };
    auto server = Server::Start([this](const Request& request) { return Handle(request); },
                                [](Refusal refusal, const Request&) {
                                  return Response{.status = 600 + static_cast<int>(refusal),
                                                  .body = "refused"};
                                },
                                options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  ~ServerTest() override {
    if (!let_go_.HasBeenNotified()) let_go_.Notify();
  }

  Response Handle(const Request& request) {
    Response response;
    if (request.target == "/stream") {
      response.stream = std::make_unique<Lines>();
    } else if (request.target == "/reads" && request.reader != nullptr) {
      response.stream = std::make_unique<Lengths>(request.reader);
    } else if (request.target == "/reads/first") {
      response.body = "first " + std::to_string(request.reader->Read()->size());
    } else if (request.target == "/wait") {
      ++waiting_;
      let_go_.WaitForNotification();
      response.body = "waited";
    } else {
      response.body = request.method + " " + request.target + " " + request.body;
    }
    return response;
  }
  const std::string& address() {
    address_ = server_->address();
    return address_;
  }
  static int Code(Refusal refusal) { return 600 + static_cast<int>(refusal); }

  absl::Notification let_go_;
  std::atomic<int> waiting_ = 0;
  std::string address_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersOnOneConnectionAgainAndAgain) {
  Start();
  Connection connection(address());
  for (int i = 0; i < 5; ++i) {
    const std::string target = "/" + std::to_string(i);
    ASSERT_TRUE(connection.Send(RequestText("POST", target, {}, "{}")));
    const auto answer = connection.Read();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "POST " + target + " {}");
  }
}

TEST_F(ServerTest, RequestsThatComeTogetherAreAnsweredInOrder) {
  Start();
  Connection connection(address());
  ASSERT_TRUE(connection.Send(RequestText("GET", "/1") + RequestText("GET", "/2") +
                              RequestText("GET", "/3")));
  for (const char* body : {"GET /1 ", "GET /2 ", "GET /3 "}) {
    const auto answer = connection.Read();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body, body);
  }
}

TEST_F(ServerTest, ARequestMayComeByteByByte) {
  Start();
  Connection connection(address());
  for (const char c : RequestText("POST", "/slowly", {}, "{}")) {
    ASSERT_TRUE(connection.Send(std::string(1, c)));
  }
  const auto answer = connection.Read();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, "POST /slowly {}");
}

TEST_F(ServerTest, HeadHasNoBodyButItsLength) {
  Start();
  Connection connection(address());
  ASSERT_TRUE(connection.Send(RequestText("HEAD", "/x")));
  const auto head = connection.Read(absl::Seconds(10), true);
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->Header("content-length"), "8");
  ASSERT_TRUE(connection.Send(RequestText("GET", "/y")));
  const auto next = connection.Read();
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->body, "GET /y ");
}

TEST_F(ServerTest, ABodyIsAskedFor_WhenTheClientWaitsForThat) {
  Start();
  Connection connection(address());
  ASSERT_TRUE(
      connection.Send("POST /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  EXPECT_EQ(connection.Read()->status, 100);
  ASSERT_TRUE(connection.Send("{}"));
  EXPECT_EQ(connection.Read()->body, "POST /x {}");
}

TEST_F(ServerTest, OldClientsAreAnsweredAndLeft) {
  Start();
  Connection connection(address());
  ASSERT_TRUE(connection.Send("GET /x HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(connection.Read()->body, "GET /x ");
  EXPECT_TRUE(connection.Closes());
}

TEST_F(ServerTest, HugeHeadsAreRefused) {
  Start();
  const auto answer = Fetch(address(), "GET", "/x", {{"X-Long", std::string(40000, 'a')}});
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, Code(Refusal::kHeadTooLarge));
  const auto target = Fetch(address(), "GET", "/" + std::string(100000, 'a'));
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->status, Code(Refusal::kHeadTooLarge));
}

TEST_F(ServerTest, HugeBodiesAreRefused_SaidOrChunked) {
  Start({.max_body_bytes = 1000});
  Connection said(address());
  ASSERT_TRUE(said.Send("POST /x HTTP/1.1\r\nContent-Length: 1001\r\n\r\n"));
  EXPECT_EQ(said.Read()->status, Code(Refusal::kBodyTooLarge));
  EXPECT_TRUE(said.Closes());
  Connection chunked(address());
  ASSERT_TRUE(chunked.Send("POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
                           std::string(2000, 'a') + "\r\n"));
  EXPECT_EQ(chunked.Read()->status, Code(Refusal::kBodyTooLarge));
  EXPECT_TRUE(chunked.Closes());
}

TEST_F(ServerTest, ABodyOfAnySizeIsReadByTheHandler) {
  Start({.max_body_bytes = 1000});
  Connection connection(address());
  const std::string body(1 << 20, 'a');
  ASSERT_TRUE(connection.Send(RequestText("POST", "/reads", {}, body)));
  EXPECT_EQ(connection.Read()->body, "read 1048576\n");
  // In chunks, with the next request right behind it.
  ASSERT_TRUE(
      connection.Send("POST /reads HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n" +
                      RequestText("GET", "/next")));
  EXPECT_EQ(connection.Read()->body, "read 5\n");
  EXPECT_EQ(connection.Read()->body, "GET /next ");
}

TEST_F(ServerTest, ABodyThatTheHandlerReadsIsAskedForWhenItDoes) {
  Start();
  Connection connection(address());
  ASSERT_TRUE(connection.Send(
      "POST /reads/first HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  EXPECT_EQ(connection.Read()->status, 100);
  ASSERT_TRUE(connection.Send("{}"));
  EXPECT_EQ(connection.Read()->body, "first 2");
}

TEST_F(ServerTest, AnAnswerBeforeTheBodyWasReadEndsTheConnection) {
  Start();
  Connection connection(address());
  ASSERT_TRUE(connection.Send("POST /reads/not HTTP/1.1\r\nContent-Length: 1000000\r\n\r\nabc"));
  EXPECT_EQ(connection.Read()->body, "POST /reads/not ");
  EXPECT_TRUE(connection.Closes());
}

TEST_F(ServerTest, ABodyThatBreaksOffOrIsSlowIsToldToTheHandler) {
  Start({.body_time = absl::Milliseconds(300)});
  Connection slow(address());
  ASSERT_TRUE(slow.Send("POST /reads HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc"));
  EXPECT_EQ(slow.Read()->body, "broken\n");
  EXPECT_TRUE(slow.Closes());
  Connection malformed(address());
  ASSERT_TRUE(malformed.Send("POST /reads HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"));
  EXPECT_EQ(malformed.Read()->body, "broken\n");
  for (int i = 0; i < 50; ++i) {
    Connection gone(address());
    ASSERT_TRUE(gone.Send("POST /reads HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc"));
    gone.Reset();
  }
  EXPECT_EQ(server_->Drain(absl::Seconds(20)), 0);
}

TEST_F(ServerTest, TheDrainWaitsForNoBody) {
  Start();
  Connection connection(address());
  ASSERT_TRUE(connection.Send("POST /reads HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc"));
  ASSERT_TRUE(connection.ReadHead().has_value());
  EXPECT_EQ(server_->Drain(absl::Seconds(20)), 0);
  EXPECT_EQ(connection.ReadLine(), "broken");
}

TEST_F(ServerTest, WhatIsNoHttpIsRefused) {
  Start();
  for (const char* text :
       {"nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /\x01 HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nA b: c\r\n\r\n", "\r\n\r\n\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}) {
    Connection connection(address());
    ASSERT_TRUE(connection.Send(text));
    const auto answer = connection.Read();
    ASSERT_TRUE(answer.has_value()) << text;
    EXPECT_EQ(answer->status, Code(Refusal::kMalformed)) << text;
    EXPECT_TRUE(connection.Closes()) << text;
  }
}

TEST_F(ServerTest, SlowHeadsAndBodiesAreToldSo_IdleConnectionsAreClosed) {
  Start({.head_time = absl::Milliseconds(300),
         .body_time = absl::Milliseconds(300),
         .idle_time = absl::Milliseconds(600)});
  Connection idle(address());
  Connection head(address());
  ASSERT_TRUE(head.Send("GET / HTT"));
  Connection body(address());
  ASSERT_TRUE(body.Send("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{"));
  EXPECT_EQ(head.Read()->status, Code(Refusal::kTooSlow));
  EXPECT_TRUE(head.Closes());
  EXPECT_EQ(body.Read()->status, Code(Refusal::kTooSlow));
  EXPECT_TRUE(body.Closes());
  EXPECT_TRUE(idle.Closes());
}

TEST_F(ServerTest, ConnectionsAreBounded) {
  Start({.max_connections = 2});
  Connection first(address());
  Connection second(address());
  ASSERT_TRUE(first.Send(RequestText("GET", "/1")) && second.Send(RequestText("GET", "/2")));
  ASSERT_TRUE(first.Read().has_value() && second.Read().has_value());
  Connection third(address());
  EXPECT_TRUE(third.Closes());
  ASSERT_TRUE(first.Send(RequestText("GET", "/3")));
  EXPECT_TRUE(first.Read().has_value());
}

TEST_F(ServerTest, WhatDoesNotFitTheQueueIsRefusedAtOnce) {
  Start({.executor_threads = 1, .executor_queue = 1});
  Connection running(address());
  ASSERT_TRUE(running.Send(RequestText("GET", "/wait")));
  while (waiting_ == 0) absl::SleepFor(absl::Milliseconds(5));
  Connection queued(address());
  ASSERT_TRUE(queued.Send(RequestText("GET", "/wait")));
  // Whichever comes second to the queue is told.
  Connection third(address());
  ASSERT_TRUE(third.Send(RequestText("GET", "/x")));
  const auto refused = third.Read(absl::Seconds(2));
  const bool told = refused.has_value() && refused->status == Code(Refusal::kOverloaded);
  let_go_.Notify();
  const auto other = queued.Read();
  ASSERT_TRUE(other.has_value());
  EXPECT_TRUE(told || other->status == Code(Refusal::kOverloaded));
  EXPECT_EQ(running.Read()->body, "waited");
}

TEST_F(ServerTest, StreamsAreTold_AndEndWithTheDrain) {
  Start();
  Connection stream(address());
  ASSERT_TRUE(stream.Send(RequestText("GET", "/stream")));
  ASSERT_EQ(stream.ReadHead()->status, 200);
  for (int i = 1; i <= 10; ++i) EXPECT_EQ(stream.ReadLine(), "line " + std::to_string(i));
  EXPECT_EQ(server_->Drain(absl::Seconds(20)), 0);
  EXPECT_EQ(stream.ReadLine(), "again");
  EXPECT_EQ(stream.ReadLine(absl::Seconds(5)), std::nullopt);
}

TEST_F(ServerTest, ManyStreamsWhoseClientsAreGone) {
  Start();
  for (int i = 0; i < 100; ++i) {
    Connection stream(address());
    ASSERT_TRUE(stream.Send(RequestText("GET", "/stream")));
    if (i % 2 == 0) {
      ASSERT_TRUE(stream.ReadHead().has_value());
    }
    stream.Reset();
  }
  EXPECT_TRUE(Fetch(address(), "GET", "/x").has_value());
  EXPECT_EQ(server_->Drain(absl::Seconds(20)), 0);
}

TEST_F(ServerTest, TheDrainLetsRequestsFinishAndTakesNoMore) {
  Start();
  Connection idle(address());
  ASSERT_TRUE(idle.Send(RequestText("GET", "/x")));
  ASSERT_TRUE(idle.Read().has_value());
  Connection busy(address());
  ASSERT_TRUE(busy.Send(RequestText("GET", "/wait")));
  while (waiting_ == 0) absl::SleepFor(absl::Milliseconds(5));
  const std::string bound = address();
  std::thread drain([this] { EXPECT_EQ(server_->Drain(absl::Seconds(20)), 0); });
  EXPECT_TRUE(idle.Closes());
  EXPECT_FALSE(Fetch(bound, "GET", "/y").has_value());
  let_go_.Notify();
  const auto answer = busy.Read();
  drain.join();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, "waited");
  EXPECT_EQ(answer->Header("connection"), "close");
}

TEST_F(ServerTest, WhatOutlastsTheGraceIsCutOffAndCounted) {
  Start();
  Connection busy(address());
  ASSERT_TRUE(busy.Send(RequestText("GET", "/wait")));
  while (waiting_ == 0) absl::SleepFor(absl::Milliseconds(5));
  std::thread later([this] {
    absl::SleepFor(absl::Seconds(1));
    let_go_.Notify();
  });
  EXPECT_EQ(server_->Drain(absl::Milliseconds(200)), 1);
  EXPECT_TRUE(busy.Closes());
  later.join();
}

TEST_F(ServerTest, HttpsIsServed_AndHttpOnItsPortIsNot) {
  const tremplin::testing::TempDir dir;
  tremplin::testing::MakeCertificate("127.0.0.1", dir.File("c.pem"), dir.File("k.pem"));
  Start({.certificate = dir.File("c.pem"), .key = dir.File("k.pem")});
  const auto curl = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"/usr/bin/curl", "-sS", "--insecure", "--max-time", "20"});
    return tremplin::testing::Run(more);
  };
  const auto both =
      curl({"https://" + address() + "/a", "https://" + address() + "/b", "--data", "x"});
  EXPECT_EQ(both.code, 0) << both.errors;
  EXPECT_EQ(both.output, "POST /a xPOST /b x");
  EXPECT_NE(curl({"--tlsv1.0", "--tls-max", "1.1", "https://" + address() + "/a"}).code, 0);
  EXPECT_NE(curl({"http://" + address() + "/a"}).code, 0);
  EXPECT_EQ(server_->Drain(absl::Seconds(20)), 0);
}

TEST_F(ServerTest, AKeyOfAnotherCertificateSaysSo) {
  const tremplin::testing::TempDir dir;
  tremplin::testing::MakeCertificate("127.0.0.1", dir.File("c.pem"), dir.File("k.pem"));
  tremplin::testing::MakeCertificate("127.0.0.1", dir.File("other.pem"), dir.File("other.key"));
  const auto server = Server::Start(
      [](const Request&) { return Response(); }, [](Refusal, const Request&) { return Response(); },
      {.certificate = dir.File("c.pem"), .key = dir.File("other.key")});
  EXPECT_THAT(std::string(server.status().message()), HasSubstr("web-certificate, web-key"));
}

TEST_F(ServerTest, AnAddressThatIsTakenSaysSo) {
  Start();
  const auto second =
      Server::Start([](const Request&) { return Response(); },
                    [](Refusal, const Request&) { return Response(); }, {.listen = address()});
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("cannot listen on"));
}

}  // namespace
}  // namespace tremplin::gateway::http
