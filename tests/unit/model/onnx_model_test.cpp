#include "model/onnx_model.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "model/onnx_access.h"
#include "model/onnx_writer.h"
#include "model/synthetic_detector.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::model {
namespace {

using testing::HasSubstr;

std::string good_bytes() {
    return make_synthetic_detector().to_bytes().value();
}

/// x + 1, with a constant that tests can spoil.
onnx::ModelProto tiny() {
    OnnxWriter writer(17);
    writer.input("x", {-1, 3, 8, 8});
    writer.output("y", {-1, 3, 8, 8});
    const std::string one = writer.floats({1, 1, 1}, {1, 3, 1, 1});
    writer.node("Add", {"x", one}, {}, {}, "y");
    return writer.take();
}

Error refusal(const onnx::ModelProto& proto) {
    const auto model = OnnxModel::parse(proto.SerializeAsString(), "m.onnx");
    return model ? Error{ErrorCode::internal, "was taken", ""} : model.error();
}

TEST(OnnxModel, ReadsWhatWasWritten) {
    test::TempDir dir;
    test::write_file(dir / "net.onnx", good_bytes());
    const auto model = OnnxModel::load(dir / "net.onnx");
    ASSERT_TRUE(model) << model.error().line();
    EXPECT_EQ(model->name(), "net.onnx");
    EXPECT_EQ(model->opset(), 17);
    EXPECT_EQ(model->producer(), "saccade");
    ASSERT_EQ(model->inputs().size(), 1U);
    EXPECT_EQ(shape_text(model->inputs()[0]), "[?,3,?,?]");
    EXPECT_EQ(model->inputs()[0].type, DataType::f32);
    EXPECT_EQ(model->metadata().at("license"), "Apache-2.0");
    EXPECT_EQ(model->to_bytes().value(), good_bytes());
    OnnxModel copy = *model;
    EXPECT_EQ(copy.to_bytes().value(), good_bytes());
}

TEST(OnnxModel, BadFilesAreOneLineErrorsThatNameThem) {
    test::TempDir dir;
    const std::string good = good_bytes();
    struct Case {
        const char* name;
        std::string bytes, says;
    };
    for (const auto& [name, bytes, says] :
         {Case{"empty.onnx", "", "is empty"}, Case{"text.onnx", "hello\nthere\n", "is text"},
          Case{"lfs.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:0",
               "git lfs pull"},
          Case{"cut.onnx", good.substr(0, good.size() / 2), "truncated"},
          Case{"jpeg.onnx", std::string("\xff\xd8\xff\xe0\0\x10JFIF", 10), "is not an ONNX model"},
          Case{"zeros.onnx", std::string(4096, '\0'), "is not an ONNX model"}}) {
        test::write_file(dir / name, bytes);
        const auto model = OnnxModel::load(dir / name);
        ASSERT_FALSE(model) << name;
        EXPECT_EQ(model.error().code, ErrorCode::corrupt) << name;
        EXPECT_THAT(model.error().line(), HasSubstr(says));
        EXPECT_THAT(model.error().message, HasSubstr((dir / name).string()));
    }
    EXPECT_EQ(OnnxModel::load(dir / "none.onnx").error().code, ErrorCode::not_found);
    EXPECT_EQ(OnnxModel::load(dir.path()).error().code, ErrorCode::unreadable);
    EXPECT_EQ(OnnxModel::load("/dev/null").error().code, ErrorCode::unreadable);
}

TEST(OnnxModel, AHugeFileIsRefusedUnread) {
    test::TempDir dir;
    test::write_file(dir / "huge.onnx", "x");
    std::filesystem::resize_file(dir / "huge.onnx", std::uintmax_t{1} << 33);  // sparse
    const auto model = OnnxModel::load(dir / "huge.onnx");
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, ErrorCode::unsupported);
    EXPECT_THAT(model.error().message, HasSubstr("larger than 2 GiB"));
}

TEST(OnnxModel, AGraphMustBeWhole) {
    ASSERT_TRUE(OnnxModel::parse(tiny().SerializeAsString(), "m.onnx"));
    auto proto = tiny();
    proto.mutable_graph()->mutable_node(0)->set_input(1, "missing");
    EXPECT_THAT(refusal(proto).message, HasSubstr("reads 'missing'"));
    proto = tiny();
    proto.mutable_graph()->mutable_node(0)->set_output(0, "z");
    EXPECT_THAT(refusal(proto).message, HasSubstr("nothing makes the output 'y'"));
    proto = tiny();
    *proto.mutable_graph()->add_node() = proto.graph().node(0);
    EXPECT_THAT(refusal(proto).message, HasSubstr("'y' is made twice"));
    proto = tiny();
    proto.mutable_graph()->clear_input();
    EXPECT_THAT(refusal(proto).message, HasSubstr("has no input"));
    proto = tiny();
    proto.mutable_graph()->clear_output();
    EXPECT_THAT(refusal(proto).message, HasSubstr("has no output"));
    proto = tiny();
    proto.clear_graph();
    EXPECT_THAT(refusal(proto).message, HasSubstr("holds no network"));
    proto = tiny();  // the only input is a weight (IR version 3)
    *proto.mutable_graph()->mutable_input(0)->mutable_name() = proto.graph().initializer(0).name();
    EXPECT_FALSE(OnnxModel::parse(proto.SerializeAsString(), "m.onnx"));
}

TEST(OnnxModel, TensorsMustHoldWhatTheirShapeSays) {
    const auto spoiled = [](auto change) {
        auto proto = tiny();
        change(*proto.mutable_graph()->mutable_initializer(0));
        return refusal(proto);
    };
    const std::int64_t huge = std::int64_t{1} << 40;
    EXPECT_THAT(spoiled([](auto& t) { t.set_dims(1, 4); }).message,
                HasSubstr("does not hold the 4"));
    EXPECT_THAT(spoiled([&](auto& t) { t.set_dims(1, huge); }).message,
                HasSubstr("impossible dim"));
    EXPECT_THAT(spoiled([&](auto& t) {
                    t.set_dims(0, huge);
                    t.set_dims(2, huge);
                }).message,
                HasSubstr("impossible dim"));
    EXPECT_THAT(spoiled([](auto& t) { t.set_dims(1, -3); }).message, HasSubstr("impossible dim"));
    EXPECT_THAT(spoiled([](auto& t) { t.mutable_raw_data()->pop_back(); }).message,
                HasSubstr("does not hold"));
    EXPECT_EQ(spoiled([](auto& t) { t.set_data_type(99); }).code, ErrorCode::unsupported);
    const Error external =
        spoiled([](auto& t) { t.set_data_location(onnx::TensorProto::EXTERNAL); });
    EXPECT_EQ(external.code, ErrorCode::unsupported);
    EXPECT_THAT(external.message, HasSubstr("separate file"));
}

TEST(OnnxModel, NamedFileCanNotLeadOutOfItsFolder) {
    auto proto = tiny();
    auto* entry = proto.mutable_graph()->mutable_initializer(0)->add_external_data();
    entry->set_key("location");
    entry->set_value("../../etc/passwd");
    EXPECT_EQ(refusal(proto).code, ErrorCode::unsupported);
}

TEST(OnnxModel, EveryTruncationIsSurvived) {
    const std::string good = good_bytes();
    for (std::size_t size = 0; size < good.size(); size += 7) {
        const auto model = OnnxModel::parse(std::string_view(good).substr(0, size), "m.onnx");
        EXPECT_TRUE(model || !model.error().message.empty());
    }
}

TEST(OnnxModel, ElementTypesAreReadAsTheyAre) {
    const auto read = [](std::int32_t type, const auto& fill) {
        onnx::TensorProto tensor;
        tensor.set_data_type(type);
        fill(tensor);
        std::vector<float> values;
        EXPECT_TRUE(read_floats(tensor, values));
        return values;
    };
    const double doubles[] = {1.5, -0.25};
    const std::uint16_t halves[] = {0x3e00, 0xb400}, brains[] = {0x3fc0, 0xbe80};
    const std::vector<float> wanted{1.5F, -0.25F};
    EXPECT_EQ(read(onnx::TensorProto::DOUBLE, [&](auto& t) { t.set_raw_data(doubles, 16); }),
              wanted);
    EXPECT_EQ(read(onnx::TensorProto::FLOAT16, [&](auto& t) { t.set_raw_data(halves, 4); }),
              wanted);
    EXPECT_EQ(read(onnx::TensorProto::BFLOAT16, [&](auto& t) { t.set_raw_data(brains, 4); }),
              wanted);
    EXPECT_EQ(read(onnx::TensorProto::BFLOAT16,
                   [&](auto& t) {
                       for (const auto bits : brains) t.add_int32_data(bits);
                   }),
              wanted);
    for (const auto& [type, says] : {std::pair{onnx::TensorProto::UINT8, DataType::u8},
                                     std::pair{onnx::TensorProto::FLOAT16, DataType::f16},
                                     std::pair{onnx::TensorProto::BFLOAT16, DataType::bf16},
                                     std::pair{onnx::TensorProto::DOUBLE, DataType::f64}}) {
        auto proto = tiny();
        proto.mutable_graph()
            ->mutable_input(0)
            ->mutable_type()
            ->mutable_tensor_type()
            ->set_elem_type(type);
        EXPECT_EQ(OnnxModel::parse(proto.SerializeAsString(), "m.onnx")->inputs()[0].type, says);
    }
}

}  // namespace
}  // namespace saccade::model
