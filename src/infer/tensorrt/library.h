// Finds TensorRT's shared libraries on this machine and opens them. Nothing of them is linked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/shared_library.h"
#include "infer/tensorrt/api.h"
#include "saccade/error.h"

namespace saccade::infer::tensorrt {

/// The header sets that native/ is compiled with.
enum class Headers : std::uint8_t { trt10, trt11, rtx };

/// As getInferLibVersion counts: TensorRT 10.6.0 is 100600, TensorRT-RTX 1.7.1 is 10701.
Version version_of(Kind kind, int number) noexcept;

/// The header set for a library, nothing where we have none: 10.6 and on, 11, RTX 1.7 and on.
std::optional<Headers> headers_for(const Version& version) noexcept;

/// Whether a library of the kind runs on a GPU (86 for 8.6).
bool runs_on(Kind kind, int capability) noexcept;

/// A library that is here.
struct Found {
    Version version;
    std::string path;  ///< as given to the loader
    std::string parser;
    SharedLibrary runtime;  ///< open: 230 MB take their time
};

/// All that this program can use, the best first: full ones before RTX, newer before older. Looked
/// for in $SACCADE_TENSORRT_DIR, where the loader looks, and where `make gpu` puts it.
std::vector<Found> find_libraries();

/// Libraries that lie where they are looked for by folder. Opens none, so any of them may be
/// broken.
std::vector<std::string> library_files();

Result<std::unique_ptr<Library>> open_library(const Found& found);

/// The best one for a GPU, or for building (capability 0: any; `cross`: without that GPU).
/// Errors: unavailable, with what to install.
Result<std::unique_ptr<Library>> open_best(int capability, bool cross);

/// Compiled once for each header set.
template <Headers>
Result<std::unique_ptr<Library>> open_native(SharedLibrary runtime, SharedLibrary parser,
                                             const Version& version);

}  // namespace saccade::infer::tensorrt
