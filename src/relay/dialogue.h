// What is said to a player's requests, beside what the server has to do for them.
#pragma once

#include <string>
#include <string_view>

#include "relay/request.h"

namespace saccade::relay {

/// "RTSP/1.0 404 Not Found", CSeq and `headers` (each line ended), and a body where there is one.
std::string response(int status, std::string_view sequence, std::string_view headers = {},
                     std::string_view body = {});

/// The stream's name in a URL: "a b" of "rtsp://host/a%20b/streamid=0?x". "" of the server's own.
std::string mount_name(std::string_view url);

/// A name in a URL: "a%20b".
std::string url_name(std::string_view name);

/// 128 bits from the system, in hexadecimal.
std::string random_token();

}  // namespace saccade::relay
