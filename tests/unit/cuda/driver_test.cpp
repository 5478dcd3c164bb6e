#include "cuda/driver.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace saccade::cuda {
namespace {

class DriverTest : public testing::Test {
  protected:
    void TearDown() override {
        for (const char* name : {"FAKE_CUDA_VERSION", "FAKE_CUDA_INIT", "FAKE_CUDA_DEVICES"}) {
            ::unsetenv(name);
        }
    }
    static Error failure() {
        const auto driver = probe_driver(FAKE_LIBCUDA);
        EXPECT_FALSE(driver.has_value());
        return driver ? Error{} : driver.error();
    }
};

TEST_F(DriverTest, ListsDevices) {
    const auto driver = probe_driver(FAKE_LIBCUDA);
    ASSERT_TRUE(driver) << driver.error().line();
    EXPECT_EQ(driver->version, 13000);
    ASSERT_EQ(driver->devices.size(), 2U);
    EXPECT_EQ(driver->devices[0].name, "Fake GPU 0");
    EXPECT_EQ(driver->devices[0].capability(), 86);
    EXPECT_EQ(driver->devices[1].capability(), 89);
    EXPECT_EQ(driver->devices[1].ordinal, 1);
    EXPECT_EQ(driver->devices[1].memory, std::size_t{24} << 30U);
    EXPECT_EQ(driver->devices[1].pci_bus, "0000:01:00.0");
}

TEST_F(DriverTest, MissingLibraryNamesTheDriver) {
    const auto driver = probe_driver("libcuda-that-is-not-there.so.1");
    ASSERT_FALSE(driver);
    EXPECT_EQ(driver.error().code, ErrorCode::unavailable);
    EXPECT_NE(driver.error().remedy.find("NVIDIA driver"), std::string::npos);
}

TEST_F(DriverTest, ALibraryWithoutTheCallsIsRefused) {
    const auto driver = probe_driver("libc.so.6");
    ASSERT_FALSE(driver);
    EXPECT_NE(driver.error().message.find("no whole"), std::string::npos);
}

TEST_F(DriverTest, OldDriverIsRefusedBeforeItIsStarted) {
    ::setenv("FAKE_CUDA_VERSION", "12040", 1);
    ::setenv("FAKE_CUDA_INIT", "999", 1);
    EXPECT_NE(failure().message.find("12.4"), std::string::npos);
}

TEST_F(DriverTest, NoDeviceIsUnavailable) {
    ::setenv("FAKE_CUDA_INIT", "100", 1);
    EXPECT_NE(failure().message.find("no GPU"), std::string::npos);
    ::setenv("FAKE_CUDA_INIT", "0", 1);
    ::setenv("FAKE_CUDA_DEVICES", "0", 1);
    EXPECT_NE(failure().message.find("no GPU"), std::string::npos);
    ::setenv("FAKE_CUDA_INIT", "803", 1);
    EXPECT_NE(failure().message.find("803"), std::string::npos);
}

TEST(DeviceOrdinal, ReadsNames) {
    EXPECT_EQ(device_ordinal("cuda").value(), 0);
    EXPECT_EQ(device_ordinal("cuda:0").value(), 0);
    EXPECT_EQ(device_ordinal("cuda:12").value(), 12);
    for (const char* name :
         {"", "cpu", "cuda:", "cuda:-1", "cuda:1x", "cuda:99999999999", "gpu:0"}) {
        EXPECT_FALSE(device_ordinal(name)) << name;
    }
}

}  // namespace
}  // namespace saccade::cuda
