#include "memory/host_probe.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <memory>

#include "support/temp_dir.h"

namespace saccade::memory {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20U;

/// A machine of 1000 MiB, of which 600 are to be had and the process holds 100.
class HostMemory : public testing::Test {
  protected:
    void SetUp() override {
        const std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        write("proc/self/statm", "99999 " + std::to_string(100 * kMiB / page) + " 1 1 0 1 0\n");
        write("proc/meminfo",
              "MemTotal:        1024000 kB\nMemFree:          1000 kB\n"
              "MemAvailable:     614400 kB\nBuffers:  1 kB\n");
    }
    void write(const std::string& name, const std::string& text) {
        const auto path = dir_ / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    State read() { return HostProbe(dir_.path()).read(); }

    test::TempDir dir_;
};

std::string mib(std::size_t count) {
    return std::to_string(count * kMiB) + "\n";
}

TEST_F(HostMemory, OthersHoldWhatIsNeitherOursNorAvailable) {
    const auto state = read();
    EXPECT_EQ(state.used, 100 * kMiB);
    EXPECT_EQ(state.total, 1000 * kMiB);
    EXPECT_EQ(state.others, 300 * kMiB);
}

TEST_F(HostMemory, AContainersLimitCountsWhereItIsTighter) {
    write("proc/self/cgroup", "0::/\n");
    write("sys/fs/cgroup/memory.max", mib(500));
    write("sys/fs/cgroup/memory.current", mib(250));
    write("sys/fs/cgroup/memory.stat", "anon 1\ninactive_file " + mib(50) + "slab 3\n");
    const auto state = read();
    EXPECT_EQ(state.total, 500 * kMiB);
    EXPECT_EQ(state.others, 100 * kMiB);  // 250 less 50 of cache less our 100
}

TEST_F(HostMemory, EveryGroupUpToTheRootCounts) {
    write("proc/self/cgroup", "0::/slice/unit\n");
    write("sys/fs/cgroup/slice/unit/memory.max", "max\n");
    write("sys/fs/cgroup/slice/memory.max", mib(400));
    write("sys/fs/cgroup/slice/memory.current", mib(100));
    const auto state = read();
    EXPECT_EQ(state.total, 400 * kMiB);
    EXPECT_EQ(state.others, 0U);
}

TEST_F(HostMemory, TheFirstVersionOfControlGroupsIsReadToo) {
    write("proc/self/cgroup", "7:cpu:/x\n5:memory:/box\n");
    write("sys/fs/cgroup/memory/box/memory.limit_in_bytes", mib(300));
    write("sys/fs/cgroup/memory/box/memory.usage_in_bytes", mib(180));
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    const auto state = read();
    EXPECT_EQ(state.total, 300 * kMiB);
    EXPECT_EQ(state.others, 80 * kMiB);
}

TEST_F(HostMemory, FilesThatAreMissingOrStrangeMakeNoTrouble) {
    EXPECT_EQ(HostProbe(dir_ / "nowhere").read().total, 0U);
    write("proc/meminfo", std::string("\0\xff nonsense MemTotal: kB", 24));
    write("proc/self/statm", "what\n");
    write("proc/self/cgroup", "\n::\n:::::\n0:/\n");
    const auto state = read();
    EXPECT_EQ(state.total, 0U);
    EXPECT_EQ(state.used, 0U);
}

TEST(HostMemoryOfThisMachine, SeesWhatThisProcessTakes) {
    HostProbe probe;
    const auto before = probe.read();
    EXPECT_GT(before.used, kMiB);
    EXPECT_GT(before.total, before.used);
    EXPECT_LE(before.others, before.total);
    constexpr std::size_t kBlock = 64 * kMiB;
    const auto block = std::make_unique_for_overwrite<char[]>(kBlock);
    std::memset(block.get(), 1, kBlock);
    EXPECT_GT(probe.read().used, before.used + kBlock / 2);
    EXPECT_EQ(block[kBlock - 1], 1);
}

}  // namespace
}  // namespace saccade::memory
