#include "engine/open_relay.h"

#include <cstdlib>
#include <utility>

namespace saccade::engine {

Result<std::shared_ptr<relay::RtspServer>> open_relay(const std::string& address) {
    if (address.empty()) return std::shared_ptr<relay::RtspServer>{};
    relay::ServerOptions options;
    options.listen = address;
    if (options.listen.starts_with("rtsp://")) options.listen.erase(0, 7);
    while (options.listen.ends_with('/')) options.listen.pop_back();
    if (const char* text = std::getenv("SACCADE_RELAY_AUTH"); text != nullptr && *text != '\0') {
        auto credentials = relay::Credentials::parse(text);
        if (!credentials) return fail(credentials.error());
        options.credentials = std::move(*credentials);
    }
    auto server = relay::RtspServer::start(options);
    if (!server) {
        server.error().message = "relay: " + server.error().message;
        return fail(server.error());
    }
    return std::shared_ptr<relay::RtspServer>(std::move(*server));
}

}  // namespace saccade::engine
