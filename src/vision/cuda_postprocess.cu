#include "vision/cuda_postprocess.h"

namespace saccade::vision {
namespace {

constexpr int decode_threads = 256, nms_threads = 512;
constexpr int sorted_on_chip = 1024;  // candidates, mostly many more than there are

/// Appends in whatever order the threads come: the sort by rank makes it the same each time.
struct Append {
    Candidate* candidates;
    std::int32_t* count;
    int capacity;

    __host__ __device__ void operator()(const Candidate& candidate) const {
#ifdef __CUDA_ARCH__
        const int at = atomicAdd(count, 1);
        if (at < capacity) candidates[at] = candidate;
#else
        (void)candidate;
#endif
    }
};

/// All threads of a block.
struct BlockTeam {
    __host__ __device__ int rank() const {
#ifdef __CUDA_ARCH__
        return static_cast<int>(threadIdx.x);
#else
        return 0;
#endif
    }
    __host__ __device__ int size() const { return nms_threads; }
    __host__ __device__ void sync() const {
#ifdef __CUDA_ARCH__
        __syncthreads();
#endif
    }
};

/// A thread an anchor; a row of blocks an image.
__global__ void decode(PostJob job, const float* output, PostMemory memory) {
    const int anchor =
        static_cast<int>(blockIdx.x) * decode_threads + static_cast<int>(threadIdx.x);
    const int image = static_cast<int>(blockIdx.y);
    if (anchor >= job.head.anchors) return;
    decode_anchor(job.head, output + job.output_stride * image, anchor,
                  Append{memory.candidates + static_cast<std::ptrdiff_t>(image) * job.capacity,
                         memory.counts + image, job.capacity});
}

/// A block an image.
__global__ void select(PostJob job, const PictureJob* pictures, PostMemory memory) {
    __shared__ Ranked on_chip[sorted_on_chip];
    const int image = static_cast<int>(blockIdx.x);
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(image) * job.capacity;
    const Candidate* const candidates = memory.candidates + first;
    const int found = memory.counts[image];
    const int count = found < job.capacity ? found : job.capacity;
    const int size = padded_size(count);
    Ranked* const sorted =
        size <= sorted_on_chip
            ? on_chip
            : memory.ranked + static_cast<std::ptrdiff_t>(image) * padded_size(job.capacity);
    BlockTeam team;
    for (int i = team.rank(); i < size; i += team.size()) {
        sorted[i] = i < count ? Ranked{rank_of(candidates[i]), static_cast<std::uint32_t>(i)}
                              : Ranked{0, 0};
    }
    sort_ranked(team, sorted, size);

    std::byte* const result =
        memory.results + static_cast<std::ptrdiff_t>(image) * result_bytes(job.nms.max_detections);
    auto& header = *reinterpret_cast<ResultHeader*>(result);
    if (team.rank() == 0) header.candidates = found;
    suppress(team, job.nms, candidates, sorted, count, memory.removed + first,
             pictures[image].letterbox, reinterpret_cast<Detection*>(result + sizeof(ResultHeader)),
             header);
}

}  // namespace

cudaError_t launch_postprocess(const PostJob& job, const float* output, const PictureJob* pictures,
                               int images, const PostMemory& memory, cudaStream_t stream) {
    const cudaError_t cleared = cudaMemsetAsync(
        memory.counts, 0, static_cast<std::size_t>(images) * sizeof(std::int32_t), stream);
    if (cleared != cudaSuccess) return cleared;
    const dim3 grid((job.head.anchors + decode_threads - 1) / decode_threads, images);
    decode<<<grid, decode_threads, 0, stream>>>(job, output, memory);
    select<<<images, nms_threads, 0, stream>>>(job, pictures, memory);
    return cudaGetLastError();
}

}  // namespace saccade::vision
