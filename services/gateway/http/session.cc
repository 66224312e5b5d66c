#include "services/gateway/http/session.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/strand.hpp"
#include "boost/asio/write.hpp"
#include "boost/beast/core.hpp"
#include "boost/beast/http.hpp"
#include "boost/beast/ssl.hpp"
#include "services/gateway/http/session_body.h"

namespace tremplin::gateway::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using beast::error_code;
using TcpStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<TcpStream>;

constexpr size_t kMostLingered = 1 << 20;

std::chrono::nanoseconds ToChrono(absl::Duration duration) {
  return absl::ToChronoNanoseconds(duration);
}

// Whether the other side went away, rather than sent what is no HTTP.
bool IsGone(const error_code& error) {
  const error_code end = beast::http::make_error_code(beast::http::error::end_of_stream);
  return error == end || error == beast::http::error::partial_message ||
         error.category() != end.category();
}

std::string AddressOf(const tcp::socket& socket) {
  error_code gone;
  const tcp::endpoint peer = socket.remote_endpoint(gone);
  return gone ? "" : peer.address().to_string();
}

// One connection. Everything but the handler runs on its strand.
template <class Wire>
class Session final : public SessionBase {
 public:
  template <class... Args>
  Session(std::shared_ptr<Shared> shared, tcp::socket socket, Args&... args)
      : SessionBase(std::move(shared)),
        strand_(socket.get_executor()),
        timer_(strand_),
        peer_(AddressOf(socket)),
        wire_(TcpStream(std::move(socket)), args...) {}

  void Run() override {
    asio::dispatch(strand_, [self = Self()] { self->Open(); });
  }

  void End(bool now) override {
    asio::post(strand_, [self = Self(), now] {
      if (now || !self->busy_) {
        self->Close();
      } else if (self->waiting_) {
        self->timer_.cancel();  // a stream between two pieces
      } else if (self->reading_) {
        self->Tcp().cancel();  // a body that may be long in coming
      }
    });
  }

 private:
  std::shared_ptr<Session> Self() {
    return std::static_pointer_cast<Session>(this->shared_from_this());
  }

  TcpStream& Tcp() { return beast::get_lowest_layer(wire_); }

  void Open() {
    if constexpr (std::is_same_v<Wire, TlsStream>) {
      Limit(shared_->options.head_time);
      wire_.async_handshake(asio::ssl::stream_base::server, [self = Self()](error_code error) {
        if (!error) self->ReadHead();
      });
    } else {
      ReadHead();
    }
  }

  // What is under way is cut off after `time`.
  void Limit(absl::Duration time) { Tcp().expires_after(ToChrono(time)); }

  // The same without closing: the client is told before. The timer's end is told by `slow_`.
  void LimitSoftly(absl::Duration time) {
    Tcp().expires_never();
    slow_ = false;
    timer_.expires_after(ToChrono(time));
    timer_.async_wait([weak = std::weak_ptr<SessionBase>(this->weak_from_this()),
                       round = ++round_](error_code error) {
      const auto self = std::static_pointer_cast<Session>(weak.lock());
      if (error || self == nullptr || self->round_ != round) return;
      self->slow_ = true;
      self->Tcp().cancel();
    });
  }

  void StopTimer() {
    ++round_;
    timer_.cancel();
  }

  // Waits for a request's first byte, which may take its time, before the time of its head begins.
  void ReadHead() {
    busy_ = false;
    if (shared_->draining) return Close();
    parser_.emplace();
    parser_->header_limit(shared_->options.max_head_bytes);
    parser_->body_limit(UINT64_MAX);  // by the head: see ReadBody
    if (buffer_.size() > 0) return ReadRestOfHead();
    Limit(shared_->options.idle_time);
    wire_.async_read_some(buffer_.prepare(kReadAtOnce),
                          [self = Self()](error_code error, size_t bytes) {
                            if (error) return self->Close();
                            self->buffer_.commit(bytes);
                            self->ReadRestOfHead();
                          });
  }

  void ReadRestOfHead() {
    busy_ = true;
    LimitSoftly(shared_->options.head_time);
    beast::http::async_read_header(wire_, buffer_, *parser_,
                                   [self = Self()](error_code error, size_t) {
                                     self->StopTimer();
                                     if (error) return self->ReadFailed(error);
                                     self->ReadBody();
                                   });
  }

  void ReadBody() {
    if (parser_->is_done()) return Serve();
    const auto& head = parser_->get();
    if (shared_->options.reads_body(ToStd(head.method_string()), ToStd(head.target()))) {
      return ServeUnread();
    }
    const uint64_t most = shared_->options.max_body_bytes;
    if (parser_->content_length().value_or(0) > most) {
      return RefuseAndClose(Refusal::kBodyTooLarge);
    }
    parser_->body_limit(most);
    if (absl::EqualsIgnoreCase(ToAbsl(parser_->get()[beast::http::field::expect]),
                               "100-continue")) {
      return Continue();
    }
    ReadRestOfBody();
  }

  void Continue() {
    Limit(shared_->options.write_time);
    asio::async_write(wire_, asio::buffer(kContinue.data(), kContinue.size()),
                      [self = Self()](error_code error, size_t) {
                        if (error) return self->Close();
                        self->ReadRestOfBody();
                      });
  }

  void ReadRestOfBody() {
    LimitSoftly(shared_->options.body_time);
    beast::http::async_read(wire_, buffer_, *parser_, [self = Self()](error_code error, size_t) {
      self->StopTimer();
      if (error) return self->ReadFailed(error);
      self->Serve();
    });
  }

  void ReadFailed(error_code error) {
    if (slow_) return RefuseAndClose(Refusal::kTooSlow);
    if (error == beast::http::error::header_limit || error == beast::http::error::buffer_overflow) {
      return RefuseAndClose(Refusal::kHeadTooLarge);
    }
    if (error == beast::http::error::body_limit) return RefuseAndClose(Refusal::kBodyTooLarge);
    if (IsGone(error)) return Close();
    RefuseAndClose(Refusal::kMalformed);
  }

  // The handler reads the body, so that it need not be kept.
  void ServeUnread() {
    Request head = TakeHead();
    awaited_ =
        absl::EqualsIgnoreCase(ToAbsl(parser_->get()[beast::http::field::expect]), "100-continue");
    head.reader = std::make_shared<SessionBody>(this->weak_from_this(), shared_->options.body_time);
    body_parser_.emplace(*std::move(parser_));
    parser_.reset();
    body_parser_->body_limit(UINT64_MAX);
    keep_alive_ = body_parser_->get().keep_alive();
    version_ = body_parser_->get().version();
    head_only_ = false;
    Handle(std::make_shared<Request>(std::move(head)));
  }

  void ReadPiece(std::shared_ptr<Handover> handover) override {
    asio::post(strand_, [self = Self(), handover] {
      if (self->awaited_) return self->ContinueWithPiece(handover);
      self->ReadPieceNow(handover);
    });
  }

  // A client that waits to be asked for the body is asked when somebody reads it.
  void ContinueWithPiece(const std::shared_ptr<Handover>& handover) {
    awaited_ = false;
    Limit(shared_->options.write_time);
    asio::async_write(wire_, asio::buffer(kContinue.data(), kContinue.size()),
                      [self = Self(), handover](error_code error, size_t) {
                        if (error) return handover->Put(absl::UnavailableError(error.message()));
                        self->ReadPieceNow(handover);
                      });
  }

  void ReadPieceNow(const std::shared_ptr<Handover>& handover) {
    if (!body_parser_.has_value() || body_parser_->is_done()) return handover->Put(std::string());
    if (shared_->draining) return handover->Put(absl::UnavailableError("the server is ending"));
    reading_ = true;
    auto bytes = std::make_shared<std::string>(kPiece, '\0');
    auto& body = body_parser_->get().body();
    body.data = bytes->data();
    body.size = bytes->size();
    LimitSoftly(shared_->options.body_time);
    beast::http::async_read_some(wire_, buffer_, *body_parser_,
                                 [self = Self(), handover, bytes](error_code error, size_t) {
                                   self->StopTimer();
                                   self->reading_ = false;
                                   self->PieceRead(error, *bytes, handover);
                                 });
  }

  void PieceRead(error_code error, std::string& bytes, const std::shared_ptr<Handover>& handover) {
    if (error == beast::http::error::need_buffer) error = {};
    if (slow_ && error) return handover->Put(absl::DeadlineExceededError("the body is too slow"));
    if (error && IsGone(error)) return handover->Put(absl::UnavailableError("the client is gone"));
    if (error) return handover->Put(absl::InvalidArgumentError(error.message()));
    bytes.resize(bytes.size() - body_parser_->get().body().size);
    // A chunk's mark alone is no piece, and no end.
    if (bytes.empty() && !body_parser_->is_done()) return ReadPieceNow(handover);
    handover->Put(std::move(bytes));
  }

  Request TakeRequest() {
    Request request = TakeHead();
    request.body = std::move(parser_->get().body());
    return request;
  }

  Request TakeHead() {
    auto& read = parser_->get();
    Request request;
    request.method = {read.method_string().data(), read.method_string().size()};
    request.target = {read.target().data(), read.target().size()};
    for (const auto& field : read) {
      request.headers.emplace_back(
          std::string(field.name_string().data(), field.name_string().size()),
          std::string(field.value().data(), field.value().size()));
    }
    return request;
  }

  void RefuseAndClose(Refusal refusal) {
    keep_alive_ = false;
    linger_ = true;
    Respond(shared_->refuse(refusal, TakeRequest()));
  }

  void Serve() {
    keep_alive_ = parser_->get().keep_alive();
    version_ = parser_->get().version();
    head_only_ = parser_->get().method() == beast::http::verb::head;
    auto request = std::make_shared<Request>(TakeRequest());
    parser_.reset();
    if (shared_->options.at_once(request->method, request->target)) {
      return Respond(shared_->handler(*request));
    }
    Handle(request);
  }

  void Handle(const std::shared_ptr<Request>& request) {
    request->peer = peer_;
    const bool taken = shared_->executor->TrySubmit([self = Self(), request, since = absl::Now()] {
      request->waited = absl::Now() - since;
      auto response = std::make_shared<Response>(self->shared_->handler(*request));
      asio::post(self->strand_, [self, response] { self->Respond(std::move(*response)); });
    });
    if (!taken) Respond(shared_->refuse(Refusal::kOverloaded, *request));
  }

  void Respond(Response response) {
    keep_alive_ = keep_alive_ && !shared_->draining;
    if (response.stream == nullptr) EndBody();
    head_ = beast::http::response<beast::http::string_body>();
    head_.version(version_);
    head_.result(static_cast<unsigned>(response.status));
    for (const auto& [name, value] : response.headers) head_.insert(name, value);
    const std::string date =
        absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(), absl::UTCTimeZone());
    head_.set(beast::http::field::date, date);
    stream_ = std::move(response.stream);
    if (stream_ != nullptr) return BeginStream();
    head_.keep_alive(keep_alive_);
    SetBody(response);
    Limit(shared_->options.write_time);
    beast::http::async_write(wire_, head_, [self = Self()](error_code error, size_t) {
      self->head_.body() = std::string();
      if (error || !self->keep_alive_) return self->Finish();
      self->ReadHead();
    });
  }

  // Where the answer is given before the body was read, what the client still sends is no request.
  void EndBody() {
    if (!body_parser_.has_value()) return;
    if (!body_parser_->is_done()) {
      keep_alive_ = false;
      linger_ = true;
    }
    body_parser_.reset();
  }

  // The answer to HEAD tells the length of what GET would give; some statuses have no body at all.
  void SetBody(Response& response) {
    const bool bare = response.status == 204 || response.status == 304;
    if (!bare) head_.content_length(response.body.size());
    if (!bare && !head_only_) head_.body() = std::move(response.body);
  }

  // A stream's end is the connection's for HTTP/1.0, else chunks tell it.
  void BeginStream() {
    awaited_ = false;  // nothing but the answer can be sent any more
    chunked_ = version_ >= 11;
    keep_alive_ = keep_alive_ && chunked_;
    head_.keep_alive(keep_alive_);
    if (chunked_) head_.chunked(true);
    auto serializer =
        std::make_shared<beast::http::response_serializer<beast::http::string_body>>(head_);
    Limit(shared_->options.write_time);
    beast::http::async_write_header(wire_, *serializer,
                                    [self = Self(), serializer](error_code error, size_t) {
                                      if (error) return self->Close();
                                      self->ForgetHead();
                                      self->AskForPiece();
                                    });
  }

  // A stream may be idle for long, and there may be many: what it does not need any more goes.
  void ForgetHead() {
    head_ = beast::http::response<beast::http::string_body>();
    if (buffer_.size() == 0) buffer_.shrink_to_fit();
  }

  void AskForPiece() {
    const bool taken = shared_->executor->TrySubmit([self = Self()] {
      auto piece = std::make_shared<Stream::Piece>(self->stream_->Next(self->shared_->draining));
      asio::post(self->strand_, [self, piece] { self->WritePiece(std::move(*piece)); });
    });
    // At its limit, the server tells a stream's client a little later.
    if (!taken) WritePiece({.bytes = "", .end = false, .wait = absl::Seconds(1)});
  }

  void WritePiece(Stream::Piece piece) {
    piece_ = std::move(piece);
    std::string& bytes = piece_.bytes;
    if (chunked_ && !bytes.empty()) {
      bytes = absl::StrCat(absl::Hex(bytes.size()), "\r\n", bytes, "\r\n");
    }
    if (chunked_ && piece_.end) bytes += "0\r\n\r\n";
    if (bytes.empty()) return PieceWritten();
    Limit(shared_->options.write_time);
    asio::async_write(wire_, asio::buffer(bytes), [self = Self()](error_code error, size_t) {
      if (error) return self->Close();
      self->piece_.bytes = std::string();
      self->PieceWritten();
    });
  }

  void PieceWritten() {
    if (piece_.end) {
      stream_.reset();
      EndBody();
      return keep_alive_ ? ReadHead() : Finish();
    }
    if (piece_.wait <= absl::ZeroDuration()) return AskForPiece();
    Tcp().expires_never();
    waiting_ = true;
    timer_.expires_after(ToChrono(shared_->draining ? absl::ZeroDuration() : piece_.wait));
    timer_.async_wait([self = Self()](error_code) {
      self->waiting_ = false;
      self->AskForPiece();
    });
  }

  // The client is told all; what it still sends is read for a moment, else it might lose the
  // answer.
  void Finish() {
    if constexpr (std::is_same_v<Wire, TcpStream>) {
      error_code ignored;
      Tcp().socket().shutdown(tcp::socket::shutdown_send, ignored);
      if (linger_) {
        Limit(kLinger);
        return Linger(0);
      }
      Close();
    } else {
      Limit(kLinger);
      wire_.async_shutdown([self = Self()](error_code) { self->Close(); });
    }
  }

  void Linger(size_t read) {
    buffer_.clear();
    wire_.async_read_some(buffer_.prepare(kReadAtOnce),
                          [self = Self(), read](error_code error, size_t bytes) {
                            if (error || read + bytes > kMostLingered) return self->Close();
                            self->Linger(read + bytes);
                          });
  }

  void Close() {
    StopTimer();
    Tcp().close();
  }

  static std::string_view ToStd(beast::string_view text) { return {text.data(), text.size()}; }
  static absl::string_view ToAbsl(beast::string_view text) { return {text.data(), text.size()}; }

  static constexpr size_t kReadAtOnce = 4096;
  static constexpr size_t kPiece = 64 << 10;  // of a body that the handler reads
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

  const asio::any_io_executor strand_;
  asio::steady_timer timer_;
  const std::string peer_;
  Wire wire_;
  beast::flat_buffer buffer_{shared_->options.max_head_bytes + 2 * kReadAtOnce};
  std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
  std::optional<beast::http::request_parser<beast::http::buffer_body>> body_parser_;
  beast::http::response<beast::http::string_body> head_;
  std::unique_ptr<Stream> stream_;
  Stream::Piece piece_;
  unsigned version_ = 11;
  unsigned round_ = 0;  // of the timer
  bool keep_alive_ = false;
  bool chunked_ = false;
  bool slow_ = false;
  bool linger_ = false;
  bool waiting_ = false;
  bool head_only_ = false;
  bool reading_ = false;  // a piece of the body
  bool awaited_ = false;  // the client waits to be asked for the body
};

}  // namespace

std::shared_ptr<SessionBase> MakeSession(std::shared_ptr<Shared> shared, tcp::socket socket,
                                         asio::ssl::context* tls) {
  if (tls == nullptr) {
    return std::make_shared<Session<TcpStream>>(std::move(shared), std::move(socket));
  }
  return std::make_shared<Session<TlsStream>>(std::move(shared), std::move(socket), *tls);
}

}  // namespace tremplin::gateway::http
