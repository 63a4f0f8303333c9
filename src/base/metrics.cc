#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "base/mutex.h"

namespace freshet {

void Counter::Add(double by) { static_cast<prometheus::Counter*>(series_)->Increment(by); }
double Counter::Value() const { return static_cast<prometheus::Counter*>(series_)->Value(); }
void Gauge::Set(double value) { static_cast<prometheus::Gauge*>(series_)->Set(value); }
void Gauge::Add(double by) { static_cast<prometheus::Gauge*>(series_)->Increment(by); }
double Gauge::Value() const { return static_cast<prometheus::Gauge*>(series_)->Value(); }
void Histogram::Observe(double value) {
  static_cast<prometheus::Histogram*>(series_)->Observe(value);
}

std::vector<double> LatencyBuckets() {
  return {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
          0.025,   0.05,   0.1,     0.25,   0.5,   1,      2.5,   10};
}

struct Metrics::Impl {
  struct Watched {
    prometheus::Gauge* gauge;
    std::function<double()> read;
  };
  mutable prometheus::Registry registry;
  mutable Mutex mutex;
  std::vector<Watched> watched GUARDED_BY(mutex);
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter Metrics::GetCounter(const std::string& name, const std::string& help,
                            const MetricLabels& labels) {
  return Counter(
      &prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry).Add(labels));
}

Gauge Metrics::GetGauge(const std::string& name, const std::string& help,
                        const MetricLabels& labels) {
  return Gauge(
      &prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add(labels));
}

Histogram Metrics::GetHistogram(const std::string& name, const std::string& help,
                                const MetricLabels& labels, std::vector<double> buckets) {
  return Histogram(&prometheus::BuildHistogram()
                        .Name(name)
                        .Help(help)
                        .Register(impl_->registry)
                        .Add(labels, std::move(buckets)));
}

void Metrics::Watch(const std::string& name, const std::string& help, const MetricLabels& labels,
                    std::function<double()> read) {
  auto& gauge =
      prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add(labels);
  MutexLock lock(impl_->mutex);
  impl_->watched.push_back({&gauge, std::move(read)});
}

std::string Metrics::Render() const {
  {
    MutexLock lock(impl_->mutex);
    for (auto& watched : impl_->watched) watched.gauge->Set(watched.read());
  }
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace freshet
