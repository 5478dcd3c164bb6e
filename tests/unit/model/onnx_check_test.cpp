// Numbers, sizes and names that no network has: refused by the node's name, before a backend sees
// them.
#include "model/onnx_check.h"

#include <gmock/gmock.h>

#include <chrono>
#include <ctime>
#include <limits>

#include "model/onnx_access.h"
#include "model/onnx_order.h"
#include "model/onnx_writer.h"
#include "support/files.h"

namespace saccade::model {
namespace {

using testing::HasSubstr;

/// images -> made by a test -> y
class OnnxCheck : public testing::Test {
  protected:
    OnnxCheck() {
        writer_.input("x", {1, 4, 32, 32});
        writer_.output("y", {1, 4, 32, 32});
    }
    std::string line() {
        auto proto = writer_.take();
        if (change_) change_(proto);
        const auto model = OnnxModel::parse(proto.SerializeAsString(), "m.onnx");
        writer_ = OnnxWriter(17);
        writer_.input("x", {1, 4, 32, 32});
        writer_.output("y", {1, 4, 32, 32});
        return model ? "taken" : model.error().message;
    }
    std::string convolution(const std::vector<OnnxWriter::IntegerList>& lists,
                            const std::vector<std::pair<std::string, std::int64_t>>& numbers = {},
                            const std::vector<std::int64_t>& weights = {4, 4, 3, 3}) {
        std::size_t count = 1;
        for (const auto dim : weights) count *= static_cast<std::size_t>(dim);
        const auto w = writer_.floats(std::vector<float>(count), weights);
        writer_.node("Conv", {"x", w}, lists, numbers, "y");
        return line();
    }
    std::string node(const std::string& op, const std::vector<std::string>& inputs,
                     const std::vector<OnnxWriter::IntegerList>& lists = {},
                     const std::vector<std::pair<std::string, std::int64_t>>& numbers = {}) {
        writer_.node(op, inputs, lists, numbers, "y");
        return line();
    }
    std::string integers(const std::vector<std::int64_t>& values) {
        return writer_.integers(values);
    }

    OnnxWriter writer_{17};
    std::function<void(onnx::ModelProto&)> change_;
};

TEST_F(OnnxCheck, WindowsMakeSense) {
    EXPECT_EQ(convolution({{"strides", {2, 2}}, {"pads", {1, 1, 1, 1}}, {"kernel_shape", {3, 3}}}),
              "taken");
    EXPECT_EQ(convolution({{"strides", {0, 1}}}),
              "m.onnx: node 'y' (Conv) has strides of 0, not from 1 to 65536");
    EXPECT_THAT(convolution({{"strides", {1, -1}}}), HasSubstr("strides of -1"));
    EXPECT_THAT(convolution({{"strides", {1, std::int64_t{1} << 40}}}), HasSubstr("strides of"));
    EXPECT_THAT(convolution({{"dilations", {1, 0}}}), HasSubstr("dilations of 0"));
    EXPECT_THAT(convolution({{"kernel_shape", {3, 0}}}), HasSubstr("kernel_shape of 0"));
    EXPECT_THAT(convolution({{"kernel_shape", {5, 5}}}), HasSubstr("not its weights'"));
    EXPECT_THAT(convolution({{"pads", {0, 0, -1, 0}}}), HasSubstr("pads of -1"));
    EXPECT_THAT(convolution({{"pads", {0, 0, 0}}}), HasSubstr("3 pads for 2"));
    EXPECT_THAT(convolution({{"strides", {1, 1, 1}}}), HasSubstr("3 strides for 2"));
    EXPECT_THAT(convolution({}, {{"group", 0}}), HasSubstr("group of 0"));
    EXPECT_THAT(convolution({}, {{"group", -4}}), HasSubstr("group of -4"));
    EXPECT_THAT(convolution({}, {{"group", 3}}), HasSubstr("3 groups for 4 channels"));
    EXPECT_THAT(convolution({}, {}, {4, 4}), HasSubstr("none of a convolution"));
    EXPECT_THAT(convolution({}, {}, {4, 0, 3, 3}), HasSubstr("none of a convolution"));
    EXPECT_EQ(node("MaxPool", {"x"}, {{"kernel_shape", {2, 2}}, {"strides", {2, 2}}}), "taken");
    EXPECT_THAT(node("MaxPool", {"x"}), HasSubstr("no kernel_shape"));
    EXPECT_THAT(node("MaxPool", {"x"}, {{"kernel_shape", {2, 2}}, {"pads", {2, 0, 0, 0}}}),
                HasSubstr("pads of 2 for a kernel of 2"));
    EXPECT_THAT(node("DepthToSpace", {"x"}, {}, {{"blocksize", 0}}), HasSubstr("blocksize of 0"));
}

TEST_F(OnnxCheck, AnAttributeIsReadWhateverTypeItClaims) {
    change_ = [](onnx::ModelProto& proto) {
        for (auto& attribute : *proto.mutable_graph()->mutable_node(0)->mutable_attribute()) {
            attribute.set_type(onnx::AttributeProto::FLOAT);
        }
    };
    EXPECT_THAT(convolution({{"strides", {0, 1}}}), HasSubstr("strides of 0"));
    change_ = [](onnx::ModelProto& proto) {
        auto* node = proto.mutable_graph()->mutable_node(0);
        *node->add_attribute() = node->attribute(0);
    };
    EXPECT_THAT(convolution({{"strides", {1, 1}}}), HasSubstr("strides twice"));
}

TEST_F(OnnxCheck, AxesAreOfTheirTensor) {
    EXPECT_EQ(node("Softmax", {"x"}, {}, {{"axis", -4}}), "taken");
    EXPECT_THAT(node("Softmax", {"x"}, {}, {{"axis", 4}}), HasSubstr("axis 4 of 4 dimensions"));
    EXPECT_THAT(node("Softmax", {"x"}, {}, {{"axis", -5}}), HasSubstr("axis -5 of 4"));
    EXPECT_THAT(node("Elu", {"x"}, {}, {{"axis", 1 << 20}}), HasSubstr("axis of 1048576"));
    EXPECT_THAT(node("ReduceMean", {"x"}, {{"axes", {1, -3}}}), HasSubstr("axis -3 twice"));
    EXPECT_THAT(node("Squeeze", {"x", integers({7})}), HasSubstr("axis 7 of 4"));
    EXPECT_THAT(node("Transpose", {"x"}, {{"perm", {0, 1, 1, 3}}}), HasSubstr("no order"));
    EXPECT_THAT(node("Transpose", {"x"}, {{"perm", {0, 1, 2}}}), HasSubstr("perm of 3 for 4"));
    const auto relu = writer_.node("Relu", {"x"});  // the rank goes through
    EXPECT_THAT(node("Concat", {relu, relu}, {}, {{"axis", 5}}), HasSubstr("axis 5 of 4"));
}

TEST_F(OnnxCheck, ShapesAndStepsThatAreConstantMakeSense) {
    const std::int64_t huge = std::int64_t{1} << 20;
    EXPECT_EQ(node("Reshape", {"x", integers({1, -1, 0})}), "taken");
    EXPECT_THAT(node("Reshape", {"x", integers({-1, -1})}), HasSubstr("impossible shape"));
    EXPECT_THAT(node("Reshape", {"x", integers({-2})}), HasSubstr("impossible shape"));
    EXPECT_THAT(node("Reshape", {"x", integers({huge, huge})}), HasSubstr("impossible shape"));
    EXPECT_THAT(node("ConstantOfShape", {integers({huge, huge})}), HasSubstr("out of constants"));
    EXPECT_THAT(node("ConstantOfShape", {integers({-1})}), HasSubstr("impossible shape"));
    EXPECT_THAT(node("Expand", {"x", integers({huge, huge})}), HasSubstr("out of constants"));
    EXPECT_THAT(node("Tile", {"x", integers({huge, huge, 1, 1})}), HasSubstr("out of constants"));
    EXPECT_THAT(node("Tile", {"x", integers({1, 1, 1, -1})}), HasSubstr("impossible shape"));
    const auto range = [&](std::int64_t from, std::int64_t to, std::int64_t step) {
        return node("Range", {integers({from}), integers({to}), integers({step})});
    };
    EXPECT_EQ(range(0, 100, 3), "taken");
    EXPECT_THAT(range(0, huge * huge, 1), HasSubstr("out of constants"));
    EXPECT_THAT(range(0, 100, 0), HasSubstr("steps of 0"));
    EXPECT_THAT(node("Slice", {"x", integers({0}), integers({9}), integers({1}), integers({0})}),
                HasSubstr("steps of 0"));
    EXPECT_THAT(node("Pad", {"x", integers({0, 0, huge, 0, 0, 0, 0, 0})}), HasSubstr("pads by"));
    const auto scale = [&](float by) {
        return node("Resize", {"x", "", writer_.floats({1, 1, by, by}, {4})});
    };
    EXPECT_EQ(scale(2), "taken");
    EXPECT_THAT(scale(0), HasSubstr("scales by 0"));
    EXPECT_THAT(scale(-1), HasSubstr("scales by -1"));
    EXPECT_THAT(scale(std::numeric_limits<float>::quiet_NaN()), HasSubstr("scales by nan"));
    EXPECT_THAT(scale(1e9F), HasSubstr("scales by"));
    EXPECT_THAT(node("Resize", {"x", "", "", integers({1, 4, 0, 8})}),
                HasSubstr("impossible size"));
    EXPECT_THAT(node("Div", {integers({7}), integers({0})}),
                HasSubstr("divides whole numbers by 0"));
    EXPECT_THAT(node("Mod", {integers({7}), integers({3, 0})}), HasSubstr("by 0"));
}

TEST_F(OnnxCheck, ConstantsOfNodesCountAsThoseOfTheGraph) {
    onnx::NodeProto constant;
    constant.set_op_type("Constant");
    constant.add_output("shape");
    auto* value = constant.add_attribute();
    value->set_name("value_ints");
    value->add_ints(1 << 20);
    value->add_ints(1 << 20);
    change_ = [&](onnx::ModelProto& proto) { *proto.mutable_graph()->add_node() = constant; };
    EXPECT_THAT(node("ConstantOfShape", {"shape"}), HasSubstr("out of constants"));
}

TEST_F(OnnxCheck, ManyConstantsCountTogether) {
    const auto shape = integers({1 << 26});
    std::string sum = "x";
    for (int i = 0; i < 5; ++i)
        sum = writer_.node("Add", {sum, writer_.node("ConstantOfShape", {shape})});
    EXPECT_THAT(node("Relu", {sum}), HasSubstr("out of constants"));
}

TEST_F(OnnxCheck, AbsurdSizesAreRefused) {
    change_ = [](onnx::ModelProto& proto) {
        proto.mutable_graph()
            ->mutable_input(0)
            ->mutable_type()
            ->mutable_tensor_type()
            ->mutable_shape()
            ->mutable_dim(2)
            ->set_dim_value(std::int64_t{1} << 40);
    };
    EXPECT_THAT(node("Relu", {"x"}), HasSubstr("'x' has an impossible shape"));
    change_ = [](onnx::ModelProto& proto) {
        for (int i = 0; i < 100; ++i) proto.mutable_graph()->mutable_initializer(0)->add_dims(1);
    };
    EXPECT_THAT(convolution({}), HasSubstr("dimensions, over 16"));
    change_ = [](onnx::ModelProto& proto) {
        for (int i = 0; i < most_nodes; ++i) {
            auto* more = proto.mutable_graph()->add_node();
            more->set_op_type("Relu");
            more->add_input("x");
            more->add_output("v" + std::to_string(i));
        }
    };
    EXPECT_THAT(node("Relu", {"x"}), HasSubstr("more than 20000 nodes"));
}

TEST_F(OnnxCheck, LongNamesAreCutInMessages) {
    change_ = [](onnx::ModelProto& proto) {
        proto.mutable_graph()->mutable_node(0)->set_name(std::string(1 << 20, 'n'));
        proto.mutable_graph()->mutable_node(0)->set_input(0, std::string(1 << 20, 'v'));
    };
    EXPECT_LT(node("Relu", {"x"}).size(), 400U);
}

TEST_F(OnnxCheck, NamesAreUniqueAlsoInGraphsInside) {
    change_ = [](onnx::ModelProto& proto) {
        *proto.mutable_graph()->add_initializer() = proto.graph().initializer(0);
    };
    EXPECT_THAT(convolution({}), HasSubstr("is there twice"));
    change_ = [](onnx::ModelProto& proto) {
        *proto.mutable_graph()->add_input() = proto.graph().input(0);
    };
    EXPECT_THAT(convolution({}), HasSubstr("input 'x' is there twice"));
    change_ = [](onnx::ModelProto& proto) {
        auto* body = proto.mutable_graph()->mutable_node(0)->add_attribute();
        body->set_name("body");
        *body->mutable_g()->add_initializer() = proto.graph().initializer(0);
    };
    EXPECT_THAT(convolution({}), HasSubstr("is there twice"));
}

TEST_F(OnnxCheck, OperatorsOfOthersAreToldByName) {
    change_ = [](onnx::ModelProto& proto) {
        proto.mutable_graph()->mutable_node(0)->set_domain("acme.ops");
    };
    EXPECT_THAT(node("Relu", {"x"}),
                HasSubstr("node 'y' (Relu) is of the operator set 'acme.ops'"));
    change_ = [](onnx::ModelProto& proto) {
        proto.mutable_graph()->mutable_node(0)->set_domain("acme.ops");
        auto* function = proto.add_functions();
        function->set_domain("acme.ops");
        function->set_name("Relu");
    };
    EXPECT_THAT(node("Relu", {"x"}), HasSubstr("a function of the model's own"));
}

TEST_F(OnnxCheck, TheCaseThatKilledABackend) {
    SACCADE_NEEDS_SHARED("cases/damage/stride.onnx");
    const auto model = OnnxModel::load(test::shared_dir() / "cases/damage/stride.onnx");
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, ErrorCode::corrupt);
    EXPECT_THAT(model.error().message, HasSubstr("node '"));
}

/// `branches` If nodes, each with a small graph inside, behind `values` values.
onnx::ModelProto branching(int branches, int values) {
    OnnxWriter writer(17);
    writer.input("x", {1, 4, 32, 32});
    writer.output("y", {1, 4, 32, 32});
    std::string last = "x";
    for (int i = 0; i < values; ++i) last = writer.node("Relu", {last});
    writer.node("Relu", {last}, {}, {}, "y");
    auto proto = writer.take();
    for (int i = 0; i < branches; ++i) {
        auto* choice = proto.mutable_graph()->add_node();
        choice->set_op_type("If");
        choice->add_input("x");
        choice->add_output("if" + std::to_string(i));
        auto* then = choice->add_attribute();
        then->set_name("then_branch");
        auto* node = then->mutable_g()->add_node();
        node->set_op_type("Relu");
        node->add_input(last);
        node->add_output("inner");
        then->mutable_g()->add_output()->set_name("inner");
    }
    return proto;
}

/// CPU time of this thread.
double seconds_of(const onnx::ModelProto& proto) {
    const std::string bytes = proto.SerializeAsString();
    const auto now = [] {
        timespec time{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
    };
    const double start = now();
    const auto model = OnnxModel::parse(bytes, "m.onnx");
    EXPECT_TRUE(model) << model.error().line();
    return now() - start;
}

TEST(OnnxCheckWork, GrowsWithTheModelAndNotWithItsSquare) {
    // As a square it takes a minute and more.
    EXPECT_LT(seconds_of(branching(6000, 6000)), 10);
}

TEST(OnnxCheckWork, AStopIsHeard) {
    std::stop_source stop;
    stop.request_stop();
    const auto proto = branching(2, 2);
    EXPECT_EQ(OnnxModel::parse(proto.SerializeAsString(), "m.onnx", stop.get_token()).error().code,
              ErrorCode::interrupted);
    EXPECT_EQ(check(proto, "m.onnx", stop.get_token()).error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace saccade::model
