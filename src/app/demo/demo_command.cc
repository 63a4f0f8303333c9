#include <fmt/core.h>

#include "app/commands.h"
#include "app/demo/demo_login.h"
#include "app/demo/demo_world.h"
#include "app/installation.h"
#include "app/progress_line.h"
#include "base/io_threads.h"

namespace freshet::app {
namespace {

constexpr std::size_t kBatch = 5'000;

// In so small a world the celebrities of the default threshold could not exist.
constexpr std::string_view kConfigFile =
    "# The demo world is small, so that its two celebrities have fewer followers than celebrities "
    "have elsewhere.\n"
    "[fanout]\n"
    "celebrity_threshold = {}\n";

class DemoFiller {
 public:
  DemoFiller(Installation& installation, const DemoWorld& world)
      : services_(*installation.services), world_(world) {}

  Result<> Fill() {
    RETURN_IF_ERROR(MakePeople());
    RETURN_IF_ERROR(MakeVisitor());
    RETURN_IF_ERROR(MakeFollows());
    RETURN_IF_ERROR(MakePosts());
    RETURN_IF_ERROR(MakeLikes());
    return MakeComments();
  }

 private:
  Result<> MakePeople() {
    std::vector<accounts::BulkAccount> people;
    for (const auto& person : world_.people) {
      people.push_back(
          {.username = person.username, .display_name = person.display_name, .bio = person.bio});
    }
    ASSIGN_OR_RETURN(ids_,
                     RunBlocking(services_.accounts.Ensure(std::move(people), Deadline::Never())));
    return {};
  }

  // The account that the reader of the greeting signs in with.
  Result<> MakeVisitor() {
    ASSIGN_OR_RETURN(const auto signed_up, RunBlocking(services_.accounts.SignUpAccount(
                                               {.username = std::string(kDemoUsername),
                                                .password = std::string(kDemoPassword),
                                                .display_name = "Demo Visitor",
                                                .email = {}},
                                               std::nullopt, {}, Deadline::Never())));
    visitor_ = signed_up.account.id;
    return {};
  }

  Result<> MakeFollows() {
    std::vector<social::BulkFollow> follows;
    for (const auto& [follower, followee] : world_.follows)
      follows.push_back({.follower = ids_[follower], .followee = ids_[followee]});
    for (std::size_t i = 0; i < std::min<std::size_t>(ids_.size(), 150); ++i)
      follows.push_back({.follower = visitor_, .followee = ids_[i]});
    std::int64_t done = 0;
    return InBatches("follows", follows, [&](std::vector<social::BulkFollow> batch) {
      const auto count = static_cast<std::int64_t>(batch.size());
      done += count;
      return RunBlocking(services_.bulk.AddFollows(
          std::move(batch), {.file = "demo-follows", .lines = done}, count, Deadline::Never()));
    });
  }

  Result<> MakePosts() {
    std::vector<social::BulkPost> posts;
    for (const auto& post : world_.posts) {
      posts.push_back({.author = ids_[post.author],
                       .text = post.text,
                       .privacy = social::Privacy::kPublic,
                       .created_at = post.created_at});
    }
    std::int64_t done = 0;
    return InBatches("posts", posts, [&](std::vector<social::BulkPost> batch) -> Result<> {
      const auto count = static_cast<std::int64_t>(batch.size());
      done += count;
      ASSIGN_OR_RETURN(
          const auto added,
          RunBlocking(services_.bulk.AddPosts(
              std::move(batch), {.file = "demo-posts", .lines = done}, count, Deadline::Never())));
      posts_.insert(posts_.end(), added.begin(), added.end());
      return {};
    });
  }

  Result<> MakeLikes() {
    std::vector<engagement::BulkLike> likes;
    for (const auto& done : world_.interactions) {
      if (done.action == algorithms::ReplayAction::kLike)
        likes.push_back({.account = ids_[done.person], .post = posts_[done.post]});
    }
    return InBatches("likes", likes, [&](std::vector<engagement::BulkLike> batch) {
      return RunBlocking(services_.engagement_bulk.AddLikes(std::move(batch), Deadline::Never()));
    });
  }

  Result<> MakeComments() {
    const auto comments = DemoComments(world_);
    std::vector<engagement::CommentId> made;
    return InBatches("comments", comments, [&](std::vector<DemoComment> batch) -> Result<> {
      std::vector<engagement::BulkComment> rows;
      for (auto& comment : batch) {
        // An answer may be the first of a batch, and what it answers the last of the one before.
        const std::size_t first = made.size();
        rows.push_back({.author = ids_[comment.author],
                        .post = posts_[comment.post],
                        .post_author = ids_[world_.posts[comment.post].author],
                        .text = std::move(comment.text),
                        .created_at = std::min(comment.at, made_at_)});
        if (!comment.reply_to) continue;
        rows.back().reply_to_author = ids_[comments[*comment.reply_to].author];
        if (*comment.reply_to < first) {
          rows.back().reply_to = made[*comment.reply_to];
        } else {
          rows.back().reply_to_row = *comment.reply_to - first;
        }
      }
      ASSIGN_OR_RETURN(const auto added, RunBlocking(services_.engagement_bulk.AddComments(
                                             std::move(rows), Deadline::Never())));
      made.insert(made.end(), added.begin(), added.end());
      return {};
    });
  }

  template <class T, class Add>
  Result<> InBatches(std::string_view what, const std::vector<T>& all, Add add) {
    for (std::size_t at = 0; at < all.size(); at += kBatch) {
      const auto end = std::min(at + kBatch, all.size());
      RETURN_IF_ERROR(add(std::vector<T>(all.begin() + static_cast<std::ptrdiff_t>(at),
                                         all.begin() + static_cast<std::ptrdiff_t>(end))));
      ops::RunReport report;
      report.phase = fmt::format("making {}", what);
      report.unit = what;
      report.done = static_cast<std::int64_t>(end);
      report.total = static_cast<std::int64_t>(all.size());
      progress_.Show(report);
    }
    return {};
  }

  Services& services_;
  const DemoWorld& world_;
  ProgressLine progress_;
  const Timestamp made_at_ = services_.platform.clock.Now();
  std::vector<AccountId> ids_;
  std::vector<PostId> posts_;
  AccountId visitor_;
};

std::ptrdiff_t Count(const DemoWorld& world, algorithms::ReplayAction action) {
  return std::ranges::count(world.interactions, action, &algorithms::ReplayInteraction::action);
}

Result<> CheckEmpty(Installation& installation) {
  ASSIGN_OR_RETURN(const auto newest,
                   RunBlocking(installation.services->accounts.NewestId(Deadline::Never())));
  if (newest != 0)
    return Conflict(
        "There are people in this data folder already; choose an empty one with --data.");
  return {};
}

// Before anything is posted, so that the celebrities are ones from their first post on.
Result<> WriteConfig(const DemoCommand& command, const Config& config) {
  ASSIGN_OR_RETURN(auto installation, Installation::Open(config));
  RETURN_IF_ERROR(CheckEmpty(*installation));
  const auto config_file = installation->folder->path() / "freshet.toml";
  if (std::filesystem::exists(config_file)) return {};
  return ReplaceFile(config_file, fmt::format(kConfigFile, command.people / 2));
}

Result<> MakeDemo(const DemoCommand& command, const Config& config) {
  ASSIGN_OR_RETURN(auto installation, Installation::Open(config));
  const DemoWorld world =
      MakeDemoWorld(command.people, command.seed, installation->platform.clock.Now());
  RETURN_IF_ERROR(DemoFiller(*installation, world).Fill());
  RETURN_IF_ERROR(installation->Settle());
  RETURN_IF_ERROR(MarkAsDemo(*installation->folder));
  fmt::print(
      "{} people, {} follows, {} posts, {} likes, {} comments in {}\nsign in as {} with the "
      "password {}\n",
      world.people.size() + 1, world.follows.size(), world.posts.size(),
      Count(world, algorithms::ReplayAction::kLike), DemoComments(world).size(),
      installation->folder->path().string(), kDemoUsername, kDemoPassword);
  return {};
}

}  // namespace

int RunDemo(const DemoCommand& command, const ConfigArguments& arguments) {
  auto config = LoadConfig(arguments);
  Result<> made;
  if (config) {
    made = WriteConfig(command, *config);
    config = LoadConfig(arguments);
  }
  if (!config) {
    fmt::print(stderr, "{}\n", config.error().message());
    return 2;
  }
  if (made) made = MakeDemo(command, *config);
  if (!made) {
    fmt::print(stderr, "the demo world was not made: {}\n", made.error().message());
    return 1;
  }
  return 0;
}

}  // namespace freshet::app
