#include "media/entry_points.h"

#include <gtest/gtest.h>

#include "h264_sets.h"

#include <initializer_list>
#include <vector>

namespace saccade::media {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// A stream of packets of one codec.
class Stream {
  public:
    explicit Stream(AVCodecID codec, Bytes extradata = {}) : extradata_(std::move(extradata)) {
        AVCodecParameters parameters{};
        parameters.codec_id = codec;
        parameters.extradata = extradata_.data();
        parameters.extradata_size = static_cast<int>(extradata_.size());
        entries_.emplace(parameters);
    }
    [[nodiscard]] bool known() const { return entries_->known(); }
    bool entry(Bytes bytes, bool key = true) {
        AVPacket packet{};
        packet.data = bytes.data();
        packet.size = static_cast<int>(bytes.size());
        packet.flags = key ? AV_PKT_FLAG_KEY : 0;
        return entries_->is_entry(packet);
    }

  private:
    Bytes extradata_;
    std::optional<EntryPoints> entries_;
};

/// Units with start codes of three and four bytes in turn.
Bytes annex_b(std::initializer_list<Bytes> units) {
    Bytes bytes;
    bool longer = true;
    for (const Bytes& unit : units) {
        if (longer) bytes.push_back(0);
        longer = !longer;
        bytes.insert(bytes.end(), {0, 0, 1});
        bytes.insert(bytes.end(), unit.begin(), unit.end());
    }
    return bytes;
}

Bytes prefixed(std::initializer_list<Bytes> units, int length_bytes) {
    Bytes bytes;
    for (const Bytes& unit : units) {
        for (int i = length_bytes - 1; i >= 0; --i) {
            bytes.push_back(static_cast<std::uint8_t>(unit.size() >> (8 * i)));
        }
        bytes.insert(bytes.end(), unit.begin(), unit.end());
    }
    return bytes;
}

const Bytes idr{0x65, 1, 2, 3}, slice{0x41, 1, 2}, sei{0x06, 9}, sps = h264_set({}), pps{0x68, 6};
const Bytes vague = h264_set({.restriction = false});
/// avcC with lengths of so many bytes.
Bytes avcc(int length_bytes, std::initializer_list<Bytes> sets = {sps}) {
    Bytes record{1,
                 100,
                 0,
                 40,
                 static_cast<std::uint8_t>(0xFC | (length_bytes - 1)),
                 static_cast<std::uint8_t>(0xE0 | sets.size())};
    for (const Bytes& set : sets) {
        const Bytes prefixed_set = prefixed({set}, 2);
        record.insert(record.end(), prefixed_set.begin(), prefixed_set.end());
    }
    return record;
}
Bytes hvcc(int length_bytes) {
    Bytes bytes(23, 0);
    bytes[0] = 1;
    bytes[21] = static_cast<std::uint8_t>(length_bytes - 1);
    return bytes;
}
/// A unit of HEVC of this type.
Bytes hevc(unsigned type) {
    return {static_cast<std::uint8_t>(type << 1U), 1, 7};
}

TEST(EntryPoints, OfH264AreIdrPictures) {
    for (const int length_bytes : {1, 2, 4}) {
        Stream stream(AV_CODEC_ID_H264, avcc(length_bytes));
        const auto entry = [&](std::initializer_list<Bytes> units) {
            return stream.entry(prefixed(units, length_bytes));
        };
        EXPECT_TRUE(stream.known());
        EXPECT_TRUE(entry({idr}));
        EXPECT_TRUE(entry({sei, idr, idr}));
        EXPECT_FALSE(entry({sei, slice})) << "a recovery point";
        EXPECT_FALSE(stream.entry(prefixed({idr}, length_bytes), false)) << "the container says no";
    }
    Stream raw(AV_CODEC_ID_H264, annex_b({sps, pps}));
    EXPECT_TRUE(raw.entry(annex_b({sei, idr})));
    EXPECT_FALSE(raw.entry(annex_b({sei, slice})));
    EXPECT_FALSE(raw.entry({}));
}

TEST(EntryPoints, OfHevcAreIrapPictures) {
    Stream stream(AV_CODEC_ID_HEVC, hvcc(4));
    for (unsigned type = 0; type < 32; ++type) {
        EXPECT_EQ(stream.entry(prefixed({hevc(39), hevc(type)}, 4)), type >= 16 && type <= 21)
            << type;
    }
    Stream raw(AV_CODEC_ID_HEVC);
    EXPECT_TRUE(raw.entry(annex_b({hevc(35), hevc(21)})));
    EXPECT_FALSE(raw.entry(annex_b({hevc(35), hevc(1)})));
}

TEST(EntryPoints, OfHevcAreNoneThatDropPicturesNotShownYet) {
    Stream stream(AV_CODEC_ID_HEVC, hvcc(4));
    const auto entry = [&](std::initializer_list<Bytes> units) {
        return stream.entry(prefixed(units, 4));
    };
    const auto picture = [](unsigned type, std::uint8_t flags) {
        return Bytes{static_cast<std::uint8_t>(type << 1U), 1, flags};
    };
    EXPECT_TRUE(entry({picture(19, 0x80)}));
    EXPECT_FALSE(entry({picture(19, 0xC0)})) << "no_output_of_prior_pics_flag";
    EXPECT_TRUE(entry({picture(21, 0xA0)}));
    EXPECT_FALSE(entry({picture(1, 0xD0), hevc(36)}));
    EXPECT_FALSE(entry({picture(21, 0x80)})) << "behind the end of a sequence";
    EXPECT_TRUE(entry({picture(21, 0x80)}));
    EXPECT_FALSE(entry({hevc(37), picture(21, 0x80)}));
}

TEST(EntryPoints, AreUnknownWhereHeadersDoNotTellTheReordering) {
    EXPECT_TRUE(Stream(AV_CODEC_ID_H264, avcc(4, {sps, sps})).known());
    EXPECT_FALSE(Stream(AV_CODEC_ID_H264, avcc(4, {sps, vague})).known());
    EXPECT_FALSE(Stream(AV_CODEC_ID_H264, avcc(4, {})).known());
    EXPECT_FALSE(Stream(AV_CODEC_ID_H264, annex_b({vague, pps})).known());
    EXPECT_FALSE(Stream(AV_CODEC_ID_H264, annex_b({pps})).known());
    EXPECT_FALSE(Stream(AV_CODEC_ID_H264).known());
    for (Bytes cut = avcc(4); !cut.empty();) {
        cut.pop_back();
        EXPECT_FALSE(Stream(AV_CODEC_ID_H264, cut).known()) << cut.size();
    }
    Stream stream(AV_CODEC_ID_H264, annex_b({sps, pps}));
    EXPECT_FALSE(stream.entry(annex_b({vague, pps, idr})));
    EXPECT_TRUE(stream.entry(annex_b({sps, pps, idr})));
}

TEST(EntryPoints, MustBringTheHeadersThatOthersBrought) {
    Stream stream(AV_CODEC_ID_H264, annex_b({sps, pps}));
    EXPECT_TRUE(stream.entry(annex_b({idr}))) << "the container has them";
    EXPECT_TRUE(stream.entry(annex_b({sps, pps, idr})));
    EXPECT_FALSE(stream.entry(annex_b({idr}))) << "of another picture's headers";
    EXPECT_FALSE(stream.entry(annex_b({pps, slice}), false));
    EXPECT_TRUE(stream.entry(annex_b({sps, pps, idr})));
    Stream hevc_stream(AV_CODEC_ID_HEVC);
    EXPECT_TRUE(hevc_stream.entry(annex_b({hevc(32), hevc(33), hevc(34), hevc(19)})));
    EXPECT_FALSE(hevc_stream.entry(annex_b({hevc(19)})));
}

TEST(EntryPoints, DamagedLengthsAreNone) {
    Stream stream(AV_CODEC_ID_H264, avcc(4));
    Bytes whole = prefixed({sei, idr}, 4);
    ASSERT_TRUE(stream.entry(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(
            stream.entry({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}))
            << size;
    }
    for (const std::uint8_t length : {0, 1, 5, 255}) {
        Bytes wrong = whole;
        wrong[9] = length;
        EXPECT_FALSE(stream.entry(wrong)) << static_cast<int>(length);
    }
}

TEST(EntryPoints, OfOtherCodecsAreKeyFramesIfAnything) {
    for (const auto codec : {AV_CODEC_ID_VP8, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1, AV_CODEC_ID_MJPEG,
                             AV_CODEC_ID_PRORES, AV_CODEC_ID_RAWVIDEO}) {
        Stream stream(codec);
        EXPECT_TRUE(stream.known()) << avcodec_get_name(codec);
        EXPECT_TRUE(stream.entry({1}));
        EXPECT_FALSE(stream.entry({1}, false));
    }
    for (const auto codec : {AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG4, AV_CODEC_ID_VC1}) {
        Stream stream(codec);
        EXPECT_FALSE(stream.known()) << avcodec_get_name(codec);
        EXPECT_FALSE(stream.entry({1}));
    }
}

}  // namespace
}  // namespace saccade::media
