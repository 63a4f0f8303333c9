// What a handler may answer with, besides a described value.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/describe.h"
#include "net/http/message.h"
#include "net/json/json_types.h"

namespace freshet::net {

// A T that is JSON already.
template <class T>
struct Rendered {
  std::string json;
  std::optional<std::string> next = {};  // the cursor of the page that follows, when T is a list
};

// A T with header fields, or with another of the declared statuses than the first.
template <class T>
struct Reply {
  std::variant<T, Rendered<T>> body;
  HeaderFields headers = {};
  int status = 0;  // 0: the first that the route declares
};

// 204.
struct NoContent {};

// Whatever HTTP can say: streams, files, upgrades, text.
struct RawResponse {
  Response response;
};

namespace internal {

template <class T>
struct PageName {
  static constexpr std::string_view kPrefix = "PageOf";
  static constexpr auto kText = [] {
    std::array<char, kPrefix.size() + T::Describe().name.size()> text{};
    std::ranges::copy(kPrefix, text.begin());
    std::ranges::copy(T::Describe().name, text.begin() + kPrefix.size());
    return text;
  }();
  static constexpr std::string_view kName{kText.data(), kText.size()};
};

}  // namespace internal

// A part of a list. The Link header field follows from `next`.
template <Described T>
struct Page {
  std::vector<T> items;
  Nullable<std::string> next;

  static constexpr auto Describe() {
    return Description(
        internal::PageName<T>::kName, "A part of a list.",
        Field("items", &Page::items).Doc("In the order of the list."),
        Field("next", &Page::next).Doc("The `cursor` of the part that follows; null at the end."));
  }
};

}  // namespace freshet::net
