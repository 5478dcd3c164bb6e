// The best picture of each track: a folder of JPEG files, track-ID.jpg, and of crops.jsonl, which
// says of each where and when it was taken:
//
//     {"id":12,"class":0,"name":"person","score":0.87,"frame":411,"time_s":13.7,
//      "box":[x1,y1,x2,y2],"file":"track-12.jpg","quality":1.21}
//
// Best is what is large, in the open and sharp (picture_quality.h). What boxes tell costs nothing;
// pixels are looked at only where those promise more than the best so far, or at times where they
// promise about as much. A track's picture is kept as JPEG, and goes to the disk when the track was
// not seen for a while or too much is kept; where it comes back with a better one, that takes its
// place.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "core/crop.h"
#include "media/jpeg.h"
#include "sink/atomic_folder.h"
#include "sink/csv_field.h"
#include "sink/device_painter.h"
#include "sink/formats.h"
#include "sink/json_string.h"
#include "sink/objects.h"
#include "sink/ordered_sink.h"
#include "sink/partial_mark.h"
#include "sink/picture_quality.h"
#include "sink/text_sink.h"

namespace saccade::sink {
namespace {

constexpr std::uint64_t unseen_for = 300;            ///< frames after which a picture is put away
constexpr std::uint64_t look_every = 5;              ///< frames, at what is about as good
constexpr double about_as_good = 0.8;                ///< of the best view
constexpr double better_by = 1.05;                   ///< than the best, for a picture to replace it
constexpr std::size_t most_kept = 64 * 1024 * 1024;  ///< bytes of JPEG in memory
constexpr double margin = 0.05;                      ///< of the box, on each side
constexpr int longest_side = 1024;                   ///< px of a picture
constexpr const char* table_name = "crops.jsonl";

std::string file_of(std::int64_t id) {
    return fmt::format("track-{}.jpg", id);
}

bool is_ours(const std::filesystem::path& name) {
    return name == table_name ||
           (name.extension() == ".jpg" && name.string().starts_with("track-"));
}

class CropsSink final : public OrderedSink {
  public:
    explicit CropsSink(const SinkOptions& options)
        : path_(options.folder / (options.stem + ".crops")) {}

    [[nodiscard]] bool wants_pixels() const noexcept override { return true; }
    [[nodiscard]] std::string path() const override { return path_.string(); }
    [[nodiscard]] std::uint64_t bytes() const noexcept override { return bytes_ + kept_; }

  private:
    /// What is known of a track's best picture.
    struct Best {
        double quality = 0, view = 0;
        std::uint64_t looked = 0, seen = 0;  ///< frames put
        std::uint64_t frame = 0;             ///< the picture's, as sources number them
        Timestamp pts{0};
        Box box;
        float score = 0;
        int class_id = 0;
        std::string jpeg;  ///< empty once it is on the disk
    };

    Result<void> open() override {
        auto folder = AtomicFolder::create(path_, is_ours);
        if (!folder) return fail(folder.error());
        folder_.emplace(std::move(*folder));
        return {};
    }

    Result<void> put(const FrameResult& result, const Frame& frame) override {
        boxes_.clear();
        for (const Track& track : result.tracks) {
            if (track.state == TrackState::confirmed) boxes_.push_back(track.box);
        }
        for (const Track& track : result.tracks) {
            if (track.state != TrackState::confirmed) continue;
            if (auto done = consider(track, result, frame); !done) return done;
        }
        return frames() % look_every == 0 || kept_ > most_kept ? put_away() : Result<void>{};
    }

    Result<void> consider(const Track& track, const FrameResult& result, const Frame& frame) {
        Best& best = best_[track.id];
        best.seen = frames();
        const double view = view_quality(track.box, boxes_, result.width, result.height);
        const bool more = view > better_by * best.view;
        const bool again = view > about_as_good * best.view && frames() >= best.looked + look_every;
        if (!(view > 0) || !(more || again)) return {};
        best.looked = frames();
        const auto part = crop(frame, with_margin(track.box));
        if (!part) return {};
        auto host = on_host(*part);
        if (!host) return fail(host.error());
        // (A grey wall is a picture as well.)
        const double quality = view * (0.2 + sharpness(*host)) * (0.5 + 0.5 * track.score);
        best.view = std::max(best.view, view);
        if (!(quality > better_by * best.quality)) return {};
        auto jpeg = media::encode_jpeg(*host, {.longest_side = longest_side});
        if (!jpeg) return fail(jpeg.error());
        kept_ += jpeg->size();
        kept_ -= best.jpeg.size();
        best = {.quality = quality,
                .view = view,
                .looked = frames(),
                .seen = frames(),
                .frame = result.id.index,
                .pts = result.pts,
                .box = track.box,
                .score = track.score,
                .class_id = track.class_id,
                .jpeg = std::move(*jpeg)};
        return {};
    }

    static Box with_margin(const Box& box) {
        const auto x = static_cast<float>(margin) * box.width();
        const auto y = static_cast<float>(margin) * box.height();
        return {box.x1 - x, box.y1 - y, box.x2 + x, box.y2 + y};
    }

    /// Pictures of those that are gone, or of all where too much is kept, to the disk.
    Result<void> put_away(bool all = false) {
        all = all || kept_ > most_kept;
        for (auto& [id, best] : best_) {
            if (best.jpeg.empty() || (!all && frames() - best.seen < unseen_for)) continue;
            if (auto done = folder_->put(file_of(id), best.jpeg); !done) return done;
            bytes_ += best.jpeg.size();
            kept_ -= best.jpeg.size();
            best.jpeg = std::string();
        }
        return {};
    }

    Result<void> close(Outcome outcome) override {
        if (auto done = put_away(true); !done) return done;
        fmt::memory_buffer text;
        for (const auto& [id, best] : best_) {
            if (best.quality > 0) append_line(id, best, text);
        }
        if (auto done = folder_->put(table_name, {text.data(), text.size()}); !done) return done;
        auto done = commit_marked(path_, outcome, frames(), [&] { return folder_->commit(); });
        if (done) folder_.reset();
        return done;
    }

    void append_line(std::int64_t id, const Best& best, fmt::memory_buffer& out) const {
        fmt::format_to(
            std::back_inserter(out),
            "{{\"id\":{},\"class\":{},\"name\":{},\"score\":{},\"frame\":{},\"time_s\":{},"
            "\"box\":[{},{},{},{}],\"file\":{},\"quality\":{:.4f}}}\n",
            id, best.class_id, json_string(class_name(context().class_names, best.class_id)),
            best.score, best.frame, exact_seconds(best.pts), best.box.x1, best.box.y1, best.box.x2,
            best.box.y2, json_string(file_of(id)), best.quality);
    }

    void discard() noexcept override { folder_.reset(); }

    std::filesystem::path path_;
    std::optional<AtomicFolder> folder_;
    std::map<std::int64_t, Best> best_;  ///< by track, those that are gone too: some hundred bytes
    std::vector<Box> boxes_;             ///< of one frame
    std::size_t kept_ = 0;               ///< bytes of JPEG in memory
    std::uint64_t bytes_ = 0;            ///< and on the disk
};

}  // namespace

std::unique_ptr<Sink> make_crops(const SinkOptions& options) {
    return std::make_unique<CropsSink>(options);
}

}  // namespace saccade::sink
