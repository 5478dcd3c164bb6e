#include "cuda/nvml.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace saccade::cuda {
namespace {

constexpr const char* bus = "0000:03:00.0";

TEST(Nvml, ReadsCounters) {
    const auto nvml = Nvml::open(0, FAKE_NVML);
    ASSERT_TRUE(nvml);
    EXPECT_EQ(nvml->name(), "Fake GPU");
    const GpuSample sample = nvml->sample();
    EXPECT_DOUBLE_EQ(sample.busy, 0.4);
    EXPECT_DOUBLE_EQ(sample.decoder, 0.75);
    EXPECT_EQ(sample.memory_used, 5'000'000'000U);
    EXPECT_DOUBLE_EQ(sample.pcie_in, 9e3);
    EXPECT_DOUBLE_EQ(sample.pcie_out, 7e3);
}

TEST(Nvml, TellsOwnMemoryWhereTheDriverDoes) {
    const auto nvml = Nvml::open(bus, FAKE_NVML);
    ASSERT_TRUE(nvml);
    ::setenv("FAKE_NVML_OWN", "2000000000", 1);
    EXPECT_EQ(nvml->memory().own, 2'000'000'000U);
    EXPECT_EQ(nvml->memory().used, 5'000'000'000U);
    EXPECT_EQ(nvml->memory().total, 24'000'000'000U);
    for (const char* way : {"none", "unknown"}) {
        ::setenv("FAKE_NVML_OWN", way, 1);
        EXPECT_FALSE(nvml->memory().own) << way;
    }
    ::unsetenv("FAKE_NVML_OWN");
}

TEST(Nvml, IsNothingWithoutTheLibraryOrTheGpu) {
    EXPECT_FALSE(Nvml::open(0, "libnvml-that-is-not-there.so.1"));
    EXPECT_FALSE(Nvml::open(0, "libc.so.6"));
    EXPECT_FALSE(Nvml::open(1, FAKE_NVML));
    EXPECT_FALSE(Nvml::open(-1, FAKE_NVML));
    EXPECT_FALSE(Nvml::open("0000:04:00.0", FAKE_NVML));
}

}  // namespace
}  // namespace saccade::cuda
