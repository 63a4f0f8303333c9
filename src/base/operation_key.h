// Names one attempt at a write, so that repeating it has no second effect.
#pragma once

#include <string>

#include "base/id.h"

namespace freshet {

// A service that writes stores `key` in the same transaction and so recognises a repetition even
// when the answer to the first attempt was lost.
struct OperationKey {
  std::string key;  // hex SHA-256 of the account and the Idempotency-Key
  std::string
      fingerprint;  // hex SHA-256 of the Idempotency-Key, the method, the target and the body

  AccountId account = {};  // whose operation it is; none: nobody who is signed in

  bool operator==(const OperationKey&) const = default;
};

}  // namespace freshet
