// Which media type a file has, by the ending of its name.
#pragma once

#include <string_view>

namespace freshet::net {

// With "; charset=utf-8" for texts; "application/octet-stream" for what is unknown.
std::string_view ContentTypeOf(std::string_view path);

}  // namespace freshet::net
