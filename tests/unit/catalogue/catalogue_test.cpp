#include "catalogue/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "catalogue/origin.h"
#include "model/spec.h"

namespace saccade::catalogue {
namespace {

TEST(Catalogue, NamesAreUniqueAndFamiliesAreOnesThatAreRead) {
    std::set<std::string> names, families;
    for (const model::Family family : model::families()) {
        families.insert(std::string(to_string(family)));
    }
    for (const Model& m : models()) {
        EXPECT_TRUE(names.insert(m.name).second) << m.name;
        EXPECT_TRUE(families.contains(m.family)) << m.name << ": " << m.family;
        EXPECT_EQ(find(m.name), &m);
    }
    EXPECT_EQ(find("nonsense"), nullptr);
}

TEST(Catalogue, EachModelHasAFigureWithItsSourceAndOneWayToGetIt) {
    for (const Model& m : models()) {
        EXPECT_GT(m.published_map, 20) << m.name;
        EXPECT_LT(m.published_map, 70) << m.name;
        EXPECT_TRUE(m.published_in.starts_with("https://")) << m.name;
        EXPECT_FALSE(m.licence.empty()) << m.name;
        EXPECT_NE(m.fetched(), !m.export_commands.empty()) << m.name;
        if (!m.fetched()) continue;
        EXPECT_TRUE(m.url.starts_with("https://")) << m.name;
        EXPECT_TRUE(m.url.ends_with("/" + m.name + ".onnx")) << m.url;
        EXPECT_EQ(m.sha256.size(), 64U) << m.name;
        EXPECT_EQ(m.sha256.find_first_not_of("0123456789abcdef"), std::string::npos) << m.name;
        EXPECT_GT(m.bytes, 1'000'000U) << m.name;
    }
    EXPECT_TRUE(first_model().fetched());
    EXPECT_TRUE(std::all_of(models().begin(), models().end(), [](const Model& m) {
        return !m.fetched() || m.bytes >= first_model().bytes;
    }));
}

TEST(Origin, IsThePublisherOrAMirrorOfTheUsers) {
    const Model& m = first_model();
    const std::string file = m.name + ".onnx";
    EXPECT_EQ(origin_of(m, "")->url, m.url);
    EXPECT_EQ(origin_of(m, "http://mirror.example/a")->url, "http://mirror.example/a/" + file);
    EXPECT_EQ(origin_of(m, "https://mirror.example/")->url, "https://mirror.example/" + file);
    EXPECT_EQ(origin_of(m, "/srv/models")->file, "/srv/models/" + file);
    EXPECT_EQ(origin_of(m, "file:///srv/models")->file, "/srv/models/" + file);
    const auto other = origin_of(m, "ftp://user:secret@mirror.example");
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(other.error().line().find("secret"), std::string::npos) << other.error().line();
    EXPECT_EQ(origin_of(m, "http://user:secret@mirror.example")->text().find("secret"),
              std::string::npos);
}

}  // namespace
}  // namespace saccade::catalogue
