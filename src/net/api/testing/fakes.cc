#include "net/api/testing/fakes.h"

namespace freshet::net::testing {

std::string FakeAuthenticator::Add(std::string token, AccountId account, Scopes scopes) {
  MutexLock lock(mutex_);
  identities_[token] = {account, scopes, account.value + 1, {}};
  return token;
}

void FakeAuthenticator::FailWith(std::optional<Error> error) {
  MutexLock lock(mutex_);
  failure_ = std::move(error);
}

int FakeAuthenticator::verified() {
  MutexLock lock(mutex_);
  return verified_;
}

std::optional<Result<Identity>> FakeAuthenticator::Recall(std::string_view bearer_token) {
  MutexLock lock(mutex_);
  if (failure_ || !remembered_.contains(bearer_token)) return std::nullopt;
  return identities_.find(bearer_token)->second;
}

Awaitable<Result<Identity>> FakeAuthenticator::Authenticate(std::string_view bearer_token,
                                                            Deadline) {
  MutexLock lock(mutex_);
  ++verified_;
  if (failure_) co_return std::unexpected(*failure_);
  const auto found = identities_.find(bearer_token);
  if (found == identities_.end()) {
    co_return Unauthenticated("The token is not valid.", "invalid_token");
  }
  remembered_.insert(found->first);
  co_return found->second;
}

void MemoryIdempotencyStore::FailWith(std::optional<Error> error) {
  MutexLock lock(mutex_);
  failure_ = std::move(error);
}

std::size_t MemoryIdempotencyStore::size() {
  MutexLock lock(mutex_);
  return answers_.size();
}

Awaitable<Result<std::optional<StoredAnswer>>> MemoryIdempotencyStore::Find(OperationKey operation,
                                                                            Deadline) {
  MutexLock lock(mutex_);
  if (failure_) co_return std::unexpected(*failure_);
  const auto found = answers_.find(operation.key);
  if (found == answers_.end()) co_return std::nullopt;
  if (found->second.fingerprint != operation.fingerprint) {
    co_return Invalid("The Idempotency-Key belongs to a request with other content.", kKeyReused);
  }
  co_return found->second.answer;
}

Awaitable<Result<>> MemoryIdempotencyStore::Store(OperationKey operation, StoredAnswer answer,
                                                  Deadline) {
  MutexLock lock(mutex_);
  if (failure_) co_return std::unexpected(*failure_);
  answers_.try_emplace(operation.key, Kept{operation.fingerprint, std::move(answer)});
  co_return Result<>();
}

}  // namespace freshet::net::testing
