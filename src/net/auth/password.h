// Passwords, as Argon2id hashes (RFC 9106).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/blocking_pool.h"
#include "base/describe.h"
#include "base/log.h"
#include "base/result.h"

namespace freshet::net {

struct PasswordOptions {
  std::int64_t memory_kib = 19'456;
  std::int64_t iterations = 2;
  std::int64_t parallelism = 1;

  static constexpr auto Describe() {
    return Description("passwords",
                       "What hashing a password costs (Argon2id). The defaults are the least that "
                       "the OWASP Password Storage Cheat Sheet allows.",
                       Field("memory_kib", &PasswordOptions::memory_kib)
                           .Range(8, 4'194'304)
                           .Unit("KiB")
                           .Doc("Memory of one hash."),
                       Field("iterations", &PasswordOptions::iterations)
                           .Range(1, 1'000)
                           .Doc("Passes over that memory."),
                       Field("parallelism", &PasswordOptions::parallelism)
                           .Range(1, 64)
                           .Doc("Threads of one hash; each needs 8 KiB of the memory."));
  }
};

inline constexpr std::size_t kMaxPasswordBytes = 1'024;

// Hashes on the pool, whose threads bound how many hashes run, and so the memory that they take.
// Thread-safe.
class PasswordHasher {
 public:
  // `pool` must outlive it and every call.
  PasswordHasher(PasswordOptions options, BlockingPool& pool);

  // A PHC string with a new salt: "$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>".
  // Errors: kInvalid (password_too_long: over kMaxPasswordBytes), kExhausted (the pool's queue is
  // full).
  Awaitable<Result<std::string>> Hash(Secret password);

  // Whether `phc` is this password's hash. Errors: kCorrupt (`phc` is no hash of ours), kExhausted.
  Awaitable<Result<bool>> Verify(Secret password, std::string phc);

  // False, after as much work as Verify does: for user names that do not exist, so that the time
  // does not tell which do. Errors: kExhausted.
  Awaitable<Result<bool>> VerifyAgainstNothing(Secret password);

  // Whether `phc` was made with other parameters than today's: hash again after a good Verify.
  bool NeedsRehash(std::string_view phc) const;

 private:
  const PasswordOptions options_;
  BlockingPool& pool_;
};

}  // namespace freshet::net
