// Annotated video: MP4 of the frames with boxes, labels and trails drawn on copies of them.
//
// The video begins with its first frame, whatever time that has in the source (as ffmpeg's own
// outputs do): a player would show nothing for the hours that a recording's clock may start at.
// Pixels keep the source's shape.
//
// Pictures that were decoded on a GPU are drawn on there, over copies. They come down once, as what
// the encoder takes (NV12), or not at all where the encoder is on the GPU as well. While one comes
// down, the one before is encoded.
//
// All frames are encoded at the first one's size. A stream that changes size on the way is scaled
// to it, boxes included: one file a stream, as with every format.
#include <algorithm>
#include <optional>
#include <utility>

#include "core/atomic_file.h"
#include "media/encoder_choice.h"
#include "sink/device_painter.h"
#include "sink/drawn.h"
#include "sink/formats.h"
#include "sink/objects.h"
#include "sink/ordered_sink.h"
#include "sink/overlay.h"
#include "sink/partial_mark.h"
#include "sink/picture.h"
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
        if (!options_.open_painter) options_.open_painter = open_device_painter;
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
        const bool other = encoder_ && (frame.width != width_ || frame.height != height_);
        if (tap_ && other) {  // nothing ties a live stream to its first size
            if (auto done = encode_all(); !done) return done;
            if (auto done = encoder_->finish(); !done) return done;
            encoder_.reset();
        }
        shown_objects(result, context().tracking, options_.include_lost, objects_);
        const bool fits = !encoder_ || (frame.width == width_ && frame.height == height_);
        return frame.memory == MemoryKind::cuda && fits ? draw_there(frame) : draw_here(frame);
    }

    Result<void> draw_there(const Frame& frame) {
        if (!encoder_) {
            if (auto done = start(frame.width, frame.height, frame.color, frame.device); !done)
                return done;
        }
        if (auto done = open_painter(frame.device); !done) return done;
        const bool stays = encoder_device_ == frame.device;
        const auto to = stays ? DevicePainter::To::device : DevicePainter::To::host;
        const PaintList& list = overlay_->draw(objects_, frame.color);
        if (auto done = painter_->start(frame, list, to); !done) return done;
        // A live stream waits for nothing.
        const std::size_t ahead = tap_ ? 0 : 1;
        while (painter_->under_way() > ahead) {
            if (auto done = encode_oldest(); !done) return done;
        }
        return {};
    }

    Result<void> draw_here(const Frame& frame) {
        auto host = on_host(frame);
        if (!host) return fail(host.error());
        if (auto done = to_i420(*host, source_); !done) return done;
        if (!encoder_) {
            if (auto done = start(source_.width(), source_.height(), source_.color, -1); !done)
                return done;
        }
        if (auto done = encode_all(); !done) return done;  // what came before
        Picture& picture = fit();
        paint(overlay_->draw(objects_, picture.color), picture);
        return encode(picture.view(*host));
    }

    /// For as long as frames come from the same device.
    Result<void> open_painter(int device) {
        if (painter_ && painter_device_ == device) return {};
        if (auto done = encode_all(); !done) return done;
        auto painter = options_.open_painter(device);
        if (!painter) return fail(painter.error());
        painter_ = std::move(*painter);
        painter_device_ = device;
        return {};
    }

    Result<void> encode_all() {
        while (painter_ && painter_->under_way() > 0) {
            if (auto done = encode_oldest(); !done) return done;
        }
        return {};
    }

    Result<void> encode_oldest() {
        auto drawn = painter_->finish();
        if (!drawn) return fail(drawn.error());
        return encode(std::move(*drawn));
    }

    /// In whatever memory; the encoder gets it in its own.
    Result<void> encode(Frame drawn) {
        if (!start_) start_ = drawn.pts;
        drawn.pts -= *start_;
        const bool there = drawn.memory == MemoryKind::cuda && drawn.device == encoder_device_;
        if (encoder_device_ < 0 || there) return encoder_->write(drawn);
        if (auto done = open_painter(encoder_device_); !done) return done;
        auto uploaded = painter_->upload(drawn);
        return uploaded ? encoder_->write(*uploaded) : fail(uploaded.error());
    }

    Result<void> close(Outcome outcome) override {
        if (!encoder_ && tap_) return {};
        if (!encoder_) {
            // Not one frame: still a file that players can open, so it needs some size.
            if (auto done =
                    start(std::max(context().width, 16), std::max(context().height, 16), {}, -1);
                !done) {
                return done;
            }
        }
        if (auto done = encode_all(); !done) return done;
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

    /// `device`: where the first frame is.
    Result<void> start(int width, int height, const ColorSpec& color, int device) {
        const double rate = context().frame_rate;
        encoder_device_ = -1;
        if (device >= 0) {
            const auto codec = media::find_encoder(options_.encoder);
            if (!codec) return fail(codec.error());
            // (Odd sizes are padded, which is done on the host.)
            const bool even = width % 2 == 0 && height % 2 == 0;
            if (even && media::takes_device_pictures(**codec)) encoder_device_ = device;
        }
        auto encoder =
            options_.open_encoder(file_ ? file_->temporary() : "relay",
                                  {.width = width,
                                   .height = height,
                                   .frame_rate = rate > 0 ? rate : 30,
                                   .color = color,
                                   .pixel_aspect = context().pixel_aspect,
                                   .choice = options_.encoder,
                                   .threads = options_.encoder_threads,
                                   .format = device >= 0 ? PixelFormat::nv12 : PixelFormat::i420,
                                   .device = encoder_device_,
                                   .tap = tap_});
        if (!encoder) return fail(encoder.error());
        encoder_ = std::move(*encoder);
        overlay_.emplace(width, height,
                         OverlayOptions{context().class_names, options_.trail_length});
        width_ = width;
        height_ = height;
        return {};
    }

    /// The source's picture at the encoder's size, objects_ with it.
    Picture& fit() {
        if (source_.width() == width_ && source_.height() == height_) return source_;
        fitted_.resize(width_, height_);
        scale(source_, fitted_);
        const float sx = static_cast<float>(width_) / static_cast<float>(source_.width());
        const float sy = static_cast<float>(height_) / static_cast<float>(source_.height());
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
    int encoder_device_ = -1;                  ///< whose pictures it takes; -1: the host's
    int width_ = 0, height_ = 0;               ///< of the encoder's pictures
    std::unique_ptr<DevicePainter> painter_;
    int painter_device_ = -1;
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
