#include "engine/device_list.h"

#include <gtest/gtest.h>

namespace saccade::engine {
namespace {

using Names = std::vector<std::string>;

const infer::BackendDescription kGpus{
    .name = "tensorrt",
    .available = true,
    .devices = {"cuda:0: NVIDIA A (9.0)", "cuda:1: NVIDIA B (9.0)"}};
const infer::BackendDescription kNoLibrary{.name = "tensorrt",
                                           .available = false,
                                           .devices = {"cuda:0: NVIDIA A (9.0)"},
                                           .remedy = "install TensorRT"};
const infer::BackendDescription kCpu{
    .name = "openvino", .available = true, .devices = {"cpu: A processor"}};

Result<Names> names(const std::string& setting, std::vector<infer::BackendDescription> backends) {
    return device_list(setting, backends);
}

TEST(DeviceList, AutoIsTheBestThereIs) {
    EXPECT_EQ(names("auto", {kGpus, kCpu}), (Names{"cuda:0"}));
    EXPECT_EQ(names("auto", {kNoLibrary, kCpu}), (Names{"cpu"}));
    EXPECT_EQ(names("auto", {kNoLibrary}), (Names{"auto"}));  // loading says what is missing
}

TEST(DeviceList, AllAreTheGpusThatCanRunNetworks) {
    EXPECT_EQ(names("cuda:all", {kGpus, kCpu}), (Names{"cuda:0", "cuda:1"}));
    const auto none = names("cuda:all", {kNoLibrary, kCpu});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::unavailable);
    EXPECT_EQ(none.error().remedy, "install TensorRT");
}

TEST(DeviceList, SeveralAreNamedWithCommas) {
    EXPECT_EQ(names("cuda:0,cuda:3", {}), (Names{"cuda:0", "cuda:3"}));
    EXPECT_EQ(names("cuda:7", {}), (Names{"cuda:7"}));
    EXPECT_EQ(names("nonsense", {}), (Names{"nonsense"}));
    for (const char* wrong : {"cuda:0,cuda:0", "cuda,cuda:0", "cpu,cuda:0", "cuda:0,",
                              "cuda:0,auto", "cuda:all,cuda:1"}) {
        const auto refused = names(wrong, {kGpus});
        ASSERT_FALSE(refused) << wrong;
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument) << wrong;
    }
}

TEST(DeviceList, NumbersOfGpus) {
    EXPECT_EQ(cuda_ordinal("cuda"), 0);
    EXPECT_EQ(cuda_ordinal("cuda:12"), 12);
    EXPECT_EQ(cuda_ordinal("cuda:"), -1);
    EXPECT_EQ(cuda_ordinal("cuda:1x"), -1);
    EXPECT_EQ(cuda_ordinal("cpu"), -1);
    EXPECT_EQ(cuda_ordinal("auto"), -1);
}

}  // namespace
}  // namespace saccade::engine
