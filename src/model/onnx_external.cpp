#include "model/onnx_external.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "core/descriptor.h"
#include "core/digest.h"
#include "core/elide.h"
#include "model/onnx_access.h"
#include "model/onnx_tensor.h"

namespace saccade::model {
namespace {

namespace fs = std::filesystem;
using onnx::TensorProto;

/// Read between two looks at the stop token.
constexpr std::size_t external_block = std::size_t{8} << 20;

struct DataRange {
    std::string location, checksum;
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> length;
};

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// Relative, and nowhere up: what it is a link to is looked at when it is opened.
bool stays_below(const fs::path& location) {
    return !location.empty() && location.is_relative() &&
           location.native().find('\0') == std::string::npos &&
           std::none_of(location.begin(), location.end(),
                        [](const fs::path& part) { return part == ".."; });
}

struct DataFile {
    Descriptor file;
    fs::path path;
    std::uint64_t size = 0;
};

class Reader {
  public:
    Reader(fs::path folder, const std::string& label, std::size_t model_bytes, FileClaims& claims,
           std::stop_token stop)
        : folder_(std::move(folder)),
          label_(label),
          left_(OnnxModel::max_bytes),
          claims_(claims),
          stop_(std::move(stop)) {
        left_ -= std::min<std::uint64_t>(left_, model_bytes);
    }

    Result<void> read(TensorProto& tensor) {
        if (!is_external(tensor)) return {};
        const auto range = range_of(tensor);
        if (!range) return fail(range.error());
        const auto bytes = byte_size(tensor);
        if (!bytes)
            return corrupt(
                fmt::format("tensor '{}' has an impossible shape or type", elided(tensor.name())));
        const auto file = open(*range);
        if (!file) return fail(file.error());
        const DataFile& data = **file;
        const std::uint64_t rest = data.size - std::min(data.size, range->offset);
        const std::uint64_t length = range->length.value_or(rest);
        if (range->offset > data.size || length > rest) {
            return corrupt(fmt::format("tensor '{}' ends behind the end of {}",
                                       elided(tensor.name()), data.path.string()));
        }
        if (length != *bytes) {
            return corrupt(fmt::format("tensor '{}' has {} bytes in {}, its shape says {}",
                                       elided(tensor.name()), length, data.path.string(), *bytes));
        }
        if (length > left_) {
            return fail(ErrorCode::unsupported,
                        label_ + ": is larger than 2 GiB together with its weights in other files",
                        "use a smaller model, or export it in half precision");
        }
        left_ -= length;
        std::string values(length, '\0');
        if (auto ok = fill(data, range->offset, values); !ok) return ok;
        tensor.set_raw_data(std::move(values));
        tensor.clear_external_data();
        tensor.clear_data_location();
        return {};
    }

  private:
    Result<DataRange> range_of(const TensorProto& tensor) const {
        DataRange range;
        for (const auto& entry : tensor.external_data()) {
            const auto value = number(entry.value());
            const bool numeric = entry.key() == "offset" || entry.key() == "length";
            if (numeric && !value) {
                return corrupt(fmt::format("tensor '{}': {} '{}' is no number",
                                           elided(tensor.name()), entry.key(),
                                           elided(entry.value())));
            }
            if (entry.key() == "location") range.location = entry.value();
            if (entry.key() == "checksum") range.checksum = entry.value();
            if (entry.key() == "offset") range.offset = *value;
            if (entry.key() == "length") range.length = *value;
        }
        if (!stays_below(range.location)) {
            return fail(ErrorCode::unsupported,
                        fmt::format("{}: has weights in '{}', which is not in the model's folder",
                                    label_, elided(range.location)),
                        "save the model again with its weights beside it");
        }
        return range;
    }

    /// Opened once, also where thousands of tensors are in it.
    Result<const DataFile*> open(const DataRange& range) {
        if (const auto known = files_.find(range.location); known != files_.end())
            return &known->second;
        const fs::path path = folder_ / range.location;
        std::error_code error;
        const fs::path home = fs::canonical(folder_, error);
        const fs::path real = error ? fs::path() : fs::canonical(path, error);
        if (error == std::errc::no_such_file_or_directory) {
            return fail(
                ErrorCode::not_found,
                fmt::format("{}: its weights are in {}, which is not there", label_, path.string()),
                "copy that file beside the model, under this very name");
        }
        const auto [end, ignored] =
            std::mismatch(home.begin(), home.end(), real.begin(), real.end());
        if (!error && end != home.end()) {
            return fail(ErrorCode::unsupported,
                        fmt::format("{}: its weights in {} are a link out of the model's folder",
                                    label_, path.string()),
                        "copy the model and its weights into one folder (cp -L)");
        }
        DataFile data{
            Descriptor(::open(real.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)), path};
        struct stat status{};
        if (error || data.file.get() < 0 || ::fstat(data.file.get(), &status) != 0) {
            return unreadable(path, error ? error.value() : errno);
        }
        if (!S_ISREG(status.st_mode)) {
            return fail(
                ErrorCode::unsupported,
                fmt::format("{}: its weights in {} are no regular file", label_, path.string()));
        }
        data.size = static_cast<std::uint64_t>(status.st_size);
        if (auto ok = claims_.reads(real); !ok) return fail(ok.error());
        if (auto ok = verify(data, range.checksum); !ok) return fail(ok.error());
        return &files_.emplace(range.location, std::move(data)).first->second;
    }

    Result<void> fill(const DataFile& data, std::uint64_t offset, std::string& bytes) const {
        for (std::size_t have = 0; have < bytes.size();) {
            if (stop_.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
            const auto got = ::pread(data.file.get(), bytes.data() + have,
                                     std::min(external_block, bytes.size() - have),
                                     static_cast<off_t>(offset + have));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return unreadable(data.path, errno);
            if (got == 0) return corrupt(data.path.string() + " was cut while it was read");
            have += static_cast<std::size_t>(got);
        }
        return {};
    }

    /// The file's SHA-1, where the model tells it.
    Result<void> verify(const DataFile& data, const std::string& checksum) const {
        if (checksum.empty()) return {};
        Digest digest(Digest::Algorithm::sha1);
        std::string bytes;
        for (std::uint64_t at = 0; at < data.size; at += bytes.size()) {
            bytes.resize(std::min<std::uint64_t>(external_block, data.size - at));
            if (auto ok = fill(data, at, bytes); !ok) return ok;
            digest.update(bytes);
        }
        std::string wanted = checksum;
        std::transform(wanted.begin(), wanted.end(), wanted.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (digest.hex() == wanted) return {};
        return corrupt(data.path.string() +
                       " is not the file that the model names (SHA-1 differs)");
    }

    [[nodiscard]] tl::unexpected<Error> unreadable(const fs::path& path, int reason) const {
        return fail(ErrorCode::unreadable,
                    fmt::format("{}: its weights in {} can't be read: {}", label_, path.string(),
                                std::strerror(reason)),
                    "check that file's permissions");
    }
    [[nodiscard]] tl::unexpected<Error> corrupt(const std::string& what) const {
        return fail(ErrorCode::corrupt, label_ + ": " + what, "copy or export the model again");
    }

    const fs::path folder_;
    const std::string& label_;
    std::uint64_t left_;  ///< bytes that model and weights may still have
    FileClaims& claims_;
    const std::stop_token stop_;
    std::map<std::string, DataFile> files_;
};

}  // namespace

Result<void> read_external(onnx::ModelProto& proto, const fs::path& folder,
                           const std::string& label, std::size_t model_bytes, FileClaims& claims,
                           std::stop_token stop) {
    Reader reader(folder.empty() ? fs::path(".") : folder, label, model_bytes, claims,
                  std::move(stop));
    return for_each_tensor(*proto.mutable_graph(),
                           [&](TensorProto& tensor) { return reader.read(tensor); });
}

}  // namespace saccade::model
