// Which settings --auto may try.
#include "cli/auto.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

namespace saccade::cli {
namespace {

std::set<std::string> names_of(const std::vector<engine::ChangeGroup>& groups) {
    std::set<std::string> names;
    for (const auto& group : groups) {
        for (const engine::Change& change : group) names.insert(change.name);
    }
    return names;
}

TEST(Auto, TriesWhatTheMachineAndTheSourcesOffer) {
    const auto config = merge_config("", {});
    ASSERT_TRUE(config);
    EXPECT_EQ(
        names_of(changes_for(*config, 1, 2, 0)),
        (std::set<std::string>{"batch 2", "batch 4", "batches under way 4", "decoder threads 2"}));
    const auto gpu = names_of(changes_for(*config, 10, 16, 7));
    EXPECT_TRUE(gpu.contains("batch 16"));
    EXPECT_FALSE(gpu.contains("batch 64")) << "an engine would be built for it, for minutes";
    EXPECT_FALSE(gpu.contains("streams 10")) << "all ten run at once as it is";
    const auto many = names_of(changes_for(*config, 40, 16, 7));
    EXPECT_TRUE(many.contains("streams 32"));
    EXPECT_TRUE(many.contains("streams 40"));
    EXPECT_FALSE(many.contains("streams 64"));
    const auto host = names_of(changes_for(*config, 10, 16, 0));
    EXPECT_TRUE(host.contains("streams 8"));
    EXPECT_TRUE(host.contains("streams 10"));
    EXPECT_FALSE(host.contains("streams 16"));
    EXPECT_FALSE(gpu.contains("decoder threads 8"));
    EXPECT_FALSE(gpu.contains("decoders 14")) << "ten files keep all of a GPU's decoders busy";
    EXPECT_TRUE(names_of(changes_for(*config, 1, 16, 7)).contains("decoders 14"));
    EXPECT_TRUE(names_of(changes_for(*config, 1, 16, 1)).contains("decoders 2"));
}

TEST(Auto, LeavesAloneWhatTheUserHasSet) {
    const auto config = merge_config("", {{"batch", "4"}, {"in_flight", "2"}});
    ASSERT_TRUE(config);
    EXPECT_EQ(names_of(changes_for(*config, 1, 2, 0)), std::set<std::string>{"decoder threads 2"});
}

TEST(Auto, ChangesTheSettingThatItNames) {
    const auto config = merge_config("", {});
    ASSERT_TRUE(config);
    for (const auto& group : changes_for(*config, 9, 8, 0)) {
        for (const engine::Change& change : group) {
            Settings s;
            change.apply(s);
            const int values[] = {s.batch, s.in_flight, s.threads, s.decoder_threads,
                                  static_cast<int>(s.streams)};
            int set = 0;
            for (const int value : values) {
                if (value == 0) continue;
                ++set;
                EXPECT_TRUE(change.name.ends_with(fmt::format(" {}", value))) << change.name;
            }
            EXPECT_EQ(set, 1) << change.name;
        }
    }
}

TEST(Auto, RefusesWhatCanNotBeReadTwice) {
    const auto config = merge_config("", {});
    ASSERT_TRUE(config);
    for (const char* source : {"-", "rtsp://camera/1"}) {
        const auto tuned = auto_settings(Mode::track, *config, {source}, {});
        ASSERT_FALSE(tuned) << source;
        EXPECT_EQ(tuned.error().code, ErrorCode::invalid_argument);
    }
    const auto live = merge_config("", {{"live", "true"}});
    EXPECT_EQ(auto_settings(Mode::track, *live, {"synthetic:"}, {}).error().code,
              ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace saccade::cli
