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

TEST(Registry, TheHostRunsNetworks) {
    const auto model = model::make_synthetic_detector();
    const auto spec = model::inspect(model);
    ASSERT_TRUE(spec);
    BackendOptions options;
    options.width = options.height = 64;
    const auto backend = make_backend(model::free_dimensions(model, *spec), options);
    ASSERT_TRUE(backend) << backend.error().line();
    EXPECT_THAT((*backend)->info().name, HasSubstr("openvino 20"));
}

}  // namespace
}  // namespace saccade::infer
