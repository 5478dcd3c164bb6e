#include "media/segmenter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace saccade::media {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// One packet by its presentation time.
struct Picture {
    std::int64_t pts = 0;
    bool key = false;
    int flags = 0;
    bool new_header = false;
    std::optional<std::int64_t> dts = {};
};

/// Packets of a codec whose key frames are entry points, in decode order.
class Stream {
  public:
    explicit Stream(std::vector<Picture> pictures, SegmenterOptions options, int end = AVERROR_EOF)
        : pictures_(std::move(pictures)), end_(end) {
        AVCodecParameters codec{};
        codec.codec_id = AV_CODEC_ID_VP9;
        segmenter.emplace(codec, [this](AVPacket& packet) { return read(packet); }, options);
    }
    /// The presentation times of each segment.
    std::vector<std::vector<std::int64_t>> segments() {
        std::vector<std::vector<std::int64_t>> all;
        while (auto segment = segmenter->next()) {
            EXPECT_EQ(segment->number, all.size());
            firsts.push_back(segment->first_index);
            begins.push_back(segment->begin);
            all.push_back(times(*segment));
            while (!segment->whole) {
                segment->packets.clear();
                segmenter->more(*segment);
                const auto more = times(*segment);
                all.back().insert(all.back().end(), more.begin(), more.end());
            }
            ends.push_back(segment->end);
        }
        return all;
    }
    static std::vector<std::int64_t> times(const Segment& segment) {
        std::vector<std::int64_t> times;
        for (const AvPacket& packet : segment.packets) times.push_back(packet->pts);
        return times;
    }
    std::optional<Segmenter> segmenter;
    std::vector<std::uint64_t> firsts;
    std::vector<std::optional<std::int64_t>> begins, ends;

  private:
    int read(AVPacket& packet) {
        if (next_ == pictures_.size()) return end_;
        const Picture& picture = pictures_[next_++];
        EXPECT_EQ(av_new_packet(&packet, 4), 0);
        packet.pts = picture.pts;
        packet.dts = picture.dts.value_or(AV_NOPTS_VALUE);
        packet.flags = picture.flags | (picture.key ? AV_PKT_FLAG_KEY : 0);
        if (picture.new_header) av_packet_new_side_data(&packet, AV_PKT_DATA_NEW_EXTRADATA, 8);
        return 0;
    }
    std::vector<Picture> pictures_;
    std::size_t next_ = 0;
    int end_;
};

constexpr SegmenterOptions shortest{.shortest = 1};
constexpr bool key = true;

TEST(Segmenter, CutsAtEntryPoints) {
    Stream stream({{0, key}, {1}, {2}, {3, key}, {4}, {5, key}}, shortest);
    EXPECT_THAT(stream.segments(),
                ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3, 4), ElementsAre(5)));
    EXPECT_THAT(stream.firsts, ElementsAre(0, 3, 5));
    EXPECT_THAT(stream.begins, ElementsAre(std::nullopt, 3, 5));
    EXPECT_THAT(stream.ends, testing::Each(std::nullopt));
    EXPECT_EQ(stream.segmenter->ended(), AVERROR_EOF);
}

TEST(Segmenter, NotSooner) {
    Stream stream({{0, key}, {1, key}, {2, key}, {3}, {4, key}, {5, key}, {6, key}},
                  {.shortest = 3});
    EXPECT_THAT(stream.segments(), ElementsAre(ElementsAre(0, 1, 2, 3), ElementsAre(4, 5, 6)));
}

TEST(Segmenter, LeadingPicturesBelongToTheSegmentBefore) {
    // I0 P3 B1 B2 | I6 B4 B5 P9 B7 B8 | I10
    Stream stream({{0, key}, {3}, {1}, {2}, {6, key}, {4}, {5}, {9}, {7}, {8}, {10, key}},
                  shortest);
    EXPECT_THAT(stream.segments(), ElementsAre(ElementsAre(0, 3, 1, 2, 6, 4, 5),
                                               ElementsAre(6, 9, 7, 8), ElementsAre(10)));
    EXPECT_THAT(stream.ends, ElementsAre(6, std::nullopt, std::nullopt));
    EXPECT_THAT(stream.firsts, ElementsAre(0, 6, 10)) << "the entry point's picture counts once";
}

TEST(Segmenter, LeadingPicturesMayEndTheStream) {
    Stream stream({{0, key}, {1}, {4, key}, {2}, {3}}, shortest);
    EXPECT_THAT(stream.segments(), ElementsAre(ElementsAre(0, 1, 4, 2, 3), ElementsAre(4)));
}

TEST(Segmenter, WhatIsNotShownIsNotCounted) {
    Stream stream({{0, key}, {1, false, AV_PKT_FLAG_DISCARD}, {2, key}}, shortest);
    stream.segments();
    EXPECT_THAT(stream.firsts, ElementsAre(0, 1));
}

TEST(Segmenter, LongOnesAreReadPieceByPiece) {
    std::vector<Picture> pictures{{0, key}};
    for (std::int64_t i = 1; i < 10; ++i) pictures.push_back({i});
    pictures.push_back({10, key});
    Stream stream(pictures, {.shortest = 1, .most = 4});
    auto segment = stream.segmenter->next();
    ASSERT_TRUE(segment);
    EXPECT_FALSE(segment->whole);
    EXPECT_THAT(Stream::times(*segment), ElementsAre(0, 1, 2, 3));
    segment->packets.clear();
    stream.segmenter->more(*segment);
    EXPECT_THAT(Stream::times(*segment), ElementsAre(4, 5, 6, 7));
    segment->packets.clear();
    stream.segmenter->more(*segment);
    EXPECT_THAT(Stream::times(*segment), ElementsAre(8, 9));
    EXPECT_TRUE(segment->whole);
    const auto last = stream.segmenter->next();
    ASSERT_TRUE(last);
    EXPECT_THAT(Stream::times(*last), ElementsAre(10));
}

TEST(Segmenter, BytesAreBoundedToo) {
    Stream stream({{0, key}, {1}, {2}, {3}}, {.shortest = 1, .most_bytes = 5});
    auto segment = stream.segmenter->next();
    ASSERT_TRUE(segment);
    EXPECT_THAT(Stream::times(*segment), ElementsAre(0, 1, 2)) << "the first is needed in any case";
    EXPECT_FALSE(segment->whole);
}

/// From where a stream can't be trusted it is one segment.
void expect_no_cut_behind(std::vector<Picture> pictures) {
    std::vector<std::int64_t> times;
    for (const Picture& picture : pictures) times.push_back(picture.pts);
    Stream stream(std::move(pictures), shortest);
    const auto segments = stream.segments();
    ASSERT_EQ(segments.size(), 2U);
    EXPECT_THAT(segments[0], ElementsAre(0, 1));
    EXPECT_EQ(segments[1], std::vector<std::int64_t>(times.begin() + 2, times.end()));
    EXPECT_FALSE(stream.segmenter->splits());
}

TEST(Segmenter, AClockSetBackEndsCutting) {
    expect_no_cut_behind({{0, key}, {1}, {2, key}, {3}, {1, key}, {2}, {3}, {4}, {9, key}, {10}});
}

TEST(Segmenter, DecodeTimesSetBackEndCutting) {
    expect_no_cut_behind({{0, key, 0, false, 0},
                          {1, false, 0, false, 1},
                          {2, key, 0, false, 2},
                          {3, false, 0, false, 3},
                          {4, false, 0, false, 0},
                          {9, key, 0, false, 9}});
}

TEST(Segmenter, MissingTimesEndCutting) {
    expect_no_cut_behind({{0, key}, {1}, {2, key}, {3}, {AV_NOPTS_VALUE}, {9, key}, {10}});
}

TEST(Segmenter, NewHeadersEndCutting) {
    expect_no_cut_behind({{0, key}, {1}, {2, key}, {3}, {4, key, 0, true}, {9, key}, {10}});
}

TEST(Segmenter, TooManyLeadingPicturesEndCutting) {
    std::vector<Picture> pictures{{0, key}, {1}, {2, key}, {3}, {90, key}};
    for (std::int64_t i = 0; i < 30; ++i) pictures.push_back({10 + i});
    pictures.push_back({100, key});
    expect_no_cut_behind(pictures);
}

TEST(Segmenter, TellsWhatEndedTheStream) {
    Stream broken({{0, key}, {1}}, shortest, AVERROR(EIO));
    EXPECT_THAT(broken.segments(), ElementsAre(ElementsAre(0, 1)));
    EXPECT_EQ(broken.segmenter->ended(), AVERROR(EIO));
    Stream empty({}, shortest);
    EXPECT_THAT(empty.segments(), IsEmpty());
    EXPECT_EQ(empty.segmenter->ended(), AVERROR_EOF);
}

}  // namespace
}  // namespace saccade::media
