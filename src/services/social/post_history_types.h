// What a post was: its earlier versions, and itself after it was deleted.
#pragma once

#include "services/social/types.h"

namespace freshet::social {

// What a post said before.
struct PostVersion {
  std::int64_t version = 1;
  std::string text;
  std::vector<PostEntity> entities;
  net::Nullable<Location> location;
  Timestamp written_at;

  static constexpr auto Describe() {
    return Description("PostVersion", "What a post says or said.",
                       Field("version", &PostVersion::version).Doc("1 is the first."),
                       Field("text", &PostVersion::text), Field("entities", &PostVersion::entities),
                       Field("location", &PostVersion::location),
                       Field("written_at", &PostVersion::written_at));
  }
};

struct DeletedPost {
  Post post;
  Timestamp deleted_at;
  Timestamp restorable_until;

  static constexpr auto Describe() {
    return Description("DeletedPost", "A post that its author deleted and can have back.",
                       Field("post", &DeletedPost::post),
                       Field("deleted_at", &DeletedPost::deleted_at),
                       Field("restorable_until", &DeletedPost::restorable_until)
                           .Doc("Afterwards it is removed for good."));
  }
};

}  // namespace freshet::social
