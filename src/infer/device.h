// The devices that networks run on, and their names: the only place that spells them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "saccade/error.h"

namespace saccade::infer {

/// One device: the host's processor, or a GPU by CUDA's number.
struct Device {
    static constexpr int host = -1;
    int cuda = host;  ///< the GPU's number

    [[nodiscard]] bool is_host() const noexcept { return cuda == host; }
    friend bool operator==(const Device&, const Device&) = default;
};

/// "cpu", "cuda:0" ...
[[nodiscard]] std::string to_string(Device device);

/// The device of that name ("cuda" is "cuda:0"); none for any other word.
[[nodiscard]] std::optional<Device> device_from(std::string_view name);

/// What a user names: the best device there is, every GPU, or some by name.
struct DeviceChoice {
    enum class Kind { best, all_gpus, named };
    Kind kind = Kind::best;
    std::vector<Device> named;  ///< of Kind::named: one, or several GPUs, none of them twice
};

/// "auto", "cuda:all", one device, or several GPUs with commas between. Errors: invalid_argument
/// for a name that is no device's, one that can't be among several, and one that is there twice.
[[nodiscard]] Result<DeviceChoice> parse_device_choice(std::string_view text);

/// How help and messages list what may be named.
inline constexpr std::string_view device_words = "auto|cpu|cuda:N,...|cuda:all";

}  // namespace saccade::infer
