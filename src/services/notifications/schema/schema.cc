#include "services/notifications/schema/schema.h"

#include <array>

namespace freshet::notifications {
namespace {

// An entry is one reason: one person's like, one comment. A group is what the reader sees of the
// entries of one kind about one subject within a window; its place in the inbox is its newest
// entry's id. A reason that went away stays as a withdrawn entry, so that it does not notify again
// when it comes back.
//
// A row of push_queue is a push that one subscription is owed; it is written with the notification
// itself and stays until the push service took it or it is not worth sending any more. A digest's
// due_at is moved to its next period before it is sent, told_up_to afterwards.
constexpr std::string_view kFirst = R"sql(
CREATE TABLE notification_groups (
  id BIGINT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL,
  kind SMALLINT NOT NULL,
  subject_id BIGINT NOT NULL,
  post_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  actors BIGINT NOT NULL,
  unread SMALLINT NOT NULL,
  hidden SMALLINT NOT NULL DEFAULT 0
);
CREATE INDEX notification_inbox ON notification_groups(account_id, position)
  WHERE actors > 0 AND hidden = 0;
CREATE INDEX notification_unread ON notification_groups(account_id, position)
  WHERE unread = 1 AND actors > 0 AND hidden = 0;
CREATE INDEX notification_subjects ON notification_groups(account_id, kind, subject_id, id);
CREATE INDEX notification_posts ON notification_groups(post_id, id) WHERE post_id > 0;
CREATE INDEX notification_positions ON notification_groups(position);
CREATE TABLE notification_entries (
  account_id BIGINT NOT NULL,
  kind SMALLINT NOT NULL,
  subject_id BIGINT NOT NULL,
  source_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  group_id BIGINT NOT NULL,
  actor_id BIGINT NOT NULL,
  withdrawn SMALLINT NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, kind, subject_id, source_id)
) /*clustered*/;
CREATE INDEX notification_newest ON notification_entries(group_id, withdrawn, id);
CREATE INDEX notification_actors ON notification_entries(group_id, actor_id, withdrawn);
CREATE INDEX notification_people ON notification_entries(actor_id, account_id);
CREATE INDEX notification_texts ON notification_entries(source_id) WHERE kind >= 4;
CREATE TABLE notification_preferences (
  account_id BIGINT NOT NULL PRIMARY KEY,
  deliveries BIGINT NOT NULL,
  quiet_start SMALLINT,
  quiet_end SMALLINT,
  utc_offset SMALLINT NOT NULL DEFAULT 0,
  email_digest SMALLINT NOT NULL DEFAULT 0
);
CREATE TABLE push_subscriptions (
  id BIGINT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL,
  session_id BIGINT NOT NULL UNIQUE,
  endpoint TEXT NOT NULL UNIQUE,
  public_key TEXT NOT NULL,
  auth TEXT NOT NULL
);
CREATE INDEX push_subscriptions_by_account ON push_subscriptions(account_id, id);
CREATE TABLE push_queue (
  subscription_id BIGINT NOT NULL,
  group_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  attempts SMALLINT NOT NULL DEFAULT 0,
  PRIMARY KEY (subscription_id, group_id)
) /*clustered*/;
CREATE INDEX push_queue_due ON push_queue(due_at);
CREATE INDEX push_queue_positions ON push_queue(subscription_id, position);
CREATE TABLE email_digests (
  account_id BIGINT NOT NULL PRIMARY KEY,
  frequency SMALLINT NOT NULL,
  due_at BIGINT NOT NULL,
  retry_at BIGINT,
  attempts SMALLINT NOT NULL DEFAULT 0,
  told_up_to BIGINT NOT NULL
);
CREATE INDEX email_digests_due ON email_digests(due_at);
CREATE INDEX email_digests_retry ON email_digests(retry_at) WHERE retry_at IS NOT NULL;
)sql";

constexpr std::array kMigrations{stores::Migration{1, kFirst}};

}  // namespace

stores::Schema NotificationsSchema() {
  return {.service = "notifications", .migrations = kMigrations};
}

}  // namespace freshet::notifications
