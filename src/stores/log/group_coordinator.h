// Who reads what: the consumer groups of the embedded event log.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/signal.h"
#include "stores/log/event_log.h"
#include "stores/log/record_format.h"

namespace freshet::stores {

using MemberId = std::uint64_t;

// A partition in a member's hands. The epoch changes with every new owner and every Seek, so that a
// commit tells which hand it comes from.
struct Ownership {
  PartitionId partition;
  std::uint64_t epoch = 0;
  Offset start = 0;  // the committed offset when the partition was given
};

struct Assignment {
  std::uint64_t generation = 0;
  std::vector<Ownership> partitions;
};

// What a member states to have processed.
struct CommitPosition {
  PartitionId partition;
  std::uint64_t epoch = 0;
  Offset offset = 0;
};

struct Subscription {
  std::uint16_t topic = 0;
  std::uint16_t partitions = 0;
};

// Keeps members, assignments and committed offsets in memory; whoever owns it makes commits
// durable. Assignments are even per topic and over the topics, and move no partition without need.
// Thread-safe.
class GroupCoordinator {
 public:
  // A member that is silent for `session_timeout` is expelled.
  GroupCoordinator(Duration session_timeout, const Clock& clock);

  // What is known from before the start.
  void Restore(const std::string& group, PartitionId partition, Offset committed);

  // `changed` is notified whenever the member's assignment may have changed.
  MemberId Join(const std::string& group, std::vector<Subscription> topics,
                std::shared_ptr<Signal> changed);
  // Does nothing for a member that is gone already.
  void Leave(const std::string& group, MemberId member);

  // Signs of life. Between PollBegins and PollEnds the member is never expelled. PollBegins returns
  // the assignment, or nothing for a member that was expelled meanwhile and has to join again.
  std::optional<Assignment> PollBegins(const std::string& group, MemberId member);
  void PollEnds(const std::string& group, MemberId member);

  // All positions or none. Errors: kConflict (code "fenced").
  Result<> Commit(const std::string& group, MemberId member,
                  const std::vector<CommitPosition>& positions);
  // Members that own the partitions start again at these offsets. A group that is not known yet is
  // made.
  void Seek(const std::string& group, const std::map<PartitionId, Offset>& positions);

  // Expels the members whose session is over.
  void Expire();

  struct PartitionView {
    PartitionId partition;
    Offset committed = 0;
    std::string member;
  };
  struct GroupView {
    std::string name;
    std::uint64_t generation = 0;
    std::vector<PartitionView> partitions;  // subscribed or committed ones
  };
  std::vector<GroupView> Groups() const;

 private:
  struct Member {
    std::vector<Subscription> topics;
    std::shared_ptr<Signal> changed;
    SteadyTime seen;
    int polling = 0;
  };
  struct Owner {
    MemberId member = 0;  // 0 for nobody
    std::uint64_t epoch = 0;
  };
  struct Group {
    std::uint64_t generation = 0;
    std::map<MemberId, Member> members;
    std::map<PartitionId, Owner> owners;
    std::map<PartitionId, Offset> committed;
  };
  struct Share {
    MemberId member = 0;
    std::vector<std::uint16_t> kept;  // of the topic that is being shared out
    std::size_t quota = 0;
  };

  void ExpireMembers(Group& group) REQUIRES(mutex_);
  static void Rebalance(Group& group);
  static void ShareOut(Group& group, Subscription topic, std::map<MemberId, std::size_t>& totals);
  static void SetQuotas(std::vector<Share>& shares, std::size_t partitions,
                        const std::map<MemberId, std::size_t>& totals);

  const Duration session_timeout_;
  const Clock& clock_;
  mutable Mutex mutex_;
  std::map<std::string, Group> groups_ GUARDED_BY(mutex_);
  MemberId last_member_ GUARDED_BY(mutex_) = 0;
};

}  // namespace freshet::stores
