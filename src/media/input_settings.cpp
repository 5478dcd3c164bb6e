#include "media/input_settings.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "media/names.h"

namespace saccade::media {
namespace {

template <typename List>
bool contains(const List& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

std::vector<std::string> InputSettings::left() const {
    std::vector<std::string> names;
    const AVDictionaryEntry* entry = nullptr;
    while ((entry = av_dict_get(options_, "", entry, AV_DICT_IGNORE_SUFFIX)) != nullptr) {
        names.emplace_back(entry->key);
    }
    return names;
}

bool is_camera_scheme(const std::string& scheme) {
    constexpr std::array<std::string_view, 13> schemes = {"rtsp", "rtsps", "rtp",   "srtp",  "udp",
                                                          "srt",  "rtmp",  "rtmps", "rtmpt", "mms",
                                                          "mmst", "tcp",   "v4l2"};
    return contains(schemes, scheme);
}

InputSettings input_settings(const std::string& scheme, const LiveInput& input) {
    const std::int64_t us = std::chrono::microseconds(input.timeout).count();
    InputSettings settings;
    if (scheme == "rtsp" || scheme == "rtsps") {
        settings.set("rtsp_transport", input.rtsp_transport);
        settings.set("timeout", us);
        // Nothing is waited for but the SDP. (Not `nobuffer`: it throws away what was probed, and
        // with it the first key frame.)
        settings.set("probesize", 32);
        settings.set("analyzeduration", 0);
        // Sound is of no use, and with it FFmpeg sets times anew when the first report comes.
        settings.set("allowed_media_types", "video");
        return settings;
    }
    if (scheme == "http" || scheme == "https") {
        settings.set("rw_timeout", us);
        return settings;
    }
    if (!is_camera_scheme(scheme)) return settings;
    settings.set("probesize", usual_probe_bytes);
    settings.set("analyzeduration", usual_probe_time);
    settings.set("fpsprobesize", 0);  // no waiting for a frame rate
    if (scheme == "srt") {
        settings.set("connect_timeout", input.timeout.count());
        settings.set("rw_timeout", us);
    } else if (scheme == "udp" || scheme == "tcp") {
        settings.set("timeout", us);
    } else if (scheme.starts_with("rtmp") || scheme.starts_with("mms")) {
        settings.set("rw_timeout", us);
    }
    return settings;
}

std::string with_login(const std::string& url, const std::string& login) {
    constexpr std::array<std::string_view, 4> kinds = {"rtsp", "rtsps", "http", "https"};
    if (login.empty() || !contains(kinds, url_scheme(url))) return url;
    const std::size_t begin = url.find("://") + 3;
    const std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
    if (url.substr(begin, end - begin).find('@') != std::string::npos) return url;
    return url.substr(0, begin) + login + "@" + url.substr(begin);
}

}  // namespace saccade::media
