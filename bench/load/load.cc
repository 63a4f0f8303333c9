#include "load/load.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <vector>

#include "load/connection.h"

namespace freshet::bench {
namespace {

using Steady = std::chrono::steady_clock;

Steady::duration ToSteady(std::chrono::duration<double> duration) {
  return std::chrono::duration_cast<Steady::duration>(duration);
}

class Load {
 public:
  Load(const LoadPlan& plan, const RequestSource& source)
      : plan_(plan), source_(source), io_(1), schedule_(io_), patience_(io_) {
    for (std::size_t i = 0; i < plan.connections; ++i)
      idle_.push_back(&connections_.emplace_back(io_, plan.server));
  }

  LoadReport Run() {
    begin_ = Steady::now();
    measured_ = begin_ + ToSteady(plan_.warmup);
    end_ = measured_ + ToSteady(plan_.duration);
    last_answer_ = measured_;
    patience_.expires_at(end_ + ToSteady(plan_.patience));
    patience_.async_wait([this](boost::system::error_code error) {
      if (!error) io_.stop();
    });
    SendDue();
    io_.run();
    // What was due and is unanswered: under way, or never sent for want of a connection.
    while (Counts(Due(next_)) && Due(next_) < end_ && Open()) ++next_, ++report_.errors;
    report_.errors += under_way_;
    report_.seconds = std::chrono::duration<double>(last_answer_ - measured_).count();
    return std::move(report_);
  }

 private:
  bool Open() const { return plan_.rate > 0; }
  bool Counts(Steady::time_point due) const { return due >= measured_; }
  Steady::time_point Due(std::uint64_t number) const {
    if (!Open()) return Steady::now();
    const double offset = static_cast<double>(number) / plan_.rate;
    return begin_ + ToSteady(std::chrono::duration<double>(offset));
  }

  void SendDue() {
    while (!idle_.empty()) {
      const Steady::time_point due = Due(next_);
      if (due >= end_) return EndWhenAnswered();
      if (due > Steady::now()) return WakeAt(due);
      Connection* connection = idle_.back();
      idle_.pop_back();
      under_way_ += Counts(due) ? 1 : 0;
      connection->Send(source_(next_++), [this, connection, due](Answer answer) {
        Take(due, answer);
        idle_.push_back(connection);
        SendDue();
      });
    }
  }

  void WakeAt(Steady::time_point due) {
    if (waiting_) return;
    waiting_ = true;
    schedule_.expires_at(due);
    schedule_.async_wait([this](boost::system::error_code) {
      waiting_ = false;
      SendDue();
    });
  }

  void EndWhenAnswered() {
    if (idle_.size() == plan_.connections) patience_.cancel();
  }

  void Take(Steady::time_point due, Answer answer) {
    if (!Counts(due)) return;
    --under_way_;
    const Steady::time_point now = Steady::now();
    last_answer_ = now;
    report_.bytes += answer.bytes;
    if (answer.status == plan_.expected_status) {
      report_.latencies.Record(now - due);
    } else {
      ++report_.errors;
      ++report_.unexpected[answer.status];
    }
  }

  const LoadPlan& plan_;
  const RequestSource& source_;
  boost::asio::io_context io_;
  boost::asio::steady_timer schedule_;
  boost::asio::steady_timer patience_;
  std::deque<Connection> connections_;
  std::vector<Connection*> idle_;
  bool waiting_ = false;
  std::uint64_t next_ = 0;
  std::uint64_t under_way_ = 0;  // of those that count
  Steady::time_point begin_, measured_, end_, last_answer_;
  LoadReport report_;
};

}  // namespace

LoadReport RunLoad(const LoadPlan& plan, const RequestSource& source) {
  return Load(plan, source).Run();
}

}  // namespace freshet::bench
