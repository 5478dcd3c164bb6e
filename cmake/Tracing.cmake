# What a build can tell of its runs.
#
# SACCADE_TRACING=OFF leaves out the lines that record events. It is there to measure what they cost
# (bench/results/profile-cpu.md); such a build has neither `profile` nor `--trace`.
option(SACCADE_TRACING "Record runs for `saccade profile` and --trace" ON)

# NVTX ranges for Nsight Systems: a header of the CUDA toolkit and of the wheel nvidia-nvtx.
file(GLOB _nvtx_includes ${CMAKE_SOURCE_DIR}/.venv/lib/python3*/site-packages/nvidia/cu13/include)
find_path(SACCADE_NVTX_INCLUDE nvtx3/nvToolsExt.h
          PATHS ${_nvtx_includes} /usr/local/cuda/include)
message(STATUS "NVTX ranges: ${SACCADE_NVTX_INCLUDE}")

# To be called once the room exists.
function(saccade_tracing target)
  if(NOT SACCADE_TRACING)
    target_compile_definitions(${target} PUBLIC SACCADE_NO_TRACING)
  elseif(SACCADE_NVTX_INCLUDE)
    target_sources(${target} PRIVATE range.cpp)
    target_include_directories(${target} SYSTEM PRIVATE ${SACCADE_NVTX_INCLUDE})
    target_compile_definitions(${target} PUBLIC SACCADE_NVTX)
    target_link_libraries(${target} PRIVATE ${CMAKE_DL_LIBS})
  endif()
endfunction()
