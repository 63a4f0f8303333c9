#include "net/auth/signature_key.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <stdexcept>

#include "base/bytes.h"

namespace freshet::net {
namespace {

namespace json = boost::json;

constexpr std::size_t kCoordinateBytes = 32;
constexpr std::size_t kMaxSetBytes = std::size_t{256} << 10;
constexpr std::size_t kMaxSetKeys = 64;
constexpr int kLeastRsaBits = 2'048;
constexpr int kMostRsaBits = 8'192;

struct Deleter {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(OSSL_PARAM_BLD* p) const { OSSL_PARAM_BLD_free(p); }
  void operator()(OSSL_PARAM* p) const { OSSL_PARAM_free(p); }
  void operator()(BIGNUM* p) const { BN_free(p); }
  void operator()(ECDSA_SIG* p) const { ECDSA_SIG_free(p); }
  void operator()(BIO* p) const { BIO_free_all(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Deleter>;
using Key = std::shared_ptr<EVP_PKEY>;

Key Share(EVP_PKEY* key) { return {key, Deleter()}; }

const unsigned char* Unsigned(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* Unsigned(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

Failure BadKey(std::string_view why) {
  return Invalid(fmt::format("this key cannot be used: {}", why), "invalid_key");
}

std::string_view TextMember(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  const json::string* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string_view(text->data(), text->size()) : std::string_view();
}

Key FromData(const char* type, OSSL_PARAM* parameters) {
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
    return nullptr;
  }
  return Share(key);
}

Key PublicEd25519(std::string_view x) {
  if (x.size() != kCoordinateBytes) return nullptr;
  return Share(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Unsigned(x), x.size()));
}

Key PublicP256(std::string_view x, std::string_view y) {
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) return nullptr;
  std::string point = "\x04";  // uncompressed
  point.append(x).append(y);
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  Key key = parameters ? FromData("EC", parameters.get()) : nullptr;
  if (!key) return nullptr;
  const Owned<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  return check && EVP_PKEY_public_check(check.get()) == 1 ? key : nullptr;
}

Key PublicRsa(std::string_view modulus, std::string_view exponent) {
  if (modulus.size() > kMostRsaBits / 8 || exponent.empty() || exponent.size() > 8) return nullptr;
  const Owned<BIGNUM> n(BN_bin2bn(Unsigned(modulus), static_cast<int>(modulus.size()), nullptr));
  const Owned<BIGNUM> e(BN_bin2bn(Unsigned(exponent), static_cast<int>(exponent.size()), nullptr));
  if (!n || !e || BN_num_bits(n.get()) < kLeastRsaBits || !BN_is_odd(n.get()) ||
      !BN_is_odd(e.get()) || BN_is_one(e.get())) {
    return nullptr;
  }
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  return parameters ? FromData("RSA", parameters.get()) : nullptr;
}

// JWS writes an ECDSA signature as r || s (RFC 7518 section 3.4), OpenSSL as a DER sequence.
std::string DerFromRaw(std::string_view raw) {
  if (raw.size() != 2 * kCoordinateBytes) return {};
  const Owned<ECDSA_SIG> signature(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(Unsigned(raw), kCoordinateBytes, nullptr);
  BIGNUM* s = BN_bin2bn(Unsigned(raw) + kCoordinateBytes, kCoordinateBytes, nullptr);
  if (!signature || ECDSA_SIG_set0(signature.get(), r, s) != 1) return {};
  std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)), '\0');
  unsigned char* end = Unsigned(der);
  i2d_ECDSA_SIG(signature.get(), &end);
  return der;
}

std::string RawFromDer(std::string_view der) {
  const unsigned char* begin = Unsigned(der);
  const Owned<ECDSA_SIG> signature(d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size())));
  std::string raw(2 * kCoordinateBytes, '\0');
  if (!signature ||
      BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), Unsigned(raw), kCoordinateBytes) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), Unsigned(raw) + kCoordinateBytes,
                   kCoordinateBytes) < 0) {
    throw std::runtime_error("OpenSSL made a signature that it does not read");
  }
  return raw;
}

const EVP_MD* DigestOf(JwsAlgorithm algorithm) {
  return algorithm == JwsAlgorithm::kEdDsa ? nullptr : EVP_sha256();
}

std::string Coordinate(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return {};
  const Owned<BIGNUM> owned(number);
  std::string bytes(kCoordinateBytes, '\0');
  BN_bn2binpad(number, Unsigned(bytes), kCoordinateBytes);
  return bytes;
}

}  // namespace

Result<VerificationKey> VerificationKey::FromJwkObject(const void* erased) {
  const auto& jwk = *static_cast<const json::object*>(erased);
  const std::string_view type = TextMember(jwk, "kty"), curve = TextMember(jwk, "crv");
  VerificationKey made;
  if (type == "OKP" && curve == "Ed25519") {
    made.algorithm_ = JwsAlgorithm::kEdDsa;
  } else if (type == "EC" && curve == "P-256") {
    made.algorithm_ = JwsAlgorithm::kEs256;
  } else if (type == "RSA") {
    made.algorithm_ = JwsAlgorithm::kRs256;
  } else {
    return BadKey("it is neither Ed25519, P-256 nor RSA");
  }
  if (jwk.contains("alg") && TextMember(jwk, "alg") != NameOf(made.algorithm_)) {
    return BadKey("its alg is another");
  }
  if (jwk.contains("use") && TextMember(jwk, "use") != "sig") return BadKey("it is not for sig");
  const bool rsa = made.algorithm_ == JwsAlgorithm::kRs256;
  ASSIGN_OR_RETURN(const std::string x, DecodeBase64Url(TextMember(jwk, rsa ? "n" : "x")));
  ASSIGN_OR_RETURN(const std::string y, DecodeBase64Url(TextMember(jwk, rsa ? "e" : "y")));
  made.key_ = rsa                                       ? PublicRsa(x, y)
              : made.algorithm_ == JwsAlgorithm::kEdDsa ? PublicEd25519(x)
                                                        : PublicP256(x, y);
  if (!made.key_) return BadKey("its numbers are not a key's");
  made.id_ = TextMember(jwk, "kid");
  made.x_ = EncodeBase64Url(x);
  made.y_ = EncodeBase64Url(y);
  return made;
}

Result<VerificationKey> VerificationKey::FromJwk(std::string_view text) {
  boost::system::error_code malformed;
  const json::value value = json::parse(text, malformed);
  if (malformed || !value.is_object()) return BadKey("it is no JSON object");
  return FromJwkObject(&value.get_object());
}

Result<std::vector<VerificationKey>> ParseJwks(std::string_view text) {
  if (text.size() > kMaxSetBytes) return BadKey("the JWK Set is too large");
  boost::system::error_code malformed;
  const json::value value = json::parse(text, malformed);
  const json::object* set = malformed ? nullptr : value.if_object();
  const json::value* members = set != nullptr ? set->if_contains("keys") : nullptr;
  if (members == nullptr || !members->is_array()) return BadKey("it is no JWK Set");
  std::vector<VerificationKey> keys;
  for (const json::value& member : members->get_array()) {
    if (keys.size() == kMaxSetKeys) break;
    if (!member.is_object()) continue;
    if (auto key = VerificationKey::FromJwkObject(&member.get_object())) {
      keys.push_back(*std::move(key));
    }
  }
  return keys;
}

std::string VerificationKey::Thumbprint() const {
  std::string canonical;
  switch (algorithm_) {
    case JwsAlgorithm::kEdDsa:
      canonical = fmt::format(R"({{"crv":"Ed25519","kty":"OKP","x":"{}"}})", x_);
      break;
    case JwsAlgorithm::kEs256:
      canonical = fmt::format(R"({{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}})", x_, y_);
      break;
    case JwsAlgorithm::kRs256:
      canonical = fmt::format(R"({{"e":"{}","kty":"RSA","n":"{}"}})", y_, x_);
      break;
  }
  return EncodeBase64Url(AsBytes(Sha256(canonical)));
}

std::string VerificationKey::ToJwk() const {
  json::object jwk;
  switch (algorithm_) {
    case JwsAlgorithm::kEdDsa: jwk = {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", x_}}; break;
    case JwsAlgorithm::kEs256: jwk = {{"kty", "EC"}, {"crv", "P-256"}, {"x", x_}, {"y", y_}}; break;
    case JwsAlgorithm::kRs256: jwk = {{"kty", "RSA"}, {"n", x_}, {"e", y_}}; break;
  }
  if (!id_.empty()) jwk["kid"] = id_;
  jwk["alg"] = NameOf(algorithm_);
  jwk["use"] = "sig";
  return json::serialize(jwk);
}

std::string VerificationKey::Point() const {
  if (algorithm_ != JwsAlgorithm::kEs256) return {};
  const auto x = DecodeBase64Url(x_);
  const auto y = DecodeBase64Url(y_);
  return x && y ? "\x04" + *x + *y : std::string();
}

bool VerificationKey::Verify(std::string_view message, std::string_view signature) const {
  if (algorithm_ != JwsAlgorithm::kEs256) return VerifyRaw(message, signature);
  const std::string der = DerFromRaw(signature);
  return !der.empty() && VerifyRaw(message, der);
}

bool VerificationKey::VerifyRaw(std::string_view message, std::string_view signature) const {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  return context &&
         EVP_DigestVerifyInit(context.get(), nullptr, DigestOf(algorithm_), nullptr, key_.get()) ==
             1 &&
         EVP_DigestVerify(context.get(), Unsigned(signature), signature.size(), Unsigned(message),
                          message.size()) == 1;
}

Result<SigningKey> SigningKey::FromKey(Key key) {
  SigningKey made;
  VerificationKey& verification = made.public_;
  if (EVP_PKEY_is_a(key.get(), "ED25519") == 1) {
    std::string x(kCoordinateBytes, '\0');
    std::size_t size = x.size();
    EVP_PKEY_get_raw_public_key(key.get(), Unsigned(x), &size);
    verification.algorithm_ = JwsAlgorithm::kEdDsa;
    verification.x_ = EncodeBase64Url(x);
  } else if (EVP_PKEY_is_a(key.get(), "EC") == 1 && EVP_PKEY_get_bits(key.get()) == 256) {
    verification.algorithm_ = JwsAlgorithm::kEs256;
    verification.x_ = EncodeBase64Url(Coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_X));
    verification.y_ = EncodeBase64Url(Coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y));
  } else {
    return Corrupt("a signing key is an Ed25519 or P-256 key");
  }
  verification.key_ = std::move(key);
  verification.id_ = verification.Thumbprint();
  return made;
}

Result<SigningKey> SigningKey::Generate(JwsAlgorithm algorithm) {
  if (algorithm == JwsAlgorithm::kRs256) {
    return Invalid("own tokens are signed with EdDSA or ES256; RS256 is only verified");
  }
  Key key =
      Share(algorithm == JwsAlgorithm::kEdDsa ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                                              : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  if (!key) return Internal("OpenSSL made no key");
  return FromKey(std::move(key));
}

Result<SigningKey> SigningKey::FromPem(std::string_view pem) {
  const Owned<BIO> input(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // A password callback that gives none, lest OpenSSL ask on the terminal.
  const auto none = [](char*, int, int, void*) { return -1; };
  Key key = Share(input ? PEM_read_bio_PrivateKey(input.get(), nullptr, none, nullptr) : nullptr);
  if (!key) return Corrupt("not a private key in PEM");
  return FromKey(std::move(key));
}

std::string SigningKey::ToPem() const {
  const Owned<BIO> output(BIO_new(BIO_s_mem()));
  if (!output || PEM_write_bio_PKCS8PrivateKey(output.get(), public_.key_.get(), nullptr, nullptr,
                                               0, nullptr, nullptr) != 1) {
    throw std::runtime_error("OpenSSL does not write the key");
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(output.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string SigningKey::Sign(std::string_view message) const {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(public_.key_.get()));
  std::string signature(size, '\0');
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, DigestOf(public_.algorithm_), nullptr,
                         public_.key_.get()) != 1 ||
      EVP_DigestSign(context.get(), Unsigned(signature), &size, Unsigned(message),
                     message.size()) != 1) {
    throw std::runtime_error("OpenSSL does not sign");
  }
  signature.resize(size);
  return public_.algorithm_ == JwsAlgorithm::kEs256 ? RawFromDer(signature) : signature;
}

}  // namespace freshet::net
