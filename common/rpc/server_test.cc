#include "common/rpc/server.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "common/rpc/client.h"
#include "common/rpc/grpc_support.h"
#include "common/rpc/messages.h"
#include "common/rpc/reflection.h"
#include "common/rpc/testing/echo.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"

namespace tremplin::rpc {
namespace {

using testing::EchoRequest;
using testing::EchoResponse;
using testing::EchoSystem;

// Holds handlers until the test lets them go.
class Gate {
 public:
  void Wait() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void Open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool AwaitWaiting(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return waiting_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

// Counts answers by code; waits for a number of them.
class Answers {
 public:
  void Add(const absl::Status& status) {
    std::lock_guard lock(mutex_);
    statuses_.push_back(status);
    changed_.notify_all();
  }
  size_t Count(absl::StatusCode code) {
    std::lock_guard lock(mutex_);
    size_t count = 0;
    for (const auto& status : statuses_) count += status.code() == code ? 1 : 0;
    return count;
  }
  std::string Others(const std::vector<absl::StatusCode>& expected) {
    std::lock_guard lock(mutex_);
    std::string text;
    for (const auto& status : statuses_) {
      if (std::find(expected.begin(), expected.end(), status.code()) == expected.end()) {
        text += status.ToString() + "\n";
      }
    }
    return text;
  }
  bool Await(size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20),
                             [&] { return statuses_.size() >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<absl::Status> statuses_;
};

Envelope To(absl::Duration timeout, messages::Language language = messages::Language::kEnglish) {
  return {.credential = testing::kOperatorKey,
          .deadline = absl::Now() + timeout,
          .language = language,
          .traceparent = ""};
}

absl::StatusOr<EchoResponse> Decode(const absl::StatusOr<std::string>& bytes) {
  if (!bytes.ok()) return bytes.status();
  EchoResponse response;
  response.ParseFromString(*bytes);
  return response;
}

struct Running {
  explicit Running(testing::EchoService::Behaviour behave = nullptr, ServerOptions options = {})
      : system(std::move(behave)) {
    options.listen = "127.0.0.1:0";
    auto started = Server::Start(*system.dispatcher, options);
    if (!started.ok()) {
      ADD_FAILURE() << started.status();
      return;
    }
    server = *std::move(started);
    client = std::make_unique<Client>(server->address(), testing::kOperatorKey);
  }

  absl::StatusOr<EchoResponse> Call(const std::string& text,
                                    const Envelope& envelope = To(absl::Seconds(10))) {
    EchoRequest request;
    request.set_text(text);
    return Decode(client->CallBytes(testing::kEcho, request.SerializeAsString(), envelope));
  }
  void CallAsync(const std::string& text, Answers& answers,
                 absl::Duration timeout = absl::Seconds(15)) {
    EchoRequest request;
    request.set_text(text);
    client->CallAsync(testing::kEcho, request.SerializeAsString(), timeout,
                      [&answers](absl::StatusOr<std::string> got) { answers.Add(got.status()); });
  }

  EchoSystem system;
  std::unique_ptr<Server> server;
  std::unique_ptr<Client> client;
};

TEST(ServerTest, ServesACall) {
  Running running;
  const auto response = running.Call("héllo");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->text(), "héllo");
  EXPECT_EQ(response->principal(), "operator");
}

TEST(ServerTest, HealthFollowsSetServing) {
  Running running;
  EXPECT_EQ(*running.client->Serving(absl::Seconds(10)), false);
  running.server->SetServing(true);
  EXPECT_EQ(*running.client->Serving(absl::Seconds(10)), true);
}

TEST(ServerTest, ErrorsReachTheClientInBothLanguages) {
  Running running;
  EchoRequest request;
  request.set_colour(static_cast<rpc_testing::v1::Colour>(7));
  const auto response =
      running.client->CallBytes(testing::kEcho, request.SerializeAsString(),
                                To(absl::Seconds(10), messages::Language::kFrench));
  const status::ErrorDetail detail = status::DetailOf(response.status());
  EXPECT_EQ(response.status().code(), absl::StatusCode::kInvalidArgument);
  ASSERT_EQ(detail.violations.size(), 1u);
  EXPECT_EQ(detail.violations[0].field, "colour");
  EXPECT_EQ(detail.violations[0].reason, "UNKNOWN_ENUM_VALUE");
  EXPECT_EQ(detail.violations[0].en, kUnknownEnumValue.en());
  EXPECT_EQ(detail.violations[0].fr, kUnknownEnumValue.fr());
  EXPECT_FALSE(detail.en.empty());
  EXPECT_FALSE(detail.fr.empty());
}

TEST(ServerTest, RefusesRubbish) {
  ServerOptions options;
  options.max_message_bytes = 10000;
  Running running(nullptr, options);
  const auto reason = [&](const std::string& bytes) {
    return status::ReasonOf(
        running.client->CallBytes(testing::kEcho, bytes, To(absl::Seconds(10))).status());
  };
  EXPECT_EQ(reason("\xFF\xFF\xFF"), "MALFORMED_REQUEST");
  EXPECT_EQ(reason(std::string("\x0A\x01\xFF", 3)), "INVALID_FIELDS");
  EchoRequest large;
  large.set_text(std::string(15000, 'x'));
  const absl::Status oversize =
      running.client->CallBytes(testing::kEcho, large.SerializeAsString(), To(absl::Seconds(10)))
          .status();
  ASSERT_EQ(status::DetailOf(oversize).violations.size(), 1u);
  EXPECT_EQ(status::DetailOf(oversize).violations[0].reason, "REQUEST_TOO_LARGE");
  large.set_text(std::string(100000, 'x'));
  EXPECT_EQ(
      running.client->CallBytes(testing::kEcho, large.SerializeAsString(), To(absl::Seconds(10)))
          .status()
          .code(),
      absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(running.system.service.count, 0);
  EXPECT_TRUE(running.Call("still here").ok());
}

TEST(ServerTest, UnknownMethodsAreUnimplemented) {
  Running running;
  const auto status = running.client->CallBytes("a.B/C", "", To(absl::Seconds(10))).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(status::ReasonOf(status), "METHOD_UNKNOWN");
}

TEST(ServerTest, EveryCallHasAFiniteDeadline) {
  std::atomic<bool> finite = false;
  Running running([&](const CallContext& call, const EchoRequest&) {
    finite = call.deadline < absl::Now() + absl::Seconds(61);
    return absl::OkStatus();
  });
  ASSERT_TRUE(running.Call("x", To(absl::Hours(1))).ok());
  EXPECT_TRUE(finite);
}

TEST(ServerTest, ACallThatTakesTooLongEndsAtItsDeadline) {
  Gate gate;
  Running running([&](const CallContext&, const EchoRequest&) {
    gate.Wait();
    return absl::OkStatus();
  });
  EXPECT_EQ(running.Call("x", To(absl::Milliseconds(100))).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  gate.Open();
}

TEST(ServerTest, AFullQueueRefusesAtOnceAndLateCallsAreNotStarted) {
  Gate gate;
  ServerOptions options;
  options.executor_threads = 1;
  options.executor_queue = 2;
  Running running(
      [&](const CallContext&, const EchoRequest&) {
        gate.Wait();
        return absl::OkStatus();
      },
      options);
  Answers first;
  running.CallAsync("first", first);
  ASSERT_TRUE(gate.AwaitWaiting(1));
  Answers rest;
  for (int i = 0; i < 10; ++i) running.CallAsync("rest", rest, absl::Seconds(2));
  ASSERT_TRUE(rest.Await(8)) << "the others wait, these are refused while they do";
  EXPECT_EQ(rest.Count(absl::StatusCode::kResourceExhausted), 8u);
  ASSERT_TRUE(rest.Await(10));
  EXPECT_EQ(rest.Count(absl::StatusCode::kDeadlineExceeded), 2u);
  // On the wire a timeout is rounded up, so the server's deadline is a little later.
  absl::SleepFor(absl::Milliseconds(300));
  gate.Open();
  ASSERT_TRUE(first.Await(1));
  EXPECT_EQ(first.Count(absl::StatusCode::kOk), 1u);
  EXPECT_EQ(running.server->Drain(absl::Seconds(10)), 0);
  EXPECT_EQ(running.system.service.count, 1) << "what expired in the queue is dropped unstarted";
}

TEST(ServerTest, ACancelledCallEndsCleanly) {
  Gate gate;
  Running running([&](const CallContext&, const EchoRequest&) {
    gate.Wait();
    return absl::OkStatus();
  });
  grpc::GenericStub stub(
      grpc::CreateChannel(running.server->address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.AddMetadata("authorization", std::string("bEARER ") + testing::kOperatorKey);
  const grpc::ByteBuffer request = ToByteBuffer("");
  grpc::ByteBuffer response;
  Answers answers;
  stub.UnaryCall(&context, std::string("/") + testing::kEcho, grpc::StubOptions(), &request,
                 &response, [&](const grpc::Status& s) { answers.Add(FromGrpcStatus(s)); });
  ASSERT_TRUE(gate.AwaitWaiting(1));
  context.TryCancel();
  ASSERT_TRUE(answers.Await(1));
  EXPECT_EQ(answers.Count(absl::StatusCode::kCancelled), 1u);
  gate.Open();
  EXPECT_TRUE(running.Call("after").ok());
}

TEST(ServerTest, DrainLetsAcceptedCallsFinish) {
  std::atomic<int> served = 0;
  Running running([&](const CallContext&, const EchoRequest&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // the work of a call
    ++served;
    return absl::OkStatus();
  });
  Answers answers;
  std::atomic<bool> stop = false;
  std::vector<std::jthread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      while (!stop) {
        const absl::Status status = running.Call("x").status();
        answers.Add(status);
        if (!status.ok()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    });
  }
  ASSERT_TRUE(answers.Await(200));
  EXPECT_EQ(running.server->Drain(absl::Seconds(10)), 0);
  stop = true;
  callers.clear();
  EXPECT_EQ(answers.Count(absl::StatusCode::kOk), static_cast<size_t>(served))
      << "every call that was begun was answered";
  EXPECT_EQ(answers.Others({absl::StatusCode::kOk, absl::StatusCode::kUnavailable}), "")
      << "the others were told to go elsewhere";
}

TEST(ServerTest, DrainCutsOffWhatOutlastsTheGrace) {
  Gate gate;
  Running running([&](const CallContext&, const EchoRequest&) {
    gate.Wait();
    return absl::OkStatus();
  });
  Answers answers;
  running.CallAsync("x", answers);
  ASSERT_TRUE(gate.AwaitWaiting(1));
  int cut = -1;
  std::jthread drain([&] { cut = running.server->Drain(absl::Milliseconds(50)); });
  ASSERT_TRUE(answers.Await(1));
  EXPECT_EQ(answers.Count(absl::StatusCode::kOk), 0u);
  gate.Open();
  drain.join();
  EXPECT_EQ(cut, 1);
}

TEST(ServerTest, ReflectionIsServedOnlyWhereSwitchedOn) {
  grpc::reflection::v1alpha::ServerReflectionRequest question;
  question.set_list_services("");
  const auto ask = [&](Running& running) {
    return running.client
        ->CallBytes(kReflectionMethod, question.SerializeAsString(), To(absl::Seconds(10)))
        .status()
        .code();
  };
  Running off;
  EXPECT_EQ(ask(off), absl::StatusCode::kUnimplemented);
  ServerOptions options;
  options.reflection = true;
  Running on(nullptr, options);
  EXPECT_EQ(ask(on), absl::StatusCode::kOk);

  grpc::reflection::v1alpha::ServerReflectionResponse answer;
  answer.ParseFromString(
      AnswerReflection(question.SerializeAsString(), on.system.dispatcher->Services()));
  ASSERT_EQ(answer.list_services_response().service_size(), 1);
  question.set_file_containing_symbol(answer.list_services_response().service(0).name());
  answer.ParseFromString(AnswerReflection(question.SerializeAsString(), {}));
  EXPECT_GE(answer.file_descriptor_response().file_descriptor_proto_size(), 2)
      << "the file, and the options that it imports";
  question.set_file_by_filename("nowhere.proto");
  answer.ParseFromString(AnswerReflection(question.SerializeAsString(), {}));
  EXPECT_EQ(answer.error_response().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST(ServerTest, ATakenAddressIsRefused) {
  Running running;
  ServerOptions options;
  options.listen = running.server->address();
  EXPECT_EQ(Server::Start(*running.system.dispatcher, options).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace tremplin::rpc
