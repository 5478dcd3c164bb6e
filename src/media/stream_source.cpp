#include "media/stream_source.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <utility>

#include "core/mask_secrets.h"
#include "media/packet_feed.h"
#include "media/picture_reader.h"

namespace saccade::media {
namespace {

/// One decoder on a feed, which it may share with others.
class StreamSource final : public Source {
  public:
    /// `decoders`: how many share the feed.
    StreamSource(std::shared_ptr<PacketFeed> feed, const SourceOptions& options,
                 std::size_t decoders)
        : options_(with_stop(options, interrupted_.get_token())),
          on_stop_(options.stop, [this] { interrupted_.request_stop(); }),
          feed_(std::move(feed)),
          reader_(options_) {
        info_.decoders = decoders;
    }
    ~StreamSource() override { feed_->stop(); }

    /// The first of a feed: up to the first picture, which tells what the stream is really like.
    Result<void> open(const std::string& name);
    /// The others. `first` was opened, and not read from.
    void follow(const StreamSource& first);
    /// The first turned out to have the stream to itself. Before anything is read.
    void stay_alone();

    [[nodiscard]] const StreamInfo& info() const noexcept override { return info_; }
    Result<SourceEvent> read() override;
    void interrupt() noexcept override {
        interrupted_.request_stop();
        feed_->stop();
    }

  private:
    static SourceOptions with_stop(SourceOptions options, std::stop_token stop) {
        options.stop = std::move(stop);
        return options;
    }
    Result<void> fill();
    Result<void> begin();
    Result<void> send();
    bool go_on();
    void finish_part();
    void begin_part(Segment segment);
    void give_up_part();
    Result<void> end();
    Result<void> read_again(const PacketFeed::Again& again);
    tl::unexpected<Error> close(Error error);
    [[nodiscard]] PacketFeed& feed() const { return again_ ? *again_ : *feed_; }
    /// What kept the feed from giving packets, if not the stream's end.
    [[nodiscard]] Result<void> feed_failure() const;
    [[nodiscard]] Error stopped() const;

    std::stop_source interrupted_;  ///< by interrupt() or the options' stop
    const SourceOptions options_;
    std::stop_callback<std::function<void()>> on_stop_;
    StreamInfo info_;  // as of the latest event handed out
    std::shared_ptr<PacketFeed> feed_;
    PictureReader reader_;
    std::optional<Segment> segment_;
    std::shared_ptr<PacketFeed> again_;  ///< a damaged stream is read again from here, alone
    std::uint64_t again_part_ = 0;       ///< as this part
    std::optional<Segment>
        ahead_;  ///< the next: its packets are sent while pictures of segment_ come out
    bool closed_ = false;
    std::optional<End> end_;
};

Result<void> StreamSource::open(const std::string& name) {
    const Demuxer& demuxer = feed_->demuxer();
    info_.name = mask_url(name);
    set_declared(info_, demuxer);
    if (options_.before_decoder) {
        const auto room = options_.before_decoder(info_);
        if (!room) return fail(room.error());
        if (*room < info_.decoders) info_.decoders = feed_->share(*room);
    }
    if (auto opened = reader_.open(demuxer, info_); !opened) return opened;
    while (!reader_.has_pictures() && !end_) {
        if (auto done = fill(); !done) return done;
    }
    if (reader_.has_pictures()) {
        info_ = reader_.info();
        return {};
    }
    return fail(ErrorCode::corrupt,
                end_->damage.empty() ? info_.name + ": not a media file: no picture in it"
                                     : end_->damage + "; no picture can be decoded",
                "give a video, an image or a folder of images");
}

void StreamSource::follow(const StreamSource& first) {
    info_ = first.info_;
    reader_.follow(first.reader_);
    feed_->join();
}

void StreamSource::stay_alone() {
    info_.decoders = 1;
    std::erase_if(reader_.events(), [](const SourceEvent& event) {
        return std::holds_alternative<PartBegins>(event) || std::holds_alternative<PartEnds>(event);
    });
}

Result<SourceEvent> StreamSource::read() {
    if (!closed_ && feed_->stopped()) return close(stopped());
    auto& events = reader_.events();
    while (!closed_ && events.empty() && !end_) {
        if (auto done = fill(); !done) return close(done.error());
    }
    if (events.empty()) return *end_;
    SourceEvent event = std::move(events.front());
    events.pop_front();
    if (const auto* changed = std::get_if<FormatChanged>(&event)) info_ = changed->info;
    return event;
}

/// After an error only End follows, and the others on the feed can't go on.
tl::unexpected<Error> StreamSource::close(Error error) {
    feed_->stop();
    closed_ = true;
    reader_.events().clear();
    end_ = End{error.message};
    return fail(std::move(error));
}

/// One step: takes a picture or feeds a packet.
Result<void> StreamSource::fill() {
    if (!segment_) return begin();
    if (!again_ && feed_->is_void(*segment_)) {
        give_up_part();
        return {};
    }
    const auto step = reader_.step();
    if (!step) return fail(step.error());
    if (*step == PictureReader::Step::hungry) return send();
    if (*step == PictureReader::Step::doubtful) {
        give_up_part();
        return {};
    }
    if (ahead_ &&
        (*step == PictureReader::Step::crossed || *step == PictureReader::Step::drained)) {
        finish_part();
        begin_part(*std::exchange(ahead_, std::nullopt));
        reader_.enter(*segment_);
    }
    if (*step == PictureReader::Step::drained) {
        if (reader_.finish_part()) {
            finish_part();
        } else {
            give_up_part();
        }
    }
    return {};
}

void StreamSource::finish_part() {
    reader_.settle_times();
    if (info_.decoders > 1) reader_.events().emplace_back(PartEnds{});
    feed().done(*segment_, reader_.pictures());
    segment_.reset();
}

/// Of this part the pictures taken so far count, or none, if one before it was given up.
void StreamSource::give_up_part() {
    reader_.settle_times();
    const std::uint64_t next = feed_->doubt(*segment_);
    if (info_.decoders > 1) reader_.events().emplace_back(PartEnds{next});
    if (ahead_) feed_->done(*std::exchange(ahead_, std::nullopt), 0);
    feed_->done(*segment_, reader_.pictures());
    segment_.reset();
}

void StreamSource::begin_part(Segment segment) {
    segment_ = std::move(segment);
    if (info_.decoders <= 1) return;
    reader_.events().emplace_back(PartBegins{again_ ? again_part_ : segment_->number});
}

Result<void> StreamSource::begin() {
    auto segment = feed().claim();
    if (!segment) {
        if (auto read = feed_failure(); !read) return read;
        return end();
    }
    if (!reader_.is_open()) {
        const auto lock = feed_->hold();
        if (auto opened = reader_.open_decoder(feed_->demuxer()); !opened) return opened;
    }
    begin_part(std::move(*segment));
    reader_.start(*segment_);
    reader_.bound(*segment_);
    return {};
}

Result<void> StreamSource::send() {
    Segment& segment = ahead_ ? *ahead_ : *segment_;
    auto& packets = segment.packets;
    if (packets.empty() && !segment.whole) {
        feed().more(segment);
        reader_.bound(segment);
    }
    if (packets.empty()) {
        if (auto read = feed_failure(); !read) return read;
        return go_on() ? Result<void>{} : reader_.send(nullptr);
    }
    const AvPacket packet = std::move(packets.front());
    packets.pop_front();
    return reader_.send(packet.get());
}

/// The next segment follows without an end of this one, if that can be had at once.
bool StreamSource::go_on() {
    if (info_.decoders <= 1 || again_ || ahead_ || !reader_.can_go_on()) return false;
    ahead_ = feed_->try_claim();
    if (!ahead_) return false;
    reader_.go_on(ahead_->begin.value_or(0));
    reader_.bound(*ahead_);
    return true;
}

Result<void> StreamSource::end() {
    const auto ending = feed().finish(reader_.damage());
    if (!ending) return fail(stopped());
    if (ending->again) return read_again(*ending->again);
    if (again_) feed_->conclude(ending->damage);
    end_ = End{ending->damage};
    return {};
}

/// The first sign of damage was met: from the pictures handed out so far on, the stream is what one
/// decoder makes of it.
Result<void> StreamSource::read_again(const PacketFeed::Again& again) {
    auto feed = feed_->again();
    if (!feed) return fail(feed.error());
    again_ = std::move(*feed);
    again_part_ = again.segment;
    return reader_.read_again(again_->demuxer(), again.taken);
}

Result<void> StreamSource::feed_failure() const {
    if (feed_->stopped()) return fail(stopped());
    return feed().failure() == AVERROR(ENOMEM) ? reader_.no_memory() : Result<void>{};
}

Error StreamSource::stopped() const {
    return {ErrorCode::interrupted, info_.name + ": interrupted", ""};
}

}  // namespace

Result<std::vector<std::unique_ptr<Source>>> open_stream_in_parts(const std::string& location,
                                                                  const SourceOptions& options,
                                                                  std::size_t decoders) {
    auto opened = PacketFeed::open(location, options.stop, options.live);
    if (!opened) return fail(opened.error());
    const std::shared_ptr<PacketFeed> feed = std::move(*opened);
    feed->set_taps(options.taps);
    auto first = std::make_unique<StreamSource>(feed, options, feed->share(decoders));
    if (auto done = first->open(location); !done) return fail(done.error());
    decoders = first->info().decoders;
    if (decoders > 1 && !feed->splits()) {
        decoders = 1;
        first->stay_alone();
    }
    std::vector<std::unique_ptr<Source>> sources;
    for (std::size_t i = 1; i < decoders; ++i) {
        auto further = std::make_unique<StreamSource>(feed, options, decoders);
        further->follow(*first);
        sources.push_back(std::move(further));
    }
    sources.insert(sources.begin(), std::move(first));
    return sources;
}

Result<std::unique_ptr<Source>> open_stream(const std::string& location,
                                            const SourceOptions& options) {
    auto sources = open_stream_in_parts(location, options, 1);
    if (!sources) return fail(sources.error());
    return std::move(sources->front());
}

}  // namespace saccade::media
