#ifndef TREMPLIN_COMMON_METRICS_METRICS_H_
#define TREMPLIN_COMMON_METRICS_METRICS_H_

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

namespace tremplin::metrics {

using Labels = std::initializer_list<std::pair<std::string, std::string>>;

// Handles stay valid as long as the Registry. Thread-safe and quick: obtain them once, not per use.
class Counter {
 public:
  virtual ~Counter() = default;
  virtual void Add(double by = 1) = 0;
};
class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void Set(double value) = 0;
};
class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void Observe(double value) = 0;
};

// Metrics over prometheus-cpp. Names follow Prometheus: `tremplin_<what>_<unit>[_total]`; labels
// are services, methods, codes and topics: bounded sets, never ids or personal data. Thread-safe.
class Registry {
 public:
  Registry();
  ~Registry();
  Counter& GetCounter(const std::string& name, const std::string& help, Labels labels = {});
  Gauge& GetGauge(const std::string& name, const std::string& help, Labels labels = {});
  // Seconds, buckets 0.5 ms … 10 s.
  Histogram& GetLatency(const std::string& name, const std::string& help, Labels labels = {});
  // Counts, buckets 1 … 512.
  Histogram& GetSizes(const std::string& name, const std::string& help, Labels labels = {});
  // Runs `refresh` before each scrape (gauges that are read, not kept). It must be valid as long as
  // the Registry is scraped.
  void OnScrape(std::function<void()> refresh);
  std::string Render();  // text exposition format

  struct State;
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

// What an orchestrator's probes ask. Called for each probe, from any thread; each answers at once
// and outlives the endpoint. One that is empty says yes.
struct Health {
  // False only when nothing but a new process helps: never because a store or a broker is away.
  std::function<bool()> live;
  // Whether calls are to be sent here.
  std::function<bool()> ready;
};

// Serves GET /metrics, /livez and /readyz (200, or 503 where Health says no) on host:port over
// HTTP/1.1, without TLS: for the machine's or the cluster's own network. Port 0 takes a free one.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  virtual std::string address() const = 0;
};
// Null when the address cannot be bound (the log says why). `registry` outlives the endpoint.
std::unique_ptr<Endpoint> Serve(Registry& registry, const std::string& listen, Health health = {});

// The process's registry, for mechanisms that are not handed one.
Registry& Default();

}  // namespace tremplin::metrics

#endif  // TREMPLIN_COMMON_METRICS_METRICS_H_
