#include "stores/cache/single_flight.h"

#include <exception>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/mutex.h"
#include "base/suspend_until.h"

namespace freshet::stores {
namespace {

using Outcome = Result<CacheValue>;

// One id that is being loaded, and who waits for it. Thread-safe.
class Flight {
 public:
  // Once; later calls change nothing.
  void Land(Outcome outcome) {
    std::vector<SharedResolverPtr<bool>> waiting;
    {
      MutexLock lock(mutex_);
      if (outcome_) return;
      outcome_ = std::move(outcome);
      waiting.swap(waiting_);
    }
    for (const auto& resolver : waiting) resolver->Resolve(true);
  }

  std::optional<Outcome> outcome() const {
    MutexLock lock(mutex_);
    return outcome_;
  }

  // Resolves `resolver` when the flight lands, or at once if it has.
  void Wake(SharedResolverPtr<bool> resolver) {
    {
      MutexLock lock(mutex_);
      if (!outcome_) {
        waiting_.push_back(std::move(resolver));
        return;
      }
    }
    resolver->Resolve(true);
  }

 private:
  mutable Mutex mutex_;
  std::optional<Outcome> outcome_ GUARDED_BY(mutex_);
  std::vector<SharedResolverPtr<bool>> waiting_ GUARDED_BY(mutex_);
};

using FlightPtr = std::shared_ptr<Flight>;

Awaitable<Outcome> Await(FlightPtr flight, Deadline deadline, const Clock& clock) {
  if (auto outcome = flight->outcome()) co_return *std::move(outcome);
  co_await SuspendUntil<bool>(deadline, clock, [&flight](SharedResolverPtr<bool> resolver) {
    flight->Wake(std::move(resolver));
  });
  if (auto outcome = flight->outcome()) co_return *std::move(outcome);
  co_return DeadlineExceeded("another caller's load took longer than the deadline allows");
}

struct Missing {
  std::size_t position;
  std::uint64_t id;
  CacheLease lease;
  FlightPtr flight;
};
}  // namespace

struct SingleFlight::Impl {
  // Splits `missing` into those that this call loads and those that somebody loads already.
  std::vector<Missing> TakeOff(std::vector<Missing>& missing) {
    std::vector<Missing> own;
    MutexLock lock(mutex);
    for (Missing& one : missing) {
      FlightPtr& flight = flights[one.id];
      const bool mine = flight == nullptr;
      if (mine) flight = std::make_shared<Flight>();
      one.flight = flight;
      if (mine) own.push_back(one);
    }
    return own;
  }

  void Forget(std::span<const Missing> own) {
    MutexLock lock(mutex);
    for (const Missing& one : own) {
      // A Remove may have let a newer flight take this one's place.
      const auto found = flights.find(one.id);
      if (found != flights.end() && found->second == one.flight) flights.erase(found);
    }
  }

  Awaitable<void> LoadOwn(std::span<const Missing> own, Deadline deadline);

  Cache& cache;
  const CacheSpace space;
  const Lifetimes lifetimes;
  const Load load;
  const Clock& clock;
  Mutex mutex;
  std::unordered_map<std::uint64_t, FlightPtr> flights GUARDED_BY(mutex);
};

// Loads what `own` names, tells the waiters, then fills the cache. Values stay to be joined until
// the cache has them; failures are forgotten at once.
Awaitable<void> SingleFlight::Impl::LoadOwn(std::span<const Missing> own, Deadline deadline) {
  // Also when the coroutine is destroyed or the load throws, nobody is left waiting.
  struct Landing {
    ~Landing() {
      impl.Forget(own);
      for (const Missing& one : own) {
        one.flight->Land(Unavailable("the load was given up", "load_abandoned"));
      }
    }
    Impl& impl;
    std::span<const Missing> own;
  } landing{*this, own};

  std::vector<std::uint64_t> ids;
  for (const Missing& one : own) ids.push_back(one.id);
  auto loaded = co_await load(std::move(ids), deadline);
  if (loaded && loaded->size() != own.size()) {
    loaded = Internal("the load returned another number of values than was asked for");
  }
  if (!loaded) {
    Forget(own);
    for (const Missing& one : own) one.flight->Land(std::unexpected(loaded.error()));
    co_return;
  }
  std::vector<CacheEntry> entries;
  for (std::size_t i = 0; i < own.size(); ++i) {
    const CacheValue& value = (*loaded)[i];
    own[i].flight->Land(value);
    const Duration ttl = value ? lifetimes.found : lifetimes.missing;
    if (own[i].lease.value == 0 || ttl <= Duration(0)) continue;
    entries.push_back(
        {.key = {space, own[i].id}, .value = value, .ttl = ttl, .lease = own[i].lease});
  }
  // What the cache does not take is loaded again next time.
  if (!entries.empty()) (void)co_await cache.Put(std::move(entries), deadline);
}

SingleFlight::SingleFlight(Cache& cache, CacheSpace space, Lifetimes lifetimes, Load load,
                           const Clock& clock)
    : impl_(new Impl{.cache = cache,
                     .space = space,
                     .lifetimes = lifetimes,
                     .load = std::move(load),
                     .clock = clock,
                     .mutex = {},
                     .flights = {}}) {}

SingleFlight::~SingleFlight() = default;

Awaitable<Result<std::vector<CacheValue>>> SingleFlight::Get(std::span<const std::uint64_t> ids,
                                                             Deadline deadline) {
  Impl& impl = *impl_;
  if (deadline.Expired(impl.clock)) co_return DeadlineExceeded("the call came after its deadline");
  std::vector<CacheKey> keys;
  keys.reserve(ids.size());
  for (const std::uint64_t id : ids) keys.push_back({impl.space, id});
  auto looked = co_await impl.cache.Get(keys, deadline);

  std::vector<CacheValue> values(ids.size());
  std::vector<Missing> missing;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (looked && (*looked)[i].hit) {
      values[i] = std::move((*looked)[i].value);
    } else {
      const CacheLease lease = looked ? (*looked)[i].lease : CacheLease{};
      missing.push_back({.position = i, .id = ids[i], .lease = lease, .flight = nullptr});
    }
  }
  if (missing.empty()) co_return values;

  const std::vector<Missing> own = impl.TakeOff(missing);
  if (!own.empty()) co_await impl.LoadOwn(own, deadline);
  for (const Missing& one : missing) {
    CO_ASSIGN_OR_RETURN(values[one.position], co_await Await(one.flight, deadline, impl.clock));
  }
  co_return values;
}

Awaitable<Result<>> SingleFlight::Remove(std::span<const std::uint64_t> ids, Deadline deadline) {
  std::vector<CacheKey> keys;
  {
    // Loads that began before the change are not joined any more.
    MutexLock lock(impl_->mutex);
    for (const std::uint64_t id : ids) {
      impl_->flights.erase(id);
      keys.push_back({impl_->space, id});
    }
  }
  co_return co_await impl_->cache.Remove(keys, deadline);
}

}  // namespace freshet::stores
