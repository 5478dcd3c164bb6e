// A folder of YOLO label files, one a frame, also for a frame without objects. A line an object,
//
//     class center_x center_y width height confidence [track id]
//
// the geometry in parts of the frame's width and height. The files are STEM_000001.txt ..., from 1
// in six or more digits; those of images bear the image's name: a.txt for a.jpg, and for those of
// the same name what else tells them apart, the folder or the ending (b-a.txt for b/a.jpg,
// a.png.txt for a.png).
#include <iterator>
#include <optional>
#include <utility>

#include "sink/atomic_folder.h"
#include "sink/formats.h"
#include "sink/objects.h"
#include "sink/ordered_sink.h"
#include "sink/partial_mark.h"
#include "sink/text_sink.h"

namespace saccade::sink {
namespace {

class YoloSink final : public OrderedSink {
  public:
    explicit YoloSink(const SinkOptions& options)
        : path_(options.folder / (options.stem + ".yolo")),
          stem_(options.stem),
          include_lost_(options.include_lost) {}

    [[nodiscard]] std::string path() const override { return path_.string(); }
    [[nodiscard]] std::uint64_t bytes() const noexcept override { return bytes_; }

  private:
    Result<void> open() override {
        auto folder = AtomicFolder::create(path_, ".txt");
        if (!folder) return fail(folder.error());
        folder_.emplace(std::move(*folder));
        return {};
    }

    Result<void> put(const FrameResult& result, const Frame&) override {
        if (result.width <= 0 || result.height <= 0) {
            return fail(ErrorCode::internal,
                        fmt::format("{}: frame {} has no size", path(), result.id.index));
        }
        shown_objects(result, context().tracking, include_lost_, objects_);
        text_.clear();
        for (const Object& o : objects_) append_line(o, result.width, result.height);
        bytes_ += text_.size();
        return folder_->add(file_stem(result), {text_.data(), text_.size()});
    }

    Result<void> close(Outcome outcome) override {
        auto done = commit_marked(path_, outcome, frames(), [&] { return folder_->commit(); });
        if (done) folder_.reset();
        return done;
    }

    void discard() noexcept override { folder_.reset(); }

    std::string file_stem(const FrameResult& result) {
        if (context().images) return context().images->of(*result.file).label;
        return fmt::format("{}_{:06}", stem_, result.id.index + 1);
    }

    void append_line(const Object& o, double width, double height) {
        fmt::format_to(std::back_inserter(text_), "{} {:.6f} {:.6f} {:.6f} {:.6f} {:.6f}",
                       o.class_id, o.box.center_x() / width, o.box.center_y() / height,
                       o.box.width() / width, o.box.height() / height, o.score);
        if (context().tracking) fmt::format_to(std::back_inserter(text_), " {}", o.id);
        append(text_, "\n");
    }

    std::filesystem::path path_;
    std::string stem_;
    bool include_lost_;
    std::optional<AtomicFolder> folder_;
    std::vector<Object> objects_;
    fmt::memory_buffer text_;  ///< of one frame
    std::uint64_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<Sink> make_yolo(const SinkOptions& options) {
    return std::make_unique<YoloSink>(options);
}

}  // namespace saccade::sink
