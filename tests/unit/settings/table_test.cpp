#include "settings/table.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <utility>

namespace saccade::settings {
namespace {

/// Stands for a value of any type where only their number matters.
struct Anything {
    template <typename T>
    operator T() const;  // NOLINT(google-explicit-constructor): that is its purpose
};

template <std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
    return requires { Settings{((void)I, Anything{})...}; };
}

/// How many fields Settings has: an aggregate takes no more values than that.
template <std::size_t N = 1>
constexpr std::size_t fields() {
    if constexpr (takes(std::make_index_sequence<N + 1>{})) return fields<N + 1>();
    return N;
}

TEST(SettingsTable, HasARowForEachField) {
    EXPECT_EQ(table().size(), fields())
        << "a field of Settings without a row has no flag, and --resume would not know of it";
}

TEST(SettingsTable, EachRowSaysWhetherItChangesResults) {
    for (const Row& row : table()) {
        EXPECT_NE(row.effect, Effect::unsaid)
            << row.key << ": an output made under another value would pass as done with --resume";
    }
}

TEST(SettingsTable, TheTextOfResultsTellsListsFromTheirParts) {
    Settings one, two;
    one.classes = {"a,b"};
    two.classes = {"a", "b"};
    EXPECT_NE(results_text(one), results_text(two));
    EXPECT_EQ(results_text(one), results_text(one));
    two = one;
    two.threads = 3;
    EXPECT_EQ(results_text(one), results_text(two));
}

}  // namespace
}  // namespace saccade::settings
