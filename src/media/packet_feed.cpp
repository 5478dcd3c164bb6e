#include "media/packet_feed.h"

#include <algorithm>
#include <utility>

namespace saccade::media {
namespace {

// Segments that a decoder may be ahead of the slowest, for each decoder: what is found in them has
// to be kept until the slowest is done.
constexpr std::size_t window = 4;

// Packets that all decoders together may have read ahead.
constexpr std::size_t all_bytes = std::size_t{1} << 30U;

// How soon a stop is seen that comes by token alone.
constexpr std::chrono::milliseconds look_again{50};

}  // namespace

Result<std::unique_ptr<PacketFeed>> PacketFeed::open(const std::string& location,
                                                     const std::stop_token& stop,
                                                     std::shared_ptr<const LiveInput> live) {
    return open(location, std::make_shared<StopFlag>(stop), std::move(live));
}

Result<std::unique_ptr<PacketFeed>> PacketFeed::again() const {
    auto feed = open(location_, stop_, nullptr);  // (a file: others can't be read again)
    if (feed) (*feed)->demuxer_->follow(*demuxer_);
    return feed;
}

Result<std::unique_ptr<PacketFeed>> PacketFeed::open(const std::string& location,
                                                     std::shared_ptr<StopFlag> stop,
                                                     std::shared_ptr<const LiveInput> live) {
    std::unique_ptr<PacketFeed> feed(new PacketFeed(location, stop));
    auto stopped = [flag = std::move(stop), live] {
        return (*flag)() || (live && live->gives_up && live->gives_up());
    };
    auto demuxer = Demuxer::open(location, std::move(stopped), std::move(live));
    if (!demuxer) return fail(demuxer.error());
    feed->demuxer_ = std::move(*demuxer);
    feed->share(1);
    return feed;
}

std::size_t PacketFeed::share(std::size_t wanted, const SegmenterOptions& options) {
    const auto read = [this](AVPacket& packet) { return demuxer_->read(packet); };
    const AVCodecParameters& codec = *demuxer_->stream().codecpar;
    const bool apart = wanted > 1 && !demuxer_->live() && EntryPoints(codec).known();
    decoders_ = apart ? wanted : 1;
    SegmenterOptions chosen = apart ? options : SegmenterOptions{.cut = false, .most = 1};
    chosen.most_bytes = std::min(chosen.most_bytes, all_bytes / decoders_);
    segmenter_.emplace(codec, read, chosen);
    return decoders_;
}

void PacketFeed::join() {
    std::lock_guard lock(mutex_);
    ++busy_;
}

template <typename Done>
void PacketFeed::wait(std::unique_lock<std::mutex>& lock, Done done) {
    while (!stopped() && !done()) changed_.wait_for(lock, look_again);
}

bool PacketFeed::far_ahead() const {
    return !open_.empty() && next_ - *open_.begin() >= window * decoders_;
}

std::optional<Segment> PacketFeed::claim() {
    std::unique_lock lock(mutex_);
    wait(lock, [this] { return doubted() || (!held_ && !far_ahead()); });
    return next_segment();
}

std::optional<Segment> PacketFeed::try_claim() {
    std::lock_guard lock(mutex_);
    return held_ || far_ahead() ? std::nullopt : next_segment();
}

std::optional<Segment> PacketFeed::next_segment() {
    if (stopped() || doubted()) return std::nullopt;
    auto segment = segmenter_->next();
    if (!segment) return std::nullopt;
    ++next_;
    open_.insert(segment->number);
    if (!segment->whole) held_ = segment->number;
    return segment;
}

void PacketFeed::more(Segment& segment) {
    std::unique_lock lock(mutex_);
    segmenter_->more(segment);
    if (!segment.whole) return;
    held_.reset();
    lock.unlock();
    changed_.notify_all();
}

void PacketFeed::done(const Segment& segment, std::uint64_t pictures) {
    {
        std::lock_guard lock(mutex_);
        open_.erase(segment.number);
        pictures_[segment.number] = pictures;
        if (held_ == segment.number) held_.reset();
    }
    changed_.notify_all();
}

std::uint64_t PacketFeed::doubt(const Segment& segment) {
    std::uint64_t next = 0;
    {
        std::lock_guard lock(mutex_);
        doubted_ = std::min(doubted_.load(), segment.number);
        next = next_;
    }
    changed_.notify_all();
    return next;
}

std::uint64_t PacketFeed::pictures_that_count() const {
    std::uint64_t sum = 0;
    for (const auto& [number, pictures] : pictures_) {
        if (number <= doubted_) sum += pictures;
    }
    return sum;
}

std::optional<PacketFeed::Ending> PacketFeed::finish(const DamageReport& found) {
    std::unique_lock lock(mutex_);
    damage_.merge(found);
    --busy_;
    changed_.notify_all();
    wait(lock, [this] { return busy_ == 0; });
    if (busy_ != 0) return std::nullopt;
    if (doubted() && !std::exchange(again_, true))
        return Ending{"", Again{pictures_that_count(), next_}};
    if (!doubted() && !conclusion_) {
        note_whole();
        conclusion_ = damage_.summary(name_);
    }
    wait(lock, [this] { return conclusion_.has_value(); });
    if (!conclusion_) return std::nullopt;
    return Ending{*conclusion_, std::nullopt};
}

void PacketFeed::conclude(const std::string& damage) {
    {
        std::lock_guard lock(mutex_);
        conclusion_ = damage;
    }
    changed_.notify_all();
}

void PacketFeed::note_whole() {
    const int code = segmenter_->ended();
    const std::string io = demuxer_->io_failure();
    if (code != AVERROR_EOF && code != 0 && io.empty()) {
        damage_.note_whole(code == AVERROR_INVALIDDATA ? "reading stopped at a damaged packet"
                                                       : "reading stopped: " + libav_message(code));
    }
    if (!io.empty()) damage_.note_whole("reading failed: " + io);
    for (const std::string& what :
         {demuxer_->truncation(), demuxer_->nonsense(), demuxer_->shortfall()}) {
        if (!what.empty()) damage_.note_whole(what);
    }
}

bool PacketFeed::splits() const {
    std::lock_guard lock(mutex_);
    return segmenter_->splits() && !doubted();
}

int PacketFeed::failure() const {
    std::lock_guard lock(mutex_);
    const int code = segmenter_->ended();
    return code == AVERROR_EOF ? 0 : code;
}

void PacketFeed::stop() noexcept {
    stop_->set();
    changed_.notify_all();
}

}  // namespace saccade::media
