#include "core/base64.h"

#include <openssl/evp.h>

#include <cstddef>

namespace saccade {

std::string to_base64(std::string_view bytes) {
    // OpenSSL takes lengths as int: in pieces of whole groups, so that only the last is padded.
    constexpr std::size_t piece = std::size_t{3} << 20U;
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4 + 1);
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        const std::string_view part = bytes.substr(at, piece);
        const std::size_t from = text.size();
        text.resize(from + (part.size() + 2) / 3 * 4 + 1);  // OpenSSL ends it with a 0
        const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data() + from),
                                            reinterpret_cast<const unsigned char*>(part.data()),
                                            static_cast<int>(part.size()));
        text.resize(from + static_cast<std::size_t>(written));
    }
    return text;
}

}  // namespace saccade
