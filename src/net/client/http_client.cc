#include "net/client/http_client.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "net/client/origin_breakers.h"
#include "net/client/transfer.h"

namespace freshet::net {
namespace {

using Outcome = Result<ClientResponse>;

// How long the thread sleeps at most while a request is under way: a clock that is set by hand, as
// in tests, is noticed this late.
constexpr Duration kLongestPoll{100};
constexpr Duration kIdlePoll{10'000};

Failure TooLate() { return DeadlineExceeded("the response did not arrive in time"); }

// What of a call is the origin's fault.
bool CountsAsFailure(const Outcome& outcome) {
  if (outcome) return outcome->status >= 500;
  return outcome.error().kind() == ErrorKind::kUnavailable ||
         outcome.error().kind() == ErrorKind::kDeadline;
}

// freshet_http_client_requests_total{outcome} and its companions.
class ClientMetrics {
 public:
  explicit ClientMetrics(Metrics& metrics)
      : metrics_(metrics),
        seconds_(metrics.GetHistogram("freshet_http_client_request_seconds",
                                      "Time from Send to the whole response or its failure")),
        in_flight_(metrics.GetGauge("freshet_http_client_in_flight",
                                    "Requests under way or waiting for a connection")) {
    for (const char* outcome : {"1xx", "2xx", "3xx", "4xx", "5xx", "invalid", "forbidden",
                                "exhausted", "unavailable", "circuit_open", "deadline"}) {
      requests_.emplace(outcome, Count(outcome));
    }
  }

  void InFlight(double by) { in_flight_.Add(by); }
  void Ended(const Outcome& outcome, SteadyTime::duration elapsed) {
    seconds_.Observe(elapsed);
    const std::string label = Label(outcome);
    if (const auto found = requests_.find(label); found != requests_.end()) {
      Counter counter = found->second;
      counter.Add();
    } else {
      Count(label).Add();
    }
  }

 private:
  Counter Count(const std::string& outcome) {
    return metrics_.GetCounter("freshet_http_client_requests_total",
                               "Requests by class of status, or by error", {{"outcome", outcome}});
  }
  static std::string Label(const Outcome& outcome) {
    if (outcome) return fmt::format("{}xx", std::clamp(outcome->status / 100, 1, 5));
    if (outcome.error().code() == "circuit_open") return "circuit_open";
    return std::string(Name(outcome.error().kind()));
  }

  Metrics& metrics_;
  std::map<std::string, Counter, std::less<>> requests_;
  Histogram seconds_;
  Gauge in_flight_;
};

// A request that may be sent.
struct Call {
  std::unique_ptr<Transfer> transfer;
  std::shared_ptr<CircuitBreaker> breaker;
  CircuitBreaker::Generation generation = 0;
  std::string origin;
  SteadyTime started;
  SteadyTime expires;
};

// The same on its way to the thread, and there.
struct Job {
  Call call;
  Resolver<Outcome> resolver;
};

}  // namespace

class HttpClient::Worker {
 public:
  Worker(HttpClientOptions options, const Clock& clock, Logger& logger, Metrics& metrics,
         AddressFilter is_public);
  ~Worker();

  Awaitable<Outcome> Send(ClientRequest request, Deadline deadline);

 private:
  Result<Call> Admit(ClientRequest request, Deadline deadline);
  void Enqueue(Job job);

  // The rest runs on the thread alone.
  void Run();
  bool TakeInbox();
  void Start(Job job);
  void CollectFinished();
  void ExpireLate();
  void End(CURL* handle, Outcome outcome);
  void Answer(Job job, Outcome outcome);
  Duration PollTime() const;

  const HttpClientOptions options_;
  const Clock& clock_;
  Logger& logger_;
  const AddressFilter is_public_;
  OriginBreakers breakers_;
  ClientMetrics metrics_;
  std::atomic<std::int64_t> in_flight_{0};

  CURLM* multi_ = nullptr;
  CURLSH* share_ = nullptr;  // TLS sessions; the thread alone uses it, so it needs no locks
  std::unordered_map<CURL*, Job> jobs_;
  std::set<std::pair<SteadyTime, CURL*>> expiries_;

  Mutex mutex_;
  std::vector<Job> inbox_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

HttpClient::Worker::Worker(HttpClientOptions options, const Clock& clock, Logger& logger,
                           Metrics& metrics, AddressFilter is_public)
    : options_(std::move(options)),
      clock_(clock),
      logger_(logger),
      is_public_(std::move(is_public)),
      breakers_(options_.breaker, static_cast<std::size_t>(options_.max_origins), clock, metrics),
      metrics_(metrics) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  multi_ = curl_multi_init();
  share_ = curl_share_init();
  if (multi_ == nullptr || share_ == nullptr) throw std::runtime_error("libcurl does not start");
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  const long connections = static_cast<long>(options_.max_connections);
  curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, connections);
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS,
                    static_cast<long>(options_.max_connections_per_host));
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
  thread_ = std::thread([this] { Run(); });
}

HttpClient::Worker::~Worker() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  curl_multi_wakeup(multi_);
  thread_.join();
  curl_multi_cleanup(multi_);
  curl_share_cleanup(share_);
  curl_global_cleanup();
}

Awaitable<Outcome> HttpClient::Worker::Send(ClientRequest request, Deadline deadline) {
  auto call = Admit(std::move(request), deadline);
  if (!call) {
    Outcome refused = Failure(std::move(call).error());
    metrics_.Ended(refused, {});
    co_return refused;
  }
  // When it resumes, the client may be gone: nothing of it is touched from here on.
  co_return co_await Suspend<Outcome>([this, &call](Resolver<Outcome> resolver) {
    Enqueue({*std::move(call), std::move(resolver)});
  });
}

Result<Call> HttpClient::Worker::Admit(ClientRequest request, Deadline deadline) {
  if (deadline.Expired(clock_)) return TooLate();
  Call call;
  ASSIGN_OR_RETURN(call.origin, OriginOf(request.url));
  ASSIGN_OR_RETURN(call.transfer, Transfer::Create(std::move(request), options_, is_public_));
  call.breaker = breakers_.For(call.origin);
  call.started = clock_.Steady();
  call.expires = deadline.Within(Deadline::After(clock_, options_.request_timeout)).at();
  if (in_flight_.fetch_add(1) >= options_.max_requests) {
    in_flight_.fetch_sub(1);
    return Failure(Error(ErrorKind::kExhausted, "too many requests are under way", "client_busy")
                       .WithRetryAfter(Duration(1'000)));
  }
  auto admitted = call.breaker->Admit();
  if (!admitted) {
    in_flight_.fetch_sub(1);
    return Failure(std::move(admitted).error());
  }
  call.generation = *admitted;
  metrics_.InFlight(1);
  return call;
}

void HttpClient::Worker::Enqueue(Job job) {
  {
    MutexLock lock(mutex_);
    inbox_.push_back(std::move(job));
  }
  curl_multi_wakeup(multi_);
}

void HttpClient::Worker::Run() {
  pthread_setname_np(pthread_self(), "http-client");
  sigset_t broken_pipe;  // a peer that hangs up is an error of that transfer, not a signal
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  while (TakeInbox()) {
    int running = 0;
    curl_multi_perform(multi_, &running);
    CollectFinished();
    ExpireLate();
    curl_multi_poll(multi_, nullptr, 0, static_cast<int>(PollTime().count()), nullptr);
  }
  while (!jobs_.empty()) End(jobs_.begin()->first, Unavailable("the HTTP client is stopping"));
}

bool HttpClient::Worker::TakeInbox() {
  std::vector<Job> taken;
  bool stopping;
  {
    MutexLock lock(mutex_);
    taken.swap(inbox_);
    stopping = stopping_;
  }
  for (auto& job : taken) Start(std::move(job));
  return !stopping;
}

void HttpClient::Worker::Start(Job job) {
  CURL* handle = job.call.transfer->handle();
  const auto expires = job.call.expires;
  curl_easy_setopt(handle, CURLOPT_SHARE, share_);
  if (const CURLMcode code = curl_multi_add_handle(multi_, handle); code != CURLM_OK) {
    Answer(std::move(job), Internal(curl_multi_strerror(code)));
    return;
  }
  jobs_.emplace(handle, std::move(job));
  expiries_.emplace(expires, handle);
}

void HttpClient::Worker::CollectFinished() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* handle = message->easy_handle;
    const CURLcode code = message->data.result;
    End(handle, jobs_.at(handle).call.transfer->Finish(code));
  }
}

void HttpClient::Worker::ExpireLate() {
  const auto now = clock_.Steady();
  while (!expiries_.empty() && expiries_.begin()->first <= now) {
    End(expiries_.begin()->second, TooLate());
  }
}

void HttpClient::Worker::End(CURL* handle, Outcome outcome) {
  curl_multi_remove_handle(multi_, handle);
  auto node = jobs_.extract(handle);
  expiries_.erase({node.mapped().call.expires, handle});
  Answer(std::move(node.mapped()), std::move(outcome));
}

void HttpClient::Worker::Answer(Job job, Outcome outcome) {
  const bool failed = CountsAsFailure(outcome);
  CircuitBreaker& breaker = *job.call.breaker;
  const bool was_open = breaker.state() == CircuitBreaker::State::kOpen;
  breaker.Record(job.call.generation, failed);
  if (!was_open && breaker.state() == CircuitBreaker::State::kOpen) {
    logger_.Warn("An origin keeps failing and is left alone for a while",
                 {{"origin", job.call.origin},
                  {"error", outcome ? fmt::format("status {}", outcome->status)
                                    : outcome.error().ToString()}});
  }
  job.call.transfer.reset();
  in_flight_.fetch_sub(1);
  metrics_.InFlight(-1);
  metrics_.Ended(outcome, clock_.Steady() - job.call.started);
  std::move(job.resolver).Resolve(std::move(outcome));
}

Duration HttpClient::Worker::PollTime() const {
  if (expiries_.empty()) return kIdlePoll;
  const auto left = Deadline::At(expiries_.begin()->first).Remaining(clock_);
  return std::clamp(left + Duration(1), Duration(1), kLongestPoll);
}

HttpClient::HttpClient(HttpClientOptions options, const Clock& clock, Logger& logger,
                       Metrics& metrics, AddressFilter is_public)
    : worker_(std::make_unique<Worker>(std::move(options), clock, logger, metrics,
                                       std::move(is_public))) {}

HttpClient::~HttpClient() = default;

Awaitable<Result<ClientResponse>> HttpClient::Send(ClientRequest request, Deadline deadline) {
  return worker_->Send(std::move(request), deadline);
}

}  // namespace freshet::net
