# Every library from outside, found once. Nothing of them is copied into the tree.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(FFMPEG REQUIRED IMPORTED_TARGET
                  libavformat>=59 libavcodec>=59 libavutil>=57 libswscale>=6)
# NVIDIA's video codec interface, by FFmpeg's headers for libraries that are opened at run time.
find_path(NV_CODEC_INCLUDE_DIR ffnvcodec/dynlink_cuviddec.h REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(tl-expected REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(CURL 7.85 REQUIRED)
find_package(Freetype REQUIRED)
find_package(LibLZMA REQUIRED)
pkg_check_modules(TOMLPP REQUIRED IMPORTED_TARGET tomlplusplus)

# libonnx: the protobuf classes of the ONNX format.
find_path(ONNX_INCLUDE_DIR onnx/onnx_pb.h REQUIRED)
find_library(ONNX_PROTO_LIBRARY onnx_proto REQUIRED)
add_library(saccade_onnx_proto INTERFACE)
target_include_directories(saccade_onnx_proto SYSTEM INTERFACE ${ONNX_INCLUDE_DIR})
target_compile_definitions(saccade_onnx_proto INTERFACE ONNX_NAMESPACE=onnx ONNX_ML=1)
target_link_libraries(saccade_onnx_proto INTERFACE ${ONNX_PROTO_LIBRARY} protobuf::libprotobuf)

# OpenVINO from its PyPI wheel, which `make setup` puts into .venv.
file(GLOB _openvino_wheel ${CMAKE_SOURCE_DIR}/.venv/lib/python3*/site-packages/openvino/cmake)
find_package(OpenVINO REQUIRED COMPONENTS Runtime HINTS ${_openvino_wheel})
