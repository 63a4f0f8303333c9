#include "services/accounts/portraits.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace freshet::accounts {
namespace {

using Colour = std::string_view;

constexpr std::array<Colour, 8> kBackgrounds{"#cfe3e8", "#d9e8cf", "#f0dfc8", "#e6d5e8",
                                             "#cfd9f0", "#f0d3d0", "#dde0d2", "#c9e6dc"};
constexpr std::array<Colour, 6> kSkins{"#f6d7c3", "#eec1a0", "#d9a47c",
                                       "#b97f56", "#8d5a3a", "#5f3a26"};
constexpr std::array<Colour, 7> kHairs{"#2b211d", "#4a3226", "#7a4e2d", "#a9743a",
                                       "#d8b26e", "#8f8f8f", "#9c3f2c"};
constexpr std::array<Colour, 8> kClothes{"#2f5d73", "#4f7a4c", "#9a5b3c", "#6b4f86",
                                         "#37558c", "#a34f55", "#5b6152", "#2f7566"};
// Behind the face, and above the forehead.
struct Hair {
  std::string_view behind, above;
};
constexpr std::array kStyles = std::to_array<Hair>({
    {"", "M24 34a16 16 0 0 1 32 0q-4-9-16-9t-16 9z"},
    {"M22 36a18 18 0 0 1 36 0v16q-18 6-36 0z", "M24 35a16 16 0 0 1 32 0q-10-2-14-9-6 8-18 9z"},
    {"", "M25 31a15 14 0 0 1 30 0q-15-6-30 0z"},
    {"M40 8a8 8 0 1 1-.1 0z", "M24 35a16 16 0 0 1 32 0q-16-12-32 0z"},
    {"M20 38a20 20 0 1 1 40 0q0 8-4 12H24q-4-4-4-12z", "M24 33a16 15 0 0 1 32 0q-16-9-32 0z"},
    {"", ""},
});
constexpr std::array<std::string_view, 4> kMouths{"M34 44q6 5 12 0", "M35 45h10", "M35 44q5 3 9 0",
                                                  "M34 43q6 7 12 0z"};

// One choice after the other out of an id.
class Choices {
 public:
  explicit Choices(std::uint64_t seed) : state_(seed) {}

  std::size_t Below(std::size_t bound) {
    state_ = MixBits(state_ + 1);
    return static_cast<std::size_t>((state_ >> 16) % bound);
  }
  template <class T, std::size_t N>
  const T& Of(const std::array<T, N>& from) {
    return from[Below(N)];
  }

 private:
  std::uint64_t state_;
};

void AddPath(std::string& svg, std::string_view path, Colour colour) {
  if (!path.empty()) svg += fmt::format(R"(<path d="{}" fill="{}"/>)", path, colour);
}

}  // namespace

std::string Portrait(AccountId account) {
  Choices choose(account.value);
  const Colour skin = choose.Of(kSkins);
  const Colour hair = choose.Of(kHairs);
  const Hair& style = choose.Of(kStyles);
  std::string svg =
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80" width="80" height="80">)";
  svg += fmt::format(R"(<rect width="80" height="80" fill="{}"/>)", choose.Of(kBackgrounds));
  AddPath(svg, style.behind, hair);
  AddPath(svg, "M12 80q2-22 28-22t28 22z", choose.Of(kClothes));
  AddPath(svg, "M34 48h12v10q-6 6-12 0z", skin);
  svg += fmt::format(R"(<ellipse cx="40" cy="37" rx="15" ry="17" fill="{}"/>)", skin);
  AddPath(svg, style.above, hair);
  svg +=
      R"(<g fill="#241c18"><circle cx="34" cy="37" r="1.7"/><circle cx="46" cy="37" r="1.7"/></g>)";
  svg += fmt::format(
      R"(<path d="{}" fill="none" stroke="#241c18" stroke-width="1.6" stroke-linecap="round"/>)",
      choose.Of(kMouths));
  if (choose.Below(4) == 0) {
    svg += R"(<g fill="none" stroke="#241c18" stroke-width="1.2"><circle cx="34" cy="37" r="4.5"/>)"
           R"(<circle cx="46" cy="37" r="4.5"/><path d="M38.5 37h3"/></g>)";
  }
  return svg + "</svg>";
}

void AddPortraitRoute(net::Routes& routes) {
  routes.Get("/avatars/{file}", net::Scope::kPublic, net::RateClass::kNone)
      .Summary("A picture for somebody who has none")
      .Tag("Accounts and sessions")
      .Doc(
          "`/avatars/{id}.svg` is a portrait made from an account's id, always the same. Show it "
          "where `avatar_url` is null.")
      .AnswersWith<200>("image/svg+xml", "The portrait.")
      .Conditional()
      .CacheControl("public, max-age=31536000, immutable")
      .Fails(ErrorKind::kNotFound)
      .Handle([](const net::Caller&, std::string file) -> Awaitable<Result<net::RawResponse>> {
        constexpr std::string_view kEnding = ".svg";
        const bool svg = file.ends_with(kEnding);
        if (svg) file.resize(file.size() - kEnding.size());
        const auto id = ParseId(file);
        if (!svg || !id)
          co_return NotFound("A portrait's path is /avatars/{id}.svg, with a decimal id.");
        net::RawResponse answer;
        auto& headers = answer.response.headers;
        headers.Add("Content-Type", "image/svg+xml");
        headers.Add("Content-Security-Policy", "default-src 'none'; sandbox");
        headers.Add("Cross-Origin-Resource-Policy", "cross-origin");
        answer.response.body = Portrait(AccountId{*id});
        co_return answer;
      });
}

}  // namespace freshet::accounts
