#include "relay/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <span>

namespace saccade::relay {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::vector<RequestReader::Item> read_in_pieces(std::string_view text, std::size_t piece) {
    RequestReader reader;
    std::vector<RequestReader::Item> items;
    for (std::size_t at = 0; at < text.size(); at += piece) {
        reader.feed(bytes_of(text.substr(at, piece)));
        while (auto item = reader.next()) items.push_back(std::move(*item));
    }
    return items;
}

TEST(RequestReader, ReadsRequestsHoweverTheyAreCut) {
    std::string text =
        "OPTIONS rtsp://h/a RTSP/1.0\r\nCSeq: 1\r\nUser-Agent:  x y \r\n\r\n"
        "SET_PARAMETER rtsp://h/a RTSP/1.0\r\nCSeq: 2\r\nContent-Length: 5\r\n\r\nab\r\nc";
    text += std::string("$\x01\x00\x03", 4) + "xyz";
    text += "\r\nPLAY rtsp://h/a RTSP/1.0\r\ncseq: 3\r\n\r\n";
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        const auto items = read_in_pieces(text, piece);
        ASSERT_EQ(items.size(), 4U) << piece;
        const auto& first = std::get<Request>(items[0]);
        EXPECT_EQ(first.method, "OPTIONS");
        EXPECT_EQ(first.url, "rtsp://h/a");
        EXPECT_EQ(first.header("user-agent"), "x y");
        EXPECT_EQ(first.header("nothing"), "");
        EXPECT_EQ(std::get<Request>(items[1]).header("cseq"), "2");
        EXPECT_TRUE(std::holds_alternative<Interleaved>(items[2]));
        EXPECT_EQ(std::get<Request>(items[3]).method, "PLAY");
    }
}

TEST(RequestReader, TellsWhatIsNoRequest) {
    const auto status = [](std::string_view text) {
        const auto items = read_in_pieces(text, text.size());
        if (items.size() != 1 || !std::holds_alternative<Malformed>(items[0])) return 0;
        return std::get<Malformed>(items[0]).status;
    };
    EXPECT_EQ(status("\x16\x03\x01 a TLS hello"), 400);
    EXPECT_EQ(status("GET / HTTP/1.1\r\n\r\n"), 505);
    EXPECT_EQ(status("PLAY\r\n\r\n"), 400);
    EXPECT_EQ(status("PLAY x RTSP/1.0\r\nno colon\r\n\r\n"), 400);
    EXPECT_EQ(status("PLAY x RTSP/1.0\r\nContent-Length: -1\r\n\r\n"), 400);
    EXPECT_EQ(status("PLAY x RTSP/1.0\r\nContent-Length: 1e3\r\n\r\n"), 400);
    EXPECT_EQ(status("PLAY x RTSP/1.0\r\nContent-Length: 99999999999999999999\r\n\r\n"), 400);
    EXPECT_EQ(status("PLAY x RTSP/1.0\r\nContent-Length: 99999999\r\n\r\n"), 413);
    EXPECT_EQ(status("PLAY " + std::string(20'000, 'x')), 413);
}

TEST(RequestReader, SaysNothingMoreBehindRubbish) {
    RequestReader reader;
    reader.feed(bytes_of("\xff\xff"));
    EXPECT_TRUE(reader.next());
    reader.feed(bytes_of("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"));
    EXPECT_FALSE(reader.next());
}

TEST(RequestReader, HoldsOutAgainstAnyBytes) {
    std::mt19937 random(7);
    for (int round = 0; round < 2000; ++round) {
        std::string text = "PLAY rtsp://h/a RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 3\r\n\r\nabc$";
        for (int i = 0; i < 4; ++i) text[random() % text.size()] = static_cast<char>(random());
        static_cast<void>(read_in_pieces(text, 1 + random() % 20));
    }
}

}  // namespace
}  // namespace saccade::relay
