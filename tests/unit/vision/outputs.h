// Outputs of networks made up for tests.
#pragma once

#include <cstddef>
#include <limits>
#include <random>
#include <vector>

namespace saccade::test {

/// Values in 0..1, with equal ones, negative ones, infinities and NaN among them.
inline std::vector<float> random_output(std::size_t size, std::mt19937& random) {
    std::vector<float> values(size);
    std::uniform_real_distribution<float> usual(0, 1);
    for (float& v : values) {
        switch (random() % 64) {
            case 0: v = std::numeric_limits<float>::quiet_NaN(); break;
            case 1: v = std::numeric_limits<float>::infinity(); break;
            case 2: v = -std::numeric_limits<float>::infinity(); break;
            case 3: v = 0.5F; break;  // equal scores
            case 4: v = -1; break;
            default: v = usual(random);
        }
    }
    return values;
}

}  // namespace saccade::test
