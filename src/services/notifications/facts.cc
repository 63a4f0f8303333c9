#include "services/notifications/facts.h"

#include "net/json/json_reader.h"
#include "services/engagement/events.h"
#include "services/social/events.h"

namespace freshet::notifications {
namespace {

using engagement::EngagementEvent;
using engagement::EngagementEventType;
using social::FollowChanged;
using social::FollowEventType;
using social::PostEvent;
using social::PostEventType;

void CollectFollow(const FollowChanged& fact, Kind kind, bool present, Consequences& all) {
  all.reasons.push_back({.kind = kind,
                         .reader = fact.followee_id,
                         .actor = fact.follower_id,
                         .subject = 0,
                         .source = fact.follower_id.value,
                         .post = {},
                         .present = present});
}

// Who blocks somebody neither hears of them nor is heard of; who mutes, does not hear.
void CollectSeparation(const FollowChanged& fact, Consequences& all) {
  if (!fact.present) return;
  all.separations.push_back({.reader = fact.follower_id, .actor = fact.followee_id});
  if (fact.type == FollowEventType::kBlockChanged) {
    all.separations.push_back({.reader = fact.followee_id, .actor = fact.follower_id});
  }
}

void CollectRelationship(const FollowChanged& fact, Consequences& all) {
  if (fact.imported) return;
  switch (fact.type) {
    case FollowEventType::kFollowChanged:
      CollectFollow(fact, Kind::kFollow, fact.following, all);
      break;
    case FollowEventType::kRequested:
    case FollowEventType::kRequestEnded:
      CollectFollow(fact, Kind::kRequest, fact.type == FollowEventType::kRequested, all);
      break;
    case FollowEventType::kBlockChanged:
    case FollowEventType::kMuteChanged: CollectSeparation(fact, all); break;
    case FollowEventType::kMutedWordsChanged: break;
  }
}

void CollectMentions(const PostEvent& fact, Consequences& all) {
  if (fact.imported) return;
  for (const auto mentioned : fact.mentions) {
    all.reasons.push_back({.kind = Kind::kMention,
                           .reader = mentioned,
                           .actor = fact.author_id,
                           .subject = fact.post_id.value,
                           .source = fact.post_id.value,
                           .post = fact.post_id,
                           .present = true});
  }
}

void CollectQuote(const PostEvent& fact, Consequences& all) {
  if (fact.imported || !fact.quote_of || !fact.about_author) return;
  all.reasons.push_back({.kind = Kind::kQuote,
                         .reader = *fact.about_author,
                         .actor = fact.author_id,
                         .subject = fact.post_id.value,
                         .source = fact.post_id.value,
                         .post = fact.post_id,
                         .present = true});
}

void CollectShare(const PostEvent& fact, Consequences& all) {
  if (!fact.share_of || !fact.about_author) return;
  all.counted_posts.push_back(*fact.share_of);
  if (fact.imported) return;
  all.reasons.push_back({.kind = Kind::kShare,
                         .reader = *fact.about_author,
                         .actor = fact.author_id,
                         .subject = fact.share_of->value,
                         .source = fact.post_id.value,
                         .post = *fact.share_of,
                         .present = fact.type == PostEventType::kShared});
}

void CollectPost(const PostEvent& fact, Consequences& all) {
  switch (fact.type) {
    case PostEventType::kCreated:
      CollectMentions(fact, all);
      CollectQuote(fact, all);
      break;
    case PostEventType::kUpdated:
      CollectMentions(fact, all);
      all.changed_posts.push_back(fact.post_id);
      all.edited_posts.push_back(fact.post_id);
      break;
    case PostEventType::kDeleted: all.changed_posts.push_back(fact.post_id); break;
    case PostEventType::kRestored:
      // An edit just before the deletion could not be looked at.
      all.changed_posts.push_back(fact.post_id);
      all.edited_posts.push_back(fact.post_id);
      break;
    case PostEventType::kPurged: all.purged_posts.push_back(fact.post_id); break;
    case PostEventType::kShared:
    case PostEventType::kUnshared: CollectShare(fact, all); break;
  }
}

void CollectLike(const EngagementEvent& fact, bool present, Consequences& all) {
  all.reasons.push_back({.kind = Kind::kLike,
                         .reader = fact.author_id,
                         .actor = fact.account_id,
                         .subject = fact.post_id.value,
                         .source = fact.account_id.value,
                         .post = fact.post_id,
                         .present = present});
}

void CollectCommentLike(const EngagementEvent& fact, bool present, Consequences& all) {
  if (!fact.comment_id || !fact.comment_author_id) return;
  all.reasons.push_back({.kind = Kind::kLike,
                         .reader = *fact.comment_author_id,
                         .actor = fact.account_id,
                         .subject = fact.comment_id->value,
                         .source = fact.account_id.value,
                         .post = fact.post_id,
                         .present = present});
}

// Who is answered is told of a reply; the post's author of every other comment.
void CollectComment(const EngagementEvent& fact, Consequences& all) {
  if (!fact.comment_id) return;
  const bool reply = fact.reply_to && fact.reply_to_author_id;
  if (reply) {
    all.reasons.push_back({.kind = Kind::kReply,
                           .reader = *fact.reply_to_author_id,
                           .actor = fact.account_id,
                           .subject = fact.reply_to->value,
                           .source = fact.comment_id->value,
                           .post = fact.post_id,
                           .present = true});
  }
  if (reply && *fact.reply_to_author_id == fact.author_id) return;
  all.reasons.push_back({.kind = Kind::kComment,
                         .reader = fact.author_id,
                         .actor = fact.account_id,
                         .subject = fact.post_id.value,
                         .source = fact.comment_id->value,
                         .post = fact.post_id,
                         .present = true});
}

void CollectEngagement(const EngagementEvent& fact, Consequences& all) {
  switch (fact.type) {
    case EngagementEventType::kLikeCreated:
    case EngagementEventType::kLikeRemoved:
      CollectLike(fact, fact.type == EngagementEventType::kLikeCreated, all);
      all.counted_posts.push_back(fact.post_id);
      break;
    case EngagementEventType::kCommentCreated:
      CollectComment(fact, all);
      all.counted_posts.push_back(fact.post_id);
      break;
    case EngagementEventType::kCommentDeleted:
      if (fact.comment_id) {
        all.withdrawn_texts.push_back({.comment = fact.comment_id->value,
                                       .author = fact.comment_author_id.value_or(AccountId{})});
      }
      all.counted_posts.push_back(fact.post_id);
      break;
    case EngagementEventType::kCommentLiked:
    case EngagementEventType::kCommentUnliked:
      CollectCommentLike(fact, fact.type == EngagementEventType::kCommentLiked, all);
      break;
    case EngagementEventType::kSaveCreated:
    case EngagementEventType::kSaveRemoved:
    case EngagementEventType::kCommentUpdated: break;
  }
}

}  // namespace

Result<> Collect(const std::string& topic, std::string_view fact, Consequences& all) {
  if (topic == social::kFollowsTopic) {
    ASSIGN_OR_RETURN(const auto follow, net::ReadJson<FollowChanged>(fact));
    CollectRelationship(follow, all);
  } else if (topic == social::kPostsTopic) {
    ASSIGN_OR_RETURN(const auto post, net::ReadJson<PostEvent>(fact));
    CollectPost(post, all);
  } else if (topic == engagement::kEngagementTopic) {
    ASSIGN_OR_RETURN(const auto event, net::ReadJson<EngagementEvent>(fact));
    CollectEngagement(event, all);
  }
  return {};
}

}  // namespace freshet::notifications
