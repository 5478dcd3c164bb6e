#include "support/head_networks.h"

#include <cmath>
#include <random>
#include <stdexcept>

#include "model/onnx_access.h"
#include "model/onnx_writer.h"

namespace saccade::test {
namespace {

using model::OnnxWriter;
using Integers = std::vector<std::int64_t>;

constexpr std::int64_t integer_type = onnx::TensorProto::INT64,
                       float_type = onnx::TensorProto::FLOAT;

class Builder {
  public:
    Builder(std::string layout, int classes) : layout_(std::move(layout)), classes_(classes) {
        writer_.input("images", {1, 3, network_side, network_side});
    }

    model::OnnxModel build(const Metadata& metadata) {
        for (const auto& [key, value] : metadata) writer_.metadata(key, value);
        // Nothing else shows how many classes there are behind such a suppression.
        if (layout_ == "e2e-open" && metadata.empty()) writer_.metadata("names", "['a', 'b', 'c']");
        if (!dense() && !chosen() && !other_tasks()) throw std::logic_error("no layout " + layout_);
        auto made = model::OnnxModel::Access::adopt(writer_.take(), layout_ + ".onnx");
        if (!made) throw std::logic_error(made.error().line());
        return std::move(*made);
    }

  private:
    std::string op(const std::string& type, const std::vector<std::string>& inputs) {
        return writer_.node(type, inputs);
    }
    /// `layers` convolutions in front of all else, which hand the picture on, a little changed.
    void deepen(int layers) {
        for (int layer = 0; layer < layers; ++layer) {
            std::vector<float> weights(std::size_t{3} * 3, 0.05F);
            for (std::size_t i = 0; i < 3; ++i) weights[4 * i] = 0.9F;
            picture_ = op("Conv", {picture_, writer_.floats(weights, {3, 3, 1, 1})});
        }
    }
    std::string by(const std::string& value, float factor) {
        return op("Mul", {value, writer_.scalar(factor)});
    }
    std::string concat(const std::vector<std::string>& values, std::int64_t axis,
                       const std::string& name = {}) {
        return writer_.node("Concat", values, {}, {{"axis", axis}}, name);
    }
    std::string turn(const std::string& value, const std::string& name = {}) {
        return writer_.node("Transpose", {value}, {{"perm", {0, 2, 1}}}, {}, name);
    }
    std::string reshape(const std::string& value, const Integers& shape) {
        return op("Reshape", {value, writer_.integers(shape)});
    }
    std::string cast(const std::string& value, std::int64_t type, const std::string& name = {}) {
        return writer_.node("Cast", {value}, {}, {{"to", type}}, name);
    }

    /// A level's convolution, [1, channels, h, w]; weights and biases are random, but always the
    /// same.
    std::string map(std::int64_t channels, std::int64_t stride, float weights = 8) {
        const std::string pooled =
            writer_.node("AveragePool", {picture_},
                         {{"kernel_shape", {stride, stride}}, {"strides", {stride, stride}}});
        const auto numbers = [&](std::int64_t count, float reach) {
            // (Distributions of the standard library differ from one to the other.)
            std::vector<float> values(static_cast<std::size_t>(count));
            for (float& v : values) {
                v = (static_cast<float>(random_() >> 16U) / 32768 - 1) * reach;
            }
            return values;
        };
        return op("Conv",
                  {pooled, writer_.floats(numbers(channels * 3, weights), {channels, 3, 1, 1}),
                   writer_.floats(numbers(channels, 2), {channels})});
    }
    /// [1, channels, 84].
    std::string features(std::int64_t channels) {
        std::vector<std::string> levels;
        for (const std::int64_t stride : {8, 16, 32}) {
            levels.push_back(reshape(map(channels, stride), {0, channels, -1}));
        }
        return concat(levels, 2);
    }
    std::string sigmoids(std::int64_t channels) { return op("Sigmoid", {features(channels)}); }

    /// Boxes in the input's pixels, [1, 4, 84].
    struct Boxes {
        std::string centre, size;
    };
    Boxes boxes() { return {by(sigmoids(2), network_side), by(sigmoids(2), 24)}; }
    std::string centred() {
        const Boxes b = boxes();
        return concat({b.centre, b.size}, 1);
    }
    std::string corners() {
        const Boxes b = boxes();
        const std::string half = by(b.size, 0.5F);
        return concat({op("Sub", {b.centre, half}), op("Add", {b.centre, half})}, 1);
    }

    void output(const Integers& shape, const std::string& name = "output0") {
        writer_.output(name, shape);
    }
    void typed_output(const Integers& shape, const std::string& name, std::int64_t type) {
        writer_.output(name, shape);
        auto& graph = *writer_.proto().mutable_graph();
        graph.mutable_output(graph.output_size() - 1)
            ->mutable_type()
            ->mutable_tensor_type()
            ->set_elem_type(static_cast<std::int32_t>(type));
    }

    bool dense() {
        if (layout_ == "yolov8-deep") deepen(4);
        if (layout_ == "yolov8" || layout_ == "yolov8-deep") {
            concat({centred(), sigmoids(classes_)}, 1, "output0");
            output({1, 4 + classes_, network_cells});
        } else if (layout_ == "yolov8-turned") {
            turn(concat({centred(), sigmoids(classes_)}, 1), "output0");
            output({1, network_cells, 4 + classes_});
        } else if (layout_ == "yolov5" || layout_ == "yolov5-levels") {
            yolov5(layout_ == "yolov5-levels");
        } else if (layout_ == "yolox" || layout_ == "yolox-decoded") {
            yolox(layout_ == "yolox-decoded");
        } else if (layout_ == "rows") {
            const std::string scores = turn(sigmoids(classes_));
            const std::string best = writer_.node("ReduceMax", {scores}, {{"axes", {2}}});
            const std::string which = writer_.node("ArgMax", {scores}, {}, {{"axis", 2}});
            concat({turn(corners()), best, cast(which, float_type)}, 2, "output0");
            output({1, network_cells, 6});
        } else if (layout_ == "yolo-nas" || layout_ == "yolo-nas-swapped") {
            turn(corners(), "boxes");
            turn(sigmoids(classes_), "scores");
            const bool swapped = layout_ == "yolo-nas-swapped";
            if (!swapped) output({1, network_cells, 4}, "boxes");
            output({1, network_cells, classes_}, "scores");
            if (swapped) output({1, network_cells, 4}, "boxes");
        } else {
            return false;
        }
        return true;
    }

    /// Three anchors a cell, all out of one sigmoid, level by level.
    void yolov5(bool levels_too) {
        std::vector<std::string> levels;
        for (const std::int64_t stride : {8, 16, 32}) {
            const std::int64_t side = network_side / stride, columns = 5 + classes_;
            const std::string apart =
                reshape(map(3 * columns, stride), {1, 3, columns, side, side});
            const std::string raw = writer_.node("Transpose", {apart}, {{"perm", {0, 1, 3, 4, 2}}},
                                                 {}, "level_" + std::to_string(stride));
            const std::string all = op("Sigmoid", {raw});
            const auto part = [&](std::int64_t first, std::int64_t last) {
                return op("Slice", {all, writer_.integers({first}), writer_.integers({last}),
                                    writer_.integers({4})});
            };
            const std::string row =
                concat({by(part(0, 2), network_side), by(part(2, 4), 24), part(4, columns)}, 4);
            levels.push_back(reshape(row, {1, -1, columns}));
        }
        concat(levels, 1, "output0");
        output({1, 3 * network_cells, 5 + classes_});
        for (const std::int64_t stride : {8, 16, 32}) {
            const std::int64_t side = network_side / stride;
            if (levels_too) {
                output({1, 3, side, side, 5 + classes_}, "level_" + std::to_string(stride));
            }
        }
    }

    void yolox(bool decoded) {
        std::vector<std::string> levels;
        for (const std::int64_t stride : {8, 16, 32}) {
            // (Its input goes to 255.)
            const std::string all =
                concat({map(4, stride, 0.005F), op("Sigmoid", {map(1, stride, 0.03F)}),
                        op("Sigmoid", {map(classes_, stride, 0.03F)})},
                       1);
            levels.push_back(reshape(all, {0, 5 + classes_, -1}));
        }
        const std::string flat = turn(concat(levels, 2), decoded ? "" : "output0");
        output({1, network_cells, 5 + classes_});
        if (!decoded) return;
        std::vector<float> cells, strides;
        for (const int stride : {8, 16, 32}) {
            const int side = network_side / stride;
            for (int i = 0; i < side * side; ++i) {
                cells.push_back(static_cast<float>(i % side));
                cells.push_back(static_cast<float>(i / side));
                strides.push_back(static_cast<float>(stride));
            }
        }
        const auto part = [&](std::int64_t first, std::int64_t last) {
            return op("Slice", {flat, writer_.integers({first}), writer_.integers({last}),
                                writer_.integers({2})});
        };
        const std::string stride = writer_.floats(strides, {1, network_cells, 1});
        const std::string centre = op(
            "Mul", {op("Add", {part(0, 2), writer_.floats(cells, {1, network_cells, 2})}), stride});
        const std::string size = op("Mul", {op("Exp", {part(2, 4)}), stride});
        concat({centre, size, part(4, 5 + classes_)}, 2, "output0");
    }

    /// The best of a value's last dimension as "best", their places as "index".
    void top_k(const std::string& value) {
        const std::string count = writer_.integers({network_queries});
        auto* top = writer_.proto().mutable_graph()->add_node();
        top->set_op_type("TopK");
        top->set_name("choice");
        top->add_input(value);
        top->add_input(count);
        top->add_output("best");
        top->add_output("index");
    }

    /// The best of all boxes and classes, as heads without suppression choose them.
    struct Chosen {
        std::string boxes, scores, labels;  ///< [1, 20, 4], [1, 20], [1, 20] of int64
    };
    Chosen choose(const std::string& boxes, const std::string& scores) {
        top_k(reshape(scores, {0, -1}));
        const std::string count = writer_.integers({classes_});
        const std::string anchor = op("Div", {"index", count});
        const std::string place =
            op("Tile", {reshape(anchor, {0, 0, 1}), writer_.integers({1, 1, 4})});
        return {writer_.node("GatherElements", {boxes, place}, {}, {{"axis", 1}}), "best",
                op("Mod", {"index", count})};
    }

    bool chosen() {
        const Integers rows{1, network_queries, 6};
        if (layout_ == "e2e") {
            const Chosen c = choose(turn(corners()), turn(sigmoids(classes_)));
            concat({c.boxes, reshape(c.scores, {0, 0, 1}),
                    cast(reshape(c.labels, {0, 0, 1}), float_type)},
                   2, "output0");
            output(rows);
        } else if (layout_ == "e2e-open") {
            suppressed();
        } else if (layout_ == "nms") {
            const Chosen c = choose(turn(corners()), turn(sigmoids(classes_)));
            const std::string good = op("Greater", {c.scores, writer_.scalar(0.6F)});
            const std::string count =
                writer_.node("ReduceSum", {cast(good, float_type), writer_.integers({1})}, {},
                             {{"keepdims", 1}});
            cast(count, integer_type, "num_dets");
            for (const auto& [from, to] : {std::pair{c.boxes, "det_boxes"},
                                           {c.scores, "det_scores"},
                                           {c.labels, "det_classes"}}) {
                writer_.node("Identity", {from}, {}, {}, to);
            }
            typed_output({1, 1}, "num_dets", integer_type);
            output({1, network_queries, 4}, "det_boxes");
            output({1, network_queries}, "det_scores");
            typed_output({1, network_queries}, "det_classes", integer_type);
        } else if (layout_ == "rt-detr") {
            auto& graph = *writer_.proto().mutable_graph();
            writer_.input("orig_target_sizes", {1, 2});
            graph.mutable_input(1)->mutable_type()->mutable_tensor_type()->set_elem_type(
                onnx::TensorProto::INT64);
            const Chosen c =
                choose(turn(by(corners(), 1.0F / network_side)), turn(sigmoids(classes_)));
            const std::string twice = op("Tile", {"orig_target_sizes", writer_.integers({1, 2})});
            const std::string sizes = cast(reshape(twice, {1, 1, 4}), float_type);
            writer_.node("Mul", {c.boxes, sizes}, {}, {}, "boxes");
            writer_.node("Identity", {c.scores}, {}, {}, "scores");
            writer_.node("Identity", {c.labels}, {}, {}, "labels");
            typed_output({1, network_queries}, "labels", integer_type);
            output({1, network_queries, 4}, "boxes");
            output({1, network_queries}, "scores");
        } else {
            return queries();
        }
        return true;
    }

    /// DETRs: boxes of 0..1 and scores of the cells that are likeliest to hold something.
    struct Queries {
        std::string boxes, logits;  ///< [1, 20, 4], [1, 20, columns]
    };
    Queries query(std::int64_t columns) {
        const std::string logits = turn(features(columns));
        const std::string best =
            writer_.node("ReduceMax", {logits}, {{"axes", {2}}}, {{"keepdims", 0}});
        top_k(best);
        const std::string column = reshape("index", {0, 0, 1});
        const auto pick = [&](const std::string& value, std::int64_t width) {
            const std::string place = op("Tile", {column, writer_.integers({1, 1, width})});
            return writer_.node("GatherElements", {value, place}, {}, {{"axis", 1}});
        };
        return {pick(turn(sigmoids(4)), 4), pick(logits, columns)};
    }

    bool queries() {
        const std::int64_t n = network_queries;
        if (layout_ == "ultralytics-detr") {
            const Queries q = query(classes_);
            concat({q.boxes, op("Sigmoid", {q.logits})}, 2, "output0");
            output({1, n, 4 + classes_});
        } else if (layout_ == "ultralytics-detr-rows") {
            const Queries q = query(classes_);
            const std::string scores = op("Sigmoid", {q.logits});
            const std::string best = writer_.node("ReduceMax", {scores}, {{"axes", {2}}});
            const std::string which = writer_.node("ArgMax", {scores}, {}, {{"axis", 2}});
            concat({q.boxes, best, cast(which, float_type)}, 2, "output0");
            output({1, n, 6});
        } else if (layout_ == "hf-detr" || layout_ == "rf-detr") {
            const bool hf = layout_ == "hf-detr";
            const std::int64_t columns = hf ? classes_ : classes_ + 1;  // the last one: nothing
            const Queries q = query(columns);
            const std::string logits = hf ? "logits" : "labels", boxes = hf ? "pred_boxes" : "dets";
            writer_.node("Identity", {q.logits}, {}, {}, logits);
            writer_.node("Identity", {q.boxes}, {}, {}, boxes);
            if (hf) output({1, n, columns}, logits);
            output({1, n, 4}, boxes);
            if (!hf) output({1, n, columns}, logits);
        } else {
            return false;
        }
        return true;
    }

    /// With a suppression of its own, whose number of boxes is open.
    void suppressed() {
        const std::string all = turn(corners()), scores = sigmoids(classes_);
        const std::string kept =
            op("NonMaxSuppression",
               {all, scores, writer_.integers({7}), writer_.scalar(0.6F), writer_.scalar(0.5F)});
        const auto column = [&](std::int64_t which) {
            return reshape(
                writer_.node("Gather", {kept, writer_.integers({which})}, {}, {{"axis", 1}}), {-1});
        };
        const std::string label = column(1), anchor = column(2);
        const std::string boxes = writer_.node("Gather", {all, anchor}, {}, {{"axis", 1}});
        const std::string pairs = concat({reshape(label, {-1, 1}), reshape(anchor, {-1, 1})}, 1);
        const std::string picked =
            op("GatherND", {reshape(scores, {classes_, network_cells}), pairs});
        concat({boxes, reshape(picked, {1, -1, 1}), cast(reshape(label, {1, -1, 1}), float_type)},
               2, "output0");
        output({1, -1, 6});
    }

    bool other_tasks() {
        if (layout_ == "segment") {
            const std::string head = concat({centred(), sigmoids(classes_)}, 1);
            concat({head, features(32)}, 1, "output0");
            output({1, 4 + classes_ + 32, network_cells});
            writer_.node("Identity", {map(32, 4)}, {}, {}, "output1");
            output({1, 32, network_side / 4, network_side / 4}, "output1");
        } else if (layout_ == "pose") {
            const std::string head = concat({centred(), sigmoids(1)}, 1);
            concat({head, by(features(51), 8)}, 1, "output0");
            output({1, 56, network_cells});
        } else if (layout_ == "obb") {
            const std::string angle = by(op("Sub", {sigmoids(1), writer_.scalar(0.25F)}), 3.14159F);
            concat({centred(), sigmoids(classes_), angle}, 1, "output0");
            output({1, 5 + classes_, network_cells});
        } else if (layout_ == "detr") {
            turn(features(classes_ + 1), "logits");
            turn(sigmoids(4), "pred_boxes");
            output({1, network_cells, classes_ + 1}, "logits");
            output({1, network_cells, 4}, "pred_boxes");
        } else if (layout_ == "logits") {
            concat({centred(), features(classes_)}, 1, "output0");
            output({1, 4 + classes_, network_cells});
        } else if (layout_ == "normalised") {
            concat({sigmoids(4), sigmoids(classes_)}, 1, "output0");
            output({1, 4 + classes_, network_cells});
        } else if (layout_ == "corners") {
            concat({corners(), sigmoids(classes_)}, 1, "output0");
            output({1, 4 + classes_, network_cells});
        } else {
            return false;
        }
        return true;
    }

    const std::string layout_;
    std::string picture_ = "images";  ///< what the head looks at
    const std::int64_t classes_;
    OnnxWriter writer_{17};
    std::mt19937 random_{7};
};

}  // namespace

const std::vector<std::string>& read_layouts() {
    static const std::vector<std::string> all{"yolov8",
                                              "yolov8-turned",
                                              "yolov5",
                                              "yolov5-levels",
                                              "yolox",
                                              "yolox-decoded",
                                              "e2e",
                                              "e2e-open",
                                              "rows",
                                              "nms",
                                              "yolo-nas",
                                              "yolo-nas-swapped",
                                              "rt-detr",
                                              "ultralytics-detr",
                                              "ultralytics-detr-rows",
                                              "hf-detr",
                                              "rf-detr"};
    return all;
}

const std::vector<std::string>& refused_layouts() {
    static const std::vector<std::string> all{"segment", "pose",       "obb",    "detr",
                                              "logits",  "normalised", "corners"};
    return all;
}

model::OnnxModel head_network(const std::string& layout, const Metadata& metadata, int classes) {
    return Builder(layout, classes).build(metadata);
}

}  // namespace saccade::test
