# What `cmake --install` puts in place: the program, and one shared library with the public headers.
#
# Shared, not the rooms' static libraries: those would need a dozen of others' libraries to be found by
# whoever links them, in the versions that they were built with. Here all that stays within: only the
# symbols of include/saccade are seen from outside (cmake/exports.map), so that a program may have another
# protobuf, FFmpeg or spdlog of its own.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# (OpenVINO's wheel lies within the project: CMake would leave its folder out of what is installed.)
add_library(saccade_shared SHARED ${CMAKE_SOURCE_DIR}/cmake/library.cpp)
set_target_properties(saccade_shared PROPERTIES
  OUTPUT_NAME saccade EXPORT_NAME saccade VERSION ${PROJECT_VERSION} SOVERSION 0
  LINK_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/exports.map
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib
  INSTALL_RPATH $<TARGET_FILE_DIR:openvino::runtime>)
target_link_libraries(saccade_shared
  # The rooms that the public API is in go in whole: nothing within would ask for it.
  PRIVATE "-Wl,--whole-archive,$<TARGET_FILE:saccade_core>,$<TARGET_FILE:saccade_media>,$<TARGET_FILE:saccade_engine>,--no-whole-archive"
          saccade_engine saccade_media saccade_core
  PUBLIC tl::expected Threads::Threads)
target_link_options(saccade_shared PRIVATE
  -Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/exports.map -Wl,--no-undefined)
target_include_directories(saccade_shared PUBLIC
  $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(saccade_shared PUBLIC cxx_std_20)

set_target_properties(saccade PROPERTIES INSTALL_RPATH $<TARGET_FILE_DIR:openvino::runtime>)
install(TARGETS saccade RUNTIME)
install(TARGETS saccade_shared EXPORT SaccadeTargets LIBRARY)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/saccade ${CMAKE_BINARY_DIR}/include/saccade
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Saccade)
install(EXPORT SaccadeTargets NAMESPACE Saccade:: DESTINATION ${package_dir})
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/SaccadeConfig.cmake.in
                              ${CMAKE_BINARY_DIR}/SaccadeConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/SaccadeConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/SaccadeConfig.cmake ${CMAKE_BINARY_DIR}/SaccadeConfigVersion.cmake
        DESTINATION ${package_dir})
