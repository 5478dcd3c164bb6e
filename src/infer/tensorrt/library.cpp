#include "infer/tensorrt/library.h"

#include <fmt/format.h>

#include <dlfcn.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "core/log.h"

namespace saccade::infer::tensorrt {

template <>
Result<std::unique_ptr<Library>> open_native<Headers::trt10>(SharedLibrary, SharedLibrary,
                                                             const Version&);
template <>
Result<std::unique_ptr<Library>> open_native<Headers::trt11>(SharedLibrary, SharedLibrary,
                                                             const Version&);
template <>
Result<std::unique_ptr<Library>> open_native<Headers::rtx>(SharedLibrary, SharedLibrary,
                                                           const Version&);

namespace {

struct Name {
    Kind kind;
    const char* runtime;
    const char* parser;
};

constexpr std::array names{
    Name{Kind::full, "libnvinfer.so.11", "libnvonnxparser.so.11"},
    Name{Kind::full, "libnvinfer.so.10", "libnvonnxparser.so.10"},
    Name{Kind::rtx, "libtensorrt_rtx.so.1", "libtensorrt_onnxparser_rtx.so.1"},
};

/// Prefixes to a library's name; "" leaves the search to the loader.
std::vector<std::string> folders() {
    std::vector<std::string> all;
    if (const char* dir = std::getenv("SACCADE_TENSORRT_DIR"); dir != nullptr && *dir != '\0') {
        all.push_back(std::string(dir) + "/");
    }
    all.emplace_back("");
    if (const std::string hint = SACCADE_TENSORRT_HINT; !hint.empty()) all.push_back(hint + "/");
    return all;
}

/// A file of the folder that the library came from, whatever name it was opened by: one that this
/// process has opened before answers to its bare name, and its parser does not.
std::string beside(int (*in_library)(), const std::string& file) {
    ::Dl_info info{};
    if (::dladdr(reinterpret_cast<void*>(in_library), &info) == 0 || info.dli_fname == nullptr) {
        return file;
    }
    return (std::filesystem::path(info.dli_fname).parent_path() / file).string();
}

constexpr const char* install =
    "run make gpu for TensorRT-RTX (GeForce RTX 30 and newer, A100, L4), or install libnvinfer "
    "10.6 "
    "or newer and name its folder in SACCADE_TENSORRT_DIR";

}  // namespace

std::string to_string(const Version& version) {
    return fmt::format("{} {}.{}.{}", version.kind == Kind::rtx ? "tensorrt-rtx" : "tensorrt",
                       version.major, version.minor, version.patch);
}

Version version_of(Kind kind, int number) noexcept {
    return {kind, number / 10000, number / 100 % 100, number % 100};
}

std::optional<Headers> headers_for(const Version& version) noexcept {
    if (version.kind == Kind::rtx) {
        return version.major == 1 && version.minor >= 7 ? std::optional(Headers::rtx)
                                                        : std::nullopt;
    }
    if (version.major == 10 && version.minor >= 6) return Headers::trt10;
    if (version.major == 11) return Headers::trt11;
    return std::nullopt;
}

bool runs_on(Kind kind, int capability) noexcept {
    if (kind == Kind::full) return capability >= 75;
    return capability == 80 || capability == 86 || capability == 89 || capability / 10 == 12;
}

std::vector<Found> find_libraries() {
    std::vector<Found> found;
    for (const Name& name : names) {
        for (const std::string& folder : folders()) {
            std::string reason;
            const auto file = SharedLibrary::open(folder + name.runtime, &reason);
            const auto number = file.symbol<int (*)()>("getInferLibVersion");
            if (number == nullptr) {
                log::debug("{}{}: {}", folder, name.runtime, reason);
                continue;
            }
            const Version version = version_of(name.kind, number());
            if (!headers_for(version)) {
                log::info("{} is here but not of a version that this program knows",
                          to_string(version));
                continue;
            }
            found.push_back({version, folder + name.runtime, beside(number, name.parser), file});
            break;
        }
    }
    return found;
}

std::vector<std::string> library_files() {
    std::vector<std::string> files;
    for (const Name& name : names) {
        for (const std::string& folder : folders()) {
            std::error_code ignored;
            const std::string path = folder + name.runtime;
            if (!folder.empty() && std::filesystem::exists(path, ignored)) files.push_back(path);
        }
    }
    return files;
}

Result<std::unique_ptr<Library>> open_library(const Found& found) {
    std::string reason;
    SharedLibrary runtime = found.runtime;
    // Only builds need the parser: its absence is told then.
    SharedLibrary parser = SharedLibrary::open(found.parser, &reason);
    if (!parser) {
        parser =
            SharedLibrary::open(std::filesystem::path(found.parser).filename().string(), &reason);
    }
    if (!parser) log::debug("{}: {}", found.parser, reason);
    const auto headers = headers_for(found.version);
    if (headers == Headers::trt10) {
        return open_native<Headers::trt10>(std::move(runtime), std::move(parser), found.version);
    }
    if (headers == Headers::trt11) {
        return open_native<Headers::trt11>(std::move(runtime), std::move(parser), found.version);
    }
    if (headers == Headers::rtx) {
        return open_native<Headers::rtx>(std::move(runtime), std::move(parser), found.version);
    }
    return fail(ErrorCode::unsupported, to_string(found.version) + " is not known to this program",
                install);
}

Result<std::unique_ptr<Library>> open_best(int capability, bool cross) {
    for (const Found& found : find_libraries()) {
        if (cross && found.version.kind != Kind::rtx) continue;
        if (capability != 0 && !runs_on(found.version.kind, capability)) continue;
        return open_library(found);
    }
    if (capability == 0) return fail(ErrorCode::unavailable, "no TensorRT is here", install);
    return fail(ErrorCode::unavailable,
                fmt::format("no TensorRT is here that {} compute capability {}.{}",
                            cross ? "builds without the GPU for" : "runs on", capability / 10,
                            capability % 10),
                install);
}

}  // namespace saccade::infer::tensorrt
