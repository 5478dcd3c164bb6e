// Every instruction set gives the same bits, and these are what the words in kernels.h say.
#include "track/camera_motion/kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

namespace saccade::track {
namespace {

class MotionKernelsOf : public testing::TestWithParam<Isa> {
  protected:
    [[nodiscard]] static const MotionKernels& kernels() { return motion_kernels(GetParam()); }
    std::vector<std::uint8_t> bytes(std::size_t n) {
        std::vector<std::uint8_t> out(n);
        for (auto& b : out) b = static_cast<std::uint8_t>(random_());
        return out;
    }
    std::mt19937 random_{7};
};

INSTANTIATE_TEST_SUITE_P(Isas, MotionKernelsOf, testing::ValuesIn(supported_isas()),
                         [](const auto& isa) { return std::string(to_string(isa.param)); });

TEST_P(MotionKernelsOf, MeansAreRoundedToNearest) {
    for (int factor = 1; factor <= 16; ++factor) {
        constexpr int n = 67;
        std::vector<std::uint16_t> sums(static_cast<std::size_t>(n * factor), 0);
        for (int row = 0; row < factor; ++row) {
            auto line = bytes(sums.size());
            if (row % 2 == 0) std::fill_n(line.begin(), line.size() / 2, std::uint8_t{255});
            const auto before = sums;
            kernels().add_row(line.data(), n * factor, sums.data());
            for (std::size_t i = 0; i < sums.size(); ++i) ASSERT_EQ(sums[i], before[i] + line[i]);
        }
        std::vector<std::uint8_t> out(n);
        kernels().mean_across(sums.data(), factor, n, out.data());
        const int count = factor * factor;
        for (int x = 0; x < n; ++x) {
            int sum = count / 2;
            for (int dx = 0; dx < factor; ++dx)
                sum += sums[static_cast<std::size_t>(x * factor + dx)];
            ASSERT_EQ(out[static_cast<std::size_t>(x)], sum / count) << factor;
        }
    }
}

TEST_P(MotionKernelsOf, EveryMeanIsExact) {
    // All sums that a block can have, for the factors that divide by a product.
    for (const int factor : {2, 3, 5, 9}) {
        const int count = factor * factor;
        for (int sum = 0; sum <= 255 * count; ++sum) {
            std::vector<std::uint16_t> parts(static_cast<std::size_t>(factor), 0);
            parts[0] = static_cast<std::uint16_t>(sum);
            std::uint8_t out = 0;
            kernels().mean_across(parts.data(), factor, 1, &out);
            ASSERT_EQ(out, (sum + count / 2) / count) << factor << " " << sum;
        }
    }
}

TEST_P(MotionKernelsOf, SumsSlideOverTheRows) {
    constexpr int n = 61;
    const std::vector<std::vector<std::uint8_t>> rows = {bytes(n + 2), bytes(n + 2), bytes(n + 2),
                                                         bytes(n + 2)};
    struct Three {
        std::vector<std::int32_t> xx, xy, yy;
        explicit Three(std::int32_t value) : xx(n, value), xy(n, value), yy(n, value) {}
        MotionKernels::Products view() { return {xx.data(), xy.data(), yy.data()}; }
    };
    Three products(3), sums(100);  // what was there goes, and is taken off
    kernels().multiply(rows[1].data() + 1, rows[0].data() + 1, rows[2].data() + 1, n,
                       products.view(), sums.view());
    for (std::size_t i = 0; i < n; ++i) {
        const int gx = rows[1][i + 2] - rows[1][i], gy = rows[2][i + 1] - rows[0][i + 1];
        ASSERT_EQ(products.xx[i], gx * gx);
        ASSERT_EQ(products.xy[i], gx * gy);
        ASSERT_EQ(products.yy[i], gy * gy);
        ASSERT_EQ(sums.xx[i], 97 + gx * gx);
        ASSERT_EQ(sums.xy[i], 97 + gx * gy);
        ASSERT_EQ(sums.yy[i], 97 + gy * gy);
    }

    std::vector<float> values(n - 4);
    const MotionKernels::Products middle{sums.xx.data() + 2, sums.xy.data() + 2,
                                         sums.yy.data() + 2};
    kernels().eigenvalues(middle, n - 4, values.data());
    for (std::size_t i = 0; i < values.size(); ++i) {
        double xx = 0, xy = 0, yy = 0;
        for (std::size_t k = i; k < i + 5; ++k)
            xx += sums.xx[k], xy += sums.xy[k], yy += sums.yy[k];
        const double exact = 0.5 * (xx + yy) - std::sqrt(0.25 * (xx - yy) * (xx - yy) + xy * xy);
        ASSERT_NEAR(values[i], exact, 1e-6 * (xx + yy));
    }
}

TEST_P(MotionKernelsOf, FlowsBitsAreThePlainOnesAndWhatTheyShouldBe) {
    constexpr int width = 40, height = 30;
    const auto picture = bytes(width * height);
    std::vector<float> samples(picture.size() + flow_slack);
    kernels().to_float(picture.data(), static_cast<int>(picture.size()), samples.data());
    for (std::size_t i = 0; i < picture.size(); ++i) ASSERT_EQ(samples[i], picture[i]);
    const auto bilinear = [&](double x, double y) {
        const int ix = static_cast<int>(std::floor(x)), iy = static_cast<int>(std::floor(y));
        const double a = x - ix, b = y - iy;
        const auto at = [&](int u, int v) {
            return static_cast<double>(picture[static_cast<std::size_t>(v * width + u)]);
        };
        return (1 - b) * ((1 - a) * at(ix, iy) + a * at(ix + 1, iy)) +
               b * ((1 - a) * at(ix, iy + 1) + a * at(ix + 1, iy + 1));
    };
    for (int turn = 0; turn < 200; ++turn) {
        const auto within = [&](int most) {
            return 7 + static_cast<float>(random_() % 1000) / 1000 * static_cast<float>(most - 15);
        };
        const Point p{within(width), within(height)}, q{within(width), within(height)};
        FlowWindow window{}, plain{};
        kernels().window(samples.data(), width, p, window);
        plain_motion_kernels.window(samples.data(), width, p, plain);
        ASSERT_EQ(std::memcmp(window.value, plain.value, sizeof plain.value), 0);
        ASSERT_EQ(std::memcmp(window.gx, plain.gx, sizeof plain.gx), 0);
        ASSERT_EQ(std::memcmp(window.gy, plain.gy, sizeof plain.gy), 0);
        ASSERT_EQ(window.xx, plain.xx);
        ASSERT_EQ(window.xy, plain.xy);
        ASSERT_EQ(window.yy, plain.yy);
        const FlowStep step = kernels().step(window, samples.data(), width, q);
        const FlowStep plain_step = plain_motion_kernels.step(plain, samples.data(), width, q);
        ASSERT_EQ(step.bx, plain_step.bx);
        ASSERT_EQ(step.by, plain_step.by);
        ASSERT_EQ(step.difference, plain_step.difference);

        double bx = 0, by = 0, difference = 0, xx = 0;
        for (int j = -flow_radius; j <= flow_radius; ++j) {
            for (int i = -flow_radius; i <= flow_radius; ++i) {
                const double x = p.x + static_cast<float>(i), y = p.y + static_cast<float>(j);
                const double gx = 0.5 * (bilinear(x + 1, y) - bilinear(x - 1, y));
                const double gy = 0.5 * (bilinear(x, y + 1) - bilinear(x, y - 1));
                const double d = bilinear(x, y) -
                                 bilinear(q.x + static_cast<float>(i), q.y + static_cast<float>(j));
                bx += d * gx, by += d * gy, difference += std::abs(d), xx += gx * gx;
            }
        }
        EXPECT_NEAR(window.xx, xx, 1e-4 * xx);
        EXPECT_NEAR(step.difference, difference, 1e-4 * difference);
        EXPECT_NEAR(step.bx, bx, 1e-4 * std::sqrt(xx) * difference);
        EXPECT_NEAR(step.by, by, 1e-4 * std::sqrt(xx) * difference);
    }
}

}  // namespace
}  // namespace saccade::track
