#include "cli/machine.h"

#include "infer/registry.h"
#include "media/capabilities.h"
#include "saccade/version.h"

namespace saccade::cli {

profile::Machine machine_with_versions() {
    profile::Machine machine = profile::describe_machine();
    machine.versions.emplace_back("saccade", SACCADE_VERSION);
    machine.versions.emplace_back("libavcodec", media::capabilities().ffmpeg);
    for (const infer::BackendDescription& backend : infer::backends()) {
        if (backend.available) machine.versions.emplace_back(backend.name, backend.version);
    }
    return machine;
}

}  // namespace saccade::cli
