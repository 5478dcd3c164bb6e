# The TensorRT backend, part of room infer in builds with CUDA (cmake/Cuda.cmake).
target_sources(saccade_infer PRIVATE tensorrt/describe.cpp tensorrt/engine_builder.cpp tensorrt/library.cpp tensorrt/slot.cpp
               tensorrt/tensorrt_backend.cpp)
target_link_libraries(saccade_infer PUBLIC saccade_cuda PRIVATE ${CMAKE_DL_LIBS})

# Where `make gpu` puts TensorRT-RTX.
file(GLOB _hint ${CMAKE_SOURCE_DIR}/.venv/lib/python3*/site-packages/tensorrt_rtx_libs)
target_compile_definitions(saccade_infer PRIVATE SACCADE_TENSORRT_HINT="${_hint}")

# native/ once for each header set: SET NAMESPACE MAJOR RTX.
set(_native tensorrt/native/build.cpp tensorrt/native/engine.cpp tensorrt/native/library.cpp)
if(SACCADE_SANITIZE MATCHES undefined)
  # The library's objects bear the names of its own headers. A property of the files: a target's options
  # stand before the -fsanitize that they are to take back.
  set_source_files_properties(${_native} PROPERTIES COMPILE_OPTIONS -fno-sanitize=vptr)
endif()
function(saccade_tensorrt_headers set name major rtx)
  add_library(saccade_tensorrt_${name} OBJECT ${_native})
  target_include_directories(saccade_tensorrt_${name} SYSTEM PRIVATE ${SACCADE_TENSORRT_HEADERS}/${set})
  target_compile_definitions(saccade_tensorrt_${name} PRIVATE
    SACCADE_TENSORRT=${name} SACCADE_TENSORRT_MAJOR=${major} SACCADE_TENSORRT_RTX=${rtx}
    nvinfer1=nvinfer1_${name} nvonnxparser=nvonnxparser_${name})
  target_link_libraries(saccade_tensorrt_${name} PRIVATE saccade_options saccade_cuda)
  target_sources(saccade_infer PRIVATE $<TARGET_OBJECTS:saccade_tensorrt_${name}>)
endfunction()
saccade_tensorrt_headers(10 trt10 10 0)
saccade_tensorrt_headers(11 trt11 11 0)
saccade_tensorrt_headers(rtx rtx 1 1)
