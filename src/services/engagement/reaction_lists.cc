#include "services/engagement/reaction_lists.h"

namespace freshet::engagement {
namespace {

using stores::ActivityItem;
using stores::ActivityKind;

// Ids stand in payloads as eight bytes, the lowest first.
std::string PackId(std::uint64_t id) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(id >> (8 * i) & 0xff);
  return bytes;
}

std::uint64_t UnpackId(std::string_view bytes) {
  std::uint64_t id = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    id = id << 8 | static_cast<std::uint8_t>(bytes[i]);
  }
  return id;
}

// Orders saves by time; the same again for the same change.
std::uint64_t NewPosition(const ReactionChange& change) {
  constexpr std::uint64_t kLowBits = (1ULL << (kIdNodeBits + kIdSequenceBits)) - 1;
  return FirstIdAt(change.at).value_or(change.post.value) | (MixBits(change.post.value) & kLowBits);
}

ActivityItem Item(ActivityKind kind, const ReactionChange& change, std::uint64_t id,
                  std::string payload = {}) {
  return {.list = {.kind = kind, .owner = change.account},
          .entry = {.id = id, .payload = std::move(payload)}};
}

// What becomes of the lists, one after the other. A save stands in two of them. Its place is put
// before and removed or moved after what the place points to, so that whoever repeats this after a
// failure finds it.
struct Steps {
  std::vector<ActivityItem> remove_first, put_first, put, remove, remove_last;
};

// `positions` are those of the saves now, as SavePositions returns them.
Steps StepsFor(std::span<const ReactionChange> changes,
               const std::vector<std::uint64_t>& positions) {
  Steps steps;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto& change = changes[i];
    const std::uint64_t post = change.post.value;
    if (change.reaction == Reaction::kLike) {
      (change.present ? steps.put : steps.remove)
          .push_back(Item(ActivityKind::kLikedPosts, change, post));
    } else if (change.present) {
      const auto position = positions[i] != 0 && !change.anew ? positions[i] : NewPosition(change);
      if (positions[i] != 0 && positions[i] != position) {
        steps.remove_first.push_back(Item(ActivityKind::kSavedPosts, change, positions[i]));
      }
      steps.put_first.push_back(
          Item(ActivityKind::kSavedPostPlaces, change, post, PackId(position)));
      steps.put.push_back(Item(ActivityKind::kSavedPosts, change, position, PackId(post)));
    } else if (positions[i] != 0) {
      steps.remove.push_back(Item(ActivityKind::kSavedPosts, change, positions[i]));
      steps.remove_last.push_back(Item(ActivityKind::kSavedPostPlaces, change, post));
    }
  }
  return steps;
}

}  // namespace

Awaitable<Result<>> ReactionLists::Follow(std::span<const ReactionChange> changes,
                                          Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto positions, co_await SavePositions(changes, deadline));
  Steps steps = StepsFor(changes, positions);
  if (!steps.remove_first.empty())
    CO_RETURN_IF_ERROR(co_await activity_.Remove(std::move(steps.remove_first), deadline));
  if (!steps.put_first.empty())
    CO_RETURN_IF_ERROR(co_await activity_.Put(std::move(steps.put_first), deadline));
  if (!steps.put.empty())
    CO_RETURN_IF_ERROR(co_await activity_.Put(std::move(steps.put), deadline));
  if (!steps.remove.empty())
    CO_RETURN_IF_ERROR(co_await activity_.Remove(std::move(steps.remove), deadline));
  if (!steps.remove_last.empty())
    CO_RETURN_IF_ERROR(co_await activity_.Remove(std::move(steps.remove_last), deadline));
  co_return Result<>();
}

Awaitable<Result<std::vector<std::uint64_t>>> ReactionLists::SavePositions(
    std::span<const ReactionChange> changes, Deadline deadline) {
  std::vector<std::uint64_t> positions(changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (changes[i].reaction != Reaction::kSave) continue;
    const std::uint64_t post = changes[i].post.value;
    CO_ASSIGN_OR_RETURN(const auto found,
                        co_await activity_.Page(
                            {.kind = ActivityKind::kSavedPostPlaces, .owner = changes[i].account},
                            post + 1, 1, deadline));
    if (!found.empty() && found.front().id == post) {
      positions[i] = UnpackId(found.front().payload);
    }
  }
  co_return positions;
}

Awaitable<Result<std::vector<ReactionLists::Entry>>> ReactionLists::Page(AccountId account,
                                                                         Reaction reaction,
                                                                         std::uint64_t before,
                                                                         std::size_t limit,
                                                                         Deadline deadline) {
  const bool likes = reaction == Reaction::kLike;
  CO_ASSIGN_OR_RETURN(
      const auto found,
      co_await activity_.Page(
          {.kind = likes ? ActivityKind::kLikedPosts : ActivityKind::kSavedPosts, .owner = account},
          before, limit, deadline));
  std::vector<Entry> entries;
  entries.reserve(found.size());
  for (const auto& entry : found) {
    entries.push_back(
        {.position = entry.id, .post = PostId{likes ? entry.id : UnpackId(entry.payload)}});
  }
  co_return entries;
}

}  // namespace freshet::engagement
