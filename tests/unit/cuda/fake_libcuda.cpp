// A libcuda for tests: what it says is told by FAKE_CUDA_VERSION, FAKE_CUDA_INIT and
// FAKE_CUDA_DEVICES.
#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace {

int number(const char* variable, int fallback) {
    const char* text = std::getenv(variable);
    return text != nullptr ? std::atoi(text) : fallback;
}

}  // namespace

extern "C" {
int cuInit(unsigned flags) {
    return flags == 0 ? number("FAKE_CUDA_INIT", 0) : 1;
}
int cuDriverGetVersion(int* version) {
    return *version = number("FAKE_CUDA_VERSION", 13000), 0;
}
int cuDeviceGetCount(int* count) {
    return *count = number("FAKE_CUDA_DEVICES", 2), 0;
}
int cuDeviceGet(int* device, int ordinal) {
    return *device = 70 + ordinal, 0;
}
int cuDeviceGetName(char* name, int length, int device) {
    std::snprintf(name, static_cast<std::size_t>(length), "Fake GPU %d", device - 70);
    return 0;
}
int cuDeviceGetAttribute(int* value, int attribute, int device) {
    *value = attribute == 75 ? 8 : 6 + 3 * (device - 70);
    return attribute == 75 || attribute == 76 ? 0 : 1;
}
int cuDeviceGetPCIBusId(char* bus, int length, int device) {
    std::snprintf(bus, static_cast<std::size_t>(length), "0000:%02x:00.0", device - 70);
    return 0;
}
int cuDeviceTotalMem_v2(std::size_t* bytes, int device) {
    *bytes = std::size_t{24} << 30U;
    return device >= 70 ? 0 : 101;
}
}
