#include "engine/device_list.h"

#include <gtest/gtest.h>

namespace saccade::engine {
namespace {

using Devices = std::vector<infer::Device>;

const infer::BackendDescription kGpus{
    .name = "tensorrt",
    .available = true,
    .devices = {{{0}, "NVIDIA A (9.0)"}, {{1}, "NVIDIA B (9.0)"}}};
const infer::BackendDescription kNoLibrary{.name = "tensorrt",
                                           .available = false,
                                           .devices = {{{0}, "NVIDIA A (9.0)"}},
                                           .remedy = "install TensorRT"};
const infer::BackendDescription kCpu{
    .name = "openvino", .available = true, .devices = {{{}, "A processor"}}};

Result<Devices> devices(const std::string& setting,
                        const std::vector<infer::BackendDescription>& backends) {
    return device_list(infer::parse_device_choice(setting).value(), backends);
}

TEST(DeviceList, AutoIsTheBestThereIs) {
    EXPECT_EQ(devices("auto", {kGpus, kCpu}), (Devices{{0}}));
    EXPECT_EQ(devices("auto", {kNoLibrary, kCpu}), (Devices{{}}));
    const auto none = devices("auto", {kNoLibrary});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::unavailable);
    EXPECT_EQ(none.error().remedy, "install TensorRT");
}

TEST(DeviceList, AllAreTheGpusThatCanRunNetworks) {
    EXPECT_EQ(devices("cuda:all", {kGpus, kCpu}), (Devices{{0}, {1}}));
    const auto none = devices("cuda:all", {kNoLibrary, kCpu});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::unavailable);
    EXPECT_EQ(none.error().remedy, "install TensorRT");
}

TEST(DeviceList, NamedOnesAreTakenAsTheyAre) {
    EXPECT_EQ(devices("cuda:0,cuda:3", {}), (Devices{{0}, {3}}));
    EXPECT_EQ(devices("cuda:7", {}), (Devices{{7}}));
    EXPECT_EQ(devices("cpu", {}), (Devices{{}}));
}

TEST(DeviceList, TheFirstGpuIsThatOfTheFirstDevice) {
    Settings settings;
    settings.device = "cuda:2,cuda:0";
    EXPECT_EQ(first_gpu(settings), 2);
    settings.device = "cpu";
    EXPECT_EQ(first_gpu(settings), -1);
    settings.device = "nonsense";
    EXPECT_EQ(first_gpu(settings), -1);
}

}  // namespace
}  // namespace saccade::engine
