// Streams of the codecs and containers that people have, small, with several groups of pictures.
#pragma once

#include <ostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/clip.h"

namespace saccade::test {

struct Kind {
    const char* name;
    const char* encoder;
    const char* file;
    std::vector<std::pair<std::string, std::string>> options = {};
    int frames = 200;
};

inline void PrintTo(const Kind& kind, std::ostream* out) {
    *out << kind.name;
}

inline std::vector<Kind> kinds() {
    const std::vector<std::pair<std::string, std::string>> open{
        {"x265-params", "open-gop=1:bframes=4:log-level=none"}},
        quick{{"deadline", "realtime"}, {"cpu-used", "8"}};
    return {
        {"h264_mp4", "libx264", "x.mp4"},
        {"h264_mkv", "libx264", "x.mkv"},
        {"h264_ts", "libx264", "x.ts"},
        {"h264_flv", "libx264", "x.flv"},
        {"h264_avi", "libx264", "x.avi", {{"x264-params", "bframes=0"}}},
        {"h264_raw", "libx264", "x.h264"},
        {"h264_fragments", "libx264", "x.mp4", {{"movflags", "frag_keyframe+empty_moov"}}},
        {"h264_open", "libx264", "x.mkv", {{"x264-params", "open-gop=1:bframes=3"}}},
        {"hevc_mp4", "libx265", "x.mp4", open},
        {"hevc_mkv", "libx265", "x.mkv", open},
        {"hevc_ts", "libx265", "x.ts", open},
        {"vp8_webm", "libvpx", "x.webm", quick},
        {"vp9_webm", "libvpx-vp9", "x.webm", quick},
        {"vp9_mp4", "libvpx-vp9", "x.mp4", quick},
        {"av1_mp4", "libaom-av1", "x.mp4", {{"cpu-used", "8"}, {"usage", "realtime"}}, 150},
        {"mpeg4_mp4", "mpeg4", "x.mp4"},
        {"mpeg4_avi", "mpeg4", "x.avi"},
        {"mpeg2_ts", "mpeg2video", "x.ts"},
        {"mjpeg_avi", "mjpeg", "x.avi", {}, 100},
        {"mjpeg_mkv", "mjpeg", "x.mkv", {}, 100},
    };
}

inline void draw_moving(test::Canvas& canvas, int index) {
    std::minstd_rand random(static_cast<unsigned>(index / 8 + 1));
    for (int y = 0; y < canvas.height; y += 4) {
        for (int x = 0; x < canvas.width; x += 4) {
            const auto level = static_cast<std::uint8_t>(100 + random() % 60);
            canvas.fill(x, y, x + 4, y + 4,
                        {level, static_cast<std::uint8_t>(level + x / 2), level});
        }
    }
    const int x = index * 3 % canvas.width, y = index * 2 % canvas.height;
    canvas.fill(x, y, x + 20, y + 20, {230, 40, static_cast<std::uint8_t>(index)});
}

inline ClipOptions clip_of(const Kind& kind) {
    return {.codec = kind.encoder,
            .width = 96,
            .height = 64,
            .frames = kind.frames,
            .full_range = std::string(kind.encoder) == "mjpeg",
            .gop = 16,
            .options = kind.options,
            .draw = draw_moving};
}

}  // namespace saccade::test
