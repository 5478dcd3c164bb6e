// The engine as something that lives: opened once, streams come and go.
//
//     auto session = saccade::Session::open(settings);
//     auto door = session->add("rtsp://door/1", {.on_result = show});
//     ...
//     session->remove(*door);
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "saccade/engine.h"
#include "saccade/error.h"
#include "saccade/frame_feed.h"
#include "saccade/results.h"
#include "saccade/settings.h"
#include "saccade/snapshot.h"

namespace saccade {

/// What a stream has of its own. What is not set is the session's.
struct StreamSettings {
    // Changeable while the stream runs: from the next frame on
    /// Least score. Not under the session's own, which the network's head is read with.
    std::optional<float> confidence = std::nullopt;
    /// Names or numbers; of those that the session finds.
    std::optional<std::vector<std::string>> classes = std::nullopt;
    std::optional<std::vector<std::string>> lines = std::nullopt;  ///< as Settings::lines
    std::optional<std::vector<std::string>> zones = std::nullopt;
    std::optional<int> stride = std::nullopt;      ///< every so many-th frame, 1 for all
    std::optional<double> max_fps = std::nullopt;  ///< frames a second at most, 0 for all

    // To be set when the stream is added
    std::optional<Mode> mode = std::nullopt;  ///< Mode::track where not said
    std::optional<std::string> tracker = std::nullopt;
    std::optional<std::string> camera_motion = std::nullopt;
    std::optional<int> interpolate = std::nullopt;  ///< not more than the session's
    std::optional<bool> live = std::nullopt;
    std::optional<double> reconnect = std::nullopt;  ///< as Settings::reconnect, and so on
    std::optional<double> silent_after = std::nullopt;
    std::optional<double> frozen_after = std::nullopt;
    std::optional<std::string> rtsp_transport = std::nullopt;
    std::optional<std::string> name = std::nullopt;  ///< of its outputs; else from its source
    std::optional<std::string> out = std::nullopt;
    std::optional<std::vector<std::string>> save = std::nullopt;
    std::optional<std::string> rotate = std::nullopt;
    std::optional<std::string> encoder = std::nullopt;  ///< as Settings::encoder, and so on
    std::optional<double> crf = std::nullopt;
    std::optional<std::string> bitrate = std::nullopt;
    std::optional<std::string> preset = std::nullopt;
    /// Of those that the session covers, or none.
    std::optional<std::vector<std::string>> redact = std::nullopt;
    std::optional<std::string> redact_style = std::nullopt;
    std::optional<double> redact_margin = std::nullopt;

    /// For every frame, in order, on the stream's own thread, after its outputs. A call that does
    /// not return holds up this stream alone.
    std::function<void(const StreamResult& result)> on_result = {};
    /// Every frame's results go there too.
    std::shared_ptr<ResultQueue> results = nullptr;
    bool frames = false;  ///< results come with their frames
    /// Once, when the stream has ended by itself or was removed; on its own thread. remove(),
    /// wait() and close() must not be called there.
    std::function<void(StreamId id, const StreamSummary& summary)> on_end = {};
};

/// All calls from any thread. A network is loaded when the first stream of its size comes, and
/// stays.
///
/// Threads: three a stream (one more a further decoder), one a network. Two sessions of a process
/// share nothing but the machine.
class Session {
  public:
    /// Finds and reads the model; loads nothing yet. `settings` are the session's own and what
    /// streams have where they don't say otherwise. `streams` and `resume` are for runs and not
    /// looked at. Errors: as for run(); interrupted by `stop`, which is heard during this call
    /// only.
    static Result<Session> open(const Settings& settings, std::stop_token stop = {});

    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;
    /// As close().
    ~Session();

    /// A file, folder, pattern or URL, as for run(), but one stream. Returns at once: whether it
    /// can be opened is seen in the snapshot, and by on_end. Errors: invalid_argument, naming the
    /// setting that is wrong or does not fit the session's; unwritable where its outputs would
    /// replace what others read or write.
    Result<StreamId> add(const std::string& source, StreamSettings settings = {});
    /// Pictures that the program has. Errors: likewise, and for a feed that another stream has.
    Result<StreamId> add(std::shared_ptr<FrameFeed> feed, StreamSettings settings = {});

    /// Changes a running stream: what `change` sets, from the next frame on. All or nothing.
    /// Errors: not_found; invalid_argument, naming the setting that is wrong or can't be changed.
    Result<void> change(StreamId id, const StreamSettings& change);

    /// Ends the stream, from any state, and forgets it: frames under way are written where that
    /// takes half a second at most, outputs are whole and marked as interrupted. Returns within a
    /// second. An output (or the program's own call) that does not return is then left behind with
    /// all that the stream holds: its summary says what was done so far, and it ends when the call
    /// returns, or is waited for in close(). Of a stream that has ended by itself: its summary.
    /// Errors: not_found.
    Result<StreamSummary> remove(StreamId id);

    /// Blocks until the stream has ended by itself or was removed, `duration` at most. Its summary,
    /// or nothing where it still runs. It stays in the session until it is removed. Errors:
    /// not_found.
    Result<std::optional<StreamSummary>> wait(
        StreamId id, std::chrono::nanoseconds duration = std::chrono::hours(24 * 365));

    /// The names of the model's classes, by number; empty where it tells none. As long as the
    /// session lives.
    [[nodiscard]] const std::vector<std::string>& class_names() const;

    /// Everything as it stands. Stops nothing: a few short locks.
    [[nodiscard]] SessionSnapshot snapshot() const;

    /// Ends all streams as remove() does, and waits for everything: for outputs that block too, and
    /// for a network that is being loaded. Then the model is given up. Every later add() fails.
    void close();

  private:
    class State;
    explicit Session(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace saccade
