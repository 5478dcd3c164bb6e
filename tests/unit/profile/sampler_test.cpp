#include "profile/sampler.h"

#include <gtest/gtest.h>

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stop_token>
#include <thread>
#include <vector>

namespace saccade::profile {
namespace {

using namespace std::chrono_literals;

TEST(ProcessStats, ReadsTheKernelsText) {
    const ThreadStats stats = parse_thread(17, "av:h264:df0\n", "123456789 42000 77\n");
    EXPECT_EQ(stats.id, 17);
    EXPECT_EQ(stats.name, "av:h264:df0");
    EXPECT_EQ(stats.cpu, 123456789ns);
    EXPECT_EQ(stats.delayed, 42000ns);
    EXPECT_EQ(parse_thread(1, "", "").cpu, 0ns);
    EXPECT_EQ(parse_thread(1, "x", "garbage").delayed, 0ns);
}

TEST(ProcessStats, KnowsThisProcess) {
    const auto threads = read_threads();
    EXPECT_TRUE(std::any_of(threads.begin(), threads.end(),
                            [](const ThreadStats& t) { return t.id == ::gettid(); }));
    EXPECT_GT(resident_memory(), 1U << 20U);
}

TEST(Sampler, SeesAThreadsWorkAndTheMemoryItTook) {
    Sampler sampler(-1, 5ms);
    std::vector<char> memory;
    std::jthread([&] {
        ::pthread_setname_np(::pthread_self(), "burner");
        memory.resize(64U << 20U);
        std::memset(memory.data(), 1, memory.size());
        timespec cpu{};
        volatile unsigned spin = 0;
        do {
            for (int i = 0; i < 1000; ++i) spin = spin + 1;
            ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
        } while (cpu.tv_sec == 0 && cpu.tv_nsec < 100'000'000);
        std::this_thread::sleep_for(50ms);  // still there when looked at
    }).join();
    const Samples samples = sampler.finish();
    const auto burner = std::find_if(samples.threads.begin(), samples.threads.end(),
                                     [](const ThreadStats& t) { return t.name == "burner"; });
    ASSERT_NE(burner, samples.threads.end());
    EXPECT_GE(burner->cpu, 50ms);
    EXPECT_GE(samples.cpu, 90ms);
    ASSERT_FALSE(samples.series.empty());
    EXPECT_GT(samples.series.back().memory, memory.size());
}

TEST(MachineCpu, IsAllButIdleTime) {
    // user nice system idle iowait irq softirq steal guest guest_nice
    EXPECT_EQ(parse_machine_cpu("cpu  100 10 20 5000 300 1 2 3 50 0\ncpu0 1 1\n", 100), 1360ms);
    EXPECT_EQ(parse_machine_cpu("", 100), 0ns);
    EXPECT_EQ(parse_machine_cpu("cpu0 1 2 3", 100), 0ns);
    EXPECT_EQ(parse_machine_cpu("cpu  1 2", 0), 0ns);
}

TEST(MachineCpu, IsNoLessThanOurs) {
    const auto machine = machine_cpu(), own = process_cpu();
    volatile double sink = 0;
    while (process_cpu() - own < 100ms) sink = sink + 1;
    EXPECT_GE(machine_cpu() - machine, 70ms);  // it counts in ticks
}

TEST(ReadThreads, ThreadsMayEndWhileTheyAreLookedAt) {
    std::vector<std::jthread> comers;
    for (int i = 0; i < 4; ++i) {
        comers.emplace_back([](const std::stop_token& enough) {
            while (!enough.stop_requested()) std::jthread([] {}).join();
        });
    }
    for (int i = 0; i < 300; ++i) EXPECT_GE(read_threads().size(), 1U);
}

}  // namespace
}  // namespace saccade::profile
