#include "app/data_model.h"

#include "services/accounts/events.h"
#include "services/accounts/schema/schema.h"
#include "services/clickstream/events.h"
#include "services/engagement/events.h"
#include "services/engagement/schema/schema.h"
#include "services/notifications/schema/schema.h"
#include "services/ops/schema/schema.h"
#include "services/social/events.h"
#include "services/social/schema/schema.h"
#include "stores/database/operations.h"
#include "stores/database/outbox.h"

namespace freshet::app {

std::vector<stores::Schema> Schemas() {
  return {
      stores::OutboxSchema(), stores::OperationsSchema(),     accounts::AccountsSchema(),
      social::SocialSchema(), engagement::EngagementSchema(), notifications::NotificationsSchema(),
      ops::OpsSchema()};
}

std::vector<std::string_view> Topics() {
  return {accounts::kAccountsTopic, social::kPostsTopic,          social::kLargeFanoutTopic,
          social::kFollowsTopic,    engagement::kEngagementTopic, clickstream::kUserActionsTopic};
}

}  // namespace freshet::app
