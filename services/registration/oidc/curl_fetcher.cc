#include "services/registration/oidc/curl_fetcher.h"

#include <curl/curl.h>

#include <cstdlib>
#include <utility>

#include "common/text/text.h"

namespace tremplin::registration {
namespace {

constexpr size_t kMostBody = size_t{256} << 10;
constexpr absl::Duration kLongestConnect = absl::Seconds(5);

size_t TakeBody(char* bytes, size_t size, size_t count, void* data) {
  auto& body = *static_cast<std::string*>(data);
  if (body.size() + size * count > kMostBody) return 0;
  body.append(bytes, size * count);
  return size * count;
}

class CurlFetcher final : public Fetcher {
 public:
  explicit CurlFetcher(CurlFetcherOptions options) : options_(std::move(options)) {
    // Once a process; it is thread-safe with the libcurl of Debian 12.
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) std::abort();
  }
  ~CurlFetcher() override { curl_global_cleanup(); }
  CurlFetcher(const CurlFetcher&) = delete;
  CurlFetcher& operator=(const CurlFetcher&) = delete;

  absl::StatusOr<Fetched> Get(const Fetch& fetch, absl::Duration timeout) override {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(),
                                                                   &curl_easy_cleanup);
    if (easy == nullptr) std::abort();  // no memory
    Fetched fetched;
    Set(easy.get(), fetch, timeout, &fetched.body);
    const CURLcode code = curl_easy_perform(easy.get());
    if (code != CURLE_OK) {
      return absl::UnavailableError(text::Cat("the issuer: ", curl_easy_strerror(code)));
    }
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    fetched.status = static_cast<int>(status);
    return fetched;
  }

 private:
  void Set(CURL* easy, const Fetch& fetch, absl::Duration timeout, std::string* body) const {
    curl_easy_setopt(easy, CURLOPT_URL, fetch.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, options_.plain ? "http,https" : "https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "tremplin");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    if (!options_.trusted.empty()) {
      curl_easy_setopt(easy, CURLOPT_CAINFO, options_.trusted.c_str());
    }
    if (!fetch.form.empty()) {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(fetch.form.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, fetch.form.c_str());
    }
    if (!fetch.user.empty()) {
      curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
      curl_easy_setopt(easy, CURLOPT_USERNAME, fetch.user.c_str());
      curl_easy_setopt(easy, CURLOPT_PASSWORD, fetch.password.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    // A name server that hangs is not waited for beyond the time either.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                     static_cast<long>(absl::ToInt64Milliseconds(timeout)));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(absl::ToInt64Milliseconds(kLongestConnect)));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &TakeBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
  }

  const CurlFetcherOptions options_;
};

}  // namespace

std::unique_ptr<Fetcher> MakeCurlFetcher(CurlFetcherOptions options) {
  return std::make_unique<CurlFetcher>(std::move(options));
}

}  // namespace tremplin::registration
