#include "infer/device.h"

#include <fmt/format.h>

#include <algorithm>

#include "cuda/driver.h"

namespace saccade::infer {
namespace {

constexpr std::string_view host_name = "cpu", best_device = "auto", all_gpus = "cuda:all";

tl::unexpected<Error> wrong(std::string_view name, std::string_view why, const char* way_out) {
    return fail(ErrorCode::invalid_argument, fmt::format("device: '{}' {}", name, why), way_out);
}

}  // namespace

std::string to_string(Device device) {
    return device.is_host() ? std::string(host_name) : fmt::format("cuda:{}", device.cuda);
}

std::optional<Device> device_from(std::string_view name) {
    if (name == host_name) return Device{};
    const auto ordinal = cuda::device_ordinal(std::string(name));
    return ordinal ? std::optional(Device{*ordinal}) : std::nullopt;
}

Result<DeviceChoice> parse_device_choice(std::string_view text) {
    if (text == best_device) return DeviceChoice{.kind = DeviceChoice::Kind::best, .named = {}};
    if (text == all_gpus) return DeviceChoice{.kind = DeviceChoice::Kind::all_gpus, .named = {}};
    DeviceChoice choice{.kind = DeviceChoice::Kind::named, .named = {}};
    const bool several = text.find(',') != std::string_view::npos;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        const std::string_view name = text.substr(at, end - at);
        const auto device = device_from(name);
        if (several && (!device || device->is_host())) {
            return wrong(name, "can't be one of several",
                         "name GPUs: cuda:0,cuda:1 ... or cuda:all");
        }
        if (!device) return wrong(name, "is no device", "use one of: auto, cpu, cuda:0 ...");
        if (std::find(choice.named.begin(), choice.named.end(), *device) != choice.named.end()) {
            return wrong(name, "is named twice", "name each GPU once");
        }
        choice.named.push_back(*device);
        at = end + 1;
    }
    return choice;
}

}  // namespace saccade::infer
