#include "infer/device.h"

#include <gtest/gtest.h>

namespace saccade::infer {
namespace {

using Kind = DeviceChoice::Kind;

TEST(Device, NamesAreReadBack) {
    for (const Device device : {Device{}, Device{0}, Device{12}}) {
        EXPECT_EQ(device_from(to_string(device)), device);
    }
    EXPECT_EQ(to_string(Device{}), "cpu");
    EXPECT_EQ(to_string(Device{3}), "cuda:3");
    EXPECT_EQ(device_from("cuda"), Device{0});
    for (const char* name : {"", "npu", "cpu:0", "cpux", "cuda:", "cuda:1x", "cuda:-1", "auto"}) {
        EXPECT_FALSE(device_from(name)) << name;
    }
}

TEST(Device, AChoiceIsOneOrSeveralGpusOrAWord) {
    EXPECT_EQ(parse_device_choice("auto")->kind, Kind::best);
    EXPECT_EQ(parse_device_choice("cuda:all")->kind, Kind::all_gpus);
    const auto several = parse_device_choice("cuda:0,cuda:3");
    ASSERT_TRUE(several);
    EXPECT_EQ(several->kind, Kind::named);
    EXPECT_EQ(several->named, (std::vector<Device>{{0}, {3}}));
    EXPECT_EQ(parse_device_choice("cpu")->named, std::vector<Device>{{}});
}

TEST(Device, WhatIsNoChoiceIsNamed) {
    for (const char* wrong : {"", "npu", "cpu:0", "cpux", "cuda:0,cuda:0", "cuda,cuda:0",
                              "cpu,cuda:0", "cuda:0,", "cuda:0,auto", "cuda:all,cuda:1"}) {
        const auto choice = parse_device_choice(wrong);
        ASSERT_FALSE(choice) << wrong;
        EXPECT_EQ(choice.error().code, ErrorCode::invalid_argument) << wrong;
        EXPECT_TRUE(choice.error().message.starts_with("device: '")) << wrong;
    }
    EXPECT_NE(parse_device_choice("npu").error().remedy.find("auto, cpu"), std::string::npos);
}

}  // namespace
}  // namespace saccade::infer
