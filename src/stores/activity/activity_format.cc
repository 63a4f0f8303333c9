#include "stores/activity/activity_format.h"

namespace freshet::stores {
namespace {

void PutBigEndian(char* to, std::uint64_t number) {
  for (int i = 0; i < 8; ++i) to[i] = static_cast<char>(number >> (56 - 8 * i));
}

std::uint64_t BigEndian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes.substr(0, 8)) {
    number = number << 8 | static_cast<unsigned char>(byte);
  }
  return number;
}

}  // namespace

ActivityKey EncodeActivityKey(ActivityList list, std::uint64_t id) {
  ActivityKey key;
  key[0] = static_cast<char>(list.kind);
  PutBigEndian(&key[1], list.owner.value);
  PutBigEndian(&key[kActivityListBytes], ~id);
  return key;
}

ActivityKey FirstActivityKey(ActivityList list, std::uint64_t before) {
  return EncodeActivityKey(list, before - 1);  // of 0 the greatest id there is
}

Result<std::uint64_t> DecodeActivityId(ActivityList list, std::string_view key) {
  const ActivityKey first = EncodeActivityKey(list, 0);
  if (key.size() != kActivityKeyBytes ||
      key.substr(0, kActivityListBytes) != AsBytes(first).substr(0, kActivityListBytes)) {
    return Corrupt("The activity store holds a key that is none.");
  }
  return ~BigEndian(key.substr(kActivityListBytes));
}

}  // namespace freshet::stores
