#include "relay/dialogue.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <cstdint>
#include <random>

#include "core/percent.h"

namespace saccade::relay {
namespace {

std::string_view reason(int status) {
    switch (status) {
        case 200: return "OK";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 413: return "Request Entity Too Large";
        case 454: return "Session Not Found";
        case 455: return "Method Not Valid in This State";
        case 461: return "Unsupported Transport";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        case 505: return "RTSP Version Not Supported";
        default: return "Internal Server Error";
    }
}

}  // namespace

std::string response(int status, std::string_view sequence, std::string_view headers,
                     std::string_view body) {
    std::string text = fmt::format("RTSP/1.0 {} {}\r\n", status, reason(status));
    if (!sequence.empty()) text += fmt::format("CSeq: {}\r\n", sequence);
    text += headers;
    if (!body.empty()) text += fmt::format("Content-Length: {}\r\n", body.size());
    text += "\r\n";
    text += body;
    return text;
}

std::string mount_name(std::string_view url) {
    if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
        const std::size_t path = url.find('/', scheme + 3);
        url = path == std::string_view::npos ? std::string_view{} : url.substr(path);
    }
    url = url.substr(0, url.find('?'));
    constexpr std::string_view control = "streamid=0";
    if (url.ends_with(control)) url.remove_suffix(control.size());
    while (url.ends_with('/')) url.remove_suffix(1);
    while (url.starts_with('/')) url.remove_prefix(1);
    return percent_decoded(url);
}

std::string url_name(std::string_view name) {
    return percent_encoded(name, "/");
}

std::string random_token() {
    std::array<std::uint8_t, 16> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        std::random_device device;  // throws where there is no randomness at all
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(device());
    }
    std::string text;
    for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
    return text;
}

}  // namespace saccade::relay
