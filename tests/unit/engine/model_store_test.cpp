#include "engine/model_store.h"

#include <gtest/gtest.h>
#include <lzma.h>
#include <sys/stat.h>

#include <cstdlib>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::engine {
namespace {

class ModelStore : public testing::Test {
  protected:
    void SetUp() override {
        ::setenv("XDG_DATA_HOME", (dir_ / "data").c_str(), 1);
        ::setenv("SACCADE_SHARED", (dir_ / "shared").c_str(), 1);
        settings_.cache_dir = (dir_ / "cache").string();
        settings_.model_dirs = {(dir_ / "first").string()};
    }
    void put(const std::string& name) {
        std::filesystem::create_directories((dir_ / name).parent_path());
        test::write_file(dir_ / name, "model");
    }

    test::TempDir dir_;
    Settings settings_;
};

TEST_F(ModelStore, FoldersAreSearchedInTheirOrder) {
    settings_.model = "net";
    put("shared/models/net.onnx");
    EXPECT_EQ(find_model(settings_).value(), dir_ / "shared/models/net.onnx");
    put("data/saccade/models/net.onnx");
    EXPECT_EQ(find_model(settings_).value(), dir_ / "data/saccade/models/net.onnx");
    put("first/net.onnx");
    EXPECT_EQ(find_model(settings_).value(), dir_ / "first/net.onnx");
    settings_.model = "net.onnx";
    EXPECT_EQ(find_model(settings_).value(), dir_ / "first/net.onnx");
}

TEST_F(ModelStore, AnExistingPathIsTakenAsItIs) {
    put("some/where.onnx");
    settings_.model = (dir_ / "some/where.onnx").string();
    EXPECT_EQ(find_model(settings_).value(), settings_.model);
}

TEST_F(ModelStore, AMissingModelSaysWhereItWasSoughtAndHowToGetOne) {
    settings_.model = "yolo11n";
    const auto found = find_model(settings_);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::not_found);
    EXPECT_NE(found.error().message.find((dir_ / "first").string()), std::string::npos);
    EXPECT_NE(found.error().remedy.find("`saccade models show yolo11n`"), std::string::npos)
        << found.error().remedy;
    settings_.model = "folder/yolo11n.onnx";
    EXPECT_NE(find_model(settings_).error().message.find("folder/yolo11n.onnx"), std::string::npos);
}

TEST_F(ModelStore, ABrokenPackedModelIsAnErrorAndIsNotCached) {
    settings_.model = "net";
    put("first/net.onnx.xz");
    EXPECT_EQ(find_model(settings_).error().code, ErrorCode::corrupt);
    EXPECT_EQ(find_model(settings_).error().code, ErrorCode::corrupt);
}

TEST_F(ModelStore, TheSyntheticModelIsMadeOnceInTheCache) {
    settings_.model = "synthetic";
    const auto made = find_model(settings_);
    ASSERT_TRUE(made) << made.error().line();
    EXPECT_TRUE(made->string().starts_with(settings_.cache_dir));
    const std::string bytes = test::read_file(*made);
    EXPECT_GT(bytes.size(), 100U);
    EXPECT_EQ(test::read_file(find_model(settings_).value()), bytes);
}

TEST_F(ModelStore, AnUnpackedModelIsUsedOnlyAsItWasUnpacked) {
    const std::string text = "the bytes of a model";
    std::string packed(lzma_stream_buffer_bound(text.size()), '\0');
    std::size_t size = 0;
    ASSERT_EQ(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, nullptr,
                                      reinterpret_cast<const std::uint8_t*>(text.data()),
                                      text.size(), reinterpret_cast<std::uint8_t*>(packed.data()),
                                      &size, packed.size()),
              LZMA_OK);
    std::filesystem::create_directories(dir_ / "first");
    test::write_file(dir_ / "first/net.onnx.xz", packed.substr(0, size));
    settings_.model = "net";
    const auto path = find_model(settings_);
    ASSERT_TRUE(path) << path.error().line();
    EXPECT_EQ(test::read_file(*path), text);
    const auto written = std::filesystem::last_write_time(*path);
    EXPECT_EQ(find_model(settings_).value(), *path);
    EXPECT_EQ(std::filesystem::last_write_time(*path), written);  // not unpacked again
    for (const char* other : {"the bytes of a modem", "", "the bytes of a model and more"}) {
        test::write_file(*path, other);
        EXPECT_EQ(test::read_file(find_model(settings_).value()), text);
    }
    test::write_file(path->string() + ".sha256", "not sealed");
    EXPECT_EQ(test::read_file(find_model(settings_).value()), text);
}

TEST_F(ModelStore, AFolderThatOthersMayWriteToHoldsNoModels) {
    settings_.model = "synthetic";
    std::filesystem::create_directories(dir_ / "cache/models");
    ASSERT_EQ(::chmod((dir_ / "cache/models").c_str(), 0777), 0);
    ::setenv("TMPDIR", dir_.path().c_str(), 1);
    const auto made = find_model(settings_);
    ::unsetenv("TMPDIR");
    ASSERT_TRUE(made) << made.error().line();
    EXPECT_FALSE(made->string().starts_with(settings_.cache_dir));
    EXPECT_TRUE(made->string().starts_with(dir_.path().string()));
    EXPECT_TRUE(std::filesystem::is_empty(dir_ / "cache/models"));
}

}  // namespace
}  // namespace saccade::engine
