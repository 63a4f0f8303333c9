// Tokens come from strangers: whatever they are, they are refused without harm. An input is a
// token; the second half of the target reads it as a key set.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/auth/jwt.h"

using freshet::FakeClock;
using namespace freshet::net;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const SigningKey own = SigningKey::Generate(JwsAlgorithm::kEdDsa).value();
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto verified = VerifyJwt(input, own.verification(),
                                  {.issuer = "freshet", .audience = "freshet"}, FakeClock().Now());
  if (verified) std::abort();  // nobody has the key
  if (const auto jws = ParseJws(input)) {
    if (const auto claims = ParseClaims(jws->payload)) {
      // What was read can be written and read again.
      const auto again = ParseClaims(RenderClaims(*claims));
      if (!again || again->subject != claims->subject || again->audience != claims->audience) {
        std::abort();
      }
    }
  }
  if (const auto keys = ParseJwks(input)) {
    for (const auto& key : *keys) {
      if (!VerificationKey::FromJwk(key.ToJwk()) || key.Verify("message", input)) std::abort();
    }
  }
  return 0;
}
