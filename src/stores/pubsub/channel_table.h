// Who is subscribed to which channel, in one shard of the publish/subscribe table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/flat_index.h"
#include "stores/pubsub/pubsub.h"

namespace freshet::stores {

// Channels are named by their hash and themselves; subscribers by pointers that are only handed
// back. The subscribers of a channel form a list. Not thread-safe.
template <class Subscriber>
class ChannelTable {
 public:
  using Link = std::uint32_t;

  // Returns what Remove needs. Constant time.
  Link Add(std::uint64_t hash, Channel channel, Subscriber* subscriber) {
    const Link link = Take();
    const Link first = First(hash, channel);
    links_[link] = {.channel = channel, .subscriber = subscriber, .next = kNone, .previous = kNone};
    if (first == kNone) {
      index_.Insert(static_cast<std::uint32_t>(hash), link);
    } else {
      // Behind the first, so that the index need not change.
      links_[link].next = links_[first].next;
      links_[link].previous = first;
      if (links_[link].next != kNone) links_[links_[link].next].previous = link;
      links_[first].next = link;
    }
    return link;
  }

  void Remove(std::uint64_t hash, Link link) {
    const Entry gone = links_[link];
    if (gone.next != kNone) links_[gone.next].previous = gone.previous;
    if (gone.previous != kNone) {
      links_[gone.previous].next = gone.next;
    } else {
      index_.Erase(static_cast<std::uint32_t>(hash), link);
      if (gone.next != kNone) index_.Insert(static_cast<std::uint32_t>(hash), gone.next);
    }
    links_[link] = {.channel = {}, .subscriber = nullptr, .next = free_, .previous = kNone};
    free_ = link;
  }

  void Prefetch(std::uint64_t hash) const { index_.Prefetch(static_cast<std::uint32_t>(hash)); }

  // Calls visit(subscriber) for each subscriber of the channel; one probe where there is none.
  template <class Visit>
  void ForEach(std::uint64_t hash, Channel channel, Visit visit) const {
    for (Link link = First(hash, channel); link != kNone; link = links_[link].next) {
      visit(*links_[link].subscriber);
    }
  }

  std::size_t bytes() const { return index_.bytes() + links_.capacity() * sizeof(Entry); }

 private:
  static constexpr Link kNone = FlatIndex::kNone;
  struct Entry {
    Channel channel;
    Subscriber* subscriber;
    Link next;  // also of free entries
    Link previous;
  };

  Link First(std::uint64_t hash, Channel channel) const {
    return index_.Find(static_cast<std::uint32_t>(hash),
                       [&](Link link) { return links_[link].channel == channel; });
  }
  Link Take() {
    if (free_ == kNone) {
      links_.push_back({});
      return static_cast<Link>(links_.size() - 1);
    }
    const Link link = free_;
    free_ = links_[link].next;
    return link;
  }

  FlatIndex index_;  // -> the channel's first link
  std::vector<Entry> links_;
  Link free_ = kNone;
};

}  // namespace freshet::stores
