#include "detect/first_look.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "vision/store.h"

namespace saccade::detect {
namespace {

constexpr float rounding = 2e-3F;   // of scores in half precision
constexpr std::size_t enough = 16;  // boxes, to tell by them how they are written
constexpr double nearly_all = 0.999;

struct Range {
    float low = std::numeric_limits<float>::infinity(), high = -low;
    bool finite = true;

    void add(float value) {
        finite = finite && std::isfinite(value);
        low = std::min(low, value);
        high = std::max(high, value);
    }
};

/// One number of each box: `at(box)` with the strides of the layout.
struct Column {
    const float* first;
    std::size_t step;
    [[nodiscard]] float at(std::size_t box) const { return first[box * step]; }
};

tl::unexpected<Error> refuse(const std::string& model, const model::ModelSpec& spec,
                             const std::string& why) {
    return fail(ErrorCode::unsupported,
                fmt::format("{}: its output can't be what it was read as ({}): {}", model,
                            to_string(spec.family), why),
                "say how it is to be read with --family " + model::family_names() +
                    ", or export it as docs/models.md says");
}

/// The share of these boxes that have their third and fourth number beyond the first two.
double share_of_corners(const Column (&box)[4], const std::vector<std::size_t>& boxes) {
    const auto corners = std::count_if(boxes.begin(), boxes.end(), [&](std::size_t i) {
        return box[2].at(i) >= box[0].at(i) && box[3].at(i) >= box[1].at(i);
    });
    return static_cast<double>(corners) /
           static_cast<double>(std::max<std::size_t>(boxes.size(), 1));
}

/// Whether these boxes are of 0..1: pixels of an input are not all within 0..2.
bool within_one(const Column (&box)[4], const std::vector<std::size_t>& boxes) {
    return std::all_of(boxes.begin(), boxes.end(), [&](std::size_t i) {
        return std::all_of(std::begin(box), std::end(box), [&](const Column& column) {
            return column.at(i) > -1 && column.at(i) < 2;
        });
    });
}

Result<void> check_dense(const Column (&box)[4], const std::vector<Column>& scores,
                         std::size_t count, const model::ModelSpec& spec,
                         const std::string& model) {
    Range range;
    for (const Column& column : scores) {
        for (std::size_t i = 0; i < count; ++i) range.add(column.at(i));
    }
    if (!range.finite || range.low < -rounding || range.high > 1 + rounding) {
        return refuse(model, spec,
                      fmt::format("scores from {:.4g} to {:.4g}", range.low, range.high));
    }
    if (spec.on_grids || count < enough) return {};
    std::vector<std::size_t> all(count);
    std::iota(all.begin(), all.end(), std::size_t{0});
    if (within_one(box, all)) return refuse(model, spec, "boxes of 0 to 1, not of pixels");
    // A box's width is less than the distance of its centre from the picture's edge for some box of
    // hundreds; what is more than that for all of them is a second corner.
    if (share_of_corners(box, all) >= nearly_all) {
        return refuse(model, spec, "boxes by two corners, not by centre and size");
    }
    return {};
}

Result<void> check_rows(std::span<const float> output, std::size_t count,
                        const model::ModelSpec& spec, const std::string& model) {
    const Column box[4] = {
        {output.data(), 6}, {output.data() + 1, 6}, {output.data() + 2, 6}, {output.data() + 3, 6}};
    const Column score{output.data() + 4, 6}, label{output.data() + 5, 6};
    const auto classes = static_cast<float>(spec.class_names.size());
    std::vector<std::size_t> whole;  // those that are more than filling
    for (std::size_t i = 0; i < count; ++i) {
        // (Filling is -1 with some exporters.)
        if (!(score.at(i) >= -1 - rounding && score.at(i) <= 1 + rounding)) {
            return refuse(model, spec, fmt::format("a score of {:.4g}", score.at(i)));
        }
        if (label.at(i) != std::nearbyint(label.at(i)) || label.at(i) < -1) {
            return refuse(model, spec, fmt::format("{:.4g} for a class id", label.at(i)));
        }
        if (score.at(i) <= 0) continue;
        if (label.at(i) >= classes || label.at(i) < 0) {
            return refuse(model, spec,
                          fmt::format("class {} of {}", label.at(i), spec.class_names.size()));
        }
        whole.push_back(i);
    }
    if (whole.size() < enough) return {};
    if (within_one(box, whole)) return refuse(model, spec, "boxes of 0 to 1, not of pixels");
    if (share_of_corners(box, whole) < 0.9) {
        return refuse(model, spec, "boxes that end before they begin: not two corners");
    }
    return {};
}

}  // namespace

Result<void> first_look(infer::Backend& backend, std::size_t output, const model::ModelSpec& spec,
                        const std::string& model, const NetworkCopies& copies) {
    if (spec.reg_max > 0) return {};
    copies.in(noise_for(backend.info().input, spec.input), backend.input(0));
    if (auto started = backend.submit(0, 1); !started) return started;
    const auto outputs = backend.wait(0);
    if (!outputs) return fail(outputs.error());
    const infer::TensorView& head = (*outputs)[output];
    const auto rows = static_cast<std::size_t>(head.shape[1]),
               columns = static_cast<std::size_t>(head.shape[2]);
    std::vector<float> values(rows * columns);
    copies.out(head, values);
    return check_output(values, rows, columns, spec, model);
}

std::vector<std::byte> noise_for(const infer::TensorInfo& input, const model::InputSpec& spec) {
    const auto& shape = input.shape;
    const auto count = static_cast<std::size_t>(shape[1] * shape[2] * shape[3]);
    std::vector<float> values(count);
    std::mt19937 random(1);
    for (float& value : values) value = static_cast<float>(random() >> 24U) * spec.scale;
    vision::SampleType type = vision::SampleType::f32;
    if (input.type == infer::ElementType::f16) type = vision::SampleType::f16;
    if (input.type == infer::ElementType::bf16) type = vision::SampleType::bf16;
    if (input.type == infer::ElementType::u8) type = vision::SampleType::u8;
    std::vector<std::byte> bytes(count * size_of(input.type));
    vision::store_row(values.data(), static_cast<int>(count), type, bytes.data());
    return bytes;
}

Result<void> check_output(std::span<const float> output, std::size_t rows, std::size_t columns,
                          const model::ModelSpec& spec, const std::string& model) {
    const float* const data = output.data();
    std::vector<Column> scores;
    switch (spec.layout) {
        case model::HeadLayout::rows: return check_rows(output, rows, spec, model);
        case model::HeadLayout::channels_first: {
            if (spec.reg_max > 0) return {};
            for (std::size_t i = 4; i < rows; ++i) scores.push_back({data + i * columns, 1});
            const Column box[4] = {
                {data, 1}, {data + columns, 1}, {data + 2 * columns, 1}, {data + 3 * columns, 1}};
            return check_dense(box, scores, columns, spec, model);
        }
        case model::HeadLayout::anchors_first: {
            for (std::size_t i = 4; i < columns; ++i) scores.push_back({data + i, columns});
            const Column box[4] = {
                {data, columns}, {data + 1, columns}, {data + 2, columns}, {data + 3, columns}};
            return check_dense(box, scores, rows, spec, model);
        }
    }
    return {};
}

}  // namespace saccade::detect
