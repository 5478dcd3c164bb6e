#include "model/foreign_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::model {
namespace {

using namespace std::string_view_literals;
using testing::HasSubstr;

TEST(ForeignModel, IsToldByItsBytesWhateverItsName) {
    const test::TempDir dir;
    const struct {
        std::string_view bytes;
        const char *what, *way_out;
    } cases[] = {{"PK\3\4archive/data.pkl"sv, "PyTorch", "yolo export model="},
                 {"\x80\2}q\0"sv, "PyTorch", "format=onnx"},
                 {"\x1c\0\0\0TFL3"sv, "TensorFlow Lite", "tf2onnx.convert --tflite"},
                 {"\x89HDF\r\n"sv, "Keras", "tf2onnx.convert --keras"},
                 {"ptrt\0\0"sv, "TensorRT engine", "saccade build"},
                 {"7767517\n1 2"sv, "ncnn", "ONNX"},
                 {"<?xml version"sv, "OpenVINO", "ONNX"},
                 {"<!DOCTYPE html>"sv, "web page", "download"},
                 {"version https://git-lfs.github.com/spec/v1"sv, "Git LFS", "git lfs pull"}};
    for (const auto& c : cases) {
        test::write_file(dir / "model.onnx", c.bytes);
        const auto told = foreign_model(dir / "model.onnx");
        ASSERT_TRUE(told) << c.what;
        EXPECT_EQ(told->code, ErrorCode::unsupported);
        EXPECT_THAT(told->message, HasSubstr((dir / "model.onnx").string()));
        EXPECT_THAT(told->message, HasSubstr(c.what));
        EXPECT_THAT(told->remedy, HasSubstr(c.way_out));
    }
}

TEST(ForeignModel, IsToldByItsNameToo) {
    for (const char* name : {"yolo11n.pt", "a/b.PTH", "x.engine", "x.plan", "x.trt", "x.tflite",
                             "x.safetensors", "x.h5", "x.keras", "x.pb", "x.xml", "x.torchscript"}) {
        EXPECT_TRUE(foreign_model(name)) << name;
    }
    EXPECT_THAT(foreign_model("runs/best.pt")->remedy, HasSubstr("name 'runs/best.onnx'"));
    for (const char* name : {"yolo11n", "yolo11n.onnx", "yolo11n.onnx.xz", "synthetic", "v1.2"}) {
        EXPECT_FALSE(foreign_model(name)) << name;
    }
}

TEST(ForeignModel, OnnxIsNone) {
    const test::TempDir dir;
    test::write_file(dir / "model", "\x08\x08\x12\7pytorch"sv);
    EXPECT_FALSE(foreign_model(dir / "model"));
    test::write_file(dir / "empty.onnx", "");
    EXPECT_FALSE(foreign_model(dir / "empty.onnx"));
}

}  // namespace
}  // namespace saccade::model
