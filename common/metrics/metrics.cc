#include "common/metrics/metrics.h"

#include <deque>
#include <map>
#include <mutex>
#include <string_view>
#include <vector>

#include "prometheus/collectable.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"

namespace tremplin::metrics {
namespace {

class PrometheusCounter final : public Counter {
 public:
  explicit PrometheusCounter(prometheus::Counter& counter) : counter_(counter) {}
  void Add(double by) override { counter_.Increment(by); }

 private:
  prometheus::Counter& counter_;
};

class PrometheusGauge final : public Gauge {
 public:
  explicit PrometheusGauge(prometheus::Gauge& gauge) : gauge_(gauge) {}
  void Set(double value) override { gauge_.Set(value); }

 private:
  prometheus::Gauge& gauge_;
};

class PrometheusHistogram final : public Histogram {
 public:
  explicit PrometheusHistogram(prometheus::Histogram& histogram) : histogram_(histogram) {}
  void Observe(double value) override { histogram_.Observe(value); }

 private:
  prometheus::Histogram& histogram_;
};

const std::vector<double>& LatencyBuckets() {
  static const std::vector<double> buckets{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05,
                                           0.1,    0.2,   0.5,   1,     2,    5,    10};
  return buckets;
}

const std::vector<double>& SizeBuckets() {
  static const std::vector<double> buckets{1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
  return buckets;
}

using Key = std::pair<std::string, std::map<std::string, std::string>>;

}  // namespace

struct Registry::State final : public prometheus::Collectable {
  std::mutex mutex;  // guards the maps and `refreshers`
  std::map<Key, std::unique_ptr<Counter>> counters;
  std::map<Key, std::unique_ptr<Gauge>> gauges;
  std::map<Key, std::unique_ptr<Histogram>> histograms;
  std::deque<std::function<void()>> refreshers;
  prometheus::Registry registry;

  std::vector<prometheus::MetricFamily> Collect() const override {
    // Collect is const in prometheus-cpp, though a scrape refreshes the gauges that are read.
    auto& self = const_cast<State&>(*this);
    std::deque<std::function<void()>> run;
    {
      std::lock_guard lock(self.mutex);
      run = refreshers;
    }
    for (const auto& refresh : run) refresh();
    return registry.Collect();
  }

  Histogram& GetHistogram(const std::string& name, const std::string& help, Labels labels,
                          const std::vector<double>& buckets) {
    Key key(name, {labels.begin(), labels.end()});
    std::lock_guard lock(mutex);
    std::unique_ptr<Histogram>& slot = histograms[key];
    if (slot == nullptr) {
      auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
      slot = std::make_unique<PrometheusHistogram>(family.Add(key.second, buckets));
    }
    return *slot;
  }
};

Registry::Registry() : state_(std::make_unique<State>()) {}
Registry::~Registry() = default;

Counter& Registry::GetCounter(const std::string& name, const std::string& help, Labels labels) {
  Key key(name, {labels.begin(), labels.end()});
  std::lock_guard lock(state_->mutex);
  std::unique_ptr<Counter>& slot = state_->counters[key];
  if (slot == nullptr) {
    auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(state_->registry);
    slot = std::make_unique<PrometheusCounter>(family.Add(key.second));
  }
  return *slot;
}

Gauge& Registry::GetGauge(const std::string& name, const std::string& help, Labels labels) {
  Key key(name, {labels.begin(), labels.end()});
  std::lock_guard lock(state_->mutex);
  std::unique_ptr<Gauge>& slot = state_->gauges[key];
  if (slot == nullptr) {
    auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry);
    slot = std::make_unique<PrometheusGauge>(family.Add(key.second));
  }
  return *slot;
}

Histogram& Registry::GetLatency(const std::string& name, const std::string& help, Labels labels) {
  return state_->GetHistogram(name, help, labels, LatencyBuckets());
}

Histogram& Registry::GetSizes(const std::string& name, const std::string& help, Labels labels) {
  return state_->GetHistogram(name, help, labels, SizeBuckets());
}

void Registry::OnScrape(std::function<void()> refresh) {
  std::lock_guard lock(state_->mutex);
  state_->refreshers.push_back(std::move(refresh));
}

std::string Registry::Render() { return prometheus::TextSerializer().Serialize(state_->Collect()); }

Registry& Default() {
  // Never destroyed: handles are used until the last thread ends.
  static Registry* const registry = new Registry;
  return *registry;
}

}  // namespace tremplin::metrics
