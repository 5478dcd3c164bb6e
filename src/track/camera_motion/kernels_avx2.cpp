// FMA is left out on purpose: every instruction set is to give the same bits.
#if defined(__x86_64__)

#include <algorithm>
#include <cmath>
#include <cstring>

#include "track/camera_motion/kernels.h"

#pragma GCC push_options
#pragma GCC target("avx2")

#include "track/camera_motion/kernels_impl.h"

namespace saccade::track {

const MotionKernels avx2_motion_kernels{add_row,  mean_across, multiply, eigenvalues,
                                        to_float, window,      step};

}  // namespace saccade::track

#pragma GCC pop_options
#endif
