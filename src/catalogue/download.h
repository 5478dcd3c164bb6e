// One file by HTTP or HTTPS, resumed where it breaks off.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "catalogue/part_file.h"
#include "saccade/error.h"

namespace saccade::catalogue {

struct DownloadOptions {
    std::chrono::seconds stall{30};         ///< without a byte; then it is begun again
    int attempts = 4;                       ///< in a row that bring no further byte
    std::chrono::milliseconds pause{1000};  ///< before each but the first
    std::stop_token stop;
    std::function<void(std::uint64_t done, std::uint64_t of)> progress;  ///< bytes; may be empty
};

/// Fetches what lacks in `into` of the `bytes` that the file has, which it then has exactly. What
/// was fetched stays there on failure, for the next call to go on from, unless the disk is full.
///
/// libcurl: proxies of the environment (https_proxy, http_proxy, all_proxy, no_proxy) and
/// SSL_CERT_FILE are honoured. Redirects are followed, from HTTPS to HTTPS only, and never to
/// another scheme than these two. A server that knows no ranges sends all of it again.
///
/// Errors: unavailable (no connection, or it broke off again and again), not_found (the server's
/// 404 or 410), unreadable (another refusal of the server's), corrupt (it is of another size),
/// unsupported (a redirect that is not followed), unwritable, interrupted. Secrets in URLs are
/// masked.
Result<void> download(const std::string& url, PartFile& into, std::uint64_t bytes,
                      const DownloadOptions& options = {});

}  // namespace saccade::catalogue
