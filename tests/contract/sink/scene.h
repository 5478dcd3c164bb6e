// A small made-up stream for tests of sinks: results, frames and an encoder that needs no FFmpeg.
#pragma once

#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/frame.h"
#include "media/encoder.h"
#include "sink/registry.h"

namespace saccade::test {

inline sink::Context scene_context(bool tracking = true) {
    return {.source = "dir/scène \"1\".mp4",
            .width = 64,
            .height = 48,
            .frame_rate = 30000.0 / 1001,
            .class_names = {"person", "traffic light, \"red\"", "自転車"},
            .tracking = tracking};
}

/// Frame `index`: two detections and three tracks of each state, sizes and ids to the extremes.
inline FrameResult scene_result(std::uint64_t index) {
    const auto i = static_cast<float>(index);
    FrameResult r;
    r.id = {7, index};
    r.pts = Timestamp(static_cast<std::int64_t>(index) * 33'366'667 + 1);
    r.width = 64;
    r.height = 48;
    r.detections = {{{1 + i, 2.5F, 11.25F + i, 30}, 0.875F, 0}, {{0, 0, 64, 48}, 1e-5F, 2}};
    r.tracks = {{.id = 1,
                 .box = {1.1F + i, 2.4F, 11.3F + i, 30.2F},
                 .raw_box = r.detections[0].box,
                 .score = 0.875F,
                 .class_id = 0,
                 .state = TrackState::confirmed,
                 .velocity_x = 29.97F,
                 .velocity_y = -0.0F,
                 .age = static_cast<std::uint32_t>(index),
                 .detection = 0},
                {.id = std::numeric_limits<std::int64_t>::max(),
                 .box = {-5, -6.5F, 20, 70},
                 .raw_box = {-5, -6.5F, 20, 70},
                 .score = 0.5F,
                 .class_id = 1,
                 .state = TrackState::lost,
                 .age = 4'000'000'000U},
                {.id = 3,
                 .box = {30, 20, 31, 21},
                 .raw_box = {0, 0, 64, 48},
                 .score = 1e-5F,
                 .class_id = 2,
                 .state = TrackState::tentative,
                 .detection = 1}};
    return r;
}

/// A grey i420 picture that owns its pixels.
inline Frame scene_frame(const FrameResult& result, int width = 64, int height = 48) {
    const int chroma_width = (width + 1) / 2, chroma_height = (height + 1) / 2;
    const auto luma = static_cast<std::size_t>(width * height);
    const auto chroma = static_cast<std::size_t>(chroma_width * chroma_height);
    auto pixels = std::make_shared<std::vector<std::uint8_t>>(luma + 2 * chroma, 128);
    Frame frame;
    frame.id = result.id;
    frame.pts = result.pts;
    frame.width = width;
    frame.height = height;
    frame.planes = {Plane{pixels->data(), width}, Plane{pixels->data() + luma, chroma_width},
                    Plane{pixels->data() + luma + chroma, chroma_width}};
    frame.owner = pixels;
    return frame;
}

/// Writes the luma as it comes: bytes on disk that show what was drawn.
class RawEncoder final : public media::Encoder {
  public:
    static Result<std::unique_ptr<media::Encoder>> open(const std::filesystem::path& path,
                                                        const media::EncoderOptions& options) {
        std::FILE* file = std::fopen(path.c_str(), "wb");
        if (file == nullptr)
            return fail(ErrorCode::unwritable, path.string() + ": can't be opened");
        return std::make_unique<RawEncoder>(path, options, file);
    }
    RawEncoder(std::filesystem::path path, const media::EncoderOptions& options, std::FILE* file)
        : path_(std::move(path)), options_(options), file_(file, &std::fclose) {
        std::fputs("raw\n", file);
    }

    Result<void> write(const Frame& frame) override {
        if (frame.format != PixelFormat::i420 || frame.width != options_.width ||
            frame.height != options_.height || frame.memory != MemoryKind::host) {
            return fail(ErrorCode::invalid_argument, "not a frame for this encoder");
        }
        for (int y = 0; y < frame.height; ++y) {
            const auto size = static_cast<std::size_t>(frame.width);
            const auto* row = frame.planes[0].data + y * frame.planes[0].stride;
            if (std::fwrite(row, 1, size, file_.get()) != size) return no_space();
        }
        return {};
    }
    Result<void> finish() override {
        if (std::fflush(file_.get()) != 0) return no_space();
        return {};
    }

  private:
    [[nodiscard]] tl::unexpected<Error> no_space() const {
        return fail(ErrorCode::unwritable, path_.string() + ": can't be written");
    }
    std::filesystem::path path_;
    media::EncoderOptions options_;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

inline sink::SinkOptions scene_options(const std::filesystem::path& folder) {
    sink::SinkOptions options;
    options.folder = folder;
    options.stem = "scène 1";
    options.open_encoder = RawEncoder::open;
    options.shapes = std::make_shared<const sink::LiveShapes>(
        sink::LiveShapes::Shapes{{"6,0,6,48:a \"line\", named"}, {"0,0,64,0,64,48,0,48:all"}});
    return options;
}

/// A whole run of `frames` frames.
inline Result<void> run_scene(sink::Sink& sink, std::uint64_t frames, sink::Outcome outcome,
                              bool tracking = true) {
    if (auto done = sink.begin(scene_context(tracking)); !done) return done;
    for (std::uint64_t i = 0; i < frames; ++i) {
        const FrameResult result = scene_result(i);
        if (auto done = sink.write(result, scene_frame(result)); !done) return done;
    }
    return sink.finish(outcome);
}

}  // namespace saccade::test
