// Seeded damage of files.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace saccade::test {

/// One of the ways in which files break, by `seed`: bits flipped in the data or near the ends
/// (where containers have their headers and tables), runs zeroed, lost, repeated or swapped, the
/// end cut off. The same on every machine.
inline std::string mutated(std::string bytes, std::uint32_t seed) {
    std::minstd_rand random(seed * 2654435761U + 1);
    for (int i = 0; i < 3; ++i)
        random();  // seeds that are near give numbers that are near at first
    const auto below = [&](std::size_t bound) {
        return random() % std::max<std::size_t>(bound, 1);
    };
    const std::size_t size = bytes.size();
    const std::size_t run = 1 + below(std::min<std::size_t>(size / 8, 1500));
    const std::size_t at = below(size - run), other = below(size - run);
    const auto flip = [&](std::size_t where) {
        bytes[where] = static_cast<char>(bytes[where] ^ (1U << below(8)));
    };
    switch (seed % 8) {
        case 0:
            for (std::size_t n = 1 + below(4); n > 0; --n) flip(below(size));
            break;
        case 1:
            for (std::size_t n = 1 + below(40); n > 0; --n) flip(below(size));
            break;
        case 2: flip(below(std::min<std::size_t>(size, 1200))); break;
        case 3: flip(size - 1 - below(std::min<std::size_t>(size, 4000))); break;
        case 4: std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), run, '\0'); break;
        case 5: bytes.erase(at, run); break;
        case 6:
            for (std::size_t n = 0; n < run; ++n) std::swap(bytes[at + n], bytes[other + n]);
            break;
        default:
            if (below(2) == 0) {
                bytes.resize(size - run);
            } else {
                bytes.insert(at, bytes.substr(other, run));
            }
    }
    return bytes;
}

}  // namespace saccade::test
