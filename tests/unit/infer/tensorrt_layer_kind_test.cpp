#include "infer/tensorrt/layer_kind.h"

#include <gtest/gtest.h>

namespace saccade::infer::tensorrt {
namespace {

TEST(LayerKind, IsThatOfTheFirstNode) {
    const std::pair<const char*, const char*> cases[] = {
        {"/model.0/conv/Conv + PWN(PWN(/model.0/act/Sigmoid), /model.0/act/Mul)", "Conv"},
        {"PWN(PWN(/model.0/act/Sigmoid), /model.0/act/Mul)", "Sigmoid"},
        {"/model.10/m/m.0/attn/MatMul_1", "MatMul"},
        {"/model.23/Concat_3_copy", "Concat_3_copy"},
        {"Reformatting CopyNode for Input Tensor 0 to /model.0/conv/Conv", "Reformat"},
        {"__myl_FcMulAdd_myl0_12", "fused"},
        {"Conv_7", "Conv"},
        {"7", "7"},
        {"trailing/", ""},
        {"", ""},
    };
    for (const auto& [name, kind] : cases) EXPECT_EQ(layer_kind(name), kind) << name;
}

}  // namespace
}  // namespace saccade::infer::tensorrt
