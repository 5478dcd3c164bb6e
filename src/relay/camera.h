// A file served at its own pace, or a camera passed on: a stream of the relay.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/clock.h"
#include "media/demuxer.h"
#include "relay/server.h"

namespace saccade::relay {

struct CameraOptions {
    bool loop = false;             ///< a file begins anew at its end; its times go on
    bool wait_for_player = false;  ///< a file begins when the first player does
};

/// One location at one mount, on a thread of its own. Packets of files go out when their time has
/// come, those of cameras as they come.
class Camera {
  public:
    /// Opens it, then begins. `server` outlives this. `on_end` is called once, on the camera's
    /// thread: with what went wrong, if anything did. Errors: those of Demuxer::open and
    /// RtspServer::mount.
    static Result<std::unique_ptr<Camera>> start(RtspServer& server, const std::string& name,
                                                 const std::string& location,
                                                 const CameraOptions& options,
                                                 const std::stop_token& stop,
                                                 std::function<void(Result<void>)> on_end);
    ~Camera();
    /// See Mount.
    bool wait_for_player(const std::stop_token& stop = {}) const {
        return mount_->wait_for_player(stop);
    }
    bool wait_for_last_player(const std::stop_token& stop) const {
        return mount_->wait_for_last_player(stop);
    }
    Camera(const Camera&) = delete;
    Camera& operator=(const Camera&) = delete;

  private:
    Camera(std::string location, const CameraOptions& options, const std::stop_token& stop);
    Result<void> open();
    void run(const std::function<void(Result<void>)>& on_end);
    Result<void> serve();
    int next(AVPacket& packet);
    int read(AVPacket& packet);
    void look_ahead();
    [[nodiscard]] bool stopped() const { return stop_.stop_requested(); }
    bool wait_until(Clock::time_point due);
    [[nodiscard]] std::int64_t in_ns(std::int64_t time) const;

    const std::string location_;
    const CameraOptions options_;
    std::stop_source stop_;
    std::stop_callback<std::function<void()>> on_stop_;
    std::unique_ptr<media::Demuxer> demuxer_;
    std::shared_ptr<Mount> mount_;
    AVRational time_base_{};
    std::int64_t period_ = 1;  ///< of frames, nominal, in the time base

    // Times of packets as they are sent: rising by loops, none missing.
    std::int64_t offset_ = 0, latest_ = AV_NOPTS_VALUE, end_ = 0;
    std::optional<std::int64_t> first_;  ///< of this loop
    std::deque<media::AvPacket> ahead_;
    std::int64_t reorder_ = 0;  ///< by how much pictures are shown later than they are sent

    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;
};

}  // namespace saccade::relay
