#include "relay/request.h"

#include <algorithm>
#include <charconv>

namespace saccade::relay {
namespace {

constexpr std::string_view blank = " \t";

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(blank);
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(blank) - from + 1);
}

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 && byte != 0x7f;
    });
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

}  // namespace

std::string_view Request::header(std::string_view lower_case_name) const {
    for (const auto& [name, value] : headers) {
        if (name == lower_case_name) return value;
    }
    return {};
}

void RequestReader::feed(std::span<const std::uint8_t> bytes) {
    if (broken_) return;
    const std::size_t skipped = std::min(skip_, bytes.size());
    skip_ -= skipped;
    bytes_.append(reinterpret_cast<const char*>(bytes.data()) + skipped, bytes.size() - skipped);
}

std::optional<RequestReader::Item> RequestReader::next() {
    if (broken_ || skip_ > 0) return std::nullopt;
    if (in_packet_) {
        in_packet_ = false;
        return Interleaved{};
    }
    bytes_.erase(0, std::min(bytes_.find_first_not_of("\r\n"), bytes_.size()));
    if (bytes_.empty()) return std::nullopt;
    if (bytes_.front() == '$') {
        if (bytes_.size() < 4) return std::nullopt;
        const std::size_t size = std::size_t{static_cast<std::uint8_t>(bytes_[2])} << 8U |
                                 static_cast<std::uint8_t>(bytes_[3]);
        const std::size_t here = std::min(bytes_.size(), size + 4);
        skip_ = size + 4 - here;
        bytes_.erase(0, here);
        in_packet_ = true;
        return next();
    }
    const std::size_t end = bytes_.find("\r\n\r\n");
    if (end != std::string::npos && end <= most_header) return parse(end);
    // (Requests begin with a capital letter: rubbish need not be waited for.)
    const bool rubbish = bytes_.front() < 'A' || bytes_.front() > 'Z';
    if (!rubbish && bytes_.size() <= most_header) return std::nullopt;
    broken_ = true;
    bytes_.clear();
    return Malformed{rubbish ? 400 : 413};
}

std::optional<RequestReader::Item> RequestReader::parse(std::size_t header_end) {
    const std::string head = bytes_.substr(0, header_end + 2);
    const auto malformed = [this](int status) {
        broken_ = true;
        bytes_.clear();
        return Malformed{status};
    };
    Request request;
    std::size_t at = head.find("\r\n");
    const std::string_view line = std::string_view(head).substr(0, at);
    const std::size_t first = line.find(' '), last = line.rfind(' ');
    if (first == std::string_view::npos || first == last || !is_printable(line))
        return malformed(400);
    request.method = line.substr(0, first);
    request.url = trimmed(line.substr(first, last - first));
    if (line.substr(last + 1) != "RTSP/1.0") return malformed(505);
    for (at += 2; at < head.size();) {
        const std::size_t end = head.find("\r\n", at);
        const std::string_view field = std::string_view(head).substr(at, end - at);
        at = end + 2;
        const std::size_t colon = field.find(':');
        if (colon == std::string_view::npos || colon == 0 || field.find('\0') != field.npos)
            return malformed(400);
        request.headers.emplace_back(lower(trimmed(field.substr(0, colon))),
                                     trimmed(field.substr(colon + 1)));
    }
    std::size_t body = 0;
    if (const std::string_view length = request.header("content-length"); !length.empty()) {
        const auto [end, error] =
            std::from_chars(length.data(), length.data() + length.size(), body);
        if (error != std::errc{} || end != length.data() + length.size()) return malformed(400);
        if (body > most_body) return malformed(413);
    }
    const std::size_t here = std::min(bytes_.size(), header_end + 4 + body);
    skip_ = header_end + 4 + body - here;
    bytes_.erase(0, here);
    return request;
}

}  // namespace saccade::relay
