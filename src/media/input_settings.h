// What FFmpeg is told of a live input, by its protocol.
#pragma once

#include <string>
#include <vector>

#include "media/libav.h"
#include "media/source.h"

namespace saccade::media {

/// Where a stream's size is not told and has to be waited for: bytes, and time in microseconds.
inline constexpr std::int64_t usual_probe_bytes = 1 << 20, usual_probe_time = 2'000'000;

/// Owns a dictionary of options, of which those that were taken are gone afterwards.
class InputSettings {
  public:
    InputSettings() = default;
    InputSettings(InputSettings&& other) noexcept : options_(other.options_) {
        other.options_ = nullptr;
    }
    InputSettings(const InputSettings&) = delete;
    InputSettings& operator=(const InputSettings&) = delete;
    InputSettings& operator=(InputSettings&&) = delete;
    ~InputSettings() { av_dict_free(&options_); }

    void set(const char* name, const std::string& value) {
        av_dict_set(&options_, name, value.c_str(), 0);
    }
    void set(const char* name, std::int64_t value) { av_dict_set_int(&options_, name, value, 0); }
    [[nodiscard]] AVDictionary** data() noexcept { return &options_; }
    /// Names of those that nobody took: FFmpeg does not complain of them.
    [[nodiscard]] std::vector<std::string> left() const;

  private:
    AVDictionary* options_ = nullptr;
};

/// Whether a URL's scheme alone says that it is live.
[[nodiscard]] bool is_camera_scheme(const std::string& scheme);

/// Each protocol has its own word for a time-out, and takes others' words without a complaint, to
/// no effect (FFmpeg 5.1: `stimeout` of RTSP, `timeout` of RTMP, which means to listen).
[[nodiscard]] InputSettings input_settings(const std::string& scheme, const LiveInput& input);

/// The URL with `login` ("user:password", percent-encoded) where it is of a kind that has logins,
/// and has none. Never to be shown.
[[nodiscard]] std::string with_login(const std::string& url, const std::string& login);

}  // namespace saccade::media
