#include "model/foreign_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace saccade::model {
namespace {

using namespace std::string_view_literals;

/// A kind of file. Ways out hold {0} for the path and {1} for the path without its ending.
struct Kind {
    std::string_view ending;     ///< of the name, in small letters; "": any
    std::size_t offset;          ///< of `signature`
    std::string_view signature;  ///< "": only the ending tells
    std::string_view what;
    std::string_view way_out;
};

constexpr auto from_pytorch =
    "export it: pip install ultralytics && yolo export model='{0}' format=onnx dynamic=True, then "
    "name '{1}.onnx' (networks that are not Ultralytics' by torch.onnx.export)"sv;
constexpr auto from_tensorrt =
    "name the ONNX file that it was built from: an engine fits one version and one GPU only, and "
    "`saccade build` makes its own"sv;
constexpr auto from_onnx_again =
    "name the ONNX file that it was made from, or export the model to ONNX again"sv;
constexpr auto from_keras =
    "convert it: pip install tf2onnx && python3 -m tf2onnx.convert --keras '{0}' --output "
    "'{1}.onnx'"sv;

// Signatures first: what a file holds counts more than what it is called.
constexpr std::array kinds = {
    Kind{"", 0, "version https://git-lfs"sv, "a pointer of Git LFS, not the model itself",
         "fetch the file: `git lfs pull`"},
    Kind{"", 0, "<!DOCTYPE"sv, "a web page, not a model", "download the file itself"},
    Kind{"", 0, "<html"sv, "a web page, not a model", "download the file itself"},
    Kind{"", 4, "TFL3"sv, "a TensorFlow Lite model",
         "convert it: pip install tf2onnx && python3 -m tf2onnx.convert --tflite '{0}' --output "
         "'{1}.onnx'"},
    Kind{"", 0, "\x89HDF"sv, "a Keras model (HDF5)", from_keras},
    Kind{"", 0, "ptrt"sv, "a TensorRT engine", from_tensorrt},
    Kind{"", 0, "ftrt"sv, "a TensorRT engine", from_tensorrt},
    Kind{".keras", 0, "PK\3\4"sv, "a Keras model", from_keras},
    Kind{"", 0, "PK\3\4"sv, "a PyTorch file", from_pytorch},
    Kind{"", 0, "\x80\2"sv, "a PyTorch file (pickle)", from_pytorch},
    Kind{"", 0, "7767517"sv, "an ncnn network", from_onnx_again},
    Kind{"", 0, "<?xml"sv, "an OpenVINO network", from_onnx_again},
    Kind{".pt", 0, "", "a PyTorch file", from_pytorch},
    Kind{".pth", 0, "", "a PyTorch file", from_pytorch},
    Kind{".torchscript", 0, "", "a TorchScript file", from_pytorch},
    Kind{".ckpt", 0, "", "a PyTorch checkpoint", from_pytorch},
    Kind{".safetensors", 0, "", "weights without their network (safetensors)",
         "export the model: pip install 'optimum[exporters]' && optimum-cli export onnx --model "
         "FOLDER_OF_THE_MODEL '{1}'"},
    Kind{".engine", 0, "", "a TensorRT engine", from_tensorrt},
    Kind{".plan", 0, "", "a TensorRT engine", from_tensorrt},
    Kind{".trt", 0, "", "a TensorRT engine", from_tensorrt},
    Kind{".tflite", 0, "", "a TensorFlow Lite model",
         "convert it: pip install tf2onnx && python3 -m tf2onnx.convert --tflite '{0}' --output "
         "'{1}.onnx'"},
    Kind{".h5", 0, "", "a Keras model", from_keras},
    Kind{".keras", 0, "", "a Keras model", from_keras},
    Kind{".pb", 0, "", "a TensorFlow graph",
         "convert it: pip install tf2onnx && python3 -m tf2onnx.convert --saved-model "
         "FOLDER_OF_THE_MODEL --output '{1}.onnx'"},
    Kind{".xml", 0, "", "an OpenVINO network", from_onnx_again},
    Kind{".bin", 0, "", "weights without their network", from_onnx_again},
    Kind{".param", 0, "", "an ncnn network", from_onnx_again},
    Kind{".mlmodel", 0, "", "a Core ML model", from_onnx_again},
    Kind{".mlpackage", 0, "", "a Core ML model", from_onnx_again},
    Kind{".caffemodel", 0, "", "weights without their network (Caffe)", from_onnx_again},
    Kind{".weights", 0, "", "weights without their network (Darknet)", from_onnx_again},
    Kind{".gguf", 0, "", "a GGUF model", from_onnx_again},
};

std::string first_bytes(const std::filesystem::path& path) {
    std::string bytes(64, '\0');
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                               &std::fclose);
    bytes.resize(file ? std::fread(bytes.data(), 1, bytes.size(), file.get()) : 0);
    return bytes;
}

}  // namespace

std::optional<Error> foreign_model(const std::filesystem::path& path) {
    std::error_code ignored;
    const bool is_file = std::filesystem::is_regular_file(path, ignored);
    const std::string bytes = is_file ? first_bytes(path) : "";
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const Kind& kind : kinds) {
        if (!kind.ending.empty() && kind.ending != ending) continue;
        if (bytes.size() < kind.offset) continue;
        if (!std::string_view(bytes).substr(kind.offset).starts_with(kind.signature)) continue;
        std::filesystem::path stem = path;
        return Error{
            ErrorCode::unsupported,
            fmt::format("{}: is {}, and only ONNX models can be read", path.string(), kind.what),
            fmt::format(fmt::runtime(kind.way_out), path.string(),
                        stem.replace_extension().string())};
    }
    return std::nullopt;
}

}  // namespace saccade::model
