#include "media/libav.h"

#include <cstdarg>
#include <cstddef>
#include <mutex>
#include <set>
#include <string_view>

#include "core/log.h"
#include "core/mask_secrets.h"

namespace saccade::media {
namespace {

thread_local std::string latest_error;
thread_local std::string unfinished_line;  // FFmpeg logs some lines in pieces
thread_local int print_prefix = 1;

/// The watches that are alive: a context's `opaque` is believed only if it is one of them.
struct Watches {
    std::mutex mutex;
    std::set<const void*> alive;
};
Watches& watches() {
    static Watches instance;
    return instance;
}

/// Errors, but for those in what is carried beside pictures (SEI of H.264 and HEVC, APPn of JPEG),
/// and what libavcodec's error concealment says of a picture that it mended, unchanged since FFmpeg
/// 0.5.
bool tells_of_damage(int level, std::string_view format) {
    if (level > AV_LOG_ERROR) return format.starts_with("concealing ");
    return !format.starts_with("SEI type ") && !format.starts_with("unable to decode APP fields");
}

void note_damage(void* context) {
    if (context == nullptr) return;
    const auto* type = *static_cast<const AVClass**>(context);
    if (type == nullptr) return;
    const std::string_view name = type->class_name;
    void* watch = nullptr;
    if (name == "AVCodecContext") watch = static_cast<AVCodecContext*>(context)->opaque;
    if (name == "AVFormatContext") watch = static_cast<AVFormatContext*>(context)->opaque;
    const std::lock_guard lock(watches().mutex);
    if (watches().alive.contains(watch)) static_cast<DamageWatch*>(watch)->add();
}

void on_log(void* context, int level, const char* format, va_list arguments) {
    if (level <= AV_LOG_INFO && tells_of_damage(level, format)) note_damage(context);
    const bool is_error = level <= AV_LOG_ERROR;
    if (!is_error && (level > AV_LOG_VERBOSE || !log::enabled(log::Level::debug))) return;
    char line[1024];
    av_log_format_line2(context, level, format, arguments, line, sizeof line, &print_prefix);
    unfinished_line += line;
    if (unfinished_line.empty() || unfinished_line.back() != '\n') return;
    unfinished_line.pop_back();
    if (is_error) {
        latest_error = mask_secrets(unfinished_line.substr(unfinished_line.find("] ") + 1));
    }
    log::debug("ffmpeg: {}", unfinished_line);
    unfinished_line.clear();
}

}  // namespace

void init_libav() {
    static std::once_flag once;
    std::call_once(once, [] {
        av_log_set_callback(on_log);
        av_max_alloc(max_allocation);
    });
}

std::string last_libav_error() {
    const auto first = latest_error.find_first_not_of(' ');
    return first == std::string::npos ? "" : latest_error.substr(first);
}

void clear_libav_error() {
    latest_error.clear();
}

DamageWatch::DamageWatch(AVCodecContext& decoder) {
    decoder.opaque = this;
    const std::lock_guard lock(watches().mutex);
    watches().alive.insert(this);
}

DamageWatch::DamageWatch(AVFormatContext& demuxer) {
    demuxer.opaque = this;
    const std::lock_guard lock(watches().mutex);
    watches().alive.insert(this);
}

DamageWatch::~DamageWatch() {
    const std::lock_guard lock(watches().mutex);
    watches().alive.erase(this);
}

}  // namespace saccade::media
