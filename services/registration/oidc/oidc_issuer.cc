#include "services/registration/oidc/oidc_issuer.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "common/digest/digest.h"
#include "common/jwt/json.h"
#include "common/jwt/jwt.h"
#include "common/jwt/keys.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::registration {
namespace {

constexpr absl::Duration kLongestFetch = absl::Seconds(10);
constexpr absl::Duration kFresh = absl::Hours(1);
constexpr absl::Duration kStale = absl::Hours(24);
constexpr absl::Duration kAfterFailure = absl::Seconds(10);
constexpr absl::Duration kKeysAgain = absl::Minutes(1);
// Who waits for an issuer that hangs holds a thread.
constexpr int kMostAtOnce = 16;

// What the issuer says of itself.
struct Endpoints {
  std::string authorization, token, keys;
  bool names_itself = false;  // where it sends the browser back (RFC 9207)
};

absl::Status Unavailable(std::string_view what) {
  return absl::UnavailableError(text::Cat("the issuer: ", what));
}

std::string Escaped(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      out += {'%', kDigits[static_cast<unsigned char>(c) >> 4],
              kDigits[static_cast<unsigned char>(c) & 15]};
    }
  }
  return out;
}

std::string Form(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  std::string form;
  for (const auto& [name, value] : fields) {
    if (!form.empty()) form += '&';
    form += text::Cat(name, "=", Escaped(value));
  }
  return form;
}

// Something that the issuer tells, kept for a while.
template <class T>
class Remembered {
 public:
  using Ask = std::function<absl::StatusOr<T>()>;

  // What is known, asked anew where that is not fresh, or not `enough` and old enough to ask again.
  absl::StatusOr<T> Take(absl::Duration now, const Ask& ask,
                         const std::function<bool(const T&)>& enough) {
    const bool known = value_.has_value() && now - at_ < kStale;
    const bool fresh = known && now - at_ < kFresh;
    if (fresh && (enough(*value_) || now - *tried_ < kKeysAgain)) return *value_;
    if (failed_ && now - *tried_ < kAfterFailure) {
      if (known) return *value_;
      return Unavailable("not asked again so soon");
    }
    tried_ = now;
    absl::StatusOr<T> told = ask();
    failed_ = !told.ok();
    if (told.ok()) {
      value_ = *told;
      at_ = now;
    }
    return told.ok() || !known ? told : *value_;
  }

 private:
  std::optional<T> value_;
  absl::Duration at_;                    // steady time
  std::optional<absl::Duration> tried_;  // steady time
  bool failed_ = false;
};

// A place among those who ask, while it lives; not taken where there are none left.
class Place {
 public:
  explicit Place(std::atomic<int>& taken) : taken_(taken), is_taken_(++taken <= kMostAtOnce) {}
  ~Place() { --taken_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  absl::Status ToStatus() const {
    return is_taken_ ? absl::OkStatus()
                     : absl::ResourceExhaustedError("the issuer is asked by many at once");
  }

 private:
  std::atomic<int>& taken_;
  const bool is_taken_;
};

class OidcIssuer final : public Issuer {
 public:
  OidcIssuer(OidcOptions options, Fetcher& fetcher, const clock::Clock& clock)
      : options_(std::move(options)), fetcher_(fetcher), clock_(clock) {}

  absl::StatusOr<std::string> AuthorizationUrl(const Challenge& challenge,
                                               absl::Time deadline) override {
    const Place place(places_);
    TREMPLIN_RETURN_IF_ERROR(place.ToStatus());
    TREMPLIN_ASSIGN_OR_RETURN(const Endpoints endpoints, Discover(deadline));
    const std::string& to = endpoints.authorization;
    const std::string hashed =
        absl::WebSafeBase64Escape(digest::ToString(digest::Sha256(challenge.code_verifier)));
    return text::Cat(to, to.find('?') == to.npos ? "?" : "&",
                     Form({{"response_type", "code"},
                           {"client_id", options_.client_id},
                           {"redirect_uri", options_.redirect_uri},
                           {"scope", "openid email"},
                           {"state", challenge.state},
                           {"nonce", challenge.nonce},
                           {"code_challenge", hashed},
                           {"code_challenge_method", "S256"}}));
  }

  absl::StatusOr<Vouched> Exchange(const std::string& code, const std::string& issuer,
                                   const Challenge& challenge, absl::Time deadline) override {
    const Place place(places_);
    TREMPLIN_RETURN_IF_ERROR(place.ToStatus());
    TREMPLIN_ASSIGN_OR_RETURN(const Endpoints endpoints, Discover(deadline));
    // Another issuer's code is not for this one to have (a mix-up).
    if (issuer.empty() ? endpoints.names_itself : issuer != options_.issuer) {
      return absl::UnauthenticatedError("iss of another issuer");
    }
    TREMPLIN_ASSIGN_OR_RETURN(const std::string token,
                              Redeem(endpoints, code, challenge, deadline));
    TREMPLIN_ASSIGN_OR_RETURN(const jwt::Claims claims, Verify(token,
                                                               {.issuer = options_.issuer,
                                                                .audience = options_.client_id,
                                                                .types = {"", "jwt"},
                                                                .nonce = challenge.nonce},
                                                               endpoints, deadline));
    return Vouched{.issuer = options_.issuer, .subject = claims.subject, .email = claims.email};
  }

  absl::StatusOr<Vouched> Check(const std::string& access_token, absl::Time deadline) override {
    if (options_.audience.empty()) return absl::FailedPreconditionError("no audience");
    const Place place(places_);
    TREMPLIN_RETURN_IF_ERROR(place.ToStatus());
    TREMPLIN_ASSIGN_OR_RETURN(const Endpoints endpoints, Discover(deadline));
    TREMPLIN_ASSIGN_OR_RETURN(const jwt::Claims claims, Verify(access_token,
                                                               {.issuer = options_.issuer,
                                                                .audience = options_.audience,
                                                                .types = {"at+jwt", "jwt"},
                                                                .given_to_audience = false},
                                                               endpoints, deadline));
    return Vouched{.issuer = options_.issuer, .subject = claims.subject, .expires = claims.expires};
  }

 private:
  using KeySet = std::shared_ptr<const jwt::Keys>;

  // An address of the issuer's, by the means of the issuer's own: HTTPS, or HTTP on this machine.
  bool MayAsk(const std::string& url) const {
    return absl::StartsWith(url, "https://") ||
           (absl::StartsWith(options_.issuer, "http://") && absl::StartsWith(url, "http://"));
  }

  absl::StatusOr<Fetched> Get(const Fetch& fetch, absl::Time deadline) {
    const absl::Duration left = std::min(kLongestFetch, deadline - clock_.SystemNow());
    if (left <= absl::ZeroDuration()) return absl::DeadlineExceededError("the issuer");
    return fetcher_.Get(fetch, left);
  }

  absl::StatusOr<Endpoints> Discover(absl::Time deadline) {
    const std::lock_guard lock(mutex_);
    return endpoints_.Take(
        clock_.SteadyNow(), [&] { return AskEndpoints(deadline); },
        [](const Endpoints&) { return true; });
  }

  absl::StatusOr<Endpoints> AskEndpoints(absl::Time deadline) {
    std::string base = options_.issuer;
    while (absl::EndsWith(base, "/")) base.pop_back();
    TREMPLIN_ASSIGN_OR_RETURN(const Fetched told,
                              Get({.url = base + "/.well-known/openid-configuration"}, deadline));
    const auto document = told.status == 200 ? jwt::ParseObject(told.body) : std::nullopt;
    if (!document.has_value()) return Unavailable("its configuration cannot be read");
    if (jwt::TextOf(*document, "issuer") != options_.issuer) {
      return Unavailable("its configuration is of another issuer");
    }
    Endpoints endpoints;
    endpoints.authorization = jwt::TextOf(*document, "authorization_endpoint").value_or("");
    endpoints.token = jwt::TextOf(*document, "token_endpoint").value_or("");
    endpoints.keys = jwt::TextOf(*document, "jwks_uri").value_or("");
    const rapidjson::Value* const names =
        jwt::Find(*document, "authorization_response_iss_parameter_supported");
    endpoints.names_itself = names != nullptr && names->IsTrue();
    if (!MayAsk(endpoints.authorization) || !MayAsk(endpoints.token) || !MayAsk(endpoints.keys)) {
      return Unavailable("its configuration names no HTTPS endpoints");
    }
    return endpoints;
  }

  absl::StatusOr<KeySet> TakeKeys(const Endpoints& endpoints, const std::optional<std::string>& kid,
                                  absl::Time deadline) {
    const std::lock_guard lock(mutex_);
    return keys_.Take(
        clock_.SteadyNow(),
        [&]() -> absl::StatusOr<KeySet> {
          TREMPLIN_ASSIGN_OR_RETURN(const Fetched told, Get({.url = endpoints.keys}, deadline));
          if (told.status != 200) return Unavailable("its keys cannot be read");
          absl::StatusOr<KeySet> keys = jwt::Keys::Parse(told.body);
          return keys.ok() ? keys : Unavailable("its keys are none");
        },
        [&](const KeySet& keys) { return !kid.has_value() || keys->Knows(*kid); });
  }

  // The ID token for a code.
  absl::StatusOr<std::string> Redeem(const Endpoints& endpoints, const std::string& code,
                                     const Challenge& challenge, absl::Time deadline) {
    Fetch fetch{.url = endpoints.token,
                .form = Form({{"grant_type", "authorization_code"},
                              {"code", code},
                              {"redirect_uri", options_.redirect_uri},
                              {"code_verifier", challenge.code_verifier}})};
    if (options_.client_secret.empty()) {
      fetch.form += "&" + Form({{"client_id", options_.client_id}});
    } else {
      fetch.user = Escaped(options_.client_id);
      fetch.password = Escaped(options_.client_secret);
    }
    TREMPLIN_ASSIGN_OR_RETURN(const Fetched told, Get(fetch, deadline));
    if (told.status >= 500) return Unavailable("it answers the code with an error");
    const auto document = jwt::ParseObject(told.body);
    if (told.status != 200 || !document.has_value()) {
      return absl::UnauthenticatedError(text::Cat("the code is answered with ", told.status));
    }
    std::optional<std::string> token = jwt::TextOf(*document, "id_token");
    if (!token.has_value()) return absl::UnauthenticatedError("the code is good for no ID token");
    return *std::move(token);
  }

  absl::StatusOr<jwt::Claims> Verify(const std::string& token, const jwt::Expected& expected,
                                     const Endpoints& endpoints, absl::Time deadline) {
    const absl::StatusOr<jwt::Header> header = jwt::ReadHeader(token);
    if (!header.ok()) return absl::UnauthenticatedError("no token");
    // No key is asked for a token that none could have signed.
    if (!jwt::AlgorithmOf(header->algorithm).has_value()) {
      return absl::UnauthenticatedError("a token signed in no way that counts");
    }
    TREMPLIN_ASSIGN_OR_RETURN(const KeySet keys, TakeKeys(endpoints, header->kid, deadline));
    return jwt::Verify(token, *keys, expected, clock_.SystemNow());
  }

  const OidcOptions options_;
  Fetcher& fetcher_;
  const clock::Clock& clock_;
  std::atomic<int> places_ = 0;
  // Held while the issuer is asked: who comes meanwhile waits for the same answer.
  std::mutex mutex_;
  Remembered<Endpoints> endpoints_;
  Remembered<KeySet> keys_;
};

}  // namespace

std::unique_ptr<Issuer> MakeOidcIssuer(OidcOptions options, Fetcher& fetcher,
                                       const clock::Clock& clock) {
  return std::make_unique<OidcIssuer>(std::move(options), fetcher, clock);
}

}  // namespace tremplin::registration
