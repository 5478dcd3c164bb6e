// Nodes out of order, in graphs and in the graphs inside of them.
#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "model/onnx_access.h"
#include "model/onnx_order.h"
#include "model/onnx_writer.h"
#include "model/synthetic_detector.h"

namespace saccade::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

onnx::NodeProto node(const std::string& name, const std::vector<std::string>& inputs,
                     const std::string& output) {
    onnx::NodeProto made;
    made.set_name(name);
    made.set_op_type("Sum");
    for (const auto& input : inputs) made.add_input(input);
    made.add_output(output);
    return made;
}

/// x -> the nodes -> y
onnx::ModelProto network(const std::vector<onnx::NodeProto>& nodes) {
    OnnxWriter writer(17);
    writer.input("x", {1, 3, 8, 8});
    writer.output("y", {1, 3, 8, 8});
    auto proto = writer.take();
    for (const auto& each : nodes) *proto.mutable_graph()->add_node() = each;
    return proto;
}

std::vector<std::string> names(const onnx::GraphProto& graph) {
    std::vector<std::string> all;
    for (const auto& each : graph.node()) all.push_back(each.name());
    return all;
}

TEST(OnnxOrder, ASortedGraphKeepsItsBytes) {
    const std::string bytes = make_synthetic_detector().to_bytes().value();
    EXPECT_EQ(OnnxModel::parse(bytes, "m.onnx").value().to_bytes().value(), bytes);
}

TEST(OnnxOrder, ReadersGoBehindMakersAndElseNothingMoves) {
    auto proto =
        network({node("d", {"c"}, "y"), node("free", {"x"}, "f"), node("c", {"b", "a"}, "c"),
                 node("a", {"x"}, "a"), node("b", {"a"}, "b")});
    ASSERT_TRUE(sort_nodes(*proto.mutable_graph(), "m.onnx", {}));
    EXPECT_THAT(names(proto.graph()), ElementsAre("free", "a", "b", "c", "d"));
}

TEST(OnnxOrder, EveryShuffleOfARealGraphIsReadAsOne) {
    const auto original = OnnxModel::Access::proto(make_synthetic_detector());
    std::mt19937 random(5);
    for (int round = 0; round < 50; ++round) {
        auto proto = original;
        auto& nodes = *proto.mutable_graph()->mutable_node();
        for (int i = nodes.size() - 1; i > 0; --i) {
            nodes.SwapElements(i, static_cast<int>(random() % static_cast<unsigned>(i + 1)));
        }
        const auto model = OnnxModel::parse(proto.SerializeAsString(), "m.onnx");
        ASSERT_TRUE(model) << model.error().line();
        auto there = names(OnnxModel::Access::proto(*model).graph()),
             wanted = names(original.graph());
        std::sort(there.begin(), there.end());
        std::sort(wanted.begin(), wanted.end());
        EXPECT_EQ(there, wanted);
    }
}

TEST(OnnxOrder, WhatASubgraphReadsCountsAsReadByItsNode) {
    auto choice = node("if", {"x"}, "y");
    auto* branch = choice.add_attribute();
    branch->set_name("then_branch");
    *branch->mutable_g()->add_node() = node("inner last", {"i"}, "j");
    *branch->mutable_g()->add_node() = node("inner first", {"outer"}, "i");
    branch->mutable_g()->add_output()->set_name("j");
    auto proto = network({choice, node("outer", {"x"}, "outer")});
    ASSERT_TRUE(sort_nodes(*proto.mutable_graph(), "m.onnx", {}));
    EXPECT_THAT(names(proto.graph()), ElementsAre("outer", "if"));
    EXPECT_THAT(names(proto.graph().node(1).attribute(0).g()),
                ElementsAre("inner first", "inner last"));
}

TEST(OnnxOrder, ACycleIsRefusedByANodeThatIsOnIt) {
    const auto proto = network(
        {node("behind", {"b"}, "y"), node("one", {"b", "x"}, "a"), node("two", {"a"}, "b")});
    const auto model = OnnxModel::parse(proto.SerializeAsString(), "m.onnx");
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, ErrorCode::corrupt);
    EXPECT_THAT(model.error().message, HasSubstr("m.onnx: node '"));
    EXPECT_THAT(model.error().message, testing::AnyOf(HasSubstr("'one'"), HasSubstr("'two'")));
    EXPECT_THAT(model.error().message, HasSubstr("its own output"));
    const auto self = network({node("self", {"y"}, "y")});
    EXPECT_THAT(OnnxModel::parse(self.SerializeAsString(), "m.onnx").error().message,
                HasSubstr("'self'"));
}

TEST(OnnxOrder, GraphsInsideOfGraphsEndSomewhere) {
    auto inner = node("innermost", {"x"}, "v");
    for (int depth = 0; depth <= deepest_graph; ++depth) {
        auto outer = node("level", {"x"}, "v" + std::to_string(depth));
        auto* body = outer.add_attribute();
        body->set_name("body");
        *body->mutable_g()->add_node() = inner;
        inner = outer;
    }
    auto proto = network({inner, node("end", {"x"}, "y")});
    const auto refused = OnnxModel::parse(proto.SerializeAsString(), "m.onnx");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
    EXPECT_THAT(refused.error().message, HasSubstr("graphs inside of graphs"));
    // One level less is read.
    const auto less = inner.attribute(0).g().node(0);
    EXPECT_TRUE(sort_nodes(*network({less}).mutable_graph(), "m.onnx", {}));
}

}  // namespace
}  // namespace saccade::model
