// Annotated video: MP4 of the frames with boxes, labels and trails drawn on copies of them.
//
// The video begins with its first frame, whatever time that has in the source (as ffmpeg's own
// outputs do): a player would show nothing for the hours that a recording's clock may start at.
// Pixels keep the source's shape.
//
// All frames are encoded at the first one's size. A stream that changes size on the way is scaled
// to it, boxes included: one file a stream, as with every format.
#include <algorithm>
#include <optional>
#include <utility>

#include "core/atomic_file.h"
#include "sink/drawn.h"
#include "sink/formats.h"
#include "sink/objects.h"
#include "sink/ordered_sink.h"
#include "sink/overlay.h"
#include "sink/partial_mark.h"
#include "sink/scale.h"

namespace saccade::sink {
namespace {

class VideoSink final : public OrderedSink {
  public:
    /// `tap`: gets the packets in place of a file; none: a file.
    explicit VideoSink(const SinkOptions& options, std::shared_ptr<media::PacketTap> tap = nullptr)
        : path_(tap ? "" : options.folder / (options.stem + ".mp4")),
          options_(options),
          tap_(std::move(tap)) {
        if (!options_.open_encoder) options_.open_encoder = media::open_encoder;
    }

    [[nodiscard]] bool wants_pixels() const noexcept override { return true; }
    [[nodiscard]] std::string path() const override { return path_.string(); }
    [[nodiscard]] std::vector<std::string> paths() const override {
        return tap_ ? std::vector<std::string>{} : std::vector<std::string>{path()};
    }
    /// What the encoder has put into the file: a few pictures less than it was given.
    [[nodiscard]] std::uint64_t bytes() const noexcept override {
        std::error_code error;
        const auto size = file_ ? std::filesystem::file_size(file_->temporary(), error) : 0;
        return error ? 0 : size;
    }

  private:
    Result<void> open() override {
        if (tap_) return {};
        auto file = AtomicFile::create(path_);
        if (!file) return fail(file.error());
        file_.emplace(std::move(*file));
        return {};
    }

    Result<void> put(const FrameResult& result, const Frame& frame) override {
        if (auto done = to_i420(frame, source_); !done) return done;
        const bool other = encoder_ && (source_.width() != fitted_.width() ||
                                        source_.height() != fitted_.height());
        if (tap_ && other) {  // nothing ties a live stream to its first size
            if (auto done = encoder_->finish(); !done) return done;
            encoder_.reset();
        }
        if (!encoder_) {
            if (auto done = start(source_.width(), source_.height(), source_.color); !done)
                return done;
        }
        shown_objects(result, context().tracking, options_.include_lost, objects_);
        Picture& picture = fit();
        overlay_->draw(objects_, picture);
        Frame drawn = picture.view(frame);
        if (!start_) start_ = drawn.pts;
        drawn.pts -= *start_;
        return encoder_->write(drawn);
    }

    Result<void> close(Outcome outcome) override {
        if (!encoder_ && tap_) return {};
        if (!encoder_) {
            // Not one frame: still a file that players can open, so it needs some size.
            if (auto done =
                    start(std::max(context().width, 16), std::max(context().height, 16), {});
                !done) {
                return done;
            }
        }
        if (auto done = encoder_->finish(); !done) return done;
        encoder_.reset();
        if (tap_) return {};
        auto done = commit_marked(path_, outcome, frames(), [&] { return file_->commit(); });
        if (done) file_.reset();
        return done;
    }

    void discard() noexcept override {
        encoder_.reset();
        file_.reset();
    }

    Result<void> start(int width, int height, const ColorSpec& color) {
        const double rate = context().frame_rate;
        auto encoder = options_.open_encoder(file_ ? file_->temporary() : "relay",
                                             {.width = width,
                                              .height = height,
                                              .frame_rate = rate > 0 ? rate : 30,
                                              .color = color,
                                              .pixel_aspect = context().pixel_aspect,
                                              .quality = options_.video_quality,
                                              .threads = options_.encoder_threads,
                                              .tap = tap_});
        if (!encoder) return fail(encoder.error());
        encoder_ = std::move(*encoder);
        overlay_.emplace(width, height,
                         OverlayOptions{context().class_names, options_.trail_length});
        fitted_.resize(width, height);
        return {};
    }

    /// The source's picture at the encoder's size, objects_ with it.
    Picture& fit() {
        const int width = fitted_.width(), height = fitted_.height();
        if (source_.width() == width && source_.height() == height) return source_;
        scale(source_, fitted_);
        const float sx = static_cast<float>(width) / static_cast<float>(source_.width());
        const float sy = static_cast<float>(height) / static_cast<float>(source_.height());
        for (Object& o : objects_) {
            o.box = {o.box.x1 * sx, o.box.y1 * sy, o.box.x2 * sx, o.box.y2 * sy};
        }
        return fitted_;
    }

    std::filesystem::path path_;
    SinkOptions options_;
    const std::shared_ptr<media::PacketTap> tap_;
    std::optional<AtomicFile> file_;
    std::unique_ptr<media::Encoder> encoder_;  ///< writes to file_'s temporary name
    std::optional<Overlay> overlay_;
    std::optional<Timestamp> start_;  ///< of the first frame, by the source's clock
    Picture source_, fitted_;
    std::vector<Object> objects_;
};

}  // namespace

std::unique_ptr<Sink> make_video(const SinkOptions& options) {
    return std::make_unique<VideoSink>(options);
}

std::unique_ptr<Sink> make_drawn(std::shared_ptr<media::PacketTap> tap,
                                 const SinkOptions& options) {
    return std::make_unique<VideoSink>(options, std::move(tap));
}

}  // namespace saccade::sink
