#ifndef TREMPLIN_SERVICES_REFERRAL_TESTING_FIXTURE_H_
#define TREMPLIN_SERVICES_REFERRAL_TESTING_FIXTURE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/cache/cache.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/digest/digest.h"
#include "common/outbox/outbox.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "common/seal/seal.h"
#include "common/status/error.h"
#include "gtest/gtest.h"
#include "services/referral/app/service.h"
#include "tests/support/postgres.h"
#include "tests/support/tcp_proxy.h"
#include "tests/support/temp_dir.h"
#include "tremplin/referral/events/v1/events.pb.h"

namespace tremplin::referral {

inline constexpr char kOttawa[] = "programs/ottawa-career-mentoring";
inline constexpr char kOttawaId[] = "ottawa-career-mentoring";

enum class StoreKind { kSqlite, kPostgres };

// Referral with the Ottawa program and the agencies "alpha" and "beta", on a real store of its own,
// called without a server. Call is thread-safe.
class System {
 public:
  explicit System(StoreKind engine);

  rpc::CallContext As(options::v1::Role role, const std::string& organization = "",
                      const std::string& program = "") const;
  rpc::CallContext Agency(const std::string& id = "alpha") const {
    return As(options::v1::ROLE_AGENCY, id);
  }
  rpc::CallContext Organization(const std::string& id = "alpha") const {
    return As(options::v1::ROLE_ORGANIZATION, id);
  }
  rpc::CallContext Staff() const { return As(options::v1::ROLE_COORDINATOR); }

  // Calls a method as the dispatcher would. Each call has a request id of its own unless set.
  template <class Request, class Response>
  absl::StatusOr<Response> Call(
      rpc::CallContext call,
      absl::StatusOr<Response> (app::Service::*method)(const rpc::CallContext&, const Request&),
      Request request) {
    if constexpr (requires { request.request_id(); }) {
      if (request.request_id().empty()) {
        request.set_request_id("request-" + std::to_string(++requests_));
      }
      call.request_id = request.request_id();
    }
    call.method = Request::descriptor()->full_name();
    call.request_digest = digest::Sha256Hex(request.SerializeAsString());
    return ((*service_).*method)(call, request);
  }

  // Publishes a version of the Ottawa program (or of another program made from it), bound to the
  // registry of deploy/facts.
  void Publish(int64_t version, const program::v1::ProgramDefinition& definition,
               absl::Time effective_from);
  static program::v1::ProgramDefinition Definition();
  void AddAgency(const std::string& id);

  // Runs an event's effect as the consumer would.
  absl::Status Write(const std::function<absl::Status(database::Transaction&)>& fn);

  int64_t Count(const std::string& sql);
  // Messages sent to PostgreSQL so far: each is a wait for its answers.
  int Messages() const { return messages_; }
  // Payloads of the outbox with this type, in order.
  template <class Event>
  std::vector<Event> Events() {
    std::vector<Event> events;
    for (const std::string& data : Payloads(Event::descriptor()->full_name())) {
      events.emplace_back();
      EXPECT_TRUE(events.back().ParseFromString(data));
    }
    return events;
  }

  static absl::Time Start() { return absl::FromUnixSeconds(1'757'000'000); }  // September 2025

  clock::ManualClock clock{Start()};
  database::Database& db() { return *db_; }
  program::ProgramStore& programs() { return *programs_; }
  const seal::Sealer& sealer() const { return *sealer_; }
  app::Service& service() { return *service_; }

  // Answers calls to matching; without it there is no such peer.
  using Peer = std::function<absl::StatusOr<std::string>(const std::string& method,
                                                         const std::string& request)>;
  void SetPeer(Peer peer) { peer_ = std::move(peer); }

 private:
  class Transport;
  std::vector<std::string> Payloads(const std::string& type);

  std::atomic<int> requests_{0};
  tremplin::testing::TempDir dir_;
  std::unique_ptr<tremplin::testing::TestPostgres> postgres_;
  std::atomic<int> messages_{0};
  std::unique_ptr<tremplin::testing::TcpProxy> proxy_;
  std::unique_ptr<database::Database> db_;
  std::unique_ptr<seal::Sealer> sealer_;
  std::unique_ptr<rpc::Commands> commands_;
  std::unique_ptr<outbox::Outbox> outbox_;
  std::unique_ptr<program::ProgramStore> programs_;
  Peer peer_;
  std::unique_ptr<peers::Peers> peers_;
  std::unique_ptr<cache::Cache> cache_;
  std::unique_ptr<app::Deps> deps_;
  std::unique_ptr<app::Service> service_;
};

// The file says this of the fact, and nothing else; without values it says nothing.
void Give(v1::ReferralFile* file, const std::string& fact,
          const std::vector<std::string>& values = {});

// A file that meets every criterion of the Ottawa program; `key` makes its person another one.
v1::ReferralFile EligibleFile(const std::string& key);
v1::SubmitReferralRequest SubmitRequest(const std::string& agency, const std::string& key);
// A mentor who comes by themselves, entered by staff, and meets every criterion.
v1::SubmitReferralRequest MentorRequest(const std::string& key);

// Tests that hold on both stores.
class ReferralTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override;

  v1::SubmitReferralResponse Submit(const std::string& agency, const std::string& key);
  v1::SubmitReferralResponse Submit(const v1::SubmitReferralRequest& request);

  std::unique_ptr<System> system_;
};

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_TESTING_FIXTURE_H_
