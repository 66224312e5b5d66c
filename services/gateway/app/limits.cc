#include "services/gateway/app/limits.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/status/macros.h"
#include "services/gateway/app/credential.h"
#include "services/gateway/app/request.h"
#include "tremplin/options/v1/options.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::gateway {
namespace {

using google::protobuf::MethodOptions;

constexpr double kLeasesABucket = 20;                    // into which its burst is divided
constexpr absl::Duration kLeaseTime = absl::Seconds(1);  // what is not used by then is lost
constexpr char kGetMyRole[] = "tremplin.registration.v1.RegistrationService/GetMyRole";
constexpr size_t kTenantMemory = 4 << 20;  // of some 20,000 clients
constexpr absl::Duration kTenantKnown = absl::Minutes(1);
constexpr absl::Duration kLongestAsking = absl::Seconds(2);
constexpr absl::Duration kReportsWait = absl::Milliseconds(100);
constexpr absl::Duration kReadsWait = absl::Milliseconds(500);
constexpr absl::Duration kWritesWait = absl::Seconds(2);

}  // namespace

Limiter::Limiter(cache::Rate rate, cache::Buckets* shared, size_t most_clients, Clock clock)
    : rate_(rate), shared_(shared), most_clients_(most_clients), clock_(std::move(clock)) {}

absl::Duration Limiter::Take(const std::string& client) {
  if (!limits()) return absl::ZeroDuration();
  const absl::Time now = clock_();
  {
    const std::lock_guard lock(mutex_);
    Bucket& bucket = BucketOf(client);
    if (shared_ == nullptr) return TakeOwn(bucket, now);
    if (bucket.leased > 0 && now < bucket.leased_until) {
      --bucket.leased;
      return absl::ZeroDuration();
    }
  }
  // Asked without the lock: others go on meanwhile.
  const int wanted = std::max(1, static_cast<int>(rate_.burst / kLeasesABucket));
  const std::optional<cache::Buckets::Grant> grant = shared_->Take(client, rate_, wanted);
  const std::lock_guard lock(mutex_);
  Bucket& bucket = BucketOf(client);
  if (!grant.has_value()) return TakeOwn(bucket, now);
  if (grant->tokens <= 0) return std::max(grant->wait, absl::Milliseconds(1));
  bucket.leased = grant->tokens - 1;
  bucket.leased_until = now + kLeaseTime;
  return absl::ZeroDuration();
}

Limiter::Bucket& Limiter::BucketOf(const std::string& client) {
  const auto found = by_client_.find(client);
  if (found != by_client_.end()) {
    buckets_.splice(buckets_.begin(), buckets_, found->second);
    return buckets_.front();
  }
  if (buckets_.size() >= most_clients_) {
    by_client_.erase(buckets_.back().client);
    buckets_.pop_back();
  }
  Bucket bucket;
  bucket.client = client;
  bucket.tokens = rate_.burst;
  bucket.at = clock_();
  buckets_.push_front(std::move(bucket));
  by_client_[client] = buckets_.begin();
  return buckets_.front();
}

absl::Duration Limiter::TakeOwn(Bucket& bucket, absl::Time now) const {
  const double gained = absl::ToDoubleSeconds(now - bucket.at) * rate_.per_second;
  bucket.tokens = std::min(rate_.burst, bucket.tokens + std::max(0.0, gained));
  bucket.at = now;
  if (bucket.tokens < 1) return absl::Seconds((1 - bucket.tokens) / rate_.per_second);
  bucket.tokens -= 1;
  return absl::ZeroDuration();
}

Tenants::Tenants(peers::Transport& services)
    : services_(services),
      memory_(cache::MakeLruCache({.max_bytes = kTenantMemory})),
      known_(*memory_, kTenantKnown) {}

std::string Tenants::Of(const http::Request& request, const std::string& traceparent) {
  const std::string token = CredentialOf(request).token;
  if (token.empty()) return "";
  const auto ask = [&]() -> absl::StatusOr<std::string> {
    const absl::StatusOr<std::string> bytes =
        services_.Call(kGetMyRole, "",
                       {.credential = token,
                        .deadline = absl::Now() + kLongestAsking,
                        .traceparent = traceparent});
    // Who is nobody is so for a while; what may be away is asked again.
    if (absl::IsUnauthenticated(bytes.status()) || absl::IsPermissionDenied(bytes.status())) {
      return std::string();
    }
    TREMPLIN_RETURN_IF_ERROR(bytes.status());
    registration::v1::MyRole mine;
    if (!mine.ParseFromString(*bytes)) return absl::InternalError("a role cannot be decoded");
    return mine.organization();
  };
  return known_.Get(ClientOf(request), ask).value_or("");
}

Importance ImportanceOf(const transcoding::Route& route) {
  const MethodOptions& method = route.method->options();
  if (method.idempotency_level() != MethodOptions::NO_SIDE_EFFECTS) return Importance::kWrite;
  const auto& roles = method.GetExtension(options::v1::access).roles();
  const auto may = [&roles](options::v1::Role role) {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  };
  const bool figures = may(options::v1::ROLE_MANAGER) || may(options::v1::ROLE_FUNDER) ||
                       may(options::v1::ROLE_ADVISORY_COMMITTEE);
  const bool people = may(options::v1::ROLE_AGENCY) || may(options::v1::ROLE_MENTEE) ||
                      may(options::v1::ROLE_MENTOR) || may(options::v1::ROLE_ORGANIZATION);
  return figures && !people ? Importance::kReport : Importance::kRead;
}

bool IsShed(Importance importance, absl::Duration waited) {
  switch (importance) {
    case Importance::kReport:
      return waited > kReportsWait;
    case Importance::kRead:
      return waited > kReadsWait;
    case Importance::kWrite:
      return waited > kWritesWait;
  }
  return false;
}

}  // namespace tremplin::gateway
