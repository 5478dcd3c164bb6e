// Ranges as a tool sees them: this program injects one of its own, as Nsight Systems does.
#include "core/range.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#define NVTX_NO_IMPL  // the library under test holds it
#include <nvtx3/nvToolsExt.h>

#include <string>
#include <vector>

namespace {

std::vector<std::string>& told() {
    static thread_local std::vector<std::string> lines;
    return lines;
}

nvtxDomainHandle_t NVTX_API create(const char* name) {
    static std::string domain;
    domain = name;
    return reinterpret_cast<nvtxDomainHandle_t>(&domain);
}

int NVTX_API push(nvtxDomainHandle_t domain, const nvtxEventAttributes_t* event) {
    told().push_back(*reinterpret_cast<const std::string*>(domain) + "/" + event->message.ascii);
    return 0;
}

int NVTX_API pop(nvtxDomainHandle_t /*domain*/) {
    told().emplace_back("end");
    return 0;
}

int NVTX_API inject(NvtxGetExportTableFunc_t get) {
    const auto* callbacks = static_cast<const NvtxExportTableCallbacks*>(get(NVTX_ETID_CALLBACKS));
    NvtxFunctionTable table = nullptr;
    unsigned size = 0;
    if (callbacks->GetModuleFunctionTable(NVTX_CB_MODULE_CORE2, &table, &size) == 0) return 0;
    *table[NVTX_CBID_CORE2_DomainCreateA] = reinterpret_cast<NvtxFunctionPointer>(&create);
    *table[NVTX_CBID_CORE2_DomainRangePushEx] = reinterpret_cast<NvtxFunctionPointer>(&push);
    *table[NVTX_CBID_CORE2_DomainRangePop] = reinterpret_cast<NvtxFunctionPointer>(&pop);
    return 1;
}

}  // namespace

extern "C" {
/// Where NVTX looks for a tool that is part of the program.
NvtxInitializeInjectionNvtxFunc_t InitializeInjectionNvtx2_fnptr = inject;
}

namespace saccade {
namespace {

TEST(Range, TellsToolsWhatAThreadIsAt) {
    told().clear();
    {
        const Range outer("decode");
        const Range inner("upload");
    }
    {
        const Range next("track");
    }
    EXPECT_THAT(told(), testing::ElementsAre("saccade/decode", "saccade/upload", "end", "end",
                                             "saccade/track", "end"));
}

}  // namespace
}  // namespace saccade
