// MOTChallenge text, as TrackEval reads it: a line an object,
//
//     frame,id,bb_left,bb_top,bb_width,bb_height,conf,-1,-1,-1
//
// Frames count from 1. The benchmark's pixels do too: the top left pixel of the picture is (1, 1),
// so 1 is added to our left and top edges. Without a tracker the id is -1, the form of det.txt.
#include <iterator>

#include "sink/formats.h"
#include "sink/objects.h"
#include "sink/text_sink.h"

namespace saccade::sink {
namespace {

class MotFormat final : public TextFormat {
  public:
    explicit MotFormat(bool include_lost) : include_lost_(include_lost) {}

    void header(const Context& context, fmt::memory_buffer&) override {
        tracking_ = context.tracking;
    }

    Result<void> frame(const FrameResult& result, fmt::memory_buffer& out) override {
        shown_objects(result, tracking_, include_lost_, objects_);
        for (const Object& o : objects_) {
            fmt::format_to(std::back_inserter(out),
                           "{},{},{:.3f},{:.3f},{:.3f},{:.3f},{:.6f},-1,-1,-1\n",
                           result.id.index + 1, o.id, o.box.x1 + 1.0, o.box.y1 + 1.0, o.box.width(),
                           o.box.height(), o.score);
        }
        return {};
    }

    void footer(Outcome, std::uint64_t, fmt::memory_buffer&) override {}

  private:
    bool include_lost_, tracking_ = true;
    std::vector<Object> objects_;
};

}  // namespace

std::unique_ptr<Sink> make_mot(const SinkOptions& options) {
    return make_text_sink(options, ".txt", std::make_unique<MotFormat>(options.include_lost));
}

}  // namespace saccade::sink
