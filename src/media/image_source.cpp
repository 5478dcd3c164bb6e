#include "media/image_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "media/damage.h"
#include "media/image_decoder.h"
#include "media/stop_flag.h"

namespace saccade::media {
namespace {

constexpr std::size_t most_image_threads = 16;

/// Decodes files on several threads and hands them out in order, a bounded number ahead.
class ImageReader {
  public:
    ImageReader(std::vector<std::string> paths, std::size_t threads)
        : paths_(std::move(paths)), ahead_(2 * threads) {
        for (std::size_t i = 0; i < threads; ++i) {
            workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
        }
    }
    ~ImageReader() {
        for (auto& worker : workers_) worker.request_stop();
        changed_.notify_all();
    }
    ImageReader(const ImageReader&) = delete;
    ImageReader& operator=(const ImageReader&) = delete;

    [[nodiscard]] bool done() const { return next_out_ == paths_.size(); }
    /// Place in the order of what next() gives, and its file.
    [[nodiscard]] std::size_t place() const { return next_out_; }
    [[nodiscard]] const std::string& path() const { return paths_[next_out_]; }

    Result<Image> next() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ready_.contains(next_out_); });
        auto image = std::move(ready_.extract(next_out_).mapped());
        ++next_out_;
        lock.unlock();
        changed_.notify_all();
        return image;
    }

  private:
    void work(const std::stop_token& stop) {
        ImageDecoder decoder;
        for (;;) {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, stop, [&] {
                return next_in_ == paths_.size() || next_in_ < next_out_ + ahead_;
            });
            if (stop.stop_requested() || next_in_ == paths_.size()) return;
            const std::size_t place = next_in_++;
            lock.unlock();
            auto image = decoder.decode(paths_[place]);
            lock.lock();
            ready_.emplace(place, std::move(image));
            lock.unlock();
            changed_.notify_all();
        }
    }

    const std::vector<std::string> paths_;
    const std::size_t ahead_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<std::size_t, Result<Image>> ready_;
    std::size_t next_in_ = 0, next_out_ = 0;
    std::vector<std::jthread> workers_;  // last: they end before what they use
};

class ImageSource final : public Source {
  public:
    ImageSource(std::string name, std::vector<std::string> paths,
                std::shared_ptr<const ImageNames> names, const SourceOptions& options,
                std::size_t threads)
        : options_(options),
          stop_(options.stop),
          period_ns_(1e9 / options.image_rate),
          count_(paths.size()),
          reader_(std::move(paths), threads) {
        info_.name = std::move(name);
        info_.images = std::move(names);
        info_.frame_rate = options.image_rate;
        info_.frame_count = count_;
        info_.duration = time_of(count_);
        info_.decoder = fmt::format("software, {} thread{}", threads, threads == 1 ? "" : "s");
    }

    Result<void> open() {
        std::optional<Error> first;
        while (queue_.empty() || !std::holds_alternative<Frame>(queue_.back())) {
            if (reader_.done()) {
                if (count_ > 1) {
                    first->message +=
                        fmt::format("; nor can any other of the {} images be read", count_);
                }
                return fail(*first);
            }
            if (stop_()) return fail(stopped());
            auto error = step();
            if (error && error->code == ErrorCode::out_of_memory) return fail(*error);
            if (error && !first) first = std::move(error);
        }
        return {};
    }

    [[nodiscard]] const StreamInfo& info() const noexcept override { return info_; }
    void interrupt() noexcept override { stop_.set(); }

    Result<SourceEvent> read() override {
        if (!end_ && stop_()) {
            queue_.clear();
            end_ = End{stopped().message};
            return fail(stopped());
        }
        while (queue_.empty() && !end_) {
            if (reader_.done()) {
                end_ = End{damage_.summary(info_.name)};
            } else {
                step();
            }
        }
        if (queue_.empty()) return *end_;
        SourceEvent event = std::move(queue_.front());
        queue_.pop_front();
        if (const auto* changed = std::get_if<FormatChanged>(&event)) info_ = changed->info;
        return event;
    }

  private:
    [[nodiscard]] Timestamp time_of(std::size_t place) const {
        return Timestamp(std::llround(static_cast<double>(place) * period_ns_));
    }
    [[nodiscard]] Error stopped() const {
        return {ErrorCode::interrupted, info_.name + ": interrupted", ""};
    }

    /// Queues what comes of the next file; hands back why it gave no picture.
    std::optional<Error> step() {
        const std::size_t place = reader_.place();
        auto file = std::make_shared<const std::string>(reader_.path());
        auto image = reader_.next();
        const std::string damage = image ? image->damage : image.error().message;
        if (!damage.empty()) {
            damage_.note(damage, place);
            // Messages begin with the path, which the list of bad images has beside them.
            const std::string prefix = *file + ": ";
            const std::string reason =
                damage.starts_with(prefix) ? damage.substr(prefix.size()) : damage;
            queue_.emplace_back(
                Discontinuity{damage, BadImage{*file, reason, /*left_out=*/!image}});
        }
        if (!image) return image.error();
        Frame& frame = image->frame;
        frame.id = {options_.stream, place};
        frame.pts = time_of(place);
        frame.file = std::move(file);
        const bool first = !std::exchange(any_, true);
        StreamInfo now = first ? info_ : latest_;
        if (first) now.start = frame.pts;
        now.codec = image->codec;
        now.width = frame.width;
        now.height = frame.height;
        now.format = frame.format;
        now.color = frame.color;
        if (first) {
            info_ = now;
        } else if (now.width != latest_.width || now.height != latest_.height ||
                   now.format != latest_.format || now.color != latest_.color) {
            queue_.emplace_back(FormatChanged{now});
        }
        latest_ = now;
        queue_.emplace_back(std::move(frame));
        return std::nullopt;
    }

    const SourceOptions options_;
    StopFlag stop_;
    const double period_ns_;
    const std::size_t count_;
    StreamInfo info_;    // as of the latest event handed out
    StreamInfo latest_;  // as of the latest event queued
    std::deque<SourceEvent> queue_;
    DamageReport damage_;
    std::optional<End> end_;
    bool any_ = false;  // a picture was read
    ImageReader reader_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_images(const std::string& name, std::vector<std::string> paths,
                                            const SourceOptions& options,
                                            std::shared_ptr<const ImageNames> names) {
    if (!(options.image_rate > 0) || !std::isfinite(1e9 / options.image_rate)) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{}: {} is no frame rate for images", name, options.image_rate),
                    "give a rate above 0 Hz");
    }
    init_libav();
    const std::size_t wanted =
        options.decoder_threads > 0
            ? static_cast<std::size_t>(options.decoder_threads)
            : std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, most_image_threads);
    const std::size_t threads = std::min(wanted, paths.size());
    if (!names) names = std::make_shared<const ImageNames>(paths);
    auto source =
        std::make_unique<ImageSource>(name, std::move(paths), std::move(names), options, threads);
    if (auto done = source->open(); !done) return fail(done.error());
    return source;
}

}  // namespace saccade::media
