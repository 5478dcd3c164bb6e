// The server's thread: what players ask.
#include <fmt/format.h>

#include <chrono>
#include <variant>

#include "relay/dialogue.h"
#include "relay/loop.h"

namespace saccade::relay {
namespace {

constexpr int most_refusals = 8;
constexpr std::string_view methods =
    "Public: OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN\r\n";

}  // namespace

void RtspServer::Loop::answer(Client& client, const RequestReader::Item& item) {
    if (const auto* malformed = std::get_if<Malformed>(&item)) {
        ++refused_;
        client.reply(response(malformed->status, {}));
        client.closes = true;
    } else if (const auto* request = std::get_if<Request>(&item)) {
        client.reply(answer(client, *request));
    }
}

/// "" where it was sent already.
std::string RtspServer::Loop::answer(Client& client, const Request& request) {
    const std::string_view sequence = request.header("cseq");
    if (sequence.empty() || sequence.size() > 20) return response(400, {});
    const std::string& method = request.method;
    if (method == "OPTIONS") return response(200, sequence, methods);
    if (options_.credentials && !answers(request, *options_.credentials, client.nonce())) {
        // (The first time nobody can know what to answer.)
        if (!request.header("authorization").empty()) ++client.refusals;
        if (client.refusals >= most_refusals) {
            ++refused_;
            client.closes = true;
        }
        return response(401, sequence,
                        fmt::format("WWW-Authenticate: {}\r\n", challenge(client.nonce())));
    }
    if (method == "DESCRIBE") return describe(request, sequence);
    if (method == "SETUP") return set_up(client, request, sequence);
    const std::string_view named = request.header("session");
    const bool ours = client.session && named.substr(0, named.find(';')) == client.session->id;
    if (method == "GET_PARAMETER" || method == "SET_PARAMETER") {  // signs of life
        return response(ours || named.empty() ? 200 : 454, sequence);
    }
    if (method != "PLAY" && method != "PAUSE" && method != "TEARDOWN") {
        const bool other = method == "ANNOUNCE" || method == "RECORD" || method == "REDIRECT";
        return response(other ? 405 : 501, sequence, methods);
    }
    if (!ours) return response(454, sequence);
    const std::string session = fmt::format("Session: {}\r\n", client.session->id);
    if (method == "TEARDOWN") {
        const std::string mount = client.session->mount;
        client.session.reset();
        count_players(mount);
        client.closes = true;
        return response(200, sequence, session);
    }
    Stage* const stage = find(client.session->mount);
    if (stage == nullptr) return response(404, sequence);
    if (method == "PAUSE") {
        client.session->playing = false;
        count_players(client.session->mount);
        return response(200, sequence, session);
    }
    if (client.session->playing) return response(200, sequence, session);
    // The answer goes before the first packet.
    client.reply(response(200, sequence, session + "Range: npt=now-\r\n"));
    begin(client, *stage);
    return {};
}

std::string RtspServer::Loop::describe(const Request& request, std::string_view sequence) {
    const Stage* const stage = find(mount_name(request.url));
    if (stage == nullptr) return response(404, sequence);
    std::string base = request.url.substr(0, request.url.find('?'));
    if (!base.ends_with('/')) base += '/';
    return response(200, sequence,
                    fmt::format("Content-Base: {}\r\nContent-Type: application/sdp\r\n", base),
                    stage->mount->sdp());
}

std::string RtspServer::Loop::set_up(Client& client, const Request& request,
                                     std::string_view sequence) {
    Stage* const stage = find(mount_name(request.url));
    if (stage == nullptr) return response(404, sequence);
    if (client.session && client.session->playing) return response(455, sequence);
    const auto transport = choose_transport(request.header("transport"));
    if (!transport) return response(461, sequence);
    client.session = Session{.id = random_token(),
                             .mount = stage->mount->name(),
                             .transport = *transport,
                             .reported = {}};
    const std::string ways =
        transport->udp
            ? fmt::format("RTP/AVP;unicast;client_port={}-{};server_port={}-{}",
                          transport->rtp_port, transport->rtcp_port,
                          local_address(rtp_.get()).port(), local_address(rtcp_.get()).port())
            : fmt::format("RTP/AVP/TCP;unicast;interleaved={}-{}", transport->channel,
                          transport->channel + 1);
    const auto timeout =
        std::chrono::duration_cast<std::chrono::seconds>(options_.session_timeout).count();
    return response(200, sequence,
                    fmt::format("Transport: {}\r\nSession: {};timeout={}\r\n", ways,
                                client.session->id, timeout));
}

}  // namespace saccade::relay
