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

// A header may claim any size; no honest picture or packet needs a block above this.
constexpr std::size_t max_allocation = std::size_t{1} << 30;

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

/// What libavcodec's error concealment and its H.264 decoder say of a damaged picture, unchanged
/// since FFmpeg 0.5.
bool tells_of_damage(std::string_view format) {
    return format.starts_with("concealing ") || format.starts_with("error while decoding MB");
}

void note_damage(void* context) {
    if (context == nullptr) return;
    const auto* type = *static_cast<const AVClass**>(context);
    if (type == nullptr || type->class_name != std::string_view("AVCodecContext")) return;
    void* watch = static_cast<AVCodecContext*>(context)->opaque;
    const std::lock_guard lock(watches().mutex);
    if (watches().alive.contains(watch)) static_cast<DamageWatch*>(watch)->count();
}

void on_log(void* context, int level, const char* format, va_list arguments) {
    if (level <= AV_LOG_INFO && tells_of_damage(format)) note_damage(context);
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

DamageWatch::~DamageWatch() {
    const std::lock_guard lock(watches().mutex);
    watches().alive.erase(this);
}

}  // namespace saccade::media
