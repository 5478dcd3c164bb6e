#include "infer/openvino/openvino_error.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace saccade::infer {
namespace {

TEST(PlainMessage, DropsPathsAndLineBreaks) {
    EXPECT_EQ(plain_message("Exception from src/inference/src/cpp/core.cpp:124:\n"
                            "Check 'error_message.empty()' failed at src/frontends/x.cpp:367:\n"
                            "FrontEnd API failed with OpConversionFailure:\n"
                            "[ONNX Frontend] unsupported operator: Foo\n\n"),
              "FrontEnd API failed with OpConversionFailure: [ONNX Frontend] unsupported operator: "
              "Foo");
}

TEST(PlainMessage, ACheckAloneIsStillNamed) {
    EXPECT_EQ(plain_message("Check 'shape.rank() == 4' failed at src/core/src/node.cpp:12:"),
              "Check 'shape.rank() == 4'");
    EXPECT_EQ(plain_message(""), "OpenVINO gave no reason");
    EXPECT_EQ(plain_message("\n \r\n\t"), "OpenVINO gave no reason");
}

TEST(PlainMessage, IsShort) {
    EXPECT_LT(plain_message(std::string(10'000, 'x')).size(), 300U);
}

TEST(Guarded, TurnsExceptionsIntoErrors) {
    const auto good = guarded(ErrorCode::internal, "x", [] { return 7; });
    ASSERT_TRUE(good);
    EXPECT_EQ(*good, 7);
    const auto bad = guarded(ErrorCode::unsupported, "m.onnx",
                             []() -> int { throw std::runtime_error("no\nway"); });
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, ErrorCode::unsupported);
    EXPECT_EQ(bad.error().message, "m.onnx: no way");
    const auto full = guarded(ErrorCode::internal, "m.onnx", [] { throw std::bad_alloc(); });
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, ErrorCode::out_of_memory);
}

}  // namespace
}  // namespace saccade::infer
