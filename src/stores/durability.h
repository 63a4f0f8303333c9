// What a store's success means when the machine itself fails.
#pragma once

#include <array>
#include <utility>

#include "base/describe.h"

namespace freshet::stores {

enum class Durability {
  kFsync,  // on the device: survives loss of power
  kOs,     // with the operating system: survives the end of the process, not loss of power
};

}  // namespace freshet::stores

template <>
struct freshet::Enumerators<freshet::stores::Durability> {
  static constexpr std::array kNames{std::pair{freshet::stores::Durability::kFsync, "fsync"},
                                     std::pair{freshet::stores::Durability::kOs, "os"}};
};
