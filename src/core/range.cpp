#include "core/range.h"

#include <nvtx3/nvToolsExt.h>

namespace saccade {
namespace {

nvtxDomainHandle_t domain() noexcept {
    static const nvtxDomainHandle_t handle = nvtxDomainCreateA("saccade");
    return handle;
}

}  // namespace

Range::Range(const char* name) noexcept {
    nvtxEventAttributes_t event{};
    event.version = NVTX_VERSION;
    event.size = NVTX_EVENT_ATTRIB_STRUCT_SIZE;
    event.messageType = NVTX_MESSAGE_TYPE_ASCII;
    event.message.ascii = name;
    nvtxDomainRangePushEx(domain(), &event);
}

Range::~Range() {
    nvtxDomainRangePop(domain());
}

}  // namespace saccade
