// The relay with players as they should be: our own demuxer, and one whose every byte is seen.
#include "relay/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <future>

#include "media/source.h"
#include "relay/camera.h"
#include "support/clip.h"
#include "support/frames.h"
#include "support/rtsp_player.h"
#include "support/temp_dir.h"

namespace saccade::relay {
namespace {

using test::RtspPlayer;
using testing::HasSubstr;
using testing::StartsWith;

class Relay : public testing::Test {
  protected:
    void start(ServerOptions options = {}) {
        options.listen = "127.0.0.1:0";
        auto server = RtspServer::start(options);
        ASSERT_TRUE(server) << server.error().line();
        server_ = std::move(*server);
    }
    std::string clip(const std::string& name, test::ClipOptions options) {
        const auto done = test::write_clip(dir_ / name, options);
        EXPECT_TRUE(done) << done.error().line();
        return (dir_ / name).string();
    }
    std::unique_ptr<Camera> camera(const std::string& file, const CameraOptions& options) {
        auto camera = Camera::start(*server_, "cam", file, options, {},
                                    [this](const Result<void>& how) { end_.set_value(how); });
        EXPECT_TRUE(camera) << camera.error().line();
        return camera ? std::move(*camera) : nullptr;
    }

    test::TempDir dir_;
    std::unique_ptr<RtspServer> server_;
    std::promise<Result<void>> end_;
};

struct PlayedCodec {
    const char* encoder;
    const char* file;
    const char* pixels = "yuv420p";
    std::vector<std::pair<std::string, std::string>> options = {};
};

class EachPlayedCodec : public Relay, public testing::WithParamInterface<PlayedCodec> {};

TEST_P(EachPlayedCodec, ArrivesWithEveryPixel) {
    SACCADE_NEEDS_ENCODER(GetParam().encoder);
    start();
    const std::string file = clip(GetParam().file, {.codec = GetParam().encoder,
                                                    .frames = 12,
                                                    .pixel_format = GetParam().pixels,
                                                    .gop = 5,
                                                    .options = GetParam().options});
    const auto cam = camera(file, {.wait_for_player = true});
    ASSERT_NE(cam, nullptr);
    auto source = media::open_source(server_->url("cam") + "?tcp", {});
    ASSERT_TRUE(source) << source.error().line();
    const auto played = test::read_all(**source);
    EXPECT_TRUE(played.errors.empty());
    auto straight = media::open_source(file, {});
    ASSERT_TRUE(straight);
    const auto read = test::read_all(**straight);
    ASSERT_EQ(played.frames.size(), read.frames.size());
    for (std::size_t i = 0; i < read.frames.size(); ++i) {
        const Frame &a = played.frames[i], &b = read.frames[i];
        ASSERT_EQ(a.width, b.width);
        for (int y = 0; y < a.height; ++y) {
            ASSERT_EQ(0, std::memcmp(a.planes[0].data + a.planes[0].stride * y,
                                     b.planes[0].data + b.planes[0].stride * y,
                                     static_cast<std::size_t>(a.width)))
                << i << ", row " << y;
        }
    }
    EXPECT_TRUE(end_.get_future().get());
}

INSTANTIATE_TEST_SUITE_P(
    Codecs, EachPlayedCodec,
    testing::Values(PlayedCodec{"libx264", "a.mp4"}, PlayedCodec{"libx264", "a.ts"},
                    PlayedCodec{"libx265", "a.mp4"}, PlayedCodec{"libvpx", "a.webm"},
                    PlayedCodec{"mjpeg", "a.avi", "yuvj420p", {{"huffman", "default"}}},
                    PlayedCodec{"mpeg4", "a.mp4"}),
    [](const auto& played) {
        std::string name = std::string(played.param.encoder) + played.param.file;
        std::erase(name, '.');
        return name;
    });

TEST_F(Relay, TellsWhenPicturesWereTakenBeforeTheFirst) {
    start();
    const auto cam = camera(clip("a.mp4", {.frames = 5}), {.wait_for_player = true});
    ASSERT_NE(cam, nullptr);
    RtspPlayer player(server_->port());
    ASSERT_TRUE(player.play("cam", "6-7"));
    const auto report = player.packet();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->channel, 7);
    EXPECT_EQ(report->byte(1), 200);
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    EXPECT_NEAR(static_cast<double>(report->word(8)) - 2'208'988'800.0, static_cast<double>(now),
                60);
    const auto first = player.packet();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->channel, 6);
    EXPECT_EQ(first->word(4), report->word(16));  // the same picture's time
    EXPECT_EQ(first->word(8), report->word(4));   // the same sender
    int pictures = 0;
    bool bye = false;
    for (auto packet = first; packet; packet = player.packet()) {
        if (packet->channel == 6) pictures += (packet->byte(1) & 0x80U) != 0 ? 1 : 0;
        if (packet->channel == 7) bye = packet->byte(1) == 203;
    }
    EXPECT_EQ(pictures, 5);
    EXPECT_TRUE(bye);
    EXPECT_TRUE(player.hung_up());
}

TEST_F(Relay, LoopsWithTimesThatGoOn) {
    start();
    const auto cam = camera(clip("a.mp4", {.frames = 4, .frame_rate = 100}),
                            {.loop = true, .wait_for_player = true});
    ASSERT_NE(cam, nullptr);
    RtspPlayer player(server_->port());
    ASSERT_TRUE(player.play("cam"));
    std::vector<std::uint32_t> times;
    while (times.size() < 20) {
        const auto packet = player.packet();
        ASSERT_TRUE(packet);
        if (packet->ends_picture()) times.push_back(packet->word(4));
    }
    for (std::size_t i = 1; i < times.size(); ++i) EXPECT_EQ(times[i] - times[i - 1], 900U) << i;
}

TEST_F(Relay, ServesItsPlayersByName) {
    start();
    const auto cam = camera(clip("a.mp4", {.frames = 4}), {.loop = true});
    ASSERT_NE(cam, nullptr);
    RtspPlayer player(server_->port());
    EXPECT_THAT(player.ask("OPTIONS", "*"), HasSubstr("DESCRIBE"));
    EXPECT_THAT(player.ask("DESCRIBE", player.url("other")), StartsWith("RTSP/1.0 404"));
    EXPECT_THAT(player.ask("DESCRIBE", player.url("cam")), HasSubstr("m=video"));
    EXPECT_THAT(player.ask("DESCRIBE", player.url("")), HasSubstr("m=video"));  // the only one
    EXPECT_THAT(player.ask("SETUP", player.url("cam"), "Transport: RTP/AVP;multicast\r\n"),
                StartsWith("RTSP/1.0 461"));
    EXPECT_THAT(player.ask("PLAY", player.url("cam")), StartsWith("RTSP/1.0 454"));
    EXPECT_THAT(player.ask("RECORD", player.url("cam")), StartsWith("RTSP/1.0 405"));
    EXPECT_THAT(player.ask("MAKE_COFFEE", player.url("cam")), StartsWith("RTSP/1.0 501"));
    ASSERT_TRUE(player.play("cam"));
    EXPECT_THAT(player.ask("GET_PARAMETER", player.url("cam")), StartsWith("RTSP/1.0 200"));
    EXPECT_THAT(player.ask("SETUP", player.url("cam"), "Transport: RTP/AVP/TCP\r\n"),
                StartsWith("RTSP/1.0 455"));
    EXPECT_TRUE(cam->wait_for_player());
    EXPECT_THAT(player.ask("PAUSE", player.url("cam")), StartsWith("RTSP/1.0 200"));
    EXPECT_TRUE(cam->wait_for_last_player({}));
    EXPECT_THAT(player.ask("PLAY", player.url("cam")), StartsWith("RTSP/1.0 200"));
    EXPECT_THAT(player.ask("TEARDOWN", player.url("cam")), StartsWith("RTSP/1.0 200"));
    EXPECT_TRUE(player.hung_up());
}

TEST_F(Relay, AsksForItsPassword) {
    start({.credentials = Credentials{"me", "open"}});
    const auto cam = camera(clip("a.mp4", {.frames = 3}), {.wait_for_player = true});
    ASSERT_NE(cam, nullptr);
    RtspPlayer stranger(server_->port());
    EXPECT_THAT(stranger.ask("DESCRIBE", stranger.url("cam")), StartsWith("RTSP/1.0 401"));
    const auto at = [this](const std::string& who) {
        return "rtsp://" + who + "@" + server_->url("cam").substr(7) + "?tcp";
    };
    EXPECT_FALSE(media::open_source(at("me:shut"), {}));
    auto source = media::open_source(at("me:open"), {});
    ASSERT_TRUE(source) << source.error().line();
    EXPECT_EQ(test::read_all(**source).frames.size(), 3U);
}

TEST_F(Relay, LetsNobodyWatchFromOutsideWithoutOne) {
    const auto open = RtspServer::start({.listen = "0.0.0.0:0"});
    ASSERT_FALSE(open);
    EXPECT_EQ(open.error().code, ErrorCode::invalid_argument);
    EXPECT_TRUE(RtspServer::start({.listen = "0.0.0.0:0", .credentials = Credentials{"a", "b"}}));
    for (const char* text : {"", ":", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:x", ":8554"}) {
        EXPECT_FALSE(RtspServer::start({.listen = text})) << text;
    }
    start();
    const auto taken = RtspServer::start({.listen = std::to_string(server_->port())});
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, ErrorCode::unavailable);
}

TEST_F(Relay, SaysWhatItCantSend) {
    SACCADE_NEEDS_ENCODER("ffv1");
    start();
    const auto cam = Camera::start(*server_, "cam", clip("a.mkv", {.codec = "ffv1"}), {}, {},
                                   [](const auto&) {});
    ASSERT_FALSE(cam);
    EXPECT_EQ(cam.error().code, ErrorCode::unsupported);
    EXPECT_THAT(cam.error().line(), HasSubstr("ffv1"));
}

}  // namespace
}  // namespace saccade::relay
