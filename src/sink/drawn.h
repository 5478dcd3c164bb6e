// The annotated picture as a live stream: boxes, labels and trails, encoded with low delay.
#pragma once

#include <memory>

#include "media/packet_tap.h"
#include "sink/registry.h"
#include "sink/sink.h"

namespace saccade::sink {

/// As the format "video", but into packets that `tap` gets as they are made, and no file. A stream
/// that changes size begins anew there.
std::unique_ptr<Sink> make_drawn(std::shared_ptr<media::PacketTap> tap,
                                 const SinkOptions& options = {});

}  // namespace saccade::sink
