#include "base/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace freshet {
namespace {

using ::testing::ElementsAre;

enum class Privacy { kPublic, kPrivate, kForgotten };

}  // namespace

template <>
struct Enumerators<Privacy> {
  static constexpr std::array kNames{std::pair{Privacy::kPublic, "public"},
                                     std::pair{Privacy::kPrivate, "private"}};
};

namespace {

struct Location {
  std::string name;
  double lat = 0;
  std::string key;

  static constexpr auto Describe() {
    return Description(
        "Location", "A place on the map.",
        Field("name", &Location::name).Length(1, 255).Doc("As people call it."),
        Field("lat", &Location::lat).Range(-90, 90).Unit("degrees").Defaulted().Reloadable(),
        Field("key", &Location::key)
            .Secret()
            .Format("password")
            .Check([](const std::string& key) -> std::string_view {
              return key == "1234" ? "is too easy" : "";
            }));
  }
};

enum class Unnamed { kOne };
struct Plain {};

static_assert(Described<Location> && !Described<Plain>);
static_assert(NamedEnum<Privacy> && !NamedEnum<Unnamed> && !NamedEnum<int>);
static_assert(kIsOptional<std::optional<int>> && !kIsOptional<int>);
static_assert(kIsVector<std::vector<int>> && !kIsVector<std::string>);
static_assert(Location::Describe().name == "Location");

TEST(DescribeTest, VisitsFieldsInTheOrderOfDeclaration) {
  std::vector<std::string> names;
  ForEachField<Location>([&](const auto& field) { names.emplace_back(field.name); });
  EXPECT_THAT(names, ElementsAre("name", "lat", "key"));
}

TEST(DescribeTest, FieldsReachTheirMembers) {
  Location location{.name = "Basel", .lat = 47.5, .key = "x"};
  ForEachField<Location>([&](const auto& field) {
    using Member = std::remove_cvref_t<decltype(location.*field.member)>;
    if constexpr (std::is_same_v<Member, double>) location.*field.member = -1;
  });
  EXPECT_EQ(location.lat, -1);
  EXPECT_EQ(location.name, "Basel");
}

TEST(DescribeTest, RulesAreWhatWasDeclaredAndNothingElse) {
  const auto [name, lat, key] = Location::Describe().fields;
  EXPECT_EQ(name.rules.least, 1);
  EXPECT_EQ(name.rules.most, 255);
  EXPECT_EQ(name.rules.doc, "As people call it.");
  EXPECT_TRUE(name.rules.required);
  EXPECT_FALSE(name.rules.reloadable);
  EXPECT_FALSE(name.rules.secret);
  EXPECT_EQ(name.check, nullptr);
  EXPECT_EQ(lat.rules.unit, "degrees");
  EXPECT_FALSE(lat.rules.required);
  EXPECT_TRUE(lat.rules.reloadable);
  EXPECT_TRUE(key.rules.secret);
  EXPECT_EQ(key.rules.format, "password");
  EXPECT_EQ(key.check("1234"), "is too easy");
  EXPECT_EQ(key.check("5678"), "");
}

TEST(DescribeTest, EnumeratorsAreNamedBothWays) {
  EXPECT_EQ(NameOf(Privacy::kPrivate), "private");
  EXPECT_EQ(NameOf(Privacy::kForgotten), "");
  EXPECT_EQ(EnumNamed<Privacy>("public"), Privacy::kPublic);
  EXPECT_EQ(EnumNamed<Privacy>("Public"), std::nullopt);
  EXPECT_EQ(EnumNamed<Privacy>(""), std::nullopt);
}

}  // namespace
}  // namespace freshet
