#include "services/notification/http/curl_poster.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <utility>

#include "absl/types/span.h"
#include "common/text/text.h"
#include "services/notification/domain/address.h"

namespace tremplin::notification {
namespace {

constexpr size_t kMostBody = size_t{64} << 10;
constexpr size_t kMostHeaders = size_t{64} << 10;
constexpr absl::Duration kLongestConnect = absl::Seconds(10);

using Lines = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;
using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

void Append(Lines& lines, const std::string& line) {
  curl_slist* const longer = curl_slist_append(lines.get(), line.c_str());
  if (longer == nullptr) std::abort();  // no memory
  static_cast<void>(lines.release());
  lines.reset(longer);
}

// One post as libcurl's callbacks see it.
struct Exchange {
  const CurlPosterOptions& options;
  const std::atomic<bool>& cancelled;
  bool refused = false;  // an address
  bool long_headers = false;
  bool long_body = false;
  size_t header_bytes = 0;
  size_t body_bytes = 0;
};

bool MayConnect(const curl_sockaddr& address, bool inside) {
  Reach reach = Reach::kNobody;
  if (address.family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address.addr);
    reach = ReachOf({reinterpret_cast<const uint8_t*>(&v4->sin_addr), 4});
  } else if (address.family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address.addr);
    reach = ReachOf({reinterpret_cast<const uint8_t*>(&v6->sin6_addr), 16});
  }
  return reach == Reach::kPublic || (inside && reach == Reach::kInside);
}

curl_socket_t OpenSocket(void* data, curlsocktype purpose, curl_sockaddr* address) {
  auto& exchange = *static_cast<Exchange*>(data);
  if (purpose != CURLSOCKTYPE_IPCXN || !MayConnect(*address, exchange.options.inside)) {
    exchange.refused = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

size_t TakeHeader(char*, size_t size, size_t count, void* data) {
  auto& exchange = *static_cast<Exchange*>(data);
  exchange.header_bytes += size * count;
  exchange.long_headers = exchange.header_bytes > kMostHeaders;
  return exchange.long_headers ? 0 : size * count;
}

// The body says nothing that is asked for: it is read so that the other side can end in peace.
size_t TakeBody(char*, size_t size, size_t count, void* data) {
  auto& exchange = *static_cast<Exchange*>(data);
  exchange.body_bytes += size * count;
  exchange.long_body = exchange.body_bytes > kMostBody;
  return exchange.long_body ? 0 : size * count;
}

int Progress(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Exchange*>(data)->cancelled ? 1 : 0;
}

const char* ErrorOf(CURLcode code, const Exchange& exchange) {
  if (exchange.cancelled) return Poster::kCancelled;
  if (exchange.long_headers) return "answer_too_long";
  if (code == CURLE_OPERATION_TIMEDOUT) return "timeout";
  if (code == CURLE_COULDNT_RESOLVE_HOST) return "name_not_found";
  if (code == CURLE_COULDNT_CONNECT) return exchange.refused ? "address_refused" : "not_reached";
  const bool tls = code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION ||
                   code == CURLE_SSL_CACERT_BADFILE;
  return tls ? "tls" : "broken_off";
}

class CurlPoster final : public Poster {
 public:
  explicit CurlPoster(CurlPosterOptions options) : options_(std::move(options)) {
    // Once a process; it is thread-safe with the libcurl of Debian 12.
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) std::abort();
    for (const std::string& one : options_.resolve) Append(resolve_, one);
  }
  ~CurlPoster() override { curl_global_cleanup(); }
  CurlPoster(const CurlPoster&) = delete;
  CurlPoster& operator=(const CurlPoster&) = delete;

  Answer Post(const PostRequest& request) override {
    Exchange exchange{.options = options_, .cancelled = cancelled_};
    if (cancelled_) return {.error = kCancelled};
    const Easy easy(curl_easy_init(), &curl_easy_cleanup);
    if (easy == nullptr) std::abort();  // no memory
    Lines headers(nullptr, &curl_slist_free_all);
    for (const auto& [name, value] : request.headers) {
      Append(headers, text::Cat(name, ": ", value));
    }
    Append(headers, "Expect:");  // no asking before the body, which is short
    Set(easy.get(), request, headers.get(), &exchange);
    const CURLcode code = curl_easy_perform(easy.get());
    // Who answers at length has answered: what it thinks of the entry stands in the status.
    const bool answered = code == CURLE_OK || (exchange.long_body && !cancelled_);
    if (!answered) return {.error = ErrorOf(code, exchange)};
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    return {.status = static_cast<int>(status)};
  }

  void Cancel() override { cancelled_ = true; }

 private:
  void Set(CURL* easy, const PostRequest& request, curl_slist* headers, Exchange* exchange) const {
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, options_.inside ? "http,https" : "https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "tremplin-webhooks");
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    if (!options_.trusted.empty()) {
      curl_easy_setopt(easy, CURLOPT_CAINFO, options_.trusted.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    if (resolve_ != nullptr) curl_easy_setopt(easy, CURLOPT_RESOLVE, resolve_.get());
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    // A name server that hangs is not waited for beyond the time either.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                     static_cast<long>(absl::ToInt64Milliseconds(options_.longest)));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(absl::ToInt64Milliseconds(kLongestConnect)));
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &TakeHeader);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &TakeBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &Progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, exchange);
  }

  const CurlPosterOptions options_;
  Lines resolve_{nullptr, &curl_slist_free_all};
  std::atomic<bool> cancelled_ = false;
};

}  // namespace

std::unique_ptr<Poster> MakeCurlPoster(CurlPosterOptions options) {
  return std::make_unique<CurlPoster>(std::move(options));
}

}  // namespace tremplin::notification
