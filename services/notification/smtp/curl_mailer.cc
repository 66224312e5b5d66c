#include "services/notification/smtp/curl_mailer.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "common/seal/private_file.h"
#include "common/text/text.h"
#include "services/notification/domain/mail_header.h"

namespace tremplin::notification {
namespace {

constexpr absl::Duration kLongestConnect = absl::Seconds(10);

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Lines = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;
using Mime = std::unique_ptr<curl_mime, decltype(&curl_mime_free)>;

struct Login {
  std::string user;
  std::string password;
};

// Nothing where there is none that may be used.
std::optional<Login> ReadLogin(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || !seal::IsPrivateFile(info)) return std::nullopt;
  std::ifstream file(path);
  Login login;
  if (!std::getline(file, login.user) || !std::getline(file, login.password)) return std::nullopt;
  absl::StripAsciiWhitespace(&login.user);
  absl::StripTrailingAsciiWhitespace(&login.password);
  return login;
}

void Append(Lines& lines, const std::string& line) {
  curl_slist* const longer = curl_slist_append(lines.get(), line.c_str());
  if (longer == nullptr) std::abort();  // no memory
  static_cast<void>(lines.release());
  lines.reset(longer);
}

// How far a mail came: what the server says of a recipient or of what a mail says is about that
// mail, everything else about all mail.
enum class Stage { kSession, kRecipient, kContent };

struct Dialogue {
  const std::atomic<bool>& cancelled;
  Stage stage = Stage::kSession;
  int reply = 0;      // to what was said last; 0 before it came
  bool over = false;  // only goodbyes from now on
};

void Hear(std::string_view line, Dialogue& dialogue) {
  int reply = 0;
  if (line.size() >= 3 && absl::SimpleAtoi(text::Absl(line.substr(0, 3)), &reply)) {
    dialogue.reply = reply;
  }
}

void Note(std::string_view command, Dialogue& dialogue) {
  dialogue.over = command.starts_with("QUIT");
  if (dialogue.over) return;
  dialogue.reply = 0;
  dialogue.stage = command.starts_with("RCPT TO:") ? Stage::kRecipient
                   : command.starts_with("DATA")   ? Stage::kContent
                                                   : Stage::kSession;
}

// libcurl shows what is said; nothing of it is kept but the numbers of replies.
int Watch(CURL*, curl_infotype type, char* data, size_t size, void* context) {
  auto& dialogue = *static_cast<Dialogue*>(context);
  const std::string_view said(data, size);
  if (type == CURLINFO_HEADER_OUT) Note(said, dialogue);
  if (type == CURLINFO_HEADER_IN && !dialogue.over) Hear(said, dialogue);
  if (type == CURLINFO_DATA_OUT) {
    dialogue.stage = Stage::kContent;
    dialogue.reply = 0;
  }
  return 0;
}

int Progress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Dialogue*>(context)->cancelled ? 1 : 0;
}

// The socket of the connection, so that whatever libcurl waits for on it (a goodbye among it, for
// which it takes its own time) can be ended. Thread-safe.
class Line {
 public:
  void Open(curl_socket_t socket) {
    const std::lock_guard lock(mutex_);
    socket_ = socket;
  }
  void Close(curl_socket_t socket) {
    const std::lock_guard lock(mutex_);
    if (socket_ == socket) socket_ = CURL_SOCKET_BAD;
    close(socket);
  }
  // Nothing comes or goes any more.
  void Cut() {
    const std::lock_guard lock(mutex_);
    if (socket_ != CURL_SOCKET_BAD) shutdown(socket_, SHUT_RDWR);
  }

 private:
  std::mutex mutex_;
  curl_socket_t socket_ = CURL_SOCKET_BAD;
};

int Opened(void* line, curl_socket_t socket, curlsocktype) {
  static_cast<Line*>(line)->Open(socket);
  return CURL_SOCKOPT_OK;
}
int Closed(void* line, curl_socket_t socket) {
  static_cast<Line*>(line)->Close(socket);
  return 0;
}

const char* ErrorOf(CURLcode code) {
  if (code == CURLE_OPERATION_TIMEDOUT) return "timeout";
  if (code == CURLE_COULDNT_RESOLVE_HOST) return "name_not_found";
  if (code == CURLE_COULDNT_CONNECT) return "not_reached";
  if (code == CURLE_LOGIN_DENIED) return "login";
  const bool tls = code == CURLE_USE_SSL_FAILED || code == CURLE_SSL_CONNECT_ERROR ||
                   code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
  return tls ? "tls" : "broken_off";
}

Sent VerdictOf(CURLcode code, const Dialogue& dialogue) {
  if (code == CURLE_OK) return {.verdict = Sent::Verdict::kTaken};
  if (dialogue.cancelled) return {.verdict = Sent::Verdict::kCancelled};
  const bool of_this_mail = dialogue.stage != Stage::kSession;
  if (of_this_mail && dialogue.reply >= 500) {
    return {.verdict = Sent::Verdict::kRefused, .error = "refused"};
  }
  if (of_this_mail && dialogue.reply >= 400) {
    return {.verdict = Sent::Verdict::kNotNow, .error = "not_now"};
  }
  return {.verdict = Sent::Verdict::kAway, .error = ErrorOf(code)};
}

class CurlMailer final : public Mailer {
 public:
  explicit CurlMailer(CurlMailerOptions options) : options_(std::move(options)) {
    // Once a process; it is thread-safe with the libcurl of Debian 12.
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) std::abort();
    easy_.reset(curl_easy_init());
    if (easy_ == nullptr) std::abort();  // no memory
  }
  ~CurlMailer() override {
    easy_.reset();
    curl_global_cleanup();
  }
  CurlMailer(const CurlMailer&) = delete;
  CurlMailer& operator=(const CurlMailer&) = delete;

  Sent Send(const Mail& mail) override {
    if (cancelled_) return {.verdict = Sent::Verdict::kCancelled};
    Dialogue dialogue{.cancelled = cancelled_};
    curl_easy_reset(easy_.get());  // the connection stays
    if (!SetServer(&dialogue)) return {.verdict = Sent::Verdict::kAway, .error = "login"};
    Lines recipients(nullptr, &curl_slist_free_all);
    Append(recipients, text::Cat("<", mail.to, ">"));
    curl_easy_setopt(easy_.get(), CURLOPT_MAIL_FROM, text::Cat("<", options_.from, ">").c_str());
    curl_easy_setopt(easy_.get(), CURLOPT_MAIL_RCPT, recipients.get());
    const Lines headers = HeadersOf(mail);
    curl_easy_setopt(easy_.get(), CURLOPT_HTTPHEADER, headers.get());
    const Mime body = BodyOf(mail);
    curl_easy_setopt(easy_.get(), CURLOPT_MIMEPOST, body.get());
    const CURLcode code = curl_easy_perform(easy_.get());
    curl_easy_setopt(easy_.get(), CURLOPT_MIMEPOST, nullptr);
    // What is said while the connection is kept, or ends, is nothing to Watch.
    curl_easy_setopt(easy_.get(), CURLOPT_VERBOSE, 0L);
    const Sent sent = VerdictOf(code, dialogue);
    if (sent.verdict == Sent::Verdict::kAway) line_.Cut();
    return sent;
  }

  void Cancel() override {
    cancelled_ = true;
    line_.Cut();
  }

 private:
  // False where there is no login that may be used.
  bool SetServer(Dialogue* dialogue) {
    CURL* const easy = easy_.get();
    const bool implicit = options_.tls == "implicit";
    const std::string url = text::Cat(implicit ? "smtps://" : "smtp://", options_.server);
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    const long needed = options_.tls == "none" ? long{CURLUSESSL_NONE} : long{CURLUSESSL_ALL};
    curl_easy_setopt(easy, CURLOPT_USE_SSL, needed);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    if (!options_.trusted.empty()) {
      curl_easy_setopt(easy, CURLOPT_CAINFO, options_.trusted.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                     static_cast<long>(absl::ToInt64Milliseconds(options_.longest)));
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                     static_cast<long>(absl::ToInt64Seconds(options_.longest)));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(absl::ToInt64Milliseconds(kLongestConnect)));
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);  // to Watch, nowhere else
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, &Watch);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, dialogue);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, &Opened);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, &line_);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &Closed);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, &line_);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &Progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, dialogue);
    if (options_.login_file.empty()) return true;
    const std::optional<Login> login = ReadLogin(options_.login_file);
    if (!login.has_value()) return false;
    curl_easy_setopt(easy, CURLOPT_USERNAME, login->user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, login->password.c_str());
    return true;
  }

  Lines HeadersOf(const Mail& mail) const {
    const std::string domain = options_.from.substr(options_.from.find('@') + 1);
    Lines headers(nullptr, &curl_slist_free_all);
    Append(headers, AddressHeader("From", mail.from_name, options_.from));
    Append(headers, AddressHeader("To", "", mail.to));
    Append(headers, TextHeader("Subject", mail.subject));
    Append(headers, text::Cat("Date: ", MailDate(mail.date)));
    Append(headers, text::Cat("Message-ID: <", mail.id, "@", domain, ">"));
    if (!mail.unsubscribe.empty()) {
      Append(headers, text::Cat("List-Unsubscribe: <", mail.unsubscribe, ">"));
      Append(headers, "List-Unsubscribe-Post: List-Unsubscribe=One-Click");
    }
    Append(headers, "Auto-Submitted: auto-generated");
    return headers;
  }

  // The form that is preferred comes last.
  Mime BodyOf(const Mail& mail) const {
    Mime body(curl_mime_init(easy_.get()), &curl_mime_free);
    curl_mime* const either = curl_mime_init(easy_.get());
    if (body == nullptr || either == nullptr) std::abort();  // no memory
    AddText(either, mail.text, "text/plain; charset=utf-8");
    AddText(either, mail.html, "text/html; charset=utf-8");
    curl_mimepart* const whole = curl_mime_addpart(body.get());
    curl_mime_subparts(whole, either);  // which goes with it
    curl_mime_type(whole, "multipart/alternative");
    return body;
  }

  static void AddText(curl_mime* mime, const std::string& text, const char* type) {
    curl_mimepart* const part = curl_mime_addpart(mime);
    if (part == nullptr) std::abort();  // no memory
    curl_mime_data(part, text.data(), text.size());
    curl_mime_type(part, type);
    curl_mime_encoder(part, "quoted-printable");
  }

  const CurlMailerOptions options_;
  Line line_;  // outlives the connection
  Easy easy_{nullptr, &curl_easy_cleanup};
  std::atomic<bool> cancelled_ = false;
};

}  // namespace

std::unique_ptr<Mailer> MakeCurlMailer(CurlMailerOptions options) {
  return std::make_unique<CurlMailer>(std::move(options));
}

}  // namespace tremplin::notification
