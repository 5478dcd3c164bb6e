// One stream's parts, made from settings when its turn comes.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/appearance.h"
#include "engine/redaction.h"
#include "media/back_off.h"
#include "media/image_names.h"
#include "pipeline/pipeline.h"
#include "relay/server.h"
#include "saccade/error.h"
#include "saccade/frame_feed.h"
#include "saccade/settings.h"
#include "settings/stream_choices.h"
#include "sink/live_shapes.h"
#include "track/ground.h"

namespace saccade::engine {

struct StreamPlan {
    std::string location;
    std::string stem;  ///< of its outputs
    settings::StreamChoices choices;
    /// What it is called where it is an image, one of several sources; else none.
    std::shared_ptr<const media::ImageNames> images;
    int detector_device = -1;  ///< the GPU that its detector runs on; -1: the host
    std::shared_ptr<const RunAppearance> appearance;             ///< may be none
    std::shared_ptr<const track::GroundPlane> ground = nullptr;  ///< may be none
    std::shared_ptr<relay::RtspServer> relay = nullptr;          ///< that serves it; may be none
    std::string relay_name = {};                                 ///< there; "": the stem
    std::shared_ptr<media::BackOff> back_off = nullptr;  ///< of all cameras; none: of this one
    std::shared_ptr<FrameFeed> feed = nullptr;           ///< in place of the location
    std::optional<Redaction> redaction = std::nullopt;   ///< what must not be seen; may be none
    std::size_t encoders = 1;  ///< of drawn video that share the cores, or will
    std::shared_ptr<sink::LiveShapes> shapes =
        nullptr;  ///< to count; none: the settings', for good
};

/// Whether images get a table of their names ("frames"): MOT files and videos have no room for
/// them.
[[nodiscard]] bool wants_frame_table(const settings::StreamChoices& choices);

/// Errors: those of media::open_source, track::make_tracker and sink::make_sink.
Result<pipeline::OpenedStream> open_stream(const Settings& settings, const StreamPlan& plan,
                                           const pipeline::StreamTicket& ticket);

}  // namespace saccade::engine
