#include "cli/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saccade::cli {
namespace {

using testing::HasSubstr;

infer::BackendDescription gpu(bool available) {
    infer::BackendDescription backend{.name = "tensorrt",
                                      .version = "10.6.0",
                                      .available = available,
                                      .devices = {},
                                      .remedy = "run: make gpu"};
    if (available) backend.devices = {{{0}, "Some GPU"}, {{1}, "Some GPU"}};
    return backend;
}

infer::BackendDescription cpu(bool available) {
    infer::BackendDescription backend{.name = "openvino",
                                      .version = "2026.4",
                                      .available = available,
                                      .devices = {},
                                      .remedy = "run: make setup"};
    if (available) backend.devices = {{{}, "Some CPU"}};
    return backend;
}

bool able_with(bool has_gpu, bool has_cpu, const std::string& device) {
    const infer::BackendDescription backends[] = {gpu(has_gpu), cpu(has_cpu)};
    return able(backend_findings(backends, device));
}

TEST(Findings, OneBackendThatWorksIsEnough) {
    EXPECT_TRUE(able_with(true, true, "auto"));
    EXPECT_TRUE(able_with(true, false, "auto"));
    EXPECT_TRUE(able_with(false, true, "auto"));
    EXPECT_FALSE(able_with(false, false, "auto"));
}

TEST(Findings, ItMustHaveTheDeviceOfTheSettings) {
    EXPECT_FALSE(able_with(true, false, "cpu"));
    EXPECT_TRUE(able_with(false, true, "cpu"));
    EXPECT_FALSE(able_with(false, true, "cuda"));
    EXPECT_TRUE(able_with(true, false, "cuda"));
    EXPECT_TRUE(able_with(true, false, "cuda:1"));
    EXPECT_FALSE(able_with(true, true, "cuda:2"));
    EXPECT_FALSE(able_with(true, true, "cuda:10"));
}

TEST(Findings, EachBackendSaysHowItIsMended) {
    const infer::BackendDescription backends[] = {gpu(false), cpu(true)};
    const auto findings = backend_findings(backends, "auto");
    ASSERT_EQ(findings.size(), 3U);
    EXPECT_FALSE(findings[0].ok);
    EXPECT_FALSE(findings[0].needed);
    EXPECT_EQ(findings[0].remedy, "run: make gpu");
    EXPECT_TRUE(findings[1].ok);
    EXPECT_EQ(findings[1].detail, "2026.4: cpu: Some CPU");
    EXPECT_TRUE(findings[2].ok);
    EXPECT_EQ(findings[2].detail, "by openvino");
}

TEST(Findings, WithoutAnyBackendTheDeviceIsWhatLacks) {
    const infer::BackendDescription backends[] = {gpu(false), cpu(false)};
    const auto findings = backend_findings(backends, "auto");
    ASSERT_EQ(findings.size(), 3U);
    EXPECT_FALSE(findings[2].ok);
    EXPECT_TRUE(findings[2].needed);
    EXPECT_THAT(findings[2].remedy, HasSubstr("tensorrt, openvino"));
}

}  // namespace
}  // namespace saccade::cli
