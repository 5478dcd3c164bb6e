// Weights in files beside the model.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "core/digest.h"
#include "model/onnx_access.h"
#include "model/onnx_writer.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::model {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class OnnxExternal : public testing::Test {
  protected:
    OnnxExternal() {
        fs::create_directories(dir_ / "model");
        data_ = std::string(24, '\0') + std::string(reinterpret_cast<const char*>(weights_), 12);
        test::write_file(dir_ / "model/weights.bin", data_);
    }

    /// x + weights, which are in another file.
    void write(const std::vector<std::pair<std::string, std::string>>& entries) {
        auto proto = inline_model();
        auto* tensor = proto.mutable_graph()->mutable_initializer(0);
        tensor->clear_raw_data();
        tensor->set_data_location(onnx::TensorProto::EXTERNAL);
        for (const auto& [key, value] : entries) {
            auto* entry = tensor->add_external_data();
            entry->set_key(key);
            entry->set_value(value);
        }
        test::write_file(path(), proto.SerializeAsString());
    }
    onnx::ModelProto inline_model() const {
        OnnxWriter writer(17);
        writer.input("x", {1, 3, 8, 8});
        writer.output("y", {1, 3, 8, 8});
        const auto added = writer.floats({weights_[0], weights_[1], weights_[2]}, {1, 3, 1, 1});
        writer.node("Add", {"x", added}, {}, {}, "y");
        return writer.take();
    }
    fs::path path() const { return dir_ / "model/net.onnx"; }
    Error refusal() const {
        const auto model = OnnxModel::load(path());
        return model ? Error{ErrorCode::internal, "was taken", ""} : model.error();
    }

    test::TempDir dir_;
    const float weights_[3] = {1.5F, -2, 0.25F};
    std::string data_;
};

TEST_F(OnnxExternal, AreReadIntoTheModelAsIfTheyHadBeenThere) {
    Digest sha1(Digest::Algorithm::sha1);
    sha1.update(data_);
    write({{"location", "weights.bin"},
           {"offset", "24"},
           {"length", "12"},
           {"checksum", sha1.hex()}});
    const auto model = OnnxModel::load(path());
    ASSERT_TRUE(model) << model.error().line();
    EXPECT_EQ(model->to_bytes().value(), inline_model().SerializeAsString());
    write({{"location", "./weights.bin"}, {"offset", "24"}});  // to the end of the file
    EXPECT_EQ(OnnxModel::load(path()).value().to_bytes().value(),
              inline_model().SerializeAsString());
}

TEST_F(OnnxExternal, TheModelsIdentityIsOfTheWeightsToo) {
    write({{"location", "weights.bin"}, {"offset", "24"}, {"length", "12"}});
    const auto before = OnnxModel::load(path()).value().digest().value();
    data_[30] = static_cast<char>(data_[30] ^ 1);
    test::write_file(dir_ / "model/weights.bin", data_);
    EXPECT_NE(OnnxModel::load(path()).value().digest().value(), before);
}

TEST_F(OnnxExternal, AMissingFileIsNamed) {
    write({{"location", "other.bin"}});
    const Error error = refusal();
    EXPECT_EQ(error.code, ErrorCode::not_found);
    EXPECT_THAT(error.message, HasSubstr((dir_ / "model/other.bin").string()));
    EXPECT_THAT(error.remedy, HasSubstr("beside the model"));
}

TEST_F(OnnxExternal, OffsetsAndLengthsMustBeOfTheFileAndTheShape) {
    using Entries = std::vector<std::pair<std::string, std::string>>;
    const Entries wrong[] = {{{"offset", "25"}, {"length", "12"}},
                             {{"offset", "24"}, {"length", "13"}},
                             {{"offset", "0"}, {"length", "8"}},
                             {{"offset", "0"}},
                             {{"offset", "18446744073709551615"}, {"length", "12"}},
                             {{"offset", "24"}, {"length", "18446744073709551615"}},
                             {{"offset", "-1"}},
                             {{"offset", "24x"}},
                             {{"length", ""}},
                             {{"offset", "99999999999999999999999"}},
                             {{"offset", "24"}, {"checksum", "0123"}}};
    for (Entries entries : wrong) {
        entries.emplace_back("location", "weights.bin");
        write(entries);
        EXPECT_EQ(refusal().code, ErrorCode::corrupt)
            << entries[0].second << " " << refusal().line();
        EXPECT_THAT(refusal().message, HasSubstr(path().string()));
    }
}

TEST_F(OnnxExternal, NothingOutsideOfTheModelsFolderIsRead) {
    test::write_file(dir_ / "outside.bin", data_);
    fs::create_symlink(dir_ / "outside.bin", dir_ / "model/link.bin");
    fs::create_symlink(dir_.path(), dir_ / "model/folder");
    ::mkfifo((dir_ / "model/pipe").c_str(), 0600);
    for (const std::string& location :
         {(dir_ / "model/weights.bin").string(), std::string("../outside.bin"),
          std::string("a/../../outside.bin"), std::string("link.bin"),
          std::string("folder/outside.bin"), std::string("pipe"), std::string("."), std::string(""),
          std::string("weights.bin\0x", 13), std::string("/etc/passwd")}) {
        write({{"location", location}, {"offset", "24"}, {"length", "12"}});
        EXPECT_EQ(refusal().code, ErrorCode::unsupported) << location << ": " << refusal().line();
    }
    // A link that stays inside is no way out.
    fs::create_symlink("weights.bin", dir_ / "model/inner.bin");
    write({{"location", "inner.bin"}, {"offset", "24"}, {"length", "12"}});
    EXPECT_TRUE(OnnxModel::load(path()));
}

TEST_F(OnnxExternal, TwoGibInAllAreTooMuchAndNotRead) {
    test::write_file(dir_ / "model/large.bin", "x");
    fs::resize_file(dir_ / "model/large.bin", std::uintmax_t{1} << 31);  // sparse
    auto proto = inline_model();
    auto* tensor = proto.mutable_graph()->mutable_initializer(0);
    tensor->clear_raw_data();
    tensor->clear_dims();
    tensor->add_dims(std::int64_t{1} << 29);
    tensor->set_data_location(onnx::TensorProto::EXTERNAL);
    auto* entry = tensor->add_external_data();
    entry->set_key("location");
    entry->set_value("large.bin");
    test::write_file(path(), proto.SerializeAsString());
    EXPECT_EQ(refusal().code, ErrorCode::unsupported);
    EXPECT_THAT(refusal().message, HasSubstr("larger than 2 GiB"));
}

TEST_F(OnnxExternal, ConstantsInNodesAndSubgraphsAreReadToo) {
    auto proto = inline_model();
    auto* constant = proto.mutable_graph()->add_node();
    constant->set_op_type("Constant");
    constant->add_output("unused");
    auto* value = constant->add_attribute();
    value->set_name("value");
    *value->mutable_t() = proto.graph().initializer(0);
    value->mutable_t()->clear_raw_data();
    value->mutable_t()->set_data_location(onnx::TensorProto::EXTERNAL);
    auto* entry = value->mutable_t()->add_external_data();
    entry->set_key("location");
    entry->set_value("weights.bin");
    auto* offset = value->mutable_t()->add_external_data();
    offset->set_key("offset");
    offset->set_value("24");
    test::write_file(path(), proto.SerializeAsString());
    const auto model = OnnxModel::load(path());
    ASSERT_TRUE(model) << model.error().line();
    const auto& read = OnnxModel::Access::proto(*model).graph().node(1).attribute(0).t();
    EXPECT_EQ(read.raw_data(), data_.substr(24));
    EXPECT_EQ(OnnxModel::parse(test::read_file(path()), "m.onnx").error().code,
              ErrorCode::unsupported);
}

TEST_F(OnnxExternal, AStopIsHeard) {
    write({{"location", "weights.bin"}, {"offset", "24"}, {"length", "12"}});
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(OnnxModel::load(path(), stop.get_token()).error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace saccade::model
