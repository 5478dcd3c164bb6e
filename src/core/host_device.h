// Functions that a kernel and its CPU twin share.
#pragma once

#ifdef __CUDACC__
#define SACCADE_HOST_DEVICE __host__ __device__
#else
#define SACCADE_HOST_DEVICE
#endif
