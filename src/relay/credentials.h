// Who may watch: Digest authentication (RFC 2617), which sends no password over the network.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "relay/request.h"
#include "saccade/error.h"

namespace saccade::relay {

struct Credentials {
    std::string user, password;

    /// Of "user:password". Errors: invalid_argument, which does not repeat the text.
    static Result<Credentials> parse(std::string_view text);
    /// Of a file's first line. Errors: not_found, unreadable, invalid_argument.
    static Result<Credentials> read(const std::filesystem::path& file);
};

/// The value of WWW-Authenticate. `nonce`: of the connection, so that no answer is of use to
/// another.
std::string challenge(std::string_view nonce);

/// Whether `request` answers it.
bool answers(const Request& request, const Credentials& credentials, std::string_view nonce);

}  // namespace saccade::relay
