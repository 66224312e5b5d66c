#ifndef TREMPLIN_SERVICES_NOTIFICATION_APP_COURIER_H_
#define TREMPLIN_SERVICES_NOTIFICATION_APP_COURIER_H_

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/lease/lease.h"
#include "common/metrics/metrics.h"
#include "common/outbox/outbox.h"
#include "common/peers/peers.h"
#include "common/seal/seal.h"
#include "services/notification/http/poster.h"
#include "services/notification/store/webhook_store.h"

namespace tremplin::notification {

// Delivers the status feeds. Several threads step it: each takes a webhook whose turn it is, posts
// the one entry that it goes on with, and writes what came of it, so that an address which hangs
// holds up itself alone. Of several replicas one delivers, by a lease that outlasts a post and is
// fenced in each write; a holder that was frozen may have posted what its successor posts again,
// under the same id. Nothing is kept but rows: after a restart it goes on where it was.
// Thread-safe.
class Courier {
 public:
  // How many threads are to step it, which is how many addresses may hang at once.
  static constexpr int kThreads = 4;
  // How soon a feed that had nothing new is looked at again; later where there are many.
  static constexpr absl::Duration kPoll = absl::Seconds(1);

  Courier(database::Database& db, peers::Peers& peers, const seal::Sealer& sealer,
          const outbox::Outbox& outbox, const clock::Clock& clock, metrics::Registry& metrics,
          Poster& poster);

  // Delivers one entry at most. How long to wait: zero unless no webhook's turn has come.
  absl::Duration Step();
  // A webhook was made or changed: the next step does not wait for its turn to be looked up.
  void LookAgain();
  // Nobody steps it any more: another replica need not wait to deliver.
  void Stop() { leases_.Release(); }

 private:
  // A webhook as it was read for one try.
  struct Turn {
    WebhookRow webhook;
    std::vector<std::string> secrets;
  };

  std::optional<std::string> Take();
  void StandBack();
  void Release(const std::string& id, bool more);
  absl::StatusOr<std::vector<std::string>> ReadDue(const std::string& after);
  // Whether there may be more for it at once.
  absl::StatusOr<bool> Deliver(const std::string& id, int64_t epoch);
  absl::StatusOr<std::optional<Turn>> ReadTurn(const std::string& id);
  // `row` tells what was tried, and what came of it.
  absl::StatusOr<bool> Record(WebhookRow webhook, const DeliveryRow& row, const std::string& cursor,
                              int64_t epoch);
  absl::Status TellOwner(database::Transaction& tx, const WebhookRow& webhook,
                         const std::string& entry) const;
  // Now and then: trims the log, sets the gauges.
  void KeepHouse();
  absl::Status TellGauges();

  database::Database& db_;
  peers::Peers& peers_;
  const seal::Sealer& sealer_;
  const outbox::Outbox& outbox_;
  const clock::Clock& clock_;
  Poster& poster_;
  lease::Leases leases_;
  metrics::Gauge& failing_;
  metrics::Gauge& suspended_;
  metrics::Gauge& oldest_;

  std::mutex mutex_;
  std::deque<std::string> queue_;                  // whose turn has come
  std::string last_;                               // the last one of the page that was read
  std::set<std::string> busy_;                     // whom a thread delivers to
  std::map<std::string, absl::Duration> resting_;  // had nothing new: till when, by steady time
  absl::Duration look_again_;                      // nobody's turn before
  absl::Duration keep_house_;
};

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_APP_COURIER_H_
