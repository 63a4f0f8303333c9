#include "net/push/push_encryption.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>

#include "base/bytes.h"

namespace freshet::net {
namespace {

constexpr std::size_t kPointBytes = 65;
constexpr std::size_t kScalarBytes = 32;
constexpr std::size_t kSecretBytes = 16;  // of the salt, the auth secret and the content key
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::string_view kRecordSize("\0\0\x10\0", 4);  // 4096
constexpr char kLastRecord = '\x02';

struct Deleter {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(EVP_CIPHER_CTX* p) const { EVP_CIPHER_CTX_free(p); }
  void operator()(OSSL_PARAM_BLD* p) const { OSSL_PARAM_BLD_free(p); }
  void operator()(OSSL_PARAM* p) const { OSSL_PARAM_free(p); }
  void operator()(BIGNUM* p) const { BN_clear_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Deleter>;

const unsigned char* Unsigned(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* Unsigned(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

// `scalar` is empty for a public key. Null when the point is not on the curve.
Owned<EVP_PKEY> KeyFrom(std::string_view point, std::string_view scalar) {
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  const Owned<BIGNUM> number(
      scalar.empty() ? nullptr
                     : BN_bin2bn(Unsigned(scalar), static_cast<int>(scalar.size()), nullptr));
  if (!builder || point.size() != kPointBytes ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1 ||
      (number &&
       OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) != 1)) {
    return nullptr;
  }
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* made = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, number ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                        parameters.get()) != 1) {
    return nullptr;
  }
  Owned<EVP_PKEY> key(made);
  const Owned<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  return check && EVP_PKEY_public_check(check.get()) == 1 ? std::move(key) : nullptr;
}

std::string PointOf(EVP_PKEY* key) {
  std::string point(kPointBytes, '\0');
  std::size_t size = 0;
  const bool read = EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                                   "uncompressed") == 1 &&
                    EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, Unsigned(point),
                                                    point.size(), &size) == 1;
  return read && size == kPointBytes ? point : std::string();
}

std::string SharedSecret(EVP_PKEY* own, EVP_PKEY* other) {
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, own, nullptr));
  std::string secret(kScalarBytes, '\0');
  std::size_t size = secret.size();
  const bool derived = context && EVP_PKEY_derive_init(context.get()) == 1 &&
                       EVP_PKEY_derive_set_peer(context.get(), other) == 1 &&
                       EVP_PKEY_derive(context.get(), Unsigned(secret), &size) == 1;
  return derived && size == kScalarBytes ? secret : std::string();
}

// HKDF (RFC 5869) for at most 32 bytes.
std::string Derive(std::string_view salt, std::string_view secret, std::string info,
                   std::size_t bytes) {
  const auto extracted = HmacSha256(salt, secret);
  info += '\x01';
  return std::string(AsBytes(HmacSha256(AsBytes(extracted), info)).substr(0, bytes));
}

std::string Encrypt(std::string_view key, std::string_view nonce, std::string_view plain) {
  const Owned<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
  std::string sealed(plain.size() + kTagBytes, '\0');
  int size = 0;
  int rest = 0;
  const bool done = context &&
                    EVP_EncryptInit_ex2(context.get(), EVP_aes_128_gcm(), Unsigned(key),
                                        Unsigned(nonce), nullptr) == 1 &&
                    EVP_EncryptUpdate(context.get(), Unsigned(sealed), &size, Unsigned(plain),
                                      static_cast<int>(plain.size())) == 1 &&
                    EVP_EncryptFinal_ex(context.get(), Unsigned(sealed) + size, &rest) == 1 &&
                    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                                        Unsigned(sealed) + plain.size()) == 1;
  return done ? sealed : std::string();
}

Result<std::string> Seal(std::string_view payload, const PushKeys& keys, EVP_PKEY* own,
                         const std::string& salt) {
  if (payload.size() > kMostPushPayload) {
    return Invalid("a push message holds at most 3993 bytes", "payload_too_large");
  }
  const auto theirs = KeyFrom(keys.public_key, {});
  if (!theirs) return Invalid("the subscription's key is not a point of P-256", "invalid_key");
  const std::string point = PointOf(own);
  const std::string shared = SharedSecret(own, theirs.get());
  if (point.empty() || shared.empty()) return Internal("OpenSSL derived no shared secret");

  const std::string secret =
      Derive(keys.auth, shared, std::string("WebPush: info\0", 14) + keys.public_key + point,
             kScalarBytes);
  const std::string key =
      Derive(salt, secret, std::string("Content-Encoding: aes128gcm\0", 28), kSecretBytes);
  const std::string nonce =
      Derive(salt, secret, std::string("Content-Encoding: nonce\0", 24), kNonceBytes);
  const std::string sealed = Encrypt(key, nonce, std::string(payload) + kLastRecord);
  if (sealed.empty()) return Internal("OpenSSL did not encrypt");
  std::string body = salt;
  body.append(kRecordSize).append(1, static_cast<char>(point.size())).append(point).append(sealed);
  return body;
}

}  // namespace

Result<PushKeys> ReadPushKeys(std::string_view p256dh, std::string_view auth) {
  PushKeys keys;
  auto point = DecodeBase64Url(p256dh);
  if (!point || !KeyFrom(*point, {})) {
    return InvalidField("/keys/p256dh", "invalid",
                        "must be an uncompressed point of P-256 in base64url, as the browser's "
                        "subscription has it");
  }
  auto secret = DecodeBase64Url(auth);
  if (!secret || secret->size() != kSecretBytes) {
    return InvalidField("/keys/auth", "invalid",
                        "must be 16 bytes in base64url, as the browser's subscription has them");
  }
  return PushKeys{.public_key = *std::move(point), .auth = *std::move(secret)};
}

Result<std::string> EncryptPush(std::string_view payload, const PushKeys& keys) {
  const Owned<EVP_PKEY> own(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  if (!own) return Internal("OpenSSL made no key");
  return Seal(payload, keys, own.get(), RandomBytes(kSecretBytes));
}

Result<std::string> internal::EncryptPushWith(std::string_view payload, const PushKeys& keys,
                                              const PushSecrets& secrets) {
  const auto own = KeyFrom(secrets.public_key, secrets.private_key);
  if (!own) return Invalid("not a key pair of P-256", "invalid_key");
  return Seal(payload, keys, own.get(), secrets.salt);
}

}  // namespace freshet::net
