#include <gtest/gtest.h>

#include "media/nvdec.h"

extern "C" {
#include <libavutil/hwcontext.h>
}

namespace saccade::media {
namespace {

/// H.264 8 bit 4:2:0, as a file's header says it.
struct Stream {
    Stream() : parameters(avcodec_parameters_alloc()) {
        parameters->codec_id = AV_CODEC_ID_H264;
        parameters->format = AV_PIX_FMT_YUV420P;
    }
    ~Stream() { avcodec_parameters_free(&parameters); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    AVCodecParameters* parameters;
};

class NvdecChoice : public testing::Test {
  protected:
    void SetUp() override {
        codec_ = avcodec_find_decoder(AV_CODEC_ID_H264);
        ASSERT_NE(codec_, nullptr);
        if (nvdec_obstacle(*codec_, *stream_.parameters, {}).find("FFmpeg") != std::string::npos) {
            GTEST_SKIP() << "this FFmpeg was built without NVDEC";
        }
    }
    std::string obstacle(AVPixelFormat format, Orientation orientation = {}) {
        stream_.parameters->format = format;
        return nvdec_obstacle(*codec_, *stream_.parameters, orientation);
    }
    const AVCodec* codec_ = nullptr;
    Stream stream_;
};

TEST_F(NvdecChoice, TakesWhatTheHardwareReads) {
    EXPECT_EQ(obstacle(AV_PIX_FMT_YUV420P), "");
    EXPECT_EQ(obstacle(AV_PIX_FMT_YUVJ420P), "");
    EXPECT_EQ(obstacle(AV_PIX_FMT_YUV420P10LE), "");
    EXPECT_EQ(obstacle(AV_PIX_FMT_NONE), "");
}

TEST_F(NvdecChoice, SaysWhyNot) {
    EXPECT_EQ(obstacle(AV_PIX_FMT_YUV422P10LE), "its pixels are yuv422p10le");
    EXPECT_EQ(obstacle(AV_PIX_FMT_YUV420P, {.transpose = true}), "its pictures are turned");
    const AVCodec* png = avcodec_find_decoder(AV_CODEC_ID_PNG);
    ASSERT_NE(png, nullptr);
    EXPECT_NE(nvdec_obstacle(*png, *stream_.parameters, {}), "");
}

TEST(DeviceFormat, APictureWithoutFramesContextIsRefused) {
    const AvFrame frame(av_frame_alloc());
    frame->format = AV_PIX_FMT_CUDA;
    EXPECT_TRUE(on_device(*frame));
    EXPECT_EQ(device_format(*frame).error().code, ErrorCode::unsupported);
    frame->format = AV_PIX_FMT_NV12;
    EXPECT_FALSE(on_device(*frame));
}

TEST(NvdecOpen, WithoutADriverItIsUnavailable) {
    const auto nvdec = Nvdec::open(0);
    if (nvdec) GTEST_SKIP() << "there is a GPU here";
    EXPECT_EQ(nvdec.error().code, ErrorCode::unavailable);
    EXPECT_NE(nvdec.error().remedy, "");
}

}  // namespace
}  // namespace saccade::media
