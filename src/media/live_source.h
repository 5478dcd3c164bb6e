// A source that does not die: a camera's stream over all its connections.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "core/clock.h"
#include "media/back_off.h"
#include "media/live_machine.h"
#include "media/source.h"

namespace saccade::media {

/// What a connection is opened with.
struct LiveAttempt {
    LiveInput input;
    std::stop_token stop;
    /// To be called when it was held up by something that is not the camera's: the time that an
    /// attempt has begins anew.
    std::function<void()> held_up;
};

/// Opens one connection and waits for its first picture. It has to give up soon after
/// `input.gives_up` says so, or `stop` is requested.
using LiveOpener = std::function<Result<std::unique_ptr<Source>>(const LiveAttempt& attempt)>;

struct LiveOptions {
    std::string name;  ///< for messages, secrets masked
    std::string host;  ///< whose streams wait together
    LiveRules rules;
    LiveInput input;  ///< gives_up is set by the source
    /// Between two attempts at most; 0: none is made after the first, and an end is the end.
    std::chrono::nanoseconds reconnect = std::chrono::seconds(30);
    /// It is seen when it is opened whether it is live at all: if not, it is an ordinary source,
    /// and what can't be opened the first time fails.
    bool tentative = false;
    bool endless_is_live = false;  ///< of a tentative one: also what tells no duration is live
    std::stop_token stop;
    std::shared_ptr<BackOff> back_off;   ///< of the session
    std::shared_ptr<LiveStatus> status;  ///< to be seen by others
    /// Waits until then, or until `interrupted` is true: woken where that changes. For tests.
    std::function<void(Clock::time_point until)> sleep = {};
};

/// Whether a location is a camera by its scheme: RTSP, RTP, UDP, TCP, SRT, RTMP and their like, and
/// devices of video4linux ("v4l2:///dev/video0"). Of http it is seen when it is opened.
[[nodiscard]] bool is_camera(const std::string& location);
/// "host:port" of a URL, without user; what is no URL stands for itself.
[[nodiscard]] std::string host_of(const std::string& location);

/// Connects, which may take for ever, and returns with the first picture. What can never heal fails
/// at once: words that are no address, a protocol or codec that this FFmpeg has not got.
///
/// The source's events are those of its connections, one after the other: frames are counted on,
/// times go on by live_times.h, a change of the stream's shape is a FormatChanged, and a time
/// without pictures is a Discontinuity with an `outage`. End comes where it is not to be connected
/// anew. `clock` outlives it.
Result<std::unique_ptr<Source>> open_live(LiveOpener opener, LiveOptions options,
                                          const Clock& clock);

}  // namespace saccade::media
