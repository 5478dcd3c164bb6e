#include "model/synthetic_detector.h"

#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "core/atomic_file.h"
#include "core/text_file.h"
#include "model/onnx_access.h"
#include "model/onnx_writer.h"

// How it works. A 1x1 convolution measures how red, green and blue each pixel is: 1 inside a box, 0
// on grey, the covered share on a box's edge. From every 8th pixel it looks along its row and
// column for the nearest pixel that is not fully of the class, which MaxPool finds as the largest
// coordinate of such a pixel in a window that ends (or starts) at the cell. Its coordinate less the
// covered share is the box's edge to a fraction of a pixel. Every cell inside of a box so finds the
// same box; scores fall from the centre outwards, and NMS leaves one.

namespace saccade::model {
namespace {

constexpr std::int64_t stride = 8, first = 4;  // cells stand on pixels 4, 12, 20 ...
constexpr std::int64_t reach = synthetic_largest_side;
constexpr float solid = 0.95F;    // a pixel of at least that much of a class is inside
constexpr float nowhere = -1e4F;  // stands for "no edge within reach"

class Builder {
  public:
    OnnxModel build() {
        writer_.describe("saccade", "synthetic detector");
        writer_.input("images", {-1, 3, -1, -1});
        writer_.output("output0", {-1, 7, -1});
        one_ = writer_.scalar(1);
        const std::string mask = color_masks();
        const Axis x = axis(mask, 3), y = axis(mask, 2);
        const std::string hit = hits(from_first(from_first(mask, 2, stride), 3, stride), x, y);
        const std::string score = mul(
            hit, op("Sub", {writer_.scalar(0.95F), mul(writer_.scalar(0.35F), distance(x, y))}));
        std::vector<std::string> rows;
        for (const std::string& value : {x.center, y.center, x.length, y.length}) {
            // A pixel is of one class at most, so the sum over the classes picks its box.
            rows.push_back(writer_.node("ReduceSum", {mul(hit, value), writer_.integers({1})}, {},
                                        {{"keepdims", 1}}));
        }
        rows.push_back(score);
        const std::string grid = writer_.node("Concat", rows, {}, {{"axis", 1}});
        writer_.node("Reshape", {grid, writer_.integers({0, 7, -1})}, {}, {}, "output0");
        return finish();
    }

  private:
    /// One direction's findings at the cells, [N, 3 classes, H/8, W/8].
    struct Axis {
        std::string center, length, cell;  // box centre and length, the cell's own pixel; px
    };

    std::string op(const std::string& name, const std::vector<std::string>& inputs) {
        return writer_.node(name, inputs);
    }
    std::string add(const std::string& a, const std::string& b) { return op("Add", {a, b}); }
    std::string sub(const std::string& a, const std::string& b) { return op("Sub", {a, b}); }
    std::string mul(const std::string& a, const std::string& b) { return op("Mul", {a, b}); }
    std::string clip(const std::string& a, float low, float high) {
        return op("Clip", {a, writer_.scalar(low), writer_.scalar(high)});
    }
    /// 1 where the condition holds, else 0.
    std::string number(const std::string& condition) {
        return writer_.node("Cast", {condition}, {}, {{"to", onnx::TensorProto::FLOAT}});
    }

    /// Each colour less the mean of the two others: 0 on any grey. In the scene's boxes it is 160
    /// of 255, which becomes a little over 1, so that rounding leaves their inside solid.
    std::string color_masks() {
        constexpr float own = 1.05F * 255 / 160, other = -0.5F * own;
        const std::string weights =
            writer_.floats({own, other, other, other, own, other, other, other, own}, {3, 3, 1, 1});
        return clip(op("Conv", {"images", weights}), 0, 1);
    }

    /// Every `step`th pixel along one axis, from the first cell on.
    std::string from_first(const std::string& value, std::int64_t dim, std::int64_t step) {
        return op("Slice", {value, writer_.integers({first}), writer_.integers({1 << 30}),
                            writer_.integers({dim}), writer_.integers({step})});
    }

    /// The edge before (or, on reversed coordinates, behind) each cell, as the distance from the
    /// picture's border to the box. `position` counts pixels from that border.
    std::string edge(const std::string& mask, const std::string& position, std::int64_t dim,
                     bool behind) {
        const std::string outer = op("Where", {op("Less", {mask, writer_.scalar(solid)}),
                                               sub(position, mask), writer_.scalar(nowhere)});
        // Beyond the border there is no box: pixel -1 ends every run.
        std::vector<std::int64_t> pads(8, 0), kernel{1, 1}, strides{1, 1};
        pads[static_cast<std::size_t>(dim + (behind ? 4 : 0))] = reach;
        kernel[static_cast<std::size_t>(dim - 2)] = reach + 1;
        strides[static_cast<std::size_t>(dim - 2)] = stride;
        const std::string padded = op("Pad", {outer, writer_.integers(pads), writer_.scalar(-1)});
        return add(writer_.node("MaxPool", {from_first(padded, dim, 1)},
                                {{"kernel_shape", kernel}, {"strides", strides}}),
                   one_);
    }

    Axis axis(const std::string& mask, std::int64_t dim) {
        // Coordinates from the input's own size: one row (or column) of it, turned into ones.
        const std::int64_t other = 5 - dim;
        const std::string line =
            op("Slice", {"images", writer_.integers({0, 0, 0}), writer_.integers({1, 1, 1}),
                         writer_.integers({0, 1, other})});
        const std::string ones = add(mul(line, writer_.scalar(0)), one_);
        const std::string along = writer_.integers({dim});
        const std::string forward = sub(op("CumSum", {ones, along}), one_);
        const std::string backward =
            sub(writer_.node("CumSum", {ones, along}, {}, {{"reverse", 1}}), one_);

        const std::string lines = from_first(mask, other, stride);  // those with cells on them
        const std::string low = edge(lines, forward, dim, false);
        const std::string from_end = edge(lines, backward, dim, true);
        Axis found;
        found.cell = from_first(forward, dim, stride);
        const std::string size = add(add(found.cell, from_first(backward, dim, stride)), one_);
        const std::string high = sub(size, from_end);
        found.center = mul(add(low, high), writer_.scalar(0.5F));
        found.length = sub(high, low);
        return found;
    }

    /// 1 where the cell stands in a box whose edges were all in reach.
    std::string hits(const std::string& mask, const Axis& x, const Axis& y) {
        const std::string largest = writer_.scalar(static_cast<float>(reach) + 2);
        const std::string small_x = op("Less", {x.length, largest});
        const std::string small_y = op("Less", {y.length, largest});
        const std::string solid_here = op("Not", {op("Less", {mask, writer_.scalar(solid)})});
        return number(op("And", {solid_here, op("And", {small_x, small_y})}));
    }

    /// How far the cell is from the centre of its box: 0 there, 1 at the edges.
    std::string distance(const Axis& x, const Axis& y) {
        const auto along = [&](const Axis& axis) {
            const std::string offset = add(sub(axis.cell, axis.center), writer_.scalar(0.5F));
            const std::string length = clip(axis.length, 1, static_cast<float>(reach) + 2);
            return op("Div", {mul(op("Abs", {offset}), writer_.scalar(2)), length});
        };
        return clip(op("Max", {along(x), along(y)}), 0, 1);
    }

    OnnxModel finish() {
        for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{
                 {"description",
                  "Written by Saccade for its synthetic scene: finds flat red, green "
                  "and blue boxes and nothing else. No trained weights."},
                 {"author", "Saccade"},
                 {"license", "Apache-2.0"},
                 {"task", "detect"},
                 {"stride", "32"},
                 {"imgsz", "[640, 640]"},
                 {"names", "{0: 'red box', 1: 'green box', 2: 'blue box'}"}}) {
            writer_.metadata(key, value);
        }
        auto model = OnnxModel::Access::adopt(writer_.take(), "synthetic.onnx");
        if (!model) throw std::logic_error(model.error().line());
        return std::move(*model);
    }

    OnnxWriter writer_{17};
    std::string one_;
};

bool holds(const std::filesystem::path& path, const std::string& bytes) {
    std::error_code error;
    if (std::filesystem::file_size(path, error) != bytes.size() || error) return false;
    const auto text = read_text_file(path);
    return text && *text == bytes;
}

}  // namespace

OnnxModel make_synthetic_detector() {
    return Builder().build();
}

Result<std::filesystem::path> write_synthetic_detector(const std::filesystem::path& folder) {
    const auto bytes = make_synthetic_detector().to_bytes();
    if (!bytes) return fail(bytes.error());
    auto path = folder / "synthetic.onnx";
    if (holds(path, *bytes)) return path;
    if (auto done = write_whole(path, *bytes, cache_file()); !done) return fail(done.error());
    return path;
}

}  // namespace saccade::model
