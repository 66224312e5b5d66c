// A full disk. Goal: while nothing can be stored callers are told so and to come back later, in
// both languages, what is stored is read, and status, readiness and a metric say "disk full"; when
// there is space again all goes on by itself, and what was acknowledged, and nothing else, is
// there. Method: the real program with its folder on a small tmpfs, which the test fills and
// empties.

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/faults/workload.h"
#include "tests/support/servers.h"
#include "tests/support/temp_dir.h"

namespace tremplin {
namespace {

using testing::Eventually;
using ::testing::HasSubstr;

// A file system of its own, small enough to be filled.
class SmallDisk {
 public:
  SmallDisk() : mounted_(mount("tmpfs", dir_.path().c_str(), "tmpfs", 0, "size=48m") == 0) {
    if (!mounted_) error_ = std::strerror(errno);
  }
  ~SmallDisk() {
    if (mounted_) umount2(dir_.path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  const std::string& error() const { return error_; }
  std::string folder() const { return dir_.File("data"); }

  // To the last byte.
  void FillUp() const {
    const int file = open(Filler().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ASSERT_GE(file, 0);
    for (size_t size = size_t{1} << 20; size > 0; size /= 2) {
      const std::vector<char> piece(size, 'x');
      while (write(file, piece.data(), size) == static_cast<ssize_t>(size)) {
      }
    }
    EXPECT_EQ(close(file), 0);
    EXPECT_EQ(std::filesystem::space(dir_.path()).available, 0U);
  }
  void MakeSpace() const { std::filesystem::remove(Filler()); }

 private:
  std::string Filler() const { return dir_.File("filler"); }

  testing::TempDir dir_;
  bool mounted_;
  std::string error_;
};

class Disk : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!disk_.mounted()) {
      if (testing::InCi()) FAIL() << "a tmpfs cannot be mounted: " << disk_.error();
      GTEST_SKIP() << "SKIPPED: a tmpfs cannot be mounted (run it as root): " << disk_.error();
    }
    metrics_ = "127.0.0.1:" + std::to_string(testing::FreePort());
    deployment_ = testing::MakeStandalone({.data = disk_.folder(), .metrics = metrics_});
    ASSERT_TRUE(deployment_->WaitServing(absl::Seconds(60)));
    ASSERT_TRUE(deployment_->Load(/*mentors=*/false));
  }

  absl::Status Submit(testing::ReferralWorkload& workload) {
    referral::v1::SubmitReferralRequest request;
    request.set_agency("organizations/ociso");
    request.set_external_id("MEANWHILE");
    *request.mutable_file() = testing::EligibleFile(9000);
    request.add_programs(testing::kOttawa);
    request.set_request_id("meanwhile");
    return workload.agency_client()
        .Once<referral::v1::SubmitReferralResponse>(
            "referral", "tremplin.referral.v1.ReferralService/SubmitReferral", request,
            absl::Seconds(10))
        .status();
  }
  testing::Finished Ready() {
    return testing::Run({testing::BinDir() + "/tremplinctl", "ready", "--metrics", metrics_});
  }
  // Whether the gauge of the full disk stands at `value`.
  bool MetricIs(const std::string& value) {
    const std::string page =
        testing::Run({"/usr/bin/curl", "--silent", "http://" + metrics_ + "/metrics"}).output;
    const size_t found = page.find("\ntremplin_disk_full{");
    if (found == std::string::npos) return false;
    const size_t end = page.find('\n', found + 1);
    return page.substr(found, end - found).ends_with("} " + value);
  }
  std::string Status(const std::string& language) {
    return deployment_->Ctl({"--language", language, "status"}).output;
  }

  SmallDisk disk_;
  std::string metrics_;
  std::unique_ptr<testing::Deployment> deployment_;
};

TEST_F(Disk, ThatIsFullIsSaidEverywhereAndAllGoesOnWhenThereIsSpace) {
  testing::ReferralWorkload workload(*deployment_, "ociso");
  workload.Run(0, 20, 4, /*admit=*/true);
  EXPECT_TRUE(Eventually([&] { return MetricIs("0"); }, absl::Seconds(20)));

  disk_.FillUp();
  const absl::Status refused = Submit(workload);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted) << refused;
  const status::ErrorDetail detail = status::DetailOf(refused);
  EXPECT_EQ(detail.reason, "DISK_FULL");
  EXPECT_THAT(detail.en, HasSubstr("Try again"));
  EXPECT_THAT(detail.fr, HasSubstr("Réessayez"));

  EXPECT_THAT(Status("en"), HasSubstr("Disk full"));
  EXPECT_THAT(Status("fr"), HasSubstr("Disque plein"));
  const testing::Finished ready = Ready();
  EXPECT_NE(ready.code, 0);
  EXPECT_THAT(ready.errors, HasSubstr("disk full"));
  EXPECT_TRUE(Eventually([&] { return MetricIs("1"); }, absl::Seconds(20)));
  referral::v1::ListReferralsRequest list;
  const auto read = workload.agency_client().Once<referral::v1::ListReferralsResponse>(
      "referral", "tremplin.referral.v1.ReferralService/ListReferrals", list, absl::Seconds(10));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->referrals_size(), 20);

  const int retries = workload.retries();
  std::jthread pushing([&] { workload.Run(20, 20, 4, /*admit=*/true); });
  EXPECT_TRUE(Eventually([&] { return workload.retries() > retries + 10; }, absl::Seconds(30)));
  disk_.MakeSpace();
  pushing.join();
  EXPECT_EQ(workload.acknowledged().size(), 40U);
  EXPECT_TRUE(Eventually([&] { return MetricIs("0"); }, absl::Seconds(20)));
  EXPECT_EQ(Ready().code, 0);
  workload.Verify();
  EXPECT_THAT(Status("en"), HasSubstr("At rest."));
}

TEST_F(Disk, ThatIsFullWhenTheProcessIsKilledKeepsWhatWasAcknowledged) {
  testing::ReferralWorkload workload(*deployment_, "ociso");
  std::jthread pushing([&] { workload.Run(0, 200, 4, /*admit=*/true); });
  EXPECT_TRUE(Eventually([&] { return workload.acknowledged_count() > 40; }, absl::Seconds(60)));
  disk_.FillUp();
  const int retries = workload.retries();
  EXPECT_TRUE(Eventually([&] { return workload.retries() > retries + 10; }, absl::Seconds(30)));
  deployment_->KillAndRestart("standalone");
  // On a full disk it waits or ends, with the reason; it is started again as a supervisor would.
  deployment_->Get("standalone").Wait(absl::Seconds(5));
  disk_.MakeSpace();
  if (!deployment_->Get("standalone").Running()) deployment_->Start("standalone");
  ASSERT_TRUE(deployment_->WaitServing(absl::Seconds(60)));
  pushing.join();
  EXPECT_EQ(workload.acknowledged().size(), 200U);
  workload.Verify();
}

}  // namespace
}  // namespace tremplin
