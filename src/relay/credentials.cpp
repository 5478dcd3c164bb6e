#include "relay/credentials.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/digest.h"
#include "core/text_file.h"

namespace saccade::relay {
namespace {

constexpr std::string_view realm = "saccade";

std::string md5(std::string_view text) {
    Digest digest(Digest::Algorithm::md5);
    digest.update(text);
    return digest.hex();
}

/// `name="value"` or `name=value` in a list divided by commas; "" where it isn't there.
std::string_view parameter(std::string_view list, std::string_view name) {
    for (std::size_t at = 0; at < list.size();) {
        at = std::min(list.find_first_not_of(" ,\t", at), list.size());
        const std::size_t equals = list.find('=', at);
        if (equals == std::string_view::npos) return {};
        const std::string_view key = list.substr(at, equals - at);
        std::size_t from = equals + 1, to = 0;
        const bool quoted = from < list.size() && list[from] == '"';
        if (quoted) {
            to = std::min(list.find('"', ++from), list.size());
            at = to + 1;
        } else {
            at = to = std::min(list.find(',', from), list.size());
        }
        if (key == name) return list.substr(from, to - from);
    }
    return {};
}

/// Takes as long wherever they differ.
bool same(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    unsigned differ = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        differ |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
    }
    return differ == 0;
}

}  // namespace

Result<Credentials> Credentials::parse(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size() ||
        text.find_first_of("\"\r\n") != std::string_view::npos) {
        return fail(ErrorCode::invalid_argument, "who may watch is told as user:password",
                    "neither may be empty, nor hold quotes; the user no colon");
    }
    return Credentials{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

Result<Credentials> Credentials::read(const std::filesystem::path& file) {
    const auto text = read_text_file(file.string());
    if (!text) return fail(text.error());
    auto credentials = parse(std::string_view(*text).substr(0, text->find('\n')));
    if (!credentials)
        credentials.error().message = file.string() + ": " + credentials.error().message;
    return credentials;
}

std::string challenge(std::string_view nonce) {
    return fmt::format("Digest realm=\"{}\", nonce=\"{}\", algorithm=MD5", realm, nonce);
}

bool answers(const Request& request, const Credentials& credentials, std::string_view nonce) {
    constexpr std::string_view scheme = "Digest ";
    std::string_view text = request.header("authorization");
    if (!text.starts_with(scheme)) return false;
    text.remove_prefix(scheme.size());
    if (parameter(text, "nonce") != nonce || parameter(text, "realm") != realm) return false;
    const std::string secret =
        md5(fmt::format("{}:{}:{}", credentials.user, realm, credentials.password));
    const std::string asked = md5(fmt::format("{}:{}", request.method, parameter(text, "uri")));
    return same(parameter(text, "username"), credentials.user) &&
           same(parameter(text, "response"), md5(fmt::format("{}:{}:{}", secret, nonce, asked)));
}

}  // namespace saccade::relay
