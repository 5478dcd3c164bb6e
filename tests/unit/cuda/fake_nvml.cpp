// An NVML for tests: one GPU at 0000:03:00.0; FAKE_NVML_OWN says what this process holds (bytes),
// or that the driver does not tell ("none": not in its list; "unknown").
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {
struct Memory {
    unsigned long long total, free, used;
};
struct Process {
    unsigned pid;
    unsigned long long bytes;
    unsigned gpu_instance, compute_instance;
};
int gpu;
unsigned long long number(const char* variable, unsigned long long fallback) {
    const char* text = std::getenv(variable);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : fallback;
}
}  // namespace

extern "C" {
int nvmlInit_v2() {
    return 0;
}
int nvmlShutdown() {
    return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
    *device = &gpu;
    return index == 0 ? 0 : 2;
}
int nvmlDeviceGetHandleByPciBusId_v2(const char* bus, void** device) {
    *device = &gpu;
    return std::strcmp(bus, "0000:03:00.0") == 0 ? 0 : 6;
}
int nvmlDeviceGetName(void*, char* name, unsigned length) {
    std::snprintf(name, length, "Fake GPU");
    return 0;
}
int nvmlDeviceGetUtilizationRates(void*, unsigned* percent) {
    percent[0] = 40;
    percent[1] = 10;
    return 0;
}
int nvmlDeviceGetDecoderUtilization(void*, unsigned* percent, unsigned* period) {
    *percent = 75;
    *period = 1000;
    return 0;
}
int nvmlDeviceGetMemoryInfo(void*, Memory* memory) {
    memory->total = 24'000'000'000;
    memory->used = number("FAKE_NVML_USED", 5'000'000'000);
    memory->free = memory->total - memory->used;
    return 0;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void*, unsigned* count, Process* processes) {
    const char* own = std::getenv("FAKE_NVML_OWN");
    *count = 1;
    processes[0] = {1, 123, 0, 0};
    if (own == nullptr || std::strcmp(own, "none") == 0) return 0;
    *count = 2;
    processes[1] = {static_cast<unsigned>(::getpid()), number("FAKE_NVML_OWN", 0), 0, 0};
    if (std::strcmp(own, "unknown") == 0) processes[1].bytes = ~0ULL;
    return 0;
}
int nvmlDeviceGetPcieThroughput(void*, unsigned counter, unsigned* kilobytes) {
    *kilobytes = counter == 0 ? 7 : 9;
    return 0;
}
}
