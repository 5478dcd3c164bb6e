#include "core/log.h"

#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "core/mask_secrets.h"

namespace saccade::log {
namespace {

const auto started = std::chrono::steady_clock::now();  // of the program

spdlog::level::level_enum native(Level level) {
    switch (level) {
        case Level::debug: return spdlog::level::debug;
        case Level::info: return spdlog::level::info;
        case Level::warning: return spdlog::level::warn;
        case Level::error: return spdlog::level::err;
    }
    return spdlog::level::err;
}

spdlog::logger& logger() {
    static spdlog::logger instance = [] {
        spdlog::logger made("saccade", std::make_shared<spdlog::sinks::ansicolor_stderr_sink_st>());
        made.set_pattern("saccade: %^%l%$: %v");
        made.set_level(spdlog::level::warn);
        made.flush_on(spdlog::level::trace);
        return made;
    }();
    return instance;
}

struct Hooks {
    std::mutex mutex;
    std::function<void()> before, after;
};

Hooks& hooks() {
    static Hooks instance;
    return instance;
}

}  // namespace

void set_level(Level level) noexcept {
    logger().set_level(native(level));
}

bool enabled(Level level) noexcept {
    return logger().should_log(native(level));
}

void set_hooks(std::function<void()> before, std::function<void()> after) {
    std::lock_guard lock(hooks().mutex);
    hooks().before = std::move(before);
    hooks().after = std::move(after);
}

void write(Level level, std::string_view line) {
    const std::string text = mask_secrets(line);
    std::lock_guard lock(hooks().mutex);
    if (hooks().before) hooks().before();
    if (level == Level::debug) {  // which are there to tell what takes the time
        const std::chrono::duration<double> at = std::chrono::steady_clock::now() - started;
        logger().log(native(level), "{:.3f} s: {}", at.count(), text);
    } else {
        logger().log(native(level), "{}", text);
    }
    if (hooks().after) hooks().after();
}

}  // namespace saccade::log
