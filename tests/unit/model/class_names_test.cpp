#include "model/class_names.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <random>

namespace saccade::model {
namespace {

using testing::ElementsAre;
using Names = std::vector<std::string>;

TEST(ClassNames, ReadsPythonLiterals) {
    EXPECT_EQ(parse_class_names("{0: 'person', 1: 'traffic light'}"),
              (Names{"person", "traffic light"}));
    EXPECT_EQ(
        parse_class_names(R"({0: "driver's", 1: 'a\'b', 2: 'x\\y', 3: 'caf\xe9', 4: '\u732b'})"),
        (Names{"driver's", "a'b", "x\\y", "caf\xc3\xa9", "\xe7\x8c\xab"}));
    EXPECT_EQ(parse_class_names("['a', \"b\",]"), (Names{"a", "b"}));
    EXPECT_EQ(parse_class_names(" {\n0:'a',\n1:'b',}\n"), (Names{"a", "b"}));
}

TEST(ClassNames, ReadsJson) {
    EXPECT_EQ(parse_class_names(R"({"0": "person", "1": "car"})"), (Names{"person", "car"}));
    EXPECT_EQ(parse_class_names(R"(["person", "car"])"), (Names{"person", "car"}));
}

TEST(ClassNames, LeftOutIdsAreNumbered) {
    EXPECT_EQ(parse_class_names("{2: 'c', 0: 'a'}"), (Names{"a", "class 1", "c"}));
}

TEST(ClassNames, RefusesWhatIsNeither) {
    for (const char* text : {"",
                             "person",
                             "{",
                             "[",
                             "{}",
                             "[]",
                             "{0}",
                             "{0:}",
                             "{0: person}",
                             "{0: 'a'",
                             "{0: 'a' 1: 'b'}",
                             "{0: 'a",
                             "{-1: 'a'}",
                             "{100000: 'a'}",
                             "{99999999999999999999999: 'a'}",
                             "{'x': 'a'}",
                             "{0: 'a'} trailing",
                             R"({0: '\x4'})",
                             R"({0: '\u12'})",
                             R"({0: '\)",
                             "['a' 'b']"}) {
        EXPECT_FALSE(parse_class_names(text)) << text;
    }
}

TEST(ClassNames, AgreesWithAJsonLibraryOnRandomNames) {
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        Names names(1 + random() % 8);
        for (auto& name : names) {
            for (unsigned i = random() % 12; i > 0; --i) {
                name += static_cast<char>(0x20 + random() % 0x5f);
            }
        }
        nlohmann::json object;
        for (std::size_t i = 0; i < names.size(); ++i) object[std::to_string(i)] = names[i];
        EXPECT_EQ(parse_class_names(object.dump()), names) << object;
        EXPECT_EQ(parse_class_names(nlohmann::json(names).dump()), names);
    }
}

TEST(ClassNames, CocoHasEighty) {
    const auto coco = coco_class_names();
    ASSERT_EQ(coco.size(), 80U);
    EXPECT_EQ(coco[0], "person");
    EXPECT_EQ(coco[56], "chair");
    EXPECT_EQ(coco[79], "toothbrush");
}

}  // namespace
}  // namespace saccade::model
