// Keys that sign and verify, and their JSON form.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/result.h"

struct evp_pkey_st;

namespace freshet::net {

// The signature algorithms that are accepted (RFC 7518 section 3.1, RFC 8037 section 3.1).
enum class JwsAlgorithm { kEdDsa, kEs256, kRs256 };

// A public key, bound to the one algorithm it may verify. Cheap to copy; immutable, thread-safe.
class VerificationKey {
 public:
  // From a JWK (RFC 7517): OKP with Ed25519, EC with P-256, or RSA of 2048 to 8192 bits.
  // Errors: kInvalid (another kind of key, a point that is not on the curve, `alg` or `use` that
  // contradict).
  static Result<VerificationKey> FromJwk(std::string_view json);

  JwsAlgorithm algorithm() const { return algorithm_; }
  // The JWK's kid; empty when it has none.
  const std::string& id() const { return id_; }
  // RFC 7638 with SHA-256, in base64url.
  std::string Thumbprint() const;
  // With kid, alg and use.
  std::string ToJwk() const;
  // The uncompressed point (SEC 1 section 2.3.3) of a key of P-256; empty for other keys.
  std::string Point() const;

  // Whether `signature`, in JWS' form, is this key's for `message`.
  bool Verify(std::string_view message, std::string_view signature) const;

 private:
  friend class SigningKey;
  friend Result<std::vector<VerificationKey>> ParseJwks(std::string_view json);
  VerificationKey() = default;
  static Result<VerificationKey> FromJwkObject(const void* object);  // boost::json::object
  bool VerifyRaw(std::string_view message, std::string_view signature) const;

  std::shared_ptr<evp_pkey_st> key_;
  JwsAlgorithm algorithm_ = JwsAlgorithm::kEdDsa;
  std::string id_;
  std::string x_, y_;  // of the point; for RSA the modulus and the exponent; base64url
};

// The usable keys of a JWK Set (RFC 7517 section 5), at most 64; others are passed over.
// Errors: kInvalid (no JWK Set, or over 256 KiB).
Result<std::vector<VerificationKey>> ParseJwks(std::string_view json);

// A private key whose public half is named by its thumbprint. Immutable, thread-safe.
class SigningKey {
 public:
  // Errors: kInvalid for kRs256, which is only verified.
  static Result<SigningKey> Generate(JwsAlgorithm algorithm);
  // PKCS #8. Errors: kCorrupt.
  static Result<SigningKey> FromPem(std::string_view pem);
  std::string ToPem() const;

  const VerificationKey& verification() const { return public_; }
  const std::string& id() const { return public_.id(); }
  // The signature in JWS' form: 64 bytes for either algorithm.
  std::string Sign(std::string_view message) const;

 private:
  SigningKey() = default;
  static Result<SigningKey> FromKey(std::shared_ptr<evp_pkey_st> key);

  VerificationKey public_;
};

}  // namespace freshet::net

template <>
struct freshet::Enumerators<freshet::net::JwsAlgorithm> {
  using enum freshet::net::JwsAlgorithm;
  static constexpr std::array kNames{std::pair{kEdDsa, "EdDSA"}, std::pair{kEs256, "ES256"},
                                     std::pair{kRs256, "RS256"}};
};
