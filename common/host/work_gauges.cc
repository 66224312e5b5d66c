#include "common/host/work_gauges.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "common/status/macros.h"

namespace tremplin::host {
namespace {

constexpr absl::Duration kReadEvery = absl::Seconds(30);
constexpr absl::Duration kDeadline = absl::Seconds(1);

using Labels = std::pair<std::string, std::string>;  // program, value

struct Work {
  int64_t count = 0;
  double age = 0;
};

}  // namespace

struct WorkGauges::State {
  State(database::Database& database, const clock::Clock& time, Programs list,
        metrics::Registry& registry, std::vector<WorkGauge> what)
      : db(database),
        clock(time),
        programs(std::move(list)),
        metrics(registry),
        gauges(std::move(what)),
        known(gauges.size()) {}

  void Refresh() {
    std::lock_guard lock(mutex);
    if (ended || (read_at.has_value() && clock.SteadyNow() - *read_at < kReadEvery)) return;
    read_at = clock.SteadyNow();
    const absl::StatusOr<std::vector<std::string>> ids = programs();
    if (!ids.ok()) return;
    for (size_t i = 0; i < gauges.size(); ++i) Tell(i, *ids);
  }

  void Tell(size_t number, const std::vector<std::string>& ids) {
    const WorkGauge& gauge = gauges[number];
    std::map<Labels, Work> found;
    const absl::Status read =
        db.Read({.tenant = database::Tenant::All(), .deadline = absl::Now() + kDeadline},
                [&](database::Reader& reader) { return Ask(reader, gauge, ids, found); });
    if (!read.ok()) return;
    // What nothing waits for any more goes to zero; it does not stay as it was.
    for (const Labels& labels : known[number]) found.try_emplace(labels);
    for (const auto& [labels, work] : found) {
      known[number].insert(labels);
      const metrics::Labels told = {{"program", labels.first}, {gauge.label, labels.second}};
      metrics.GetGauge(gauge.count_name, gauge.count_help, told)
          .Set(static_cast<double>(work.count));
      metrics.GetGauge(gauge.age_name, gauge.age_help, told).Set(work.age);
    }
  }

  absl::Status Ask(database::Reader& reader, const WorkGauge& gauge,
                   const std::vector<std::string>& ids, std::map<Labels, Work>& found) const {
    const int64_t now = clock::ToMicros(clock.BusinessNow());
    for (const std::string& program : ids) {
      TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(gauge.sql, {program}));
      for (const database::Row& row : result.rows) {
        const int64_t age = std::max<int64_t>(0, now - row.Int(2));
        found[{program, row.Text(0)}] = {row.Int(1), static_cast<double>(age) / 1e6};
      }
    }
    return absl::OkStatus();
  }

  database::Database& db;
  const clock::Clock& clock;
  const Programs programs;
  metrics::Registry& metrics;
  const std::vector<WorkGauge> gauges;
  std::mutex mutex;
  bool ended = false;
  std::optional<absl::Duration> read_at;
  std::vector<std::set<Labels>> known;  // by gauge
};

WorkGauges::WorkGauges(database::Database& db, const clock::Clock& clock, Programs programs,
                       metrics::Registry& metrics, std::vector<WorkGauge> gauges)
    : state_(std::make_shared<State>(db, clock, std::move(programs), metrics, std::move(gauges))) {
  // The registry may outlive the module.
  metrics.OnScrape([state = std::weak_ptr<State>(state_)] {
    if (const std::shared_ptr<State> alive = state.lock()) alive->Refresh();
  });
}

WorkGauges::WorkGauges(const ModuleContext& context, std::vector<WorkGauge> gauges)
    : WorkGauges(
          context.db, context.clock,
          [&programs = context.programs,
           &clock = context.clock]() -> absl::StatusOr<std::vector<std::string>> {
            TREMPLIN_ASSIGN_OR_RETURN(const auto in_force,
                                      programs.AllInForce(clock.BusinessNow()));
            std::vector<std::string> ids;
            for (const auto& program : in_force) ids.push_back(program->id);
            return ids;
          },
          context.metrics, std::move(gauges)) {}

WorkGauges::~WorkGauges() {
  std::lock_guard lock(state_->mutex);
  state_->ended = true;
}

}  // namespace tremplin::host
