// Where results go: one output file (or folder) of one stream.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/frame.h"
#include "media/image_names.h"
#include "media/pixel_aspect.h"
#include "saccade/error.h"
#include "saccade/status.h"
#include "saccade/types.h"

namespace saccade::sink {

/// What a sink knows before the first frame.
struct Context {
    std::string source;  ///< name of the stream, for headers
    int width = 0, height = 0;
    double frame_rate = 0;  ///< Hz, 0 where unknown
    std::vector<std::string> class_names;
    bool tracking = true;  ///< results carry tracks; else detections alone
    media::PixelAspect pixel_aspect = {};
    Timestamp start{0};  ///< of the first picture, by the file's clock
    bool live = false;   ///< a camera or its like: gaps and the sender's clock are told
    /// Where each frame is an image file: what FrameResult::file is called. Else none.
    std::shared_ptr<const media::ImageNames> images = nullptr;
};

/// How an output ends: `complete` where all frames were written, `interrupted` where the run was
/// stopped on request, `failed` where the source broke off. Of the last two, what is there is whole
/// frames, and is marked partial.
using Outcome = Status;

/// Calls come in the order begin, write ..., finish, from one thread. Files appear under their
/// final names only in finish; a sink destroyed without it leaves nothing behind. Partial outputs
/// (any outcome but complete) bear the mark that their format allows, and where it allows none, a
/// file NAME.partial beside it says why.
class Sink {
  public:
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    virtual ~Sink() = default;

    /// Errors (here and below): unwritable, with the path in the message.
    virtual Result<void> begin(const Context& context) = 0;

    /// One frame's results. `frame` has its pixels where wants_pixels(), else may be without
    /// planes.
    virtual Result<void> write(const FrameResult& result, const Frame& frame) = 0;

    /// The source gave nothing more from here to its end. Before finish(), where that is so; what
    /// lies between frames comes with the frame behind it.
    virtual void outage_at_end(const Outage& outage) { static_cast<void>(outage); }

    virtual Result<void> finish(Outcome outcome) = 0;

    /// Whether write() needs the picture (annotated video).
    [[nodiscard]] virtual bool wants_pixels() const noexcept { return false; }

    /// The file or folder that finish() leaves.
    [[nodiscard]] virtual std::string path() const = 0;
    /// All that it leaves, where that is several.
    [[nodiscard]] virtual std::vector<std::string> paths() const { return {path()}; }
    /// About how many bytes it has written so far; 0 where it does not tell.
    [[nodiscard]] virtual std::uint64_t bytes() const noexcept { return 0; }
};

}  // namespace saccade::sink
