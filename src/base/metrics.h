// Counters, gauges and histograms in Prometheus' data model.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

using MetricLabels = std::map<std::string, std::string>;

// A value that only grows. Thread-safe, lock-free; a cheap handle to a series that its Metrics
// owns.
class Counter {
 public:
  void Add(double by = 1);
  double Value() const;

 private:
  friend class Metrics;
  explicit Counter(void* series) : series_(series) {}
  void* series_;
};

// A value that goes up and down.
class Gauge {
 public:
  void Set(double value);
  void Add(double by);
  double Value() const;

 private:
  friend class Metrics;
  explicit Gauge(void* series) : series_(series) {}
  void* series_;
};

class Histogram {
 public:
  void Observe(double value);
  // In seconds, as Prometheus' convention for durations is.
  void Observe(std::chrono::steady_clock::duration elapsed) {
    Observe(std::chrono::duration<double>(elapsed).count());
  }

 private:
  friend class Metrics;
  explicit Histogram(void* series) : series_(series) {}
  void* series_;
};

// Bucket bounds in seconds from 50 us to 10 s, for the latency of anything a person may wait for.
std::vector<double> LatencyBuckets();

// Owns every series of the process. Thread-safe. Asking for a name and labels again returns the
// same series. Handles stay valid as long as this object lives. Names follow Prometheus'
// conventions: freshet_<part>_<what>_<unit>[_total].
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Counter GetCounter(const std::string& name, const std::string& help,
                     const MetricLabels& labels = {});
  Gauge GetGauge(const std::string& name, const std::string& help, const MetricLabels& labels = {});
  Histogram GetHistogram(const std::string& name, const std::string& help,
                         const MetricLabels& labels = {},
                         std::vector<double> buckets = LatencyBuckets());
  // A gauge that is read when asked: `read` is called by every Render, from its thread.
  void Watch(const std::string& name, const std::string& help, const MetricLabels& labels,
             std::function<double()> read);

  // Prometheus' text exposition format 0.0.4.
  std::string Render() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freshet
