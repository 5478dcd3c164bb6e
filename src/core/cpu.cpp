#include "core/cpu.h"

#include <cstddef>

namespace saccade {
namespace {

constexpr Isa all[] = {Isa::scalar, Isa::avx2, Isa::avx512};

std::size_t count_supported() noexcept {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2")) return 1;
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    return avx512 ? 3 : 2;
#else
    return 1;
#endif
}

}  // namespace

std::string_view to_string(Isa isa) noexcept {
    switch (isa) {
        case Isa::scalar: return "scalar";
        case Isa::avx2: return "avx2";
        case Isa::avx512: return "avx512";
    }
    return "";
}

std::span<const Isa> supported_isas() noexcept {
    static const std::size_t count = count_supported();
    return {all, count};
}

}  // namespace saccade
