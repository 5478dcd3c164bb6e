// The RTSP server of a run or session.
#pragma once

#include <memory>
#include <string>

#include "relay/server.h"
#include "saccade/error.h"

namespace saccade::engine {

/// By Settings::relay; none where that is "". Who may watch is told by SACCADE_RELAY_AUTH. Errors:
/// those of RtspServer::start and Credentials::parse.
Result<std::shared_ptr<relay::RtspServer>> open_relay(const std::string& address);

}  // namespace saccade::engine
