// What a player asks, read from bytes that come as they like.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace saccade::relay {

/// One request (RFC 2326, 6).
struct Request {
    std::string method, url;
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case

    /// "" where it has none.
    [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;
};

/// The bytes are no request, and nothing behind them can be told apart: answer so and hang up.
struct Malformed {
    int status = 400;
};
/// A packet of RTCP that shares the connection: a sign of life.
struct Interleaved {};

/// Holds `most_header` + `most_body` bytes at most, whatever is sent. One thread.
class RequestReader {
  public:
    static constexpr std::size_t most_header = 8192, most_body = 8192;

    using Item = std::variant<Request, Interleaved, Malformed>;

    void feed(std::span<const std::uint8_t> bytes);
    /// None where more bytes are needed. After Malformed there is nothing more.
    std::optional<Item> next();
    /// Some of a request has come, and not all.
    [[nodiscard]] bool is_within() const noexcept { return !bytes_.empty() || skip_ > 0; }

  private:
    std::optional<Item> parse(std::size_t header_end);

    std::string bytes_;
    std::size_t skip_ = 0;  ///< bytes of a body or of RTCP that are of no interest
    bool broken_ = false;
    bool in_packet_ = false;  ///< what is skipped is RTCP
};

}  // namespace saccade::relay
