#include "model/prepared_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/graph_edit.h"
#include "model/head.h"
#include "model/inspect.h"
#include "model/make_dynamic.h"
#include "model/quantize/write_int8.h"
#include "model/raw_head.h"

namespace saccade::model {
namespace {

using onnx::TensorProto;

constexpr const char* output_name = "saccade_detections";
constexpr const char* prefix = "saccade_";

/// ImageNet's, of values in 0..1, R, G, B.
const std::vector<float> mean{0.485F, 0.456F, 0.406F}, deviation{0.229F, 0.224F, 0.225F};

/// Puts nodes between the input and its readers: add(writer, input) returns what they read then.
template <typename Add>
void behind_input(OnnxWriter& writer, const std::string& input, const Add& add) {
    auto& graph = *writer.proto().mutable_graph();
    const int first = graph.node_size();
    const std::string hidden = fmt::format("{}input_{}", prefix, first);
    rename(graph, input, hidden);
    const std::string value = add(input);
    rename(graph, value, hidden);
    move_to_front(graph, first);
}

void declare_output(OnnxWriter& writer, const ModelSpec& spec, const Reading& reading) {
    const std::int64_t boxes = reading.detections > 0 ? reading.detections : -1;
    const std::int64_t batch = spec.batch > 0 ? spec.batch : -1;
    switch (reading.layout) {
        case HeadLayout::channels_first:
            return writer.output(output_name, {batch, 4 + reading.classes, boxes});
        case HeadLayout::anchors_first:
            return writer.output(output_name, {batch, boxes, 5 + reading.classes});
        case HeadLayout::rows: return writer.output(output_name, {batch, boxes, 6});
    }
}

/// The network with one f32 output, laid out as the reading says, and an input that takes f32 or
/// u8.
Result<OnnxModel> with_one_output(const OnnxModel& model, ModelSpec& spec, const Reading& reading) {
    const auto type_of = [](const auto& values, const std::string& name) {
        const auto found = std::find_if(values.begin(), values.end(),
                                        [&](const ValueInfo& value) { return value.name == name; });
        return found == values.end() ? DataType::f32 : found->type;
    };
    const bool half_input = type_of(model.inputs(), spec.input_name) == DataType::f16;
    const bool half_output =
        !reading.rewrite && type_of(model.outputs(), reading.output) != DataType::f32;
    const bool as_it_is = !reading.rewrite && !half_input && !half_output && !reading.imagenet &&
                          model.outputs().size() == 1;
    spec.output_name = reading.rewrite || half_output ? output_name : reading.output;
    if (as_it_is) return model;

    OnnxWriter writer(OnnxModel::Access::proto(model), prefix);
    auto& graph = *writer.proto().mutable_graph();
    if (reading.imagenet) {
        behind_input(writer, spec.input_name, [&](const std::string& input) {
            const std::string centred =
                writer.node("Sub", {input, writer.floats(mean, {1, 3, 1, 1})});
            return writer.node("Div", {centred, writer.floats(deviation, {1, 3, 1, 1})});
        });
    }
    if (half_input) {
        behind_input(writer, spec.input_name, [&](const std::string& input) {
            return writer.node("Cast", {input}, {}, {{"to", TensorProto::FLOAT16}});
        });
        for (auto& input : *graph.mutable_input()) {
            if (input.name() != spec.input_name) continue;
            input.mutable_type()->mutable_tensor_type()->set_elem_type(TensorProto::FLOAT);
        }
    }
    if (spec.output_name == output_name) {
        const std::string value =
            reading.rewrite ? reading.rewrite(writer) : as_float(writer, reading.output);
        graph.clear_output();
        rename(graph, value, output_name);
        declare_output(writer, spec, reading);
    } else {
        auto& outputs = *graph.mutable_output();
        outputs.erase(std::remove_if(outputs.begin(), outputs.end(),
                                     [&](const auto& o) { return o.name() != reading.output; }),
                      outputs.end());
    }
    drop_dead(graph);
    return OnnxModel::Access::adopt(writer.take(), model.name());
}

}  // namespace

Result<PreparedModel> PreparedModel::load(const std::filesystem::path& path,
                                          const SpecOverrides& overrides, std::stop_token stop) {
    auto model = OnnxModel::load(path, std::move(stop));
    if (!model) return fail(model.error());
    return prepare(std::move(*model), overrides);
}

Result<PreparedModel> PreparedModel::prepare(OnnxModel given, const SpecOverrides& overrides) {
    auto plain =
        without_int8(given);  // backends write the quantisers of their own shape, by the plan
    if (!plain) return fail(plain.error());
    const OnnxModel& model = *plain;
    ModelSpec spec;
    if (auto ok = read_input(model, spec); !ok) return fail(ok.error());
    if (const std::string task = metadata_of(model, "task"); !task.empty() && task != "detect") {
        return no_detector(model, fmt::format("its task is '{}'", task),
                           "use a model of the detect task");
    }
    const std::string end_to_end = metadata_of(model, "end2end");
    const HeadHints hints{.family = overrides.family,
                          .end_to_end = end_to_end == "True" || end_to_end == "true",
                          .head = metadata_of(model, "head"),
                          .classes = static_cast<std::int64_t>(names_in_file(model).size()),
                          .given = static_cast<std::int64_t>(overrides.class_names.size()),
                          .width = spec.width,
                          .height = spec.height,
                          .dynamic_size = spec.dynamic_size,
                          .input = spec.input_name};
    const HeadContext context(model, hints);
    const auto reading = read_head(context);
    if (!reading) return fail(reading.error());
    auto names = names_of(model, overrides, *reading);
    if (!names) return fail(names.error());

    spec.family = reading->family;
    spec.forced = overrides.family.has_value();
    spec.layout = reading->layout;
    spec.on_grids = reading->on_grids;
    spec.suppressed = reading->suppressed;
    spec.input = reading->input;
    for (const ValueInfo& input : model.inputs()) {
        // A network that takes bytes scales them itself.
        if (input.name == spec.input_name && input.type == DataType::u8) spec.input.scale = 1;
    }
    spec.input.bgr = overrides.bgr.value_or(spec.input.bgr);
    spec.input.scale = overrides.scale.value_or(spec.input.scale);
    spec.class_names = std::move(*names);
    spec.detections = static_cast<int>(reading->detections);
    auto changed = with_one_output(model, spec, *reading);
    if (!changed) return fail(changed.error());
    return PreparedModel(std::move(*changed), std::move(spec));
}

Result<Network> PreparedModel::network(HeadForm form) const {
    if (form == HeadForm::whole) return free_dimensions(model_, spec_);
    OnnxModel graph = model_;
    ModelSpec spec = spec_;
    if (auto cut = cut_to_raw_head(graph, spec); !cut) return fail(cut.error());
    return free_dimensions(graph, spec);
}

Result<ModelSpec> inspect(const OnnxModel& model, const SpecOverrides& overrides) {
    auto prepared = PreparedModel::prepare(model, overrides);
    if (!prepared) return fail(prepared.error());
    return prepared->spec();
}

Network free_dimensions(const OnnxModel& model, const ModelSpec& spec) {
    DynamicModel freed = make_dynamic(model, spec);
    ModelSpec as_freed = freed_spec(spec, freed);
    return {std::move(freed.model), std::move(as_freed), std::move(freed.kept)};
}

}  // namespace saccade::model
