#include "net/auth/password.h"

#include <argon2.h>
#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/bytes.h"

namespace freshet::net {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kMaxPhcBytes = 512;
// Bounds on what a stored hash may ask for, so that a broken row cannot take the machine down.
constexpr std::int64_t kMostMemoryKib = 4'194'304;
constexpr std::int64_t kMostIterations = 1'000;
constexpr std::int64_t kMostParallelism = 64;

std::uint32_t Unsigned(std::int64_t value) { return static_cast<std::uint32_t>(value); }

// Reads "<name>=<number>" from the front.
bool TakeParameter(std::string_view& rest, std::string_view name, std::int64_t& value) {
  if (!rest.starts_with(name)) return false;
  rest.remove_prefix(name.size());
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error != std::errc()) return false;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return true;
}

// The parameters of a PHC string; nothing when it is not one of Argon2id, version 19.
std::optional<PasswordOptions> ParametersOf(std::string_view phc) {
  PasswordOptions found;
  std::string_view rest = phc;
  std::int64_t version = 0;
  const bool ok = phc.size() <= kMaxPhcBytes && TakeParameter(rest, "$argon2id$v=", version) &&
                  version == ARGON2_VERSION_13 && TakeParameter(rest, "$m=", found.memory_kib) &&
                  TakeParameter(rest, ",t=", found.iterations) &&
                  TakeParameter(rest, ",p=", found.parallelism) && rest.starts_with('$');
  const bool sane = found.memory_kib >= 8 && found.memory_kib <= kMostMemoryKib &&
                    found.iterations >= 1 && found.iterations <= kMostIterations &&
                    found.parallelism >= 1 && found.parallelism <= kMostParallelism;
  return ok && sane ? std::optional(found) : std::nullopt;
}

Result<std::string> HashNow(const PasswordOptions& options, const Secret& password) {
  const std::string salt = RandomBytes(kSaltBytes);
  std::string phc(
      argon2_encodedlen(Unsigned(options.iterations), Unsigned(options.memory_kib),
                        Unsigned(options.parallelism), kSaltBytes, kHashBytes, Argon2_id),
      '\0');
  const int code = argon2id_hash_encoded(Unsigned(options.iterations), Unsigned(options.memory_kib),
                                         Unsigned(options.parallelism), password.Reveal().data(),
                                         password.Reveal().size(), salt.data(), salt.size(),
                                         kHashBytes, phc.data(), phc.size());
  if (code != ARGON2_OK) {
    return Internal(fmt::format("Argon2 failed: {}", argon2_error_message(code)));
  }
  phc.resize(phc.find('\0'));
  return phc;
}

Result<bool> VerifyNow(const Secret& password, const std::string& phc) {
  const int code = argon2id_verify(phc.c_str(), password.Reveal().data(), password.Reveal().size());
  if (code == ARGON2_OK) return true;
  if (code == ARGON2_VERIFY_MISMATCH) return false;
  if (code == ARGON2_MEMORY_ALLOCATION_ERROR) {
    return Exhausted("there is no memory to verify a password");
  }
  return Corrupt(fmt::format("a stored password hash is broken: {}", argon2_error_message(code)));
}

bool TooLong(const Secret& password) { return password.Reveal().size() > kMaxPasswordBytes; }

}  // namespace

PasswordHasher::PasswordHasher(PasswordOptions options, BlockingPool& pool)
    : options_(options), pool_(pool) {}

Awaitable<Result<std::string>> PasswordHasher::Hash(Secret password) {
  if (TooLong(password)) {
    co_return Invalid(fmt::format("a password has at most {} bytes", kMaxPasswordBytes),
                      "password_too_long");
  }
  co_return co_await pool_.Run(
      [options = options_, secret = std::move(password)] { return HashNow(options, secret); });
}

Awaitable<Result<bool>> PasswordHasher::Verify(Secret password, std::string phc) {
  if (!ParametersOf(phc)) co_return Corrupt("a stored password hash is no Argon2id hash");
  if (TooLong(password)) co_return false;
  co_return co_await pool_.Run([secret = std::move(password), stored = std::move(phc)] {
    return VerifyNow(secret, stored);
  });
}

Awaitable<Result<bool>> PasswordHasher::VerifyAgainstNothing(Secret password) {
  if (TooLong(password)) co_return false;
  co_return co_await pool_.Run(
      [options = options_, secret = std::move(password)]() -> Result<bool> {
        RETURN_IF_ERROR(HashNow(options, secret));
        return false;
      });
}

bool PasswordHasher::NeedsRehash(std::string_view phc) const {
  const auto made = ParametersOf(phc);
  return !made || made->memory_kib != options_.memory_kib ||
         made->iterations != options_.iterations || made->parallelism != options_.parallelism;
}

}  // namespace freshet::net
