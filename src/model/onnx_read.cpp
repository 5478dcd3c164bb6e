#include "model/onnx_read.h"

#include <google/protobuf/io/zero_copy_stream.h>

#include <algorithm>
#include <fstream>
#include <system_error>

#include "core/remedy.h"
#include "model/onnx_model.h"

namespace saccade::model {
namespace {

/// Read between two looks at the stop token.
constexpr std::size_t block = std::size_t{4} << 20;

/// Hands the bytes out in blocks, and ends early where a stop is asked for.
class StoppableBytes final : public google::protobuf::io::ZeroCopyInputStream {
  public:
    StoppableBytes(std::string_view bytes, const std::stop_token& stop)
        : bytes_(bytes), stop_(stop) {}

    bool Next(const void** data, int* size) override {
        if (at_ == bytes_.size() || stop_.stop_requested()) return false;
        const std::size_t count = std::min(block, bytes_.size() - at_);
        *data = bytes_.data() + at_;
        *size = static_cast<int>(count);
        at_ += count;
        return true;
    }
    void BackUp(int count) override { at_ -= static_cast<std::size_t>(count); }
    bool Skip(int count) override {
        const std::size_t left = bytes_.size() - at_;
        at_ += std::min(left, static_cast<std::size_t>(count));
        return left >= static_cast<std::size_t>(count);
    }
    [[nodiscard]] std::int64_t ByteCount() const override { return static_cast<std::int64_t>(at_); }

  private:
    const std::string_view bytes_;
    const std::stop_token& stop_;
    std::size_t at_ = 0;
};

/// What the first bytes look like, for a message that helps.
tl::unexpected<Error> not_onnx(std::string_view bytes, const std::string& label) {
    if (bytes.starts_with("version https://git-lfs")) {
        return fail(ErrorCode::corrupt, label + ": is a Git LFS pointer, not the model itself",
                    "run `git lfs pull` in its repository");
    }
    const std::string_view head = bytes.substr(0, 256);
    const bool text = std::all_of(head.begin(), head.end(), [](unsigned char c) {
        return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t';
    });
    if (text) return fail(ErrorCode::corrupt, label + ": is text, not an ONNX model");
    // A ModelProto starts with its field 1, the IR version, in every exporter.
    if (bytes.front() == '\x08') {
        return fail(ErrorCode::corrupt, label + ": is truncated, damaged or nested too deeply",
                    "copy or export the model again");
    }
    return fail(ErrorCode::corrupt, label + ": is not an ONNX model");
}

tl::unexpected<Error> too_large(const std::string& label) {
    return fail(ErrorCode::unsupported, label + ": is larger than 2 GiB",
                "use a smaller model, or export it in half precision");
}

}  // namespace

Result<std::string> read_model_file(const std::filesystem::path& path,
                                    const std::stop_token& stop) {
    const std::string label = path.string();
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found) {
        return fail(ErrorCode::not_found, "no such model: " + label);
    }
    if (!std::filesystem::is_regular_file(status)) {
        return fail(ErrorCode::unreadable, label + ": is not a regular file");
    }
    const auto size = std::filesystem::file_size(path, error);
    if (!error && size > OnnxModel::max_bytes) return too_large(label);
    std::ifstream file(path, std::ios::binary);
    std::string bytes(error ? 0 : size, '\0');
    for (std::size_t have = 0; have < bytes.size() && file; have += block) {
        if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
        file.read(bytes.data() + have,
                  static_cast<std::streamsize>(std::min(block, bytes.size() - have)));
    }
    if (error || !file) {
        return fail(ErrorCode::unreadable, label + ": can't be read", look_who_may(path));
    }
    return bytes;
}

Result<onnx::ModelProto> parse_proto(std::string_view bytes, const std::string& label,
                                     const std::stop_token& stop) {
    if (bytes.empty()) return fail(ErrorCode::corrupt, label + ": is empty");
    if (bytes.size() > OnnxModel::max_bytes) return too_large(label);
    onnx::ModelProto proto;
    StoppableBytes stream(bytes, stop);
    // Protobuf allocates no more than the bytes there are, and limits the nesting to 100.
    const bool whole = proto.ParseFromZeroCopyStream(&stream);
    if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
    if (!whole || proto.ir_version() <= 0) return not_onnx(bytes, label);
    return proto;
}

}  // namespace saccade::model
