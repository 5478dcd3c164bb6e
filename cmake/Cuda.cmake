# The GPU path: nvcc, the static CUDA runtime and TensorRT's headers. Only `make gpu` (or a CUDA 13
# toolkit of the system) brings them; a build without them is whole, and runs on the CPU.
#
# nvcc is called by custom commands, not through CMake's CUDA language: that one asks for a lib64
# which the PyPI wheels lack, and FindCUDAToolkit of CMake 3.25 fails on CUDA 13.
set(SACCADE_CUDA AUTO CACHE STRING "Build the GPU path: ON, OFF, or AUTO (where nvcc and TensorRT's headers are)")
set(SACCADE_CUDA_ROOT "" CACHE PATH "CUDA toolkit to use; empty: .venv's, else the system's")
set(SACCADE_CUDA_ARCHITECTURES 80 86 89 90 CACHE STRING "Compute capabilities to compile for; the last one also as PTX")
set(SACCADE_HAS_CUDA OFF)

if(SACCADE_CUDA)
  file(GLOB _cuda_roots ${CMAKE_SOURCE_DIR}/.venv/lib/python3*/site-packages/nvidia/cu13)
  find_program(SACCADE_NVCC nvcc PATHS ${SACCADE_CUDA_ROOT}/bin NO_DEFAULT_PATH)
  foreach(_root ${_cuda_roots} /usr/local/cuda)
    find_program(SACCADE_NVCC nvcc PATHS ${_root}/bin NO_DEFAULT_PATH)
  endforeach()
  find_program(SACCADE_NVCC nvcc)
  set(SACCADE_TENSORRT_HEADERS ${CMAKE_SOURCE_DIR}/.cache/tensorrt-headers)
  if(SACCADE_NVCC AND EXISTS ${SACCADE_TENSORRT_HEADERS}/whole)
    get_filename_component(_cuda_root ${SACCADE_NVCC}/../.. ABSOLUTE)
    find_file(SACCADE_CUDART libcudart_static.a NO_DEFAULT_PATH
              PATHS ${_cuda_root}/lib ${_cuda_root}/lib64 ${_cuda_root}/targets/x86_64-linux/lib)
  endif()
  if(SACCADE_CUDART)
    set(SACCADE_HAS_CUDA ON)
  elseif(NOT SACCADE_CUDA STREQUAL "AUTO")
    message(FATAL_ERROR "SACCADE_CUDA: nvcc or TensorRT's headers are missing; run: make gpu")
  endif()
endif()
message(STATUS "GPU path: ${SACCADE_HAS_CUDA} ${SACCADE_NVCC}")

if(SACCADE_HAS_CUDA)
  add_library(saccade_cudart INTERFACE)
  target_include_directories(saccade_cudart SYSTEM INTERFACE ${_cuda_root}/include)
  target_link_libraries(saccade_cudart INTERFACE ${SACCADE_CUDART} Threads::Threads ${CMAKE_DL_LIBS} rt)
endif()

# saccade_kernels(TARGET files.cu...)
# Compiles the files by nvcc into TARGET. Products and sums are not fused: kernels give the bits of
# their CPU twins (vision/sampling.h).
function(saccade_kernels target)
  set(flags -std=c++20 -O3 --fmad=false --expt-relaxed-constexpr -Werror all-warnings
            -Xcompiler=-Wall,-Wextra,-fPIC)
  if(CMAKE_BUILD_TYPE STREQUAL "Debug")
    list(APPEND flags -g -lineinfo)
  endif()
  foreach(arch ${SACCADE_CUDA_ARCHITECTURES})
    list(APPEND flags -gencode=arch=compute_${arch},code=sm_${arch})
    set(last ${arch})
  endforeach()
  list(APPEND flags -gencode=arch=compute_${last},code=compute_${last})
  foreach(source ${ARGN})
    set(object ${CMAKE_CURRENT_BINARY_DIR}/${source}.o)
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${SACCADE_NVCC} ${flags} -I${CMAKE_SOURCE_DIR}/include -I${CMAKE_SOURCE_DIR}/src
              -MD -MF ${object}.d -c ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object}
      DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source}
      DEPFILE ${object}.d
      COMMENT "Compiling ${source} with nvcc"
      VERBATIM)
    target_sources(${target} PRIVATE ${object})
    set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  endforeach()
endfunction()
