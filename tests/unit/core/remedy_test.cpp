#include "core/remedy.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

/// What a shell makes of a word.
std::string by_shell(const std::string& word) {
    const std::string command = "printf %s " + word;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"),
                                                               ::pclose);
    std::array<char, 256> buffer{};
    const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe.get());
    return {buffer.data(), got};
}

TEST(ShellWord, IsTheTextAgainForAShell) {
    for (const std::string text :
         {"plain.mp4", "a b", "it's", "$HOME", "`id`", "a\"b", "back\\slash", "*", "x;y", "äö"}) {
        EXPECT_EQ(by_shell(shell_word(text)), text) << shell_word(text);
    }
    EXPECT_EQ(shell_word("plain-1.mp4"), "plain-1.mp4");
    EXPECT_EQ(shell_word(""), "''");
    EXPECT_EQ(shell_word("-n"), "'-n'");
}

TEST(Look, NamesTheNearestFolderThatIsThere) {
    const test::TempDir dir;
    const std::string folder = dir.path().string();
    EXPECT_EQ(look_beside(dir / "a/b/c.mp4"), "`ls -a -- " + folder + "` shows what is there");
    EXPECT_EQ(look_beside("c.mp4"), "`ls -a -- .` shows what is there");
    EXPECT_EQ(look_beside("/nonsense/c.mp4"), "`ls -a -- /` shows what is there");
    test::write_file(dir / "file", "");
    EXPECT_EQ(look_beside(dir / "file/c.mp4"), "`ls -a -- " + folder + "` shows what is there");
}

}  // namespace
}  // namespace saccade
