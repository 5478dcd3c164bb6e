#include "infer/registry.h"

#include <gmock/gmock.h>

#include "model/prepared_model.h"
#include "model/synthetic_detector.h"

namespace saccade::infer {
namespace {

using testing::HasSubstr;

TEST(Registry, DescribesEveryBackend) {
    const auto all = backends();
    ASSERT_FALSE(all.empty());
    for (const auto& backend : all) {
        EXPECT_FALSE(backend.name.empty());
        EXPECT_EQ(backend.available, !backend.devices.empty()) << backend.name;
        EXPECT_EQ(backend.available, backend.remedy.empty()) << backend.name;
    }
    EXPECT_EQ(all.back().name, "openvino");
    EXPECT_TRUE(all.back().available);
    EXPECT_THAT(all.back().version, testing::MatchesRegex("20[0-9][0-9]\\.[0-9]+\\.[0-9]+"));
}

TEST(Registry, AutoAndCpuFindADevice) {
    const auto model = model::make_synthetic_detector();
    const auto spec = model::inspect(model);
    ASSERT_TRUE(spec);
    for (const char* device : {"auto", "cpu"}) {
        BackendOptions options;
        options.device = device;
        options.width = options.height = 64;
        const auto backend = make_backend(model::free_dimensions(model, *spec), options);
        ASSERT_TRUE(backend) << backend.error().line();
        EXPECT_THAT((*backend)->info().name, HasSubstr("openvino 20"));
    }
}

TEST(Registry, AnUnknownDeviceIsAnErrorThatNamesTheKnown) {
    const auto model = model::make_synthetic_detector();
    const auto spec = model::inspect(model);
    ASSERT_TRUE(spec);
    for (const char* device : {"npu", "", "cpu:0", "cpux"}) {
        BackendOptions options;
        options.device = device;
        const auto backend = make_backend(model::free_dimensions(model, *spec), options);
        ASSERT_FALSE(backend) << device;
        EXPECT_EQ(backend.error().code, ErrorCode::invalid_argument);
        EXPECT_THAT(backend.error().line(), HasSubstr("auto, "));
        EXPECT_THAT(backend.error().line(), HasSubstr("cpu"));
    }
}

}  // namespace
}  // namespace saccade::infer
