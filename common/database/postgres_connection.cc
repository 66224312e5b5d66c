#include "common/database/postgres_connection.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/clock/clock.h"
#include "common/database/postgres_values.h"
#include "common/status/macros.h"

namespace tremplin::database {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::string Millis(absl::Duration duration) {
  return absl::StrCat(std::max<int64_t>(1, absl::ToInt64Milliseconds(duration)));
}

// Seconds of libpq's and the kernel's settings, at least 1.
std::string Seconds(absl::Duration duration) {
  return absl::StrCat(
      std::max<int64_t>(1, absl::ToInt64Seconds(absl::Ceil(duration, absl::Seconds(1)))));
}

std::string SessionSettings(const PostgresOptions& options, absl::Duration idle_timeout) {
  return absl::StrCat("-c statement_timeout=", Millis(options.statement_timeout),
                      " -c lock_timeout=", Millis(options.lock_timeout),
                      " -c idle_in_transaction_session_timeout=", Millis(idle_timeout),
                      " -c default_transaction_isolation=read\\ committed -c search_path=",
                      options.service, " -c client_min_messages=error -c jit=off");
}

void IgnoreNotice(void* /*unused*/, const char* /*message*/) {}

// The code with which the server refuses a role for good (authentication, no such database, no
// right to it), "" where it does not: it is starting, ending or full, or it is not the server that
// speaks. At the verbosity set below its words are a severity, in any language, and the code.
std::string RefusalOf(std::string_view message) {
  for (const std::string_view code : {"28P01", "28000", "3D000", "42501"}) {
    if (message.find(absl::StrCat(":  ", View(code))) == std::string_view::npos) continue;
    return absl::StrCat("postgres ", View(code));
  }
  return "";
}

// The first line, which names the reason; of the server's address no more than libpq says.
std::string Line(std::string_view message) {
  return std::string(message.substr(0, std::min<size_t>(message.find('\n'), 200)));
}

// What libpq itself says when TLS cannot be agreed upon, or a certificate is not trusted.
bool IsOfTls(std::string_view message) {
  return absl::StrContains(View(message), "SSL") || absl::StrContains(View(message), "certificate");
}

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresConnection::Connect(
    const PostgresOptions& options, absl::Duration idle_timeout, absl::Time limit) {
  limit = std::min(limit, absl::Now() + options.connect_timeout);
  std::string settings = SessionSettings(options, idle_timeout);
  std::string connect_timeout = Seconds(options.connect_timeout);
  std::string unanswered = Millis(options.statement_timeout);
  std::string application = "tremplin-" + options.service;
  // After the URI, so that these win over what it says.
  const char* keywords[] = {"dbname",
                            "options",
                            "target_session_attrs",
                            "application_name",
                            "connect_timeout",
                            "keepalives",
                            "keepalives_idle",
                            "keepalives_count",
                            "tcp_user_timeout",
                            "keepalives_interval",
                            nullptr};
  const char* values[] = {options.uri.c_str(),
                          settings.c_str(),
                          "read-write",  // of several hosts the primary, whoever that is now
                          application.c_str(),
                          connect_timeout.c_str(),
                          "1",
                          "5",
                          "3",
                          unanswered.c_str(),
                          "1",
                          nullptr};
  PGconn* raw = PQconnectStartParams(keywords, values, 1);
  std::unique_ptr<PostgresConnection> connection(new PostgresConnection(raw));
  if (raw == nullptr || PQstatus(raw) == CONNECTION_BAD) {
    return absl::UnavailableError("PostgreSQL cannot be reached");
  }
  // Errors while connecting have no fields, so their text is to be a code, in no language.
  PQsetErrorVerbosity(raw, PQERRORS_SQLSTATE);
  const absl::Status finished = connection->FinishConnecting(limit);
  if (options.condition != nullptr) {
    if (finished.ok()) options.condition->Ended(status::Trouble::kRefused);
    if (status::IsRefused(finished)) {
      options.condition->Met(status::Trouble::kRefused, status::CauseOf(finished));
    }
  }
  TREMPLIN_RETURN_IF_ERROR(finished);
  PQsetNoticeProcessor(raw, &IgnoreNotice, nullptr);
  if (PQsetnonblocking(raw, 1) != 0 || PQenterPipelineMode(raw) != 1) {
    return absl::InternalError("libpq has no pipeline mode");
  }
  return connection;
}

absl::Status PostgresConnection::FinishConnecting(absl::Time limit) {
  int events = POLLOUT;
  while (true) {
    if (!WaitReady(events, limit)) {
      return absl::UnavailableError("PostgreSQL did not answer in time");
    }
    switch (PQconnectPoll(connection_)) {
      case PGRES_POLLING_READING:
        events = POLLIN;
        break;
      case PGRES_POLLING_WRITING:
        events = POLLOUT;
        break;
      case PGRES_POLLING_OK:
        return absl::OkStatus();
      case PGRES_POLLING_ACTIVE:
      case PGRES_POLLING_FAILED:
        return Refused();
    }
  }
}

// A server that is away, full or starting is an outage; one that will not have us is a fault of the
// installation.
absl::Status PostgresConnection::Refused() const {
  const std::string_view message = PQerrorMessage(connection_);
  if (const std::string refusal = RefusalOf(message); !refusal.empty()) {
    return status::RefusedError(refusal);
  }
  if (PQconnectionNeedsPassword(connection_) != 0) {
    return status::RefusedError("postgres: a password is asked for, and none is given");
  }
  if (IsOfTls(message)) return status::RefusedError(absl::StrCat("postgres TLS: ", Line(message)));
  return absl::UnavailableError("PostgreSQL refused the connection");
}

PostgresConnection::~PostgresConnection() {
  if (connection_ != nullptr) PQfinish(connection_);
}

void PostgresConnection::Break() {
  broken_ = true;
  expected_.clear();
  if (settled_.error.ok()) {
    settled_.error = absl::UnavailableError("the connection to PostgreSQL was lost");
  }
}

absl::Time PostgresConnection::WaitingSince() const {
  int64_t since = waiting_since_us_.load(std::memory_order_relaxed);
  return since == 0 ? absl::InfinitePast() : clock::FromMicros(since);
}

bool PostgresConnection::WaitReady(int events, absl::Time limit) {
  absl::Time now = absl::Now();
  waiting_since_us_.store(clock::ToMicros(now), std::memory_order_relaxed);
  bool ready = false;
  while (!ready && now < limit) {
    struct pollfd socket {
      PQsocket(connection_), static_cast<int16_t>(events), 0
    };
    absl::Duration left = std::min(limit - now, absl::Seconds(60));
    int timeout = static_cast<int>(absl::ToInt64Milliseconds(left)) + 1;
    ready = poll(&socket, 1, timeout) > 0;
    now = absl::Now();
  }
  waiting_since_us_.store(0, std::memory_order_relaxed);
  return ready;
}

bool PostgresConnection::Alive() {
  if (broken_) return false;
  // What is readable now is a farewell or its end of file: twice tells which.
  for (int i = 0; i < 3; ++i) {
    struct pollfd socket {
      PQsocket(connection_), POLLIN, 0
    };
    if (poll(&socket, 1, 0) == 0) return true;
    if (PQconsumeInput(connection_) == 0 || PQstatus(connection_) == CONNECTION_BAD) return false;
    if (HasPending()) return true;
    (void)PQisBusy(connection_);
  }
  return false;
}

const PostgresConnection::Prepared* PostgresConnection::Prepare(std::string_view sql,
                                                                const Params& params) {
  auto& variants = prepared_[absl::string_view(sql.data(), sql.size())];
  auto fits = [&](const std::unique_ptr<Prepared>& prepared) {
    for (size_t i = 0; i < params.size(); ++i) {
      if (params[i].index() != 0 && prepared->types[i] != OidOf(params[i])) return false;
    }
    return prepared->types.size() == params.size();
  };
  auto found = std::find_if(variants.begin(), variants.end(), fits);
  if (found != variants.end()) return found->get();
  auto prepared = std::make_unique<Prepared>();
  prepared->name = absl::StrCat("s", ++next_name_);
  for (size_t i = 0; i < params.size(); ++i) {
    Oid type = OidOf(params[i]);
    // The type of a NULL is what the parameter was before.
    for (const auto& variant : variants) {
      if (type == 0 && i < variant->types.size()) type = variant->types[i];
    }
    prepared->types.push_back(type);
  }
  std::string text(sql);
  if (PQsendPrepare(connection_, prepared->name.c_str(), text.c_str(),
                    static_cast<int>(prepared->types.size()), prepared->types.data()) != 1) {
    Break();
    return nullptr;
  }
  expected_.push_back({Expected::Kind::kPrepare, std::move(text), prepared.get()});
  variants.push_back(std::move(prepared));
  return variants.back().get();
}

void PostgresConnection::Send(std::string_view sql, const Params& params) {
  if (broken_) return;
  const Prepared* prepared = Prepare(sql, params);
  if (prepared == nullptr) return;
  BinaryParams binary(params);
  if (PQsendQueryPrepared(connection_, prepared->name.c_str(), binary.count(), binary.values(),
                          binary.lengths(), binary.formats(), 1) != 1) {
    Break();
    return;
  }
  expected_.push_back({Expected::Kind::kStatement, std::string(sql)});
}

void PostgresConnection::SendNoted(std::string_view sql, const Params& params) {
  note_.clear();
  Send(sql, params);
  if (!broken_) expected_.back().noted = true;
}

void PostgresConnection::SendKept(std::string_view sql, const Params& params) {
  Send(sql, params);
  if (!broken_) expected_.back().kept = true;
}

void PostgresConnection::MarkSync() {
  if (broken_ || sync_marked_) return;
  if (PQpipelineSync(connection_) != 1) {
    Break();
    return;
  }
  expected_.push_back({Expected::Kind::kSync, ""});
  sync_marked_ = true;
}

void PostgresConnection::Flush() {
  MarkSync();
  if (!broken_ && PQflush(connection_) < 0) Break();
}

absl::optional<PostgresConnection::Settled> PostgresConnection::Settle(absl::Time limit) {
  MarkSync();
  if (!Advance(limit)) return absl::nullopt;
  sync_marked_ = false;
  if (!settled_.error.ok()) ForgetUnconfirmed();
  return std::exchange(settled_, Settled());
}

// Reads up to the mark; false at the limit.
bool PostgresConnection::Advance(absl::Time limit) {
  while (!broken_ && !expected_.empty()) {
    int unsent = PQflush(connection_);
    if (unsent < 0) {
      Break();
      break;
    }
    if (PQisBusy(connection_) != 0) {
      int events = POLLIN | (unsent > 0 ? POLLOUT : 0);
      if (!WaitReady(events, limit)) return false;
      if (PQconsumeInput(connection_) == 0) Break();
      continue;
    }
    PGresult* result = PQgetResult(connection_);
    if (result != nullptr) {
      Take(result);
      PQclear(result);
      continue;
    }
    // The end of one statement's answers.
    if (!expected_.front().answered) {
      Break();
      break;
    }
    expected_.pop_front();
  }
  return true;
}

void PostgresConnection::Take(PGresult* result) {
  Expected& front = expected_.front();
  front.answered = true;
  switch (PQresultStatus(result)) {
    case PGRES_PIPELINE_SYNC:
      if (front.kind != Expected::Kind::kSync) {
        Break();
      } else {
        expected_.pop_front();
      }
      return;
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK: {
      if (front.kind == Expected::Kind::kPrepare) {
        front.prepared->confirmed = true;
        return;
      }
      absl::StatusOr<Result> decoded = DecodeResult(result);
      settled_.command = PQcmdStatus(result);
      if (decoded.ok() && front.noted && !decoded->rows.empty()) note_ = decoded->rows[0].Text(0);
      if (decoded.ok() && front.kept) {
        settled_.kept.push_back(*std::move(decoded));
      } else if (decoded.ok()) {
        settled_.result = *std::move(decoded);
      } else if (settled_.error.ok()) {
        settled_.error = decoded.status();
      }
      return;
    }
    case PGRES_PIPELINE_ABORTED:
      return;
    case PGRES_EMPTY_QUERY:
    case PGRES_COPY_OUT:
    case PGRES_COPY_IN:
    case PGRES_COPY_BOTH:
    case PGRES_BAD_RESPONSE:
    case PGRES_NONFATAL_ERROR:
    case PGRES_SINGLE_TUPLE:
    case PGRES_FATAL_ERROR:
      if (settled_.error.ok()) {
        settled_.error = ErrorOf(result, front.sql);
        settled_.sql_state = SqlStateOf(result);
      }
      if (PQstatus(connection_) == CONNECTION_BAD || settled_.sql_state.empty() ||
          settled_.sql_state == kReadOnlyState) {
        Break();
      }
      return;
  }
}

// Statements whose preparation was skipped or refused do not exist on the server.
void PostgresConnection::ForgetUnconfirmed() {
  for (auto& [sql, variants] : prepared_) {
    std::erase_if(variants, [](const auto& prepared) { return !prepared->confirmed; });
  }
}

}  // namespace tremplin::database
