// What TensorRT's name of a layer says of its kind: its profiler tells names alone.
#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace saccade::infer::tensorrt {

/// "Conv" of "/model.0/conv/Conv + PWN(PWN(/model.0/act/Sigmoid), /model.0/act/Mul)": the operator
/// of the first ONNX node that it was made from. "Reformat" of copies between layouts, "fused" of
/// kernels of TensorRT's compiler, which names them "__myl_...".
inline std::string layer_kind(std::string_view name) {
    if (name.starts_with("Reformatting")) return "Reformat";
    if (name.starts_with("__myl")) return "fused";
    while (name.starts_with("PWN(")) name.remove_prefix(4);
    std::string_view node = name.substr(0, name.find_first_of(" ,)"));
    node.remove_prefix(std::min(node.rfind('/') + 1, node.size()));  // (npos + 1 is 0)
    const auto digits = node.find_last_not_of("0123456789");
    if (digits != std::string_view::npos && node[digits] == '_') node = node.substr(0, digits);
    return std::string(node);
}

}  // namespace saccade::infer::tensorrt
