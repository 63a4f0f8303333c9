// People of the demo world who go on living: they post, like, comment and answer through the public
// API of a running server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "app/demo/demo_texts.h"
#include "app/remote.h"
#include "base/id.h"
#include "base/result.h"

namespace freshet::app {

// Calls the API as somebody: method, path, body. Errors: as Remote::Call.
using CallAs = std::function<Result<std::string>(AccountId, net::Method, const std::string& path,
                                                 std::string body)>;

struct Resident {
  AccountId account;
  std::string username;
  const DemoLanguage* language = nullptr;
};

// Each does one thing after the other; not thread-safe.
class Residents {
 public:
  Residents(std::vector<Resident> residents, CallAs call, std::uint64_t seed)
      : residents_(std::move(residents)), call_(std::move(call)), random_(seed) {}

  // One of them does something; returns what, in a word: "posts", "likes", "comments", "answers",
  // or "reads" when there was nothing to react to. Errors: as CallAs.
  Result<std::string_view> Act();
  // How long until the next does: between a half and one and a half of `pace`.
  Duration NextPause(Duration pace);

 private:
  struct Seen;
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  Result<std::string_view> Post(const Resident& who);
  // What is new in the home of `who`, others' posts only.
  Result<std::vector<Seen>> ReadHome(const Resident& who);
  Result<std::string_view> Like(const Resident& who);
  Result<std::string_view> Comment(const Resident& who);
  // Under the latest post of `who`, what nobody answered yet.
  Result<std::string_view> AnswerComment(const Resident& who);

  const std::vector<Resident> residents_;
  const CallAs call_;
  std::mt19937_64 random_;
};

// The accounts, of those whom the demo world's visitor follows, that go on living: some of each
// language. Errors: kNotFound (this is not the demo world), and as CallAs.
Result<std::vector<Resident>> ChooseResidents(const CallAs& call);

}  // namespace freshet::app
