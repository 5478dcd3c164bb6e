#include "relay/server.h"

#include <fmt/format.h>

#include <utility>

#include "relay/dialogue.h"
#include "relay/loop.h"
#include "relay/sockets.h"

namespace saccade::relay {

RtspServer::RtspServer(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
RtspServer::~RtspServer() = default;

Result<std::unique_ptr<RtspServer>> RtspServer::start(const ServerOptions& options) {
    const auto address = parse_address(options.listen);
    if (!address) return fail(address.error());
    if (!address->is_loopback() && !options.credentials) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("other machines can reach {}: nobody may watch there without a "
                                "password",
                                address->text()),
                    "set SACCADE_RELAY_AUTH=user:password or name a file with --auth-file; or "
                    "listen at 127.0.0.1");
    }
    auto listener = listen_on(*address);
    if (!listener) return fail(listener.error());
    auto udp = open_udp_pair(*address);
    if (!udp) return fail(udp.error());
    return std::unique_ptr<RtspServer>(
        new RtspServer(std::make_unique<Loop>(options, std::move(*listener), std::move(*udp))));
}

Result<std::shared_ptr<Mount>> RtspServer::mount(const std::string& name,
                                                 const AVCodecParameters& codec,
                                                 AVRational time_base) {
    const bool odd = name.empty() || name.front() == '/' || name.back() == '/' ||
                     name.find_first_of("?#\r\n") != std::string::npos;
    if (odd) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("'{}' is no name for a stream of the relay", name));
    }
    auto packer = RtpPacker::open(codec, time_base, name);
    if (!packer) return fail(packer.error());
    auto mount =
        std::make_shared<Mount>(name, std::move(*packer), [loop = loop_.get()] { loop->wake(); });
    loop_->add(mount);
    return mount;
}

std::uint16_t RtspServer::port() const noexcept {
    return loop_->address().port();
}

std::string RtspServer::url(const std::string& name) const {
    return fmt::format("rtsp://{}/{}", loop_->address().text(), url_name(name));
}

ServerStats RtspServer::stats() const {
    return loop_->stats();
}

}  // namespace saccade::relay
