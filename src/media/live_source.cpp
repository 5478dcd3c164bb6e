#include "media/live_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "core/log.h"
#include "core/mask_secrets.h"
#include "media/demuxer.h"
#include "media/input_settings.h"
#include "media/live_times.h"
#include "media/live_watch.h"
#include "media/names.h"
#include "media/same_picture.h"

namespace saccade::media {
namespace {

using namespace std::chrono_literals;

/// Nobody's camera heals from it.
bool is_hopeless(const Error& error) {
    switch (error.code) {
        case ErrorCode::invalid_argument:
        case ErrorCode::unsupported:
        case ErrorCode::unavailable:
        case ErrorCode::out_of_memory:
        case ErrorCode::internal: return true;
        default: return false;
    }
}

/// What ended a connection, out of what is said of all of it.
std::string why(const std::string& damage) {
    const auto stopped = damage.find("reading stopped");
    return stopped == std::string::npos ? "the connection was closed by the other side"
                                        : damage.substr(stopped);
}

/// Whether who gave `a` would have to be told that it is `b` now.
bool same_shape(const StreamInfo& a, const StreamInfo& b) {
    return a.width == b.width && a.height == b.height && a.format == b.format &&
           a.color == b.color && a.codec == b.codec && a.pixel_aspect == b.pixel_aspect;
}

class LiveSource final : public Source {
  public:
    LiveSource(LiveOpener opener, LiveOptions options, const Clock& clock)
        : opener_(std::move(opener)),
          options_(std::move(options)),
          clock_(clock),
          watch_(std::make_shared<LiveWatch>(options_.rules, clock_)),
          tentative_(std::make_shared<std::atomic<bool>>(options_.tentative)),
          member_(*options_.back_off, options_.host),
          on_stop_(options_.stop, [this] { interrupt(); }) {
        options_.status->set([watch = watch_] { return watch->view(); });
        // (A tentative connection that is handed out lives on without this.)
        options_.input.gives_up = [watch = watch_, stop = stop_.get_token(),
                                   tentative = tentative_] {
            if (stop.stop_requested()) return true;
            return !*tentative && watch->with([](LiveMachine& machine, Clock::time_point now) {
                return machine.tick(now);
            });
        };
        if (!options_.sleep) {
            options_.sleep = [this](Clock::time_point until) {
                std::unique_lock lock(mutex_);
                wake_.wait_until(lock, until, [this] { return stop_.stop_requested(); });
            };
        }
    }

    /// Up to the first picture.
    Result<void> open() {
        if (auto done = connect(); !done) return done;
        if (!is_live()) return {};
        *tentative_ = false;
        info_ = inner_->info();
        settle(info_);
        return {};
    }

    [[nodiscard]] const StreamInfo& info() const noexcept override { return info_; }

    Result<SourceEvent> read() override {
        for (;;) {
            if (ended_) return End{damage_};
            if (stop_.stop_requested()) return fail(last_error(stopped()));
            if (!ready_.empty()) return next_ready();
            if (inner_ == nullptr) {
                if (auto done = come_back(); !done) return fail(last_error(done.error()));
                continue;
            }
            auto event = inner_->read();
            if (stop_.stop_requested()) return fail(last_error(stopped()));
            if (!event && event.error().code == ErrorCode::out_of_memory) {
                return fail(last_error(event.error()));
            }
            if (!event) {
                break_off(event.error().message);
            } else if (auto* frame = std::get_if<Frame>(&*event)) {
                take(std::move(*frame));
            } else if (auto* end = std::get_if<End>(&*event)) {
                if (options_.reconnect == 0ns) {
                    break_off(end->damage);
                } else {
                    break_off(why(end->damage));
                }
            } else if (auto* changed = std::get_if<FormatChanged>(&*event)) {
                settle(changed->info);
                ready_.push_back(std::move(*event));
            } else {
                ready_.push_back(std::move(*event));
            }
        }
    }

    /// Of a tentative one, after open().
    [[nodiscard]] bool is_live() const {
        const StreamInfo& info = inner_->info();
        return !options_.tentative || info.live || (options_.endless_is_live && !info.duration);
    }
    std::unique_ptr<Source> release() {
        options_.status->set(nullptr);
        return std::move(inner_);
    }

    void interrupt() noexcept override {
        {
            std::lock_guard lock(mutex_);
            stop_.request_stop();
        }
        wake_.notify_all();
    }

    [[nodiscard]] std::optional<Outage> outage_at_end() const override {
        return watch_->with(
            [&](LiveMachine& machine, Clock::time_point now) -> std::optional<Outage> {
                const auto out = machine.out_for(now);
                if (!out || !last_) return std::nullopt;
                const Timestamp begin = frozen_from_.value_or(*last_);
                return Outage{begin, begin + *out, machine.reason()};
            });
    }

  private:
    /// Attempts until one gives a picture.
    Result<void> connect();
    /// As connect(), after a picture; tells what changed.
    Result<void> come_back();
    void take(Frame frame);
    void break_off(const std::string& reason);
    void pause(bool refused);
    void tell(const std::string& text);
    /// End follows it.
    Error last_error(Error error) {
        ended_ = true;
        damage_ = error.message;
        return error;
    }
    /// What of a connection's info is this source's own.
    void settle(StreamInfo& info) const {
        info.name = options_.name;
        info.live = true;
        info.frame_count.reset();
        info.duration.reset();
        info.start = last_ ? start_ : info.start;
    }
    SourceEvent next_ready() {
        SourceEvent event = std::move(ready_.front());
        ready_.pop_front();
        if (const auto* changed = std::get_if<FormatChanged>(&event)) info_ = changed->info;
        return event;
    }
    [[nodiscard]] Error stopped() const {
        return {ErrorCode::interrupted, options_.name + ": interrupted", ""};
    }
    /// A reason without the stream's name, which whoever tells it puts in front.
    [[nodiscard]] std::string bare(const std::string& reason) const {
        const std::string head = options_.name + ": ";
        return mask_secrets(reason.starts_with(head) ? reason.substr(head.size()) : reason);
    }

    LiveOpener opener_;
    LiveOptions options_;
    const Clock& clock_;
    const std::shared_ptr<LiveWatch> watch_;
    const std::shared_ptr<std::atomic<bool>> tentative_;  ///< until it is seen to be live
    BackOff::Member member_;
    std::stop_source stop_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::unique_ptr<Source> inner_;  ///< the connection; none between two
    std::deque<SourceEvent> ready_;
    StreamInfo info_;
    LiveTimes times_;
    SamePicture picture_;
    std::optional<Timestamp> last_;         ///< time of the last picture handed on
    std::optional<Timestamp> moved_;        ///< of the last that differed from the one before
    std::optional<Timestamp> frozen_from_;  ///< where it is: moved_ before it moved again
    Timestamp start_{0};
    std::uint64_t frames_ = 0;
    std::chrono::nanoseconds ran_{0};  ///< the connection that broke off, without trouble
    std::string told_;                 ///< the reason that was logged last
    bool ended_ = false;
    std::string damage_;
    std::stop_callback<std::function<void()>> on_stop_;  ///< last: it uses what is above
};

Result<void> LiveSource::connect() {
    for (;;) {
        if (stop_.stop_requested()) return fail(stopped());
        const bool ever = watch_->with([](LiveMachine& machine, Clock::time_point now) {
            machine.connect(now);
            return machine.ever();
        });
        auto opened = opener_({.input = options_.input,
                               .stop = *tentative_ ? options_.stop : stop_.get_token(),
                               .held_up = [watch = watch_] {
                                   watch->with([](LiveMachine& machine, Clock::time_point now) {
                                       machine.held_up(now);
                                   });
                               }});
        if (stop_.stop_requested()) return fail(stopped());
        if (opened) {
            inner_ = std::move(*opened);
            times_.connect();
            return {};
        }
        const Error& error = opened.error();
        const bool once = options_.reconnect == 0ns || options_.tentative;
        if (!ever && (once || is_hopeless(error))) return fail(error);
        watch_->with(
            [&](LiveMachine& machine, Clock::time_point) { machine.broke(bare(error.message)); });
        if (options_.reconnect == 0ns) {
            ended_ = true;
            damage_ = error.message;
            return {};
        }
        // Of a password that never was right; else it may be the camera that is not itself.
        pause(!ever && error.remedy == refused_remedy);
    }
}

Result<void> LiveSource::come_back() {
    if (auto done = connect(); !done) return done;
    if (inner_ == nullptr) return {};
    StreamInfo info = inner_->info();
    settle(info);
    if (!same_shape(info, info_)) ready_.emplace_back(FormatChanged{std::move(info)});
    return {};
}

void LiveSource::take(Frame frame) {
    const bool same = options_.rules.frozen_after > 0ns && picture_.again(frame);
    LiveMachine::Picture picture = watch_->with(
        [&](LiveMachine& machine, Clock::time_point now) { return machine.picture(now, same); });
    member_.runs();
    watch_->set_clock_known(frame.sender && frame.sender->synced);
    const auto received = frame.received == Clock::time_point{} ? clock_.now() : frame.received;
    frame.received = received;
    frame.pts = times_.time_of(frame.pts, received);
    if (!same || !moved_) moved_ = frame.pts;
    if (picture.withheld) {
        if (!frozen_from_) frozen_from_ = moved_;
        return;
    }
    const auto begin =
        std::exchange(frozen_from_, std::nullopt).value_or(last_.value_or(frame.pts));
    if (picture.back && last_) {
        // Silence that was but delay has lost nothing: the pictures' times say so.
        const bool lost = !picture.was_silent || frame.pts - *last_ >= options_.rules.silent_after;
        if (lost) {
            ready_.emplace_back(
                Discontinuity{.reason = options_.name + ": " + picture.reason,
                              .image = std::nullopt,
                              .outage = Outage{begin, frame.pts, std::move(picture.reason)}});
        }
        if (!std::exchange(told_, "").empty()) log::info("{}: is back", options_.name);
    }
    if (!last_) start_ = frame.pts;
    last_ = frame.pts;
    frame.id.index = frames_++;
    if (!frame.sender) frame.sender = SenderTime{};
    ready_.emplace_back(std::move(frame));
}

void LiveSource::break_off(const std::string& reason) {
    inner_->interrupt();
    inner_.reset();
    watch_->set_clock_known(false);
    const std::string told = watch_->with([&](LiveMachine& machine, Clock::time_point now) {
        ran_ = machine.running_for(now);
        machine.broke(bare(reason));
        return machine.reason();
    });
    if (options_.reconnect == 0ns) {
        ended_ = true;
        damage_ = told.empty() ? "" : options_.name + ": " + told;
        return;
    }
    pause(false);
}

void LiveSource::pause(bool refused) {
    const auto pause = member_.failed(std::exchange(ran_, 0ns), options_.reconnect, refused);
    const auto until = watch_->with([&](LiveMachine& machine, Clock::time_point now) {
        machine.wait(now + pause);
        return std::pair{now + pause, machine.reason()};
    });
    tell(until.second);
    options_.sleep(until.first);
}

/// Each reason once, until it is back: a camera that is off for a week is not told of every half
/// minute.
void LiveSource::tell(const std::string& reason) {
    if (std::exchange(told_, reason) == reason) return;
    log::warning("{}: {}; it is tried again, at least every {:g} s", options_.name, reason,
                 std::chrono::duration<double>(options_.reconnect).count());
}

}  // namespace

bool is_camera(const std::string& location) {
    return is_camera_scheme(url_scheme(location));
}

std::string host_of(const std::string& location) {
    const auto begin = location.find("://");
    if (begin == std::string::npos) return location;
    std::string rest = location.substr(begin + 3);
    rest = rest.substr(0, rest.find_first_of("/?#"));
    const auto at = rest.rfind('@');
    return at == std::string::npos ? rest : rest.substr(at + 1);
}

Result<std::unique_ptr<Source>> open_live(LiveOpener opener, LiveOptions options,
                                          const Clock& clock) {
    const bool tentative = options.tentative;
    auto source = std::make_unique<LiveSource>(std::move(opener), std::move(options), clock);
    if (auto done = source->open(); !done) return fail(done.error());
    if (tentative && !source->is_live()) return source->release();
    return source;
}

}  // namespace saccade::media
