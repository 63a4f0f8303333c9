// The nouns of blocks, mutes and muted words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "services/accounts/types.h"

namespace freshet::social {

struct MuteAccount {
  std::optional<Timestamp> expires_at;

  static constexpr auto Describe() {
    return Description("MuteAccount", "How to mute an account.",
                       Field("expires_at", &MuteAccount::expires_at)
                           .Doc("When it is heard again; left out: when it is unmuted."));
  }
};

struct MutedAccount {
  accounts::Account account;
  std::optional<Timestamp> expires_at;

  static constexpr auto Describe() {
    return Description("MutedAccount", "Somebody whom the reader does not want to hear.",
                       Field("account", &MutedAccount::account),
                       Field("expires_at", &MutedAccount::expires_at));
  }
};

struct MutedWord {
  std::string word;
  std::optional<Timestamp> expires_at;

  static constexpr auto Describe() {
    return Description("MutedWord", "A word or phrase that the reader does not want to read.",
                       Field("word", &MutedWord::word)
                           .Length(1, 100)
                           .Doc("Found whole, without regard to case and diacritics; a hashtag "
                                "counts as its word."),
                       Field("expires_at", &MutedWord::expires_at));
  }
};

struct MutedWords {
  std::vector<MutedWord> words;

  static constexpr auto Describe() {
    return Description("MutedWords", "What the reader does not want to read in home.",
                       Field("words", &MutedWords::words).Length(0, 200));
  }
};

}  // namespace freshet::social
