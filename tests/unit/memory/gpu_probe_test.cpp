#include "memory/gpu_probe.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace saccade::memory {
namespace {

class GpuProbeTest : public testing::Test {
  protected:
    void TearDown() override {
        ::unsetenv("FAKE_NVML_OWN");
        ::unsetenv("FAKE_NVML_USED");
    }
    static GpuProbe probe() { return GpuProbe(*cuda::Nvml::open(0, FAKE_NVML)); }
};

TEST_F(GpuProbeTest, TakesTheDriversWord) {
    ::setenv("FAKE_NVML_OWN", "2000000000", 1);
    const auto state = probe().read();
    EXPECT_EQ(state.used, 2'000'000'000U);
    EXPECT_EQ(state.others, 3'000'000'000U);
    EXPECT_EQ(state.total, 24'000'000'000U);
}

TEST_F(GpuProbeTest, ElseCountsWhatCameSince) {
    ::setenv("FAKE_NVML_USED", "4000000000", 1);
    auto probed = probe();
    EXPECT_EQ(probed.read().used, 0U);
    ::setenv("FAKE_NVML_USED", "6500000000", 1);
    EXPECT_EQ(probed.read().used, 2'500'000'000U);
    EXPECT_EQ(probed.read().others, 4'000'000'000U);
    ::setenv("FAKE_NVML_USED", "3000000000", 1);  // others gave some back
    EXPECT_EQ(probed.read().used, 0U);
    EXPECT_EQ(probed.read().others, 3'000'000'000U);
}

TEST_F(GpuProbeTest, IsNoneForAHost) {
    EXPECT_EQ(GpuProbe::open(-1), nullptr);
}

}  // namespace
}  // namespace saccade::memory
