#include "cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "core/log.h"

namespace saccade::cli {
namespace {

using namespace std::chrono_literals;

std::string bar(double share, int width) {
    static constexpr const char* blocks[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const int eighths = static_cast<int>(std::clamp(share, 0.0, 1.0) * width * 8);
    std::string text;
    for (int i = 0; i < width; ++i) {
        const int here = eighths - 8 * i;
        text += here >= 8 ? "█" : blocks[std::max(here, 0)];
    }
    return text;
}

std::string clock_text(double seconds) {
    const auto s = static_cast<long>(seconds + 0.5);
    if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
    return fmt::format("{}:{:02}", s / 60, s % 60);
}

}  // namespace

std::string progress_text(const ProgressView& view, std::chrono::duration<double> elapsed) {
    const double fps = elapsed.count() > 0 ? static_cast<double>(view.frames) / elapsed.count() : 0;
    std::string text;
    if (view.streams > 1) text += fmt::format("{}/{} sources  ", view.streams_done, view.streams);
    if (view.frames_expected > 0) {
        const double share = std::min(
            1.0, static_cast<double>(view.frames) / static_cast<double>(view.frames_expected));
        text +=
            fmt::format("{:3.0f} %  {}/{} frames", share * 100, view.frames, view.frames_expected);
    } else {
        text += fmt::format("{} frames", view.frames);
    }
    text += fmt::format("  {:.1f} fps  {} objects", fps, view.objects);
    if (view.frames_expected > view.frames && fps > 0) {
        const auto left = static_cast<double>(view.frames_expected - view.frames);
        text += fmt::format("  ETA {}", clock_text(left / fps));
    }
    return text;
}

ProgressLine::Style ProgressLine::style_for(bool quiet) {
    if (quiet) return Style::none;
    return isatty(STDERR_FILENO) != 0 ? Style::bar : Style::lines;
}

ProgressLine::ProgressLine(Style style)
    : style_(style), start_(std::chrono::steady_clock::now()), last_line_(start_) {
    if (style_ != Style::bar) return;
    log::set_hooks(
        [this] {
            std::lock_guard lock(mutex_);
            clear();
        },
        [this] {
            std::lock_guard lock(mutex_);
            std::fputs(shown_.c_str(), stderr);
        });
}

ProgressLine::~ProgressLine() {
    if (style_ != Style::bar) return;
    log::set_hooks({}, {});
    std::lock_guard lock(mutex_);
    clear();
}

void ProgressLine::clear() {
    if (!shown_.empty()) std::fputs("\r\x1b[K", stderr);
}

void ProgressLine::update(const ProgressView& view) {
    if (style_ == Style::none) return;
    const auto now = std::chrono::steady_clock::now();
    std::string text = progress_text(view, now - start_);
    std::lock_guard lock(mutex_);
    if (style_ == Style::lines) {
        if (now - last_line_ < 10s) return;
        last_line_ = now;
        std::fputs((text + "\n").c_str(), stderr);
        return;
    }
    winsize size{};
    const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    const auto columns = static_cast<std::size_t>(known ? size.ws_col : 80);
    if (view.frames_expected > 0 && columns > text.size() + 14) {
        const double share =
            static_cast<double>(view.frames) / static_cast<double>(view.frames_expected);
        const auto width = std::min<std::size_t>(columns - text.size() - 4, 40);
        text = bar(share, static_cast<int>(width)) + "  " + text;
    } else if (text.size() >= columns) {
        text.resize(columns - 1);
    }
    clear();
    shown_ = std::move(text);
    std::fputs(shown_.c_str(), stderr);
}

}  // namespace saccade::cli
