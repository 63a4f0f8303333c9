// What every part of the program stands on.
#pragma once

#include <cstddef>
#include <thread>

#include "app/options.h"
#include "base/blocking_pool.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"

namespace freshet::app {

struct Platform {
  explicit Platform(const Config& config)
      : logger(config.Get<LogOptions>()),
        pool("blocking", static_cast<std::size_t>(config.Get<ProcessOptions>().blocking_threads),
             static_cast<std::size_t>(config.Get<ProcessOptions>().blocking_queue), metrics) {}

  SystemClock clock;
  Logger logger;
  Metrics metrics;
  BlockingPool pool;
};

}  // namespace freshet::app
