#include "services/gateway/app/gateway.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "common/environment/backoff.h"
#include "common/environment/environment.h"
#include "common/logging/logging.h"
#include "common/resources/names.h"
#include "common/rpc/details.h"
#include "common/rpc/messages.h"
#include "common/status/condition.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "common/trace/trace.h"
#include "services/gateway/app/credential.h"
#include "services/gateway/app/document.h"
#include "services/gateway/app/doors.h"
#include "services/gateway/app/encoding.h"
#include "services/gateway/app/errors.h"
#include "services/gateway/app/feed.h"
#include "services/gateway/app/fhir.h"
#include "services/gateway/app/fhir_answer.h"
#include "services/gateway/app/hsds.h"
#include "services/gateway/app/import.h"
#include "services/gateway/app/mail_page.h"
#include "services/gateway/app/messages.h"
#include "services/gateway/app/request.h"
#include "services/gateway/fhir/outcome.h"
#include "services/gateway/transcoding/errors.h"
#include "tremplin/options/v1/options.pb.h"

namespace tremplin::gateway {
namespace {

using google::protobuf::Message;
using messages::Language;
using transcoding::Call;
using transcoding::Route;

constexpr size_t kMostBody = 4 << 20;  // as http::ServerOptions::max_body_bytes, once it is plain
// A file holds a thread of the server's while it comes.
constexpr int kMostImports = 16;
constexpr int kMostTries = 6;  // of a file's call
constexpr environment::Backoff kPauses{absl::Milliseconds(200), absl::Seconds(10)};
constexpr std::string_view kLive = "/livez";
constexpr std::string_view kReady = "/readyz";

// A read that needs no credential: its answer is the same for everybody.
bool IsOpen(const Route& route) {
  return route.http_method == "GET" &&
         route.method->options().GetExtension(options::v1::access).anyone();
}

bool TellsToken(const Route& route) {
  return route.response_prototype->GetDescriptor()->FindFieldByName("session_token") != nullptr;
}

// The request as a step of its trace.
struct Step {
  std::string traceparent;
  const Route* route = nullptr;  // once it is known
};

}  // namespace

struct Gateway::State {
  State(const transcoding::Transcoder& t, peers::Transport& s, metrics::Registry& m,
        GatewayOptions o)
      : transcoder(t),
        services(s),
        metrics(m),
        options(std::move(o)),
        limiter(options.rate, options.shared),
        tenant_limiter(options.tenant_rate, options.shared),
        tenants(services),
        doors(services, options.tls),
        documents{{"/openapi.json", Document(options.openapi)},
                  {"/asyncapi.json", Document(options.asyncapi)}},
        latency(m.GetLatency("tremplin_http_latency_seconds",
                             "Time from a request's end to its answer's begin.")) {
    for (const auto& route : transcoder.routes()) {
      if (const std::optional<FeedShape> shape = FeedShape::Of(*route)) {
        feeds.emplace(route.get(), *shape);
      }
      if (route->full_name == kImportMethod) import_route = route.get();
      importance.emplace(route.get(), ImportanceOf(*route));
      if (MayCompress(*route)) compressed.insert(route.get());
      if (IsOpen(*route)) open.insert(route.get());
      if (TellsToken(*route)) tells_token.insert(route.get());
    }
  }

  // Where a caller is to come again: after `retry_after` seconds, or, of none, as the error says.
  http::Response Error(const absl::Status& status, const http::Request& request,
                       std::optional<int64_t> retry_after = std::nullopt) const;
  std::string AllowedAt(std::string_view target) const;
  http::Response Preflight(const http::Request& request) const;
  absl::StatusOr<Call> ReadCall(const http::Request& request) const;
  absl::StatusOr<std::unique_ptr<Message>> Invoke(const Route& route, const Message& message,
                                                  const rpc::Envelope& envelope) const;
  http::Response Serve(const http::Request& request, Step& step);
  http::Response ServeCall(const http::Request& request, Step& step);
  http::Response Answer(const Call& call, const Message& response,
                        const http::Request& request) const;
  absl::Status GoOnBehind(std::string_view last_event, Call& call, const FeedShape& shape,
                          const rpc::Envelope& envelope) const;
  http::Response Feed(Call call, const FeedShape& shape, FeedFormat format,
                      const http::Request& request, const Step& step) const;
  intake::Call CallAgain(const http::Request& request, const Step& step) const;
  http::Response Import(const Call& call, const http::Request& request, const Step& step);
  // What a door answers, or what is wrong with the request.
  http::Response Told(absl::StatusOr<http::Response> response, const http::Request& request) const {
    return response.ok() ? *std::move(response) : Error(response.status(), request);
  }
  void AddHeaders(const http::Request& request, const std::string& id,
                  http::Response& response) const;
  void Log(const http::Request& request, const std::string& id, const Step& step, int code,
           absl::Duration took) const;
  void Count(int code);
  std::optional<http::Response> Limit(const http::Request& request, const Step& step);

  const transcoding::Transcoder& transcoder;
  peers::Transport& services;
  metrics::Registry& metrics;
  const GatewayOptions options;
  Limiter limiter;
  Limiter tenant_limiter;
  Tenants tenants;
  const Doors doors;
  const std::map<std::string, Document, std::less<>> documents;  // by path
  metrics::Histogram& latency;
  std::map<const Route*, FeedShape> feeds;
  const std::shared_ptr<Followers> followers = std::make_shared<Followers>();
  const Route* import_route = nullptr;
  std::map<const Route*, Importance> importance;
  std::set<const Route*> compressed;   // whose answers may be
  std::set<const Route*> open;         // to be read without a credential, and kept for a while
  std::set<const Route*> tells_token;  // of a session, which no page is to see
  // Files that are coming in; streams that outlive a request hold it too.
  const std::shared_ptr<std::atomic<int>> imports = std::make_shared<std::atomic<int>>(0);
  std::mutex mutex;
  std::map<int, metrics::Counter*> by_code;
};

http::Response Gateway::State::Error(const absl::Status& status, const http::Request& request,
                                     std::optional<int64_t> retry_after) const {
  const absl::Status shown = rpc::ForCaller(status);
  const Language language = LanguageOf(request);
  http::Response response;
  response.status = StatusOf(shown, request);
  const bool fhir = IsFhir(request.target);
  response.headers = {{"Content-Type", fhir ? kFhirJson : kJson},
                      {"Content-Language", rpc::LocaleOf(language)}};
  response.body = fhir ? fhir::OutcomeOf(shown, language) : transcoding::ErrorJson(shown, language);
  if (response.status == 405) response.headers.emplace_back("Allow", AllowedAt(request.target));
  if (response.status == 415) response.headers.emplace_back("Accept-Encoding", "gzip");
  if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (response.status == 429 || response.status == 503) {
    const int64_t wait = absl::ToInt64Seconds(status::RetryAfter(shown));
    response.headers.emplace_back("Retry-After", text::Cat(retry_after.value_or(wait)));
  }
  return response;
}

// The methods that the path takes.
std::string Gateway::State::AllowedAt(std::string_view target) const {
  if (IsFhir(target)) return std::string(FhirAllowed(target));
  std::string allowed;
  for (const char* method : {"DELETE", "GET", "PATCH", "POST", "PUT"}) {
    if (!transcoder.Find(method, target).ok()) continue;
    absl::StrAppend(&allowed, allowed.empty() ? "" : ", ", method);
  }
  return allowed;
}

http::Response Gateway::State::Preflight(const http::Request& request) const {
  http::Response response{.status = 204};
  const std::string_view origin = request.Header("origin");
  if (std::find(options.origins.begin(), options.origins.end(), origin) == options.origins.end()) {
    return response;
  }
  response.headers = {
      {"Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE"},
      {"Access-Control-Allow-Headers",
       "Authorization, Content-Encoding, Content-Type, Accept, Accept-Language, "
       "Idempotency-Key, If-Match, "
       "If-None-Match, Last-Event-ID, Prefer, Repr-Digest, X-Request-Id, Traceparent"},
      {"Access-Control-Max-Age", "600"}};
  return response;
}

absl::StatusOr<Call> Gateway::State::ReadCall(const http::Request& request) const {
  const std::string_view content_type = request.Header("content-type");
  TREMPLIN_ASSIGN_OR_RETURN(Call call,
                            transcoder.Read(request.method, request.target, request.body));
  if (!request.body.empty() && !IsOfType(content_type, "application/json")) {
    return status::Error(absl::StatusCode::kInvalidArgument, kMediaType);
  }
  TREMPLIN_RETURN_IF_ERROR(PutRequestId(request, *call.request));
  TREMPLIN_RETURN_IF_ERROR(PutEtag(request, *call.request));
  return call;
}

absl::StatusOr<std::unique_ptr<Message>> Gateway::State::Invoke(
    const Route& route, const Message& message, const rpc::Envelope& envelope) const {
  rpc::Envelope now = envelope;
  now.deadline = absl::Now() + kLongestCall;
  TREMPLIN_ASSIGN_OR_RETURN(const std::string bytes,
                            services.Call(route.full_name, message.SerializeAsString(), now));
  std::unique_ptr<Message> response(route.response_prototype->New());
  if (!response->ParseFromString(bytes)) {
    return absl::InternalError("the answer cannot be decoded: " + route.full_name);
  }
  return response;
}

http::Response Gateway::State::Answer(const Call& call, const Message& message,
                                      const http::Request& request) const {
  http::Response response;
  response.headers = {{"Content-Type", kJson}};
  if (open.contains(call.route)) response.headers.emplace_back("Cache-Control", kOpenFor);
  if (const std::string etag = StringOf(message, "etag"); !etag.empty()) {
    if (IsUnchanged(request, etag, response)) return response;
  }
  response.body = transcoder.Write(*call.route, message);
  return response;
}

// Sets the cursor behind the last event that the client has seen. Who follows is known by the
// credential only, so the feed is asked for a cursor of theirs.
absl::Status Gateway::State::GoOnBehind(std::string_view last_event, Call& call,
                                        const FeedShape& shape,
                                        const rpc::Envelope& envelope) const {
  if (last_event.empty()) return absl::OkStatus();
  int64_t sequence = 0;
  if (!absl::SimpleAtoi(text::Absl(last_event), &sequence) || sequence < 0) {
    return status::Error(absl::StatusCode::kInvalidArgument, kLastEventId);
  }
  const std::unique_ptr<Message> first(call.request->New());
  first->GetReflection()->SetInt32(first.get(), shape.page_size, 1);
  TREMPLIN_ASSIGN_OR_RETURN(const FeedPage page, Invoke(*call.route, *first, envelope));
  const std::string cursor = page->GetReflection()->GetString(*page, shape.next_cursor);
  call.request->GetReflection()->SetString(call.request.get(), shape.cursor,
                                           CursorBehind(cursor, sequence));
  return absl::OkStatus();
}

http::Response Gateway::State::Feed(Call call, const FeedShape& shape, FeedFormat format,
                                    const http::Request& request, const Step& step) const {
  const rpc::Envelope envelope = EnvelopeOf(request, step.traceparent);
  if (const absl::Status moved = GoOnBehind(request.Header("last-event-id"), call, shape, envelope);
      !moved.ok()) {
    return Error(moved, request);
  }
  // What is wrong with the request is told before the stream begins.
  absl::StatusOr<FeedPage> first = Invoke(*call.route, *call.request, envelope);
  if (!first.ok()) return Error(first.status(), request);
  http::Response response;
  const bool events = format == FeedFormat::kEvents;
  response.headers = {
      {"Content-Type", events ? "text/event-stream; charset=utf-8" : "application/x-ndjson"},
      {"X-Accel-Buffering", "no"}};
  response.stream =
      FollowFeed(shape,
                 [this, route = call.route, envelope](const Message& page) {
                   return Invoke(*route, page, envelope);
                 },
                 std::move(call.request), *std::move(first),
                 {.format = format, .language = envelope.language, .followers = followers});
  return response;
}

// Calls as whoever sent the request, again where the services are away or at their limit: each call
// of a file carries a request id, or changes nothing.
intake::Call Gateway::State::CallAgain(const http::Request& request, const Step& step) const {
  const rpc::Envelope envelope = EnvelopeOf(request, step.traceparent);
  return [this, envelope](const std::string& method,
                          const std::string& bytes) -> absl::StatusOr<std::string> {
    for (int tries = 1;; ++tries) {
      rpc::Envelope now = envelope;
      now.deadline = absl::Now() + kLongestCall;
      absl::StatusOr<std::string> answer = services.Call(method, bytes, now);
      if (answer.ok() || !status::IsOutage(answer.status()) || tries == kMostTries) return answer;
      environment::Sleep(kPauses.After(tries));
    }
  };
}

http::Response Gateway::State::Import(const Call& call, const http::Request& request,
                                      const Step& step) {
  if (!IsOfType(request.Header("content-type"), "text/csv")) {
    return Error(status::Error(absl::StatusCode::kInvalidArgument, kCsvWanted), request);
  }
  const std::shared_ptr<void> held(nullptr, [count = imports](void*) { --*count; });
  if (++*imports > kMostImports) {
    return Error(status::Error(absl::StatusCode::kResourceExhausted, kImportsBusy), request);
  }
  gateway::v1::ImportReferralsRequest wanted;
  wanted.CheckTypeAndMergeFrom(*call.request);
  absl::StatusOr<intake::Source> source =
      DecodeSource(request.Header("content-encoding"), SourceOf(request));
  if (!source.ok()) return Error(source.status(), request);
  absl::StatusOr<std::unique_ptr<http::Stream>> stream =
      ImportFile(*std::move(source), CallAgain(request, step), wanted,
                 {.repr_digest = std::string(request.Header("repr-digest")),
                  .language = LanguageOf(request),
                  .held = held});
  if (!stream.ok()) return Error(stream.status(), request);
  http::Response response;
  response.headers = {{"Content-Type", "application/x-ndjson"}, {"X-Accel-Buffering", "no"}};
  response.stream = *std::move(stream);
  return response;
}

// The client's own limit before its organization's: what one client sends beyond its own takes
// nothing from the others.
std::optional<http::Response> Gateway::State::Limit(const http::Request& request,
                                                    const Step& step) {
  absl::Duration wait;
  const messages::Message* told = &kRateLimited;
  if (limiter.limits()) wait = limiter.Take(ClientOf(request));
  if (wait <= absl::ZeroDuration() && tenant_limiter.limits()) {
    const std::string tenant = tenants.Of(request, step.traceparent);
    if (!tenant.empty()) wait = tenant_limiter.Take("tenant:" + tenant);
    told = &kTenantLimited;
  }
  if (wait <= absl::ZeroDuration()) return std::nullopt;
  const int64_t seconds = absl::ToInt64Seconds(absl::Ceil(wait, absl::Seconds(1)));
  return Error(status::Error(absl::StatusCode::kResourceExhausted, *told, {text::Cat(seconds)}),
               request, seconds);
}

http::Response Gateway::State::Serve(const http::Request& request, Step& step) {
  if (request.target == kLive) return {.status = 200, .body = "ok\n"};
  if (request.target == kReady) {
    return options.ready() ? http::Response{.status = 200, .body = "ok\n"}
                           : http::Response{.status = 503, .body = "not ready\n"};
  }
  if (request.method == "OPTIONS" && !request.Header("access-control-request-method").empty()) {
    return Preflight(request);
  }
  if (const auto found = documents.find(request.target);
      found != documents.end() && request.method == "GET") {
    return found->second.Answer(request);
  }
  if (auto page = options.pages(request)) return *std::move(page);
  if (auto limited = Limit(request, step)) return *std::move(limited);
  if (request.method == "GET" && IsHsds(request.target)) {
    return Told(doors.Hsds(request, step.traceparent), request);
  }
  if (IsMailPage(request.target)) return doors.Mail(request, step.traceparent);
  if (const absl::Status meant = CheckCsrf(request, request.Header(kCsrfHeader)); !meant.ok()) {
    return Error(meant, request);
  }
  if (request.reader != nullptr) return ServeCall(request, step);  // reads its body itself
  absl::StatusOr<std::optional<std::string>> body = DecodeBody(request, kMostBody);
  if (!body.ok()) return Error(body.status(), request);
  http::Request plain = request;
  if (body->has_value()) plain.body = **std::move(body);
  if (IsFhir(plain.target)) return Told(doors.Fhir(plain, step.traceparent), plain);
  return ServeCall(plain, step);
}

http::Response Gateway::State::ServeCall(const http::Request& request, Step& step) {
  absl::StatusOr<Call> call = ReadCall(request);
  if (!call.ok()) return Error(call.status(), request);
  step.route = call->route;
  // The cookie is HttpOnly so that no script reads the token; an answer would tell it the new one.
  if (tells_token.contains(call->route) && CredentialOf(request).from_cookie) {
    return Error(status::Error(absl::StatusCode::kPermissionDenied, kTokenNotShown), request);
  }
  if (IsShed(importance.at(call->route), request.waited)) {
    return Error(status::Error(absl::StatusCode::kResourceExhausted, rpc::kOverloaded), request);
  }
  if (call->route == import_route) return Import(*call, request, step);
  const auto feed = feeds.find(call->route);
  if (feed != feeds.end()) {
    if (const std::optional<FeedFormat> format = FormatOf(request.Header("accept"))) {
      return Feed(*std::move(call), feed->second, *format, request, step);
    }
  }
  const rpc::Envelope envelope = EnvelopeOf(request, step.traceparent);
  const auto answer = Invoke(*call->route, *call->request, envelope);
  if (!answer.ok()) return Error(answer.status(), request);
  http::Response response = Answer(*call, **answer, request);
  if (compressed.contains(call->route)) Compress(request, response);
  return response;
}

// What every answer carries. Answers may hold personal data, and are no pages but where they say
// how they may be kept and what they may do.
void Gateway::State::AddHeaders(const http::Request& request, const std::string& id,
                                http::Response& response) const {
  auto& headers = response.headers;
  headers.emplace_back("X-Request-Id", id);
  if (http::Find(headers, "cache-control").empty()) {
    headers.emplace_back("Cache-Control", "no-store");
  }
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  if (http::Find(headers, "content-security-policy").empty()) {
    headers.emplace_back("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  }
  headers.emplace_back("Referrer-Policy", "no-referrer");
  headers.emplace_back("Vary", "Origin, Accept, Accept-Encoding, Accept-Language");
  if (options.tls) headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
  const std::string_view origin = request.Header("origin");
  if (std::find(options.origins.begin(), options.origins.end(), origin) != options.origins.end()) {
    headers.emplace_back("Access-Control-Allow-Origin", std::string(origin));
    headers.emplace_back("Access-Control-Expose-Headers",
                         "ETag, Location, Retry-After, X-Request-Id");
  }
}

// By the pattern of its path: the path itself, its query and what is beside them are the caller's
// words. Only of what is a call by its path: probes and pages come often and lead nowhere.
void Gateway::State::Log(const http::Request& request, const std::string& id, const Step& step,
                         int code, absl::Duration took) const {
  std::string path;
  if (IsFhir(request.target)) {
    path = FhirPattern(request.target);
  } else if (step.route != nullptr) {
    path = step.route->pattern;
  } else {  // refused before it was read
    const auto meant = transcoder.Find(request.method, request.target);
    if (!meant.ok()) return;
    path = (*meant)->pattern;
  }
  const std::string request_id = trace::LoggedRequestId(id);
  logging::Log(code >= 500 ? logging::Level::kWarning : logging::Level::kInfo, "http",
               {{"method", std::string_view(request.method)},
                {"path", std::string_view(path)},
                {"code", int64_t{code}},
                {"ms", absl::ToDoubleMilliseconds(took)},
                {"request", std::string_view(request_id)},
                {"trace", trace::TraceIdOf(step.traceparent)},
                {"span", trace::SpanIdOf(step.traceparent)},
                {"parent", trace::SpanIdOf(request.Header("traceparent"))}});
}

void Gateway::State::Count(int code) {
  const std::lock_guard lock(mutex);
  metrics::Counter*& counter = by_code[code];
  if (counter == nullptr) {
    counter = &metrics.GetCounter("tremplin_http_requests_total", "Requests answered, by status.",
                                  {{"code", std::to_string(code)}});
  }
  counter->Add();
}

Gateway::Gateway(const transcoding::Transcoder& transcoder, peers::Transport& services,
                 metrics::Registry& metrics, GatewayOptions options)
    : state_(std::make_unique<State>(transcoder, services, metrics, std::move(options))) {}
Gateway::~Gateway() = default;

http::Response Gateway::Handle(const http::Request& request) {
  const absl::Time begin = absl::Now();
  const std::string id = IdOf(request);
  Step step{.traceparent = trace::ChildOf(request.Header("traceparent"))};
  http::Response response = state_->Serve(request, step);
  state_->AddHeaders(request, id, response);
  state_->Count(response.status);
  const absl::Duration took = absl::Now() - begin;
  state_->latency.Observe(absl::ToDoubleSeconds(took));
  state_->Log(request, id, step, response.status, took);
  return response;
}

bool Gateway::IsAtOnce(std::string_view method, std::string_view target) {
  return method == "GET" && (target == kLive || target == kReady);
}

bool Gateway::ReadsBody(std::string_view method, std::string_view target) const {
  if (state_->import_route == nullptr || method != state_->import_route->http_method) return false;
  const absl::StatusOr<const Route*> route = state_->transcoder.Find(method, target);
  return route.ok() && *route == state_->import_route;
}

http::Response Gateway::Refuse(http::Refusal refusal, const http::Request& request) {
  http::Response response = state_->Error(ErrorOf(refusal), request);
  state_->AddHeaders(request, IdOf(request), response);
  state_->Count(response.status);
  return response;
}

}  // namespace tremplin::gateway
