#include "infer/openvino/openvino_cache.h"

#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include "core/digest.h"
#include "core/file_cache.h"
#include "core/log.h"
#include "infer/openvino/openvino_error.h"

namespace saccade::infer {
namespace {

constexpr const char* compiled_for = "CPU";

/// Instruction sets of the first CPU as Linux names them, "" where it doesn't: a virtual machine
/// may hide some of those that the CPU's name promises.
std::string instruction_sets() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("flags") || line.starts_with("Features")) return line;
    }
    return {};
}

std::string exported(ov::CompiledModel& compiled) {
    std::ostringstream stream;
    compiled.export_model(stream);
    return std::move(stream).str();
}

ov::CompiledModel imported(ov::Core& core, const std::string& blob, const ov::AnyMap& properties) {
    ov::Tensor tensor(ov::element::u8,
                      {blob.size()});  // aligned as weights want it, and kept by its users
    std::memcpy(tensor.data(), blob.data(), blob.size());
    return core.import_model(tensor, compiled_for, properties);
}

}  // namespace

std::string cache_key(ov::Core& core, std::string_view onnx, const ov::AnyMap& properties,
                      Size size) {
    std::string text = fmt::format("model={} openvino={} device={} size={}x{} threads={}",
                                   sha256(onnx), ov::get_openvino_version().buildNumber,
                                   core.get_property(compiled_for, ov::device::full_name),
                                   size.width, size.height, std::thread::hardware_concurrency());
    for (const auto& capability : core.get_property(compiled_for, ov::device::capabilities)) {
        text += " can=" + capability;
    }
    for (const auto& [name, value] : properties) {
        text += fmt::format(" {}={}", name, value.as<std::string>());
    }
    return text + " " + sha256(instruction_sets());
}

Result<ov::CompiledModel> compile_or_import(
    ov::Core& core, const CacheEntry& entry, const ov::AnyMap& properties,
    const std::function<Result<ov::CompiledModel>()>& compile) {
    auto cache = usable_cache(entry.folder);
    if (!cache) return compile();
    std::optional<ov::CompiledModel> fresh;
    const auto make = [&]() -> Result<std::string> {
        auto compiled = compile();
        if (!compiled) return fail(compiled.error());
        fresh = std::move(*compiled);
        return guarded(ErrorCode::unsupported, "OpenVINO's export",
                       [&] { return exported(*fresh); });
    };
    const auto blob = cache->get(sha256(entry.key) + ".openvino", entry.key, make, entry.stop);
    if (fresh) {
        if (!blob) log::debug("not kept for the next run: {}", blob.error().message);
        return std::move(*fresh);
    }
    if (!blob) return fail(blob.error());
    auto network = guarded(ErrorCode::internal, "OpenVINO's import",
                           [&] { return imported(core, *blob, properties); });
    if (network) return network;
    log::warning("a cached network is not used: {}", network.error().message);
    return compile();
}

}  // namespace saccade::infer
