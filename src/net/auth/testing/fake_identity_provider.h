// A foreign issuer of tokens for tests: its documents, its keys, its bad days.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/async.h"
#include "base/mutex.h"
#include "net/auth/oidc.h"
#include "net/auth/signature_key.h"

namespace freshet::net {

// Thread-safe.
class FakeIdentityProvider final : public DocumentSource {
 public:
  explicit FakeIdentityProvider(std::string issuer) : issuer_(std::move(issuer)) {
    documents_[DiscoveryUrl()] =
        "{\"issuer\":\"" + issuer_ + "\",\"jwks_uri\":\"" + issuer_ + "/keys\"}";
    AddKey();
  }

  const std::string& issuer() const { return issuer_; }
  std::string DiscoveryUrl() const { return issuer_ + "/.well-known/openid-configuration"; }

  // Publishes a new key beside the ones before and signs with it.
  void AddKey() {
    keys_.push_back(SigningKey::Generate(JwsAlgorithm::kEs256).value());
    std::string set = "{\"keys\":[";
    for (const SigningKey& key : keys_) {
      if (set.back() == '}') set += ',';
      set += key.verification().ToJwk();
    }
    SetDocument(issuer_ + "/keys", set + "]}");
  }
  const SigningKey& key() const { return keys_.back(); }
  void SetDocument(const std::string& url, std::string body) {
    MutexLock lock(mutex_);
    documents_[url] = std::move(body);
  }
  void FailWith(std::optional<Error> error) {
    MutexLock lock(mutex_);
    failure_ = std::move(error);
  }
  // Until Release every Fetch waits.
  void Hold() {
    MutexLock lock(mutex_);
    holding_ = true;
  }
  void Release() {
    std::vector<Resolver<bool>> waiting;
    {
      MutexLock lock(mutex_);
      holding_ = false;
      waiting.swap(waiting_);
    }
    for (auto& resolver : waiting) std::move(resolver).Resolve(true);
  }
  // Documents that were asked for.
  int fetches() const {
    MutexLock lock(mutex_);
    return fetches_;
  }

  Awaitable<Result<std::string>> Fetch(std::string url, Deadline) override {
    co_await Suspend<bool>([this](Resolver<bool> resolver) {
      {
        MutexLock lock(mutex_);
        ++fetches_;
        if (holding_) {
          waiting_.push_back(std::move(resolver));
          return;
        }
      }
      std::move(resolver).Resolve(true);
    });
    MutexLock lock(mutex_);
    if (failure_) co_return Failure(*failure_);
    const auto found = documents_.find(url);
    if (found == documents_.end()) co_return Unavailable(url + " answers 404");
    co_return found->second;
  }

 private:
  const std::string issuer_;
  std::vector<SigningKey> keys_;
  mutable Mutex mutex_;
  std::map<std::string, std::string> documents_ GUARDED_BY(mutex_);
  std::optional<Error> failure_ GUARDED_BY(mutex_);
  bool holding_ GUARDED_BY(mutex_) = false;
  std::vector<Resolver<bool>> waiting_ GUARDED_BY(mutex_);
  int fetches_ GUARDED_BY(mutex_) = 0;
};

}  // namespace freshet::net
