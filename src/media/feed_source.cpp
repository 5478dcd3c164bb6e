#include "media/feed_source.h"

#include <deque>
#include <optional>
#include <utility>

namespace saccade::media {
namespace {

class FeedSource final : public Source {
  public:
    FeedSource(std::shared_ptr<FrameFeed> feed, std::uint32_t stream)
        : feed_(std::move(feed)), stream_(stream) {
        const FeedOptions& options = feed_->options();
        info_.name = options.name;
        info_.codec = "raw";
        info_.decoder = "none: pictures of the program";
        info_.width = options.width;
        info_.height = options.height;
        info_.frame_rate = options.frame_rate;
        info_.live = options.live;
        info_.format = options.format;
        info_.color = options.color;
    }
    ~FeedSource() override { feed_->interrupt(); }

    [[nodiscard]] const StreamInfo& info() const noexcept override { return info_; }

    Result<SourceEvent> read() override {
        if (ready_.empty() && !ended_) take();
        if (ready_.empty()) {
            if (interrupted_) {
                interrupted_ = false;
                return fail(ErrorCode::interrupted, info_.name + ": interrupted");
            }
            return End{};
        }
        SourceEvent event = std::move(ready_.front());
        ready_.pop_front();
        return event;
    }

    void interrupt() noexcept override { feed_->interrupt(); }

  private:
    void take() {
        auto pushed = feed_->next();
        if (!pushed) {
            ended_ = true;
            interrupted_ = !feed_->at_end();
            return;
        }
        Frame& frame = pushed->frame;
        frame.id.stream = stream_;
        if (!pushed->lost.empty()) ready_.emplace_back(Discontinuity{std::move(pushed->lost)});
        const bool changed = frame.width != info_.width || frame.height != info_.height ||
                             frame.format != info_.format || !(frame.color == info_.color);
        if (changed) {
            info_.width = frame.width;
            info_.height = frame.height;
            info_.format = frame.format;
            info_.color = frame.color;
            ready_.emplace_back(FormatChanged{info_});
        }
        ready_.emplace_back(std::move(frame));
    }

    std::shared_ptr<FrameFeed> feed_;
    const std::uint32_t stream_;
    StreamInfo info_;
    std::deque<SourceEvent> ready_;
    bool ended_ = false, interrupted_ = false;
};

}  // namespace

Result<std::unique_ptr<Source>> open_feed(std::shared_ptr<FrameFeed> feed, std::uint32_t stream) {
    const FeedOptions& options = feed->options();
    if (options.width < 1 || options.height < 1) {
        return fail(ErrorCode::invalid_argument,
                    options.name + ": the feed does not say the size of its first picture",
                    "set width and height of FeedOptions");
    }
    return std::make_unique<FeedSource>(std::move(feed), stream);
}

}  // namespace saccade::media
