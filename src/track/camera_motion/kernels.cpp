#include "track/camera_motion/kernels.h"

#include "track/camera_motion/kernels_impl.h"

namespace saccade::track {

const MotionKernels plain_motion_kernels{add_row,  mean_across, multiply, eigenvalues,
                                         to_float, window,      step};

const MotionKernels& motion_kernels(Isa isa) noexcept {
#if defined(__x86_64__)
    if (isa != Isa::scalar) return avx2_motion_kernels;
#endif
    static_cast<void>(isa);
    return plain_motion_kernels;
}

const MotionKernels& motion_kernels() noexcept {
    static const MotionKernels& best = motion_kernels(best_isa());
    return best;
}

}  // namespace saccade::track
