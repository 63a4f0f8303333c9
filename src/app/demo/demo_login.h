// How a visitor of the demo world signs in.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "app/data_folder.h"
#include "base/result.h"

namespace freshet::app {

inline constexpr std::string_view kDemoUsername = "demo";
inline constexpr std::string_view kDemoPassword = "freshet-demo";

// Marks the folder as one that holds the demo world.
Result<> MarkAsDemo(const DataFolder& folder);

bool IsDemo(const std::filesystem::path& folder);

// For the server at `url`, lines that sign in, read the feed and post; empty for other folders.
std::string DemoGreeting(const DataFolder& folder, std::string_view url);

}  // namespace freshet::app
