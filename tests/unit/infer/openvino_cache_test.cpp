// A compiled network out of the cache is the one that was put there, or it is compiled again.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "infer/openvino/openvino_backend.h"
#include "model/inspect.h"
#include "model/onnx_access.h"
#include "model/synthetic_detector.h"
#include "model/to_fp16.h"
#include "support/models.h"
#include "support/small_network.h"
#include "support/temp_dir.h"

namespace saccade::infer {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

struct Seen {
    std::vector<std::string> names;
    std::vector<std::string> bytes;
    bool operator==(const Seen&) const = default;
};

class OpenVinoCache : public testing::Test {
  protected:
    /// What a network of that input size gives for one picture of noise.
    Seen run(const model::OnnxModel& model, int side = 64) const {
        model::ModelSpec spec;
        spec.width = spec.height = side;
        spec.stride = 32;
        spec.dynamic_size = model.inputs()[0].shape[2] < 0;
        BackendOptions options;
        options.width = options.height = side;
        options.slots = 1;
        options.cache_dir = folder().string();
        auto backend = load_openvino(model, spec, options);
        EXPECT_TRUE(backend) << backend.error().line();
        if (!backend) return {};
        std::mt19937 random(3);
        const TensorView input = (*backend)->input(0);
        auto* values = static_cast<float*>(input.data);
        for (std::int64_t i = 0; i < element_count(input.shape); ++i) {
            values[i] = static_cast<float>(random() >> 8) * 0x1p-24F;
        }
        EXPECT_TRUE((*backend)->submit(0, 1));
        const auto outputs = (*backend)->wait(0);
        Seen seen;
        for (const TensorView& output : outputs.value()) {
            const auto size =
                static_cast<std::size_t>(element_count(output.shape)) * size_of(output.type);
            seen.bytes.emplace_back(static_cast<const char*>(output.data), size);
        }
        for (const TensorInfo& info : (*backend)->info().outputs) seen.names.push_back(info.name);
        return seen;
    }
    fs::path folder() const { return dir_ / "compiled"; }
    std::vector<fs::path> files() const {
        std::error_code none;
        std::vector<fs::path> all;
        for (const auto& entry : fs::directory_iterator(folder(), none))
            all.push_back(entry.path());
        return all;
    }

    test::TempDir dir_;
};

model::OnnxModel parsed(const onnx::ModelProto& proto) {
    auto model = model::OnnxModel::parse(proto.SerializeAsString(), "m.onnx");
    EXPECT_TRUE(model) << model.error().line();
    return std::move(*model);
}

TEST_F(OpenVinoCache, GivesTheSameEmptyAndFilled) {
    const auto model = model::make_synthetic_detector();
    const Seen cold = run(model);
    ASSERT_EQ(files().size(), 1U);
    const auto written = fs::last_write_time(files()[0]);
    EXPECT_EQ(run(model), cold);
    EXPECT_THAT(cold.names, ElementsAre("output0"));
    EXPECT_EQ(files().size(), 1U);
    EXPECT_GE(fs::last_write_time(files()[0]), written);
    run(model, 96);  // another size is another network
    EXPECT_EQ(files().size(), 2U);
}

TEST_F(OpenVinoCache, OutputsBearTheGraphsNamesWhateverElseTheyAreCalled) {
    // The same value under three names, through nodes that a compiler removes.
    test::SmallNetwork network{.outputs = {{.port = {"first", {1, 4, 8}}, .gain = 1}}};
    auto proto = network.build();
    for (const std::string name : {"zz_twin", "a_twin"}) {
        auto* node = proto.mutable_graph()->add_node();
        node->set_op_type("Identity");
        node->set_name(name);
        node->add_input("first");
        node->add_output(name);
        auto* output = proto.mutable_graph()->add_output();
        *output = proto.graph().output(0);
        output->set_name(name);
    }
    const auto model = parsed(proto);
    const Seen cold = run(model);
    EXPECT_THAT(cold.names, ElementsAre("first", "zz_twin", "a_twin"));
    EXPECT_EQ(cold.bytes[0], cold.bytes[1]);
    EXPECT_EQ(run(model), cold);
}

TEST_F(OpenVinoCache, AHalfConvertedNetworkOutOfOrderRunsTwiceTheSame) {
    const auto half = model::to_fp16(model::make_synthetic_detector(), {});
    ASSERT_TRUE(half) << half.error().line();
    auto proto = model::OnnxModel::Access::proto(*half);
    auto& nodes = *proto.mutable_graph()->mutable_node();
    std::rotate(nodes.begin(), nodes.begin() + 1, nodes.end());  // the cast of the input comes last
    const auto model = parsed(proto);
    const Seen cold = run(model);
    EXPECT_THAT(cold.names, ElementsAre("output0"));
    EXPECT_EQ(run(model), cold);
    EXPECT_EQ(cold, run(*half));
}

TEST_F(OpenVinoCache, NoDamagedFileChangesAResult) {
    const auto model = model::make_synthetic_detector();
    const Seen good = run(model);
    const fs::path file = files().at(0);
    const std::string whole = test::read_file(file);
    std::mt19937 random(7);
    for (int round = 0; round < 30; ++round) {
        std::string damaged = whole;
        const std::size_t at = random() % damaged.size();
        damaged[at] = static_cast<char>(damaged[at] ^ (1U << (random() % 8)));
        if (round % 5 == 4) damaged.resize(at);
        test::write_file(file, damaged);
        ASSERT_EQ(run(model), good) << "round " << round;
        ASSERT_NE(test::read_file(file), damaged);  // put right
    }
}

TEST_F(OpenVinoCache, AFolderThatOthersMayWriteToIsNotUsed) {
    fs::create_directory(folder());
    ASSERT_EQ(::chmod(folder().c_str(), 0777), 0);
    run(model::make_synthetic_detector());
    EXPECT_TRUE(files().empty());
}

TEST_F(OpenVinoCache, RealNetworksGiveTheSameEmptyAndFilled) {
    SACCADE_NEEDS_MODEL("yolo11n", path);
    const auto model = model::OnnxModel::load(path).value();
    const Seen cold = run(model, 320);
    EXPECT_EQ(run(model, 320), cold);
}

}  // namespace
}  // namespace saccade::infer
