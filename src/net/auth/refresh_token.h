// Opaque tokens that are exchanged for new access tokens.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/log.h"
#include "base/result.h"

namespace freshet::net {

// 256 random bits as "fr_<base64url>". Give it to the client and store only its hash.
Secret NewRefreshToken();

// What is stored: SHA-256 of the whole text. The token is too random to be guessed, so neither salt
// nor slowness is needed. Errors: kUnauthenticated with the code token_malformed.
Result<Sha256Digest> HashRefreshToken(std::string_view token);

}  // namespace freshet::net
