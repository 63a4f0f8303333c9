#include "stores/log/group_coordinator.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace freshet::stores {

GroupCoordinator::GroupCoordinator(Duration session_timeout, const Clock& clock)
    : session_timeout_(session_timeout), clock_(clock) {}

void GroupCoordinator::Restore(const std::string& group, PartitionId partition, Offset committed) {
  MutexLock lock(mutex_);
  groups_[group].committed[partition] = committed;
}

MemberId GroupCoordinator::Join(const std::string& name, std::vector<Subscription> topics,
                                std::shared_ptr<Signal> changed) {
  MutexLock lock(mutex_);
  Group& group = groups_[name];
  const MemberId id = ++last_member_;
  group.members[id] = {std::move(topics), std::move(changed), clock_.Steady()};
  Rebalance(group);
  return id;
}

void GroupCoordinator::Leave(const std::string& name, MemberId member) {
  MutexLock lock(mutex_);
  Group& group = groups_[name];
  if (group.members.erase(member) > 0) Rebalance(group);
}

std::optional<Assignment> GroupCoordinator::PollBegins(const std::string& name, MemberId id) {
  MutexLock lock(mutex_);
  Group& group = groups_[name];
  ExpireMembers(group);
  const auto member = group.members.find(id);
  if (member == group.members.end()) return std::nullopt;
  ++member->second.polling;
  Assignment assignment{group.generation, {}};
  for (const auto& [partition, owner] : group.owners) {
    if (owner.member != id) continue;
    const auto committed = group.committed.find(partition);
    assignment.partitions.push_back(
        {partition, owner.epoch, committed == group.committed.end() ? 0 : committed->second});
  }
  return assignment;
}

void GroupCoordinator::PollEnds(const std::string& name, MemberId id) {
  MutexLock lock(mutex_);
  Group& group = groups_[name];
  const auto member = group.members.find(id);
  if (member == group.members.end()) return;
  --member->second.polling;
  member->second.seen = clock_.Steady();
}

Result<> GroupCoordinator::Commit(const std::string& name, MemberId member,
                                  const std::vector<CommitPosition>& positions) {
  MutexLock lock(mutex_);
  Group& group = groups_[name];
  for (const auto& position : positions) {
    const auto owner = group.owners.find(position.partition);
    if (owner == group.owners.end() || owner->second.member != member ||
        owner->second.epoch != position.epoch) {
      return Conflict("The partition was given to another member or moved meanwhile.", "fenced");
    }
  }
  for (const auto& position : positions) group.committed[position.partition] = position.offset;
  return {};
}

void GroupCoordinator::Seek(const std::string& name,
                            const std::map<PartitionId, Offset>& positions) {
  MutexLock lock(mutex_);
  Group& group = groups_[name];
  ++group.generation;
  for (const auto& [partition, offset] : positions) {
    group.committed[partition] = offset;
    const auto owner = group.owners.find(partition);
    if (owner != group.owners.end()) ++owner->second.epoch;
  }
  for (auto& [id, member] : group.members) member.changed->Notify();
}

void GroupCoordinator::Expire() {
  MutexLock lock(mutex_);
  for (auto& [name, group] : groups_) ExpireMembers(group);
}

void GroupCoordinator::ExpireMembers(Group& group) {
  const auto now = clock_.Steady();
  const auto expired = std::erase_if(group.members, [&](const auto& entry) {
    return entry.second.polling == 0 && now - entry.second.seen >= session_timeout_;
  });
  if (expired > 0) Rebalance(group);
}

void GroupCoordinator::Rebalance(Group& group) {
  ++group.generation;
  std::map<std::uint16_t, Subscription> topics;
  for (const auto& [id, member] : group.members) {
    for (const auto& topic : member.topics) topics[topic.topic] = topic;
  }
  for (auto& [partition, owner] : group.owners) {
    if (!topics.contains(partition.topic)) owner.member = 0;
  }
  std::map<MemberId, std::size_t> totals;
  for (const auto& [id, topic] : topics) ShareOut(group, topic, totals);
  for (auto& [id, member] : group.members) member.changed->Notify();
}

void GroupCoordinator::ShareOut(Group& group, Subscription topic,
                                std::map<MemberId, std::size_t>& totals) {
  std::vector<Share> shares;
  for (const auto& [id, member] : group.members) {
    const bool subscribed = std::ranges::any_of(
        member.topics, [&](const Subscription& t) { return t.topic == topic.topic; });
    if (subscribed) shares.push_back({id, {}, 0});
  }
  std::vector<std::uint16_t> free;
  for (std::uint16_t p = 0; p < topic.partitions; ++p) {
    const MemberId owner = group.owners[{topic.topic, p}].member;
    const auto share = std::ranges::find(shares, owner, &Share::member);
    if (share == shares.end()) {
      free.push_back(p);
    } else {
      share->kept.push_back(p);
    }
  }
  SetQuotas(shares, topic.partitions, totals);
  for (auto& share : shares) {
    while (share.kept.size() > share.quota) {
      free.push_back(share.kept.back());
      share.kept.pop_back();
    }
  }
  std::ranges::sort(free);
  auto next = free.begin();
  for (auto& share : shares) {
    totals[share.member] += share.quota;
    for (auto missing = share.quota - share.kept.size(); missing > 0; --missing, ++next) {
      Owner& owner = group.owners[{topic.topic, *next}];
      owner = {share.member, owner.epoch + 1};
    }
  }
}

void GroupCoordinator::SetQuotas(std::vector<Share>& shares, std::size_t partitions,
                                 const std::map<MemberId, std::size_t>& totals) {
  // One more for those who have least; among them for those who then need not give any up.
  std::vector<Share*> order;
  for (auto& share : shares) order.push_back(&share);
  std::ranges::sort(order, {}, [&](const Share* share) {
    const auto total = totals.find(share->member);
    return std::tuple(total == totals.end() ? 0 : total->second, partitions - share->kept.size(),
                      share->member);
  });
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i]->quota = partitions / order.size() + (i < partitions % order.size() ? 1 : 0);
  }
}

std::vector<GroupCoordinator::GroupView> GroupCoordinator::Groups() const {
  std::vector<GroupView> views;
  MutexLock lock(mutex_);
  for (const auto& [name, group] : groups_) {
    GroupView view{name, group.generation, {}};
    std::set<PartitionId> partitions;
    for (const auto& [partition, owner] : group.owners) partitions.insert(partition);
    for (const auto& [partition, offset] : group.committed) partitions.insert(partition);
    for (const auto partition : partitions) {
      PartitionView entry{partition, 0, {}};
      const auto committed = group.committed.find(partition);
      if (committed != group.committed.end()) entry.committed = committed->second;
      const auto owner = group.owners.find(partition);
      if (owner != group.owners.end() && owner->second.member != 0) {
        entry.member = std::to_string(owner->second.member);
      }
      view.partitions.push_back(std::move(entry));
    }
    if (!view.partitions.empty()) views.push_back(std::move(view));
  }
  return views;
}

}  // namespace freshet::stores
