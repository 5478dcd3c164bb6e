#include "relay/camera.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/mask_secrets.h"

namespace saccade::relay {
namespace {

/// Packets that tell how far pictures are reordered: over any group of pictures that refer to one
/// another ahead.
constexpr std::size_t most_ahead = 64;

std::int64_t unix_now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// When the sender says that a packet's picture was taken, if it does.
std::optional<std::int64_t> taken_at(const AVPacket& packet) {
    std::size_t size = 0;
    const std::uint8_t* data = av_packet_get_side_data(&packet, AV_PKT_DATA_PRFT, &size);
    if (data == nullptr || size < sizeof(AVProducerReferenceTime)) return std::nullopt;
    return reinterpret_cast<const AVProducerReferenceTime*>(data)->wallclock * 1000;
}

}  // namespace

Camera::Camera(std::string location, const CameraOptions& options, const std::stop_token& stop)
    : location_(std::move(location)),
      options_(options),
      on_stop_(stop, [this] { stop_.request_stop(); }) {}

Camera::~Camera() {
    stop_.request_stop();
}

Result<std::unique_ptr<Camera>> Camera::start(RtspServer& server, const std::string& name,
                                              const std::string& location,
                                              const CameraOptions& options,
                                              const std::stop_token& stop,
                                              std::function<void(Result<void>)> on_end) {
    std::unique_ptr<Camera> camera(new Camera(location, options, stop));
    if (auto done = camera->open(); !done) return fail(done.error());
    camera->look_ahead();
    const AVStream& stream = camera->demuxer_->stream();
    auto mount = server.mount(name, *stream.codecpar, camera->time_base_);
    if (!mount) return fail(mount.error());
    camera->mount_ = std::move(*mount);
    camera->thread_ =
        std::jthread([self = camera.get(), told = std::move(on_end)] { self->run(told); });
    return camera;
}

Result<void> Camera::open() {
    auto demuxer = media::Demuxer::open(location_, [this] { return stopped(); });
    if (!demuxer) return fail(demuxer.error());
    demuxer_ = std::move(*demuxer);
    const AVStream& stream = demuxer_->stream();
    if (time_base_.den == 0) time_base_ = stream.time_base;
    const double rate = demuxer_->frame_rate();
    const AVRational period = av_d2q(rate > 0 ? 1 / rate : 1.0 / 30, 1'000'000);
    period_ = std::max<std::int64_t>(av_rescale_q(1, period, time_base_), 1);
    return {};
}

void Camera::run(const std::function<void(Result<void>)>& on_end) {
    auto served = serve();
    mount_->end();
    on_end(std::move(served));
}

std::int64_t Camera::in_ns(std::int64_t time) const {
    return av_rescale_q(time, time_base_, {1, 1'000'000'000});
}

/// The next packet of the file, over and over where it loops, with times that go on.
int Camera::read(AVPacket& packet) {
    for (int laps = 0;;) {
        const int code = demuxer_->read(packet);
        if (code >= 0) {
            av_packet_rescale_ts(&packet, demuxer_->stream().time_base, time_base_);
            // Old containers leave times out: then frames follow each other at the nominal rate.
            const std::int64_t follows =
                latest_ == AV_NOPTS_VALUE ? 0 : latest_ - offset_ + period_;
            if (packet.dts == AV_NOPTS_VALUE)
                packet.dts = first_ ? follows : std::min(packet.pts, follows);
            if (packet.dts == AV_NOPTS_VALUE) packet.dts = follows;
            if (packet.pts == AV_NOPTS_VALUE) packet.pts = packet.dts;
            if (!first_) {
                first_ = packet.dts;
                offset_ = latest_ == AV_NOPTS_VALUE ? -*first_ : end_ - *first_;
            }
            packet.dts += offset_;
            packet.pts += offset_;
            latest_ = packet.dts;
            end_ = std::max(end_, packet.dts + (packet.duration > 0 ? packet.duration : period_));
            return code;
        }
        if (code != AVERROR_EOF || !options_.loop || !demuxer_->can_read_again() || laps++ > 0)
            return code;
        first_.reset();
        if (!open()) return AVERROR_INVALIDDATA;
    }
}

void Camera::look_ahead() {
    if (demuxer_->live()) return;
    while (ahead_.size() < most_ahead) {
        media::AvPacket packet(av_packet_alloc());
        if (!packet || read(*packet) < 0) break;
        reorder_ = std::max(reorder_, packet->pts - packet->dts);
        ahead_.push_back(std::move(packet));
    }
}

int Camera::next(AVPacket& packet) {
    if (ahead_.empty()) return read(packet);
    av_packet_unref(&packet);
    av_packet_move_ref(&packet, ahead_.front().get());
    ahead_.pop_front();
    return 0;
}

bool Camera::wait_until(Clock::time_point due) {
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, stop_.get_token(), due, [] { return false; });
    return !stopped();
}

Result<void> Camera::serve() {
    const std::string name = mask_url(location_);
    const bool live = demuxer_->live();
    if (!live && options_.wait_for_player && !mount_->wait_for_player(stop_.get_token())) return {};
    const media::AvPacket packet(av_packet_alloc());
    if (!packet) return fail(ErrorCode::out_of_memory, name + ": no memory for a packet");
    std::optional<Clock::time_point> start;
    std::int64_t start_ns = 0;
    for (;;) {
        const int code = next(*packet);
        if (stopped() || code == AVERROR_EOF) return {};
        if (code < 0) {
            return fail(ErrorCode::unreadable,
                        fmt::format("{}: {}", name, media::libav_message(code)));
        }
        if (!start) {
            start = std::chrono::steady_clock::now();
            start_ns = unix_now_ns();
        }
        std::int64_t taken = 0;
        if (live) {
            taken = taken_at(*packet).value_or(unix_now_ns());
        } else {
            if (!wait_until(*start + std::chrono::nanoseconds(in_ns(packet->dts)))) return {};
            // As a camera would: no picture is taken after it was sent.
            taken = start_ns + in_ns(packet->pts - reorder_);
        }
        if (auto sent = mount_->publish(*packet, taken); !sent) {
            if (sent.error().code != ErrorCode::corrupt) return sent;
        }
    }
}

}  // namespace saccade::relay
