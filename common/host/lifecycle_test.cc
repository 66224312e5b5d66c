#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/rpc/client.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tremplin/rpc_testing/v1/echo.pb.h"
#include "tremplin/runtime/v1/operations.pb.h"

// Starts, drives and ends the small program of testing/echo_standalone.cc.
namespace tremplin::host {
namespace {

using ::testing::HasSubstr;
using tremplin::testing::BinDir;
using tremplin::testing::Eventually;
using tremplin::testing::Process;
using tremplin::testing::ReadFile;

constexpr char kCount[] = "tremplin.rpc_testing.v1.EchoService/Count";
constexpr char kGetStatus[] = "tremplin.runtime.v1.OperationsService/GetStatus";

std::string Trimmed(const std::string& text) {
  return std::string(absl::StripAsciiWhitespace(text));
}

class LifecycleTest : public ::testing::Test {
 protected:
  std::vector<std::string> Argv(std::vector<std::string> more = {}) {
    std::vector<std::string> argv = {BinDir() + "/echo_standalone",
                                     "--demo",
                                     "--data-dir",
                                     dir_.File("data"),
                                     "--listen",
                                     "127.0.0.1:0",
                                     "--metrics-listen",
                                     "",
                                     "--reference-dir",
                                     ".",
                                     "--ready-file",
                                     dir_.File("ready")};
    argv.insert(argv.end(), more.begin(), more.end());
    return argv;
  }
  void Start() {
    std::filesystem::remove(dir_.File("ready"));  // a killed process leaves its own
    process_ = std::make_unique<Process>(Argv(), dir_.File("log"));
    ASSERT_TRUE(
        Eventually([&] { return std::filesystem::exists(dir_.File("ready")); }, absl::Seconds(30)))
        << ReadFile(dir_.File("log"));
    client_ = std::make_unique<rpc::Client>(Trimmed(ReadFile(dir_.File("ready"))),
                                            Trimmed(ReadFile(dir_.File("data/operator.key"))));
  }
  absl::Status Count(const std::string& text) {
    rpc_testing::v1::EchoRequest request;
    request.set_text(text);
    request.set_request_id(text);
    return client_->Call<rpc_testing::v1::EchoResponse>(kCount, request).status();
  }
  runtime::v1::ModuleStatus Status() {
    const auto response =
        client_->Call<runtime::v1::GetStatusResponse>(kGetStatus, runtime::v1::GetStatusRequest());
    if (!response.ok() || response->modules_size() != 1) return {};
    return response->modules(0);
  }

  tremplin::testing::TempDir dir_;
  std::unique_ptr<Process> process_;
  std::unique_ptr<rpc::Client> client_;
};

TEST_F(LifecycleTest, ServesAndEndsOnSigterm) {
  Start();
  EXPECT_TRUE(*client_->Serving(absl::Seconds(10)));
  ASSERT_TRUE(Count("a").ok());
  EXPECT_TRUE(Eventually(
      [&] {
        const runtime::v1::ModuleStatus status = Status();
        return status.module() == "echo" && status.outbox_backlog() == 0 &&
               status.consumer_lag() == 0;
      },
      absl::Seconds(20)));
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(absl::Seconds(30)), 0) << ReadFile(dir_.File("log"));
  EXPECT_FALSE(std::filesystem::exists(dir_.File("ready")));
}

TEST_F(LifecycleTest, NoAcceptedCallFailsWhenItEndsUnderLoad) {
  Start();
  std::atomic<int> answered = 0;
  std::atomic<int> other = 0;
  std::atomic<bool> stop = false;
  std::vector<std::jthread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&, i] {
      for (int n = 0; !stop; ++n) {
        const absl::Status status = Count(std::to_string(i) + "-" + std::to_string(n));
        if (status.ok()) {
          ++answered;
        } else if (absl::IsUnavailable(status)) {
          return;  // not accepted: the server is going, or gone
        } else {
          ++other;
        }
      }
    });
  }
  ASSERT_TRUE(Eventually([&] { return answered > 100; }, absl::Seconds(30)));
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(absl::Seconds(30)), 0) << ReadFile(dir_.File("log"));
  stop = true;
  callers.clear();
  EXPECT_EQ(other, 0);
  const int acknowledged = answered;
  Start();
  ASSERT_TRUE(Eventually([&] { return Status().module() == "echo"; }, absl::Seconds(10)));
  EXPECT_GE(acknowledged, 100);
}

TEST_F(LifecycleTest, KeepsWorkingAfterAKill) {
  Start();
  ASSERT_TRUE(Count("a").ok());
  process_->Signal(SIGKILL);
  process_->Wait(absl::Seconds(10));
  Start();
  ASSERT_TRUE(Count("a").ok()) << "the stored answer";
  EXPECT_TRUE(Eventually([&] { return Status().consumer_lag() == 0; }, absl::Seconds(20)));
}

TEST_F(LifecycleTest, TheFirstStartLeavesPrivateKeys) {
  Start();
  for (const char* name : {"operator.key", "service.key", "master.key", "index.key"}) {
    struct stat info {};
    ASSERT_EQ(stat(dir_.File(std::string("data/") + name).c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_mode & 0777, 0600U) << name;
  }
  const std::string key = ReadFile(dir_.File("data/operator.key"));
  process_->Signal(SIGTERM);
  ASSERT_EQ(process_->Wait(absl::Seconds(30)), 0);
  Start();
  EXPECT_EQ(ReadFile(dir_.File("data/operator.key")), key);
}

// The datagrams of one process to its supervisor.
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& path) : path_(path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    const timeval timeout{.tv_sec = 30, .tv_usec = 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    EXPECT_EQ(bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~NotifySocket() { close(descriptor_); }
  // The next one that is not `but`, "" when none comes in time.
  std::string Next(const std::string& but = "") const {
    while (true) {
      std::array<char, 256> text{};
      const ssize_t size = recv(descriptor_, text.data(), text.size(), 0);
      if (size <= 0) return "";
      if (std::string message(text.data(), static_cast<size_t>(size)); message != but) {
        return message;
      }
    }
  }
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
  const int descriptor_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

TEST_F(LifecycleTest, ASupervisorIsToldWhenItServesLivesAndEnds) {
  const NotifySocket supervisor(dir_.File("notify"));
  std::vector<std::string> argv = Argv();
  argv.insert(argv.begin(),
              {"/usr/bin/env", "NOTIFY_SOCKET=" + supervisor.path(), "WATCHDOG_USEC=300000"});
  Process process(argv, dir_.File("log"));
  EXPECT_EQ(supervisor.Next("WATCHDOG=1"), "READY=1") << ReadFile(dir_.File("log"));
  EXPECT_TRUE(std::filesystem::exists(dir_.File("ready"))) << "told too early";
  for (int i = 0; i < 10; ++i) EXPECT_EQ(supervisor.Next(), "WATCHDOG=1");
  process.Signal(SIGTERM);
  EXPECT_EQ(supervisor.Next("WATCHDOG=1"), "STOPPING=1");
  EXPECT_EQ(process.Wait(absl::Seconds(30)), 0);
}

TEST_F(LifecycleTest, BadConfigurationEndsWithTwoNamingEveryKey) {
  Process process(Argv({"--grace", "1h", "--colour", "red", "--readers", "0"}), dir_.File("log"));
  EXPECT_EQ(process.Wait(absl::Seconds(30)), 2);
  const std::string log = ReadFile(dir_.File("log"));
  for (const char* key : {"grace:", "--colour:", "readers:"}) EXPECT_THAT(log, HasSubstr(key));
}

TEST_F(LifecycleTest, AMachineWithoutTimeZonesIsRefusedAtTheStart) {
  std::vector<std::string> argv = Argv();
  argv.insert(argv.begin(), {"/usr/bin/env", "TZDIR=" + dir_.File("nothing")});
  Process process(argv, dir_.File("log"));
  EXPECT_EQ(process.Wait(absl::Seconds(30)), 2);
  const std::string log = ReadFile(dir_.File("log"));
  for (const char* part : {"the package tzdata", "le paquet tzdata"}) {
    EXPECT_THAT(log, HasSubstr(part));
  }
}

TEST_F(LifecycleTest, KeysOfAGroupOfTheProcessAreTaken) {
  Start();
  process_->Signal(SIGTERM);
  ASSERT_EQ(process_->Wait(absl::Seconds(30)), 0);
  for (const char* name : {"operator.key", "service.key", "master.key", "index.key"}) {
    ASSERT_EQ(chmod(dir_.File(std::string("data/") + name).c_str(), 0440), 0);
  }
  Start();
  ASSERT_TRUE(Count("a").ok());
  process_->Signal(SIGTERM);
  ASSERT_EQ(process_->Wait(absl::Seconds(30)), 0);
  ASSERT_EQ(chmod(dir_.File("data/operator.key").c_str(), 0444), 0);
  Process refused(Argv(), dir_.File("log2"));
  EXPECT_EQ(refused.Wait(absl::Seconds(30)), 1);
  EXPECT_THAT(ReadFile(dir_.File("log2")), HasSubstr("may be read by others"));
}

TEST_F(LifecycleTest, HelpEndsWithZero) {
  Process process({BinDir() + "/echo_standalone", "--help"}, dir_.File("log"));
  EXPECT_EQ(process.Wait(absl::Seconds(30)), 0);
  EXPECT_THAT(ReadFile(dir_.File("log")), HasSubstr("--data-dir"));
}

TEST_F(LifecycleTest, ASecondProcessOnTheSameFolderIsRefused) {
  Start();
  Process second(Argv(), dir_.File("log2"));
  EXPECT_EQ(second.Wait(absl::Seconds(30)), 1);
  EXPECT_TRUE(Status().module() == "echo") << "the first goes on";
}

}  // namespace
}  // namespace tremplin::host
