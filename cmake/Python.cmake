# The Python package. One shared library holds all of the engine, so that what is compiled for each
# interpreter (python/CMakeLists.txt) is the binding alone; a wheel carries both (scripts/wheel.sh).
add_library(saccade_python_engine SHARED ${CMAKE_SOURCE_DIR}/cmake/library.cpp)
set_target_properties(saccade_python_engine PROPERTIES
  OUTPUT_NAME saccade_python
  LINK_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/exports-python.map
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/python/saccade
  INSTALL_RPATH "$ORIGIN/../openvino/libs")
target_link_libraries(saccade_python_engine
  PRIVATE "-Wl,--whole-archive,$<TARGET_FILE:saccade_core>,$<TARGET_FILE:saccade_media>,$<TARGET_FILE:saccade_engine>,$<TARGET_FILE:saccade_bind>,--no-whole-archive"
          saccade_bind saccade_engine saccade_media saccade_core
  PUBLIC tl::expected Threads::Threads)
target_link_options(saccade_python_engine PRIVATE
  -Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/exports-python.map -Wl,--no-undefined)
target_include_directories(saccade_python_engine PUBLIC
  ${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR}/include ${CMAKE_SOURCE_DIR}/src)

# The command of a wheel: the same program, on that library.
add_executable(saccade_python_program ${CMAKE_SOURCE_DIR}/python/src/program.cpp)
set_target_properties(saccade_python_program PROPERTIES
  OUTPUT_NAME saccade RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/python/saccade/bin
  INSTALL_RPATH "$ORIGIN/..")
target_link_libraries(saccade_python_program PRIVATE saccade_python_engine)
set_target_properties(saccade_python_engine saccade_python_program PROPERTIES EXCLUDE_FROM_ALL ON)

install(TARGETS saccade_python_engine LIBRARY DESTINATION . COMPONENT python EXCLUDE_FROM_ALL)
install(TARGETS saccade_python_program RUNTIME DESTINATION bin COMPONENT python EXCLUDE_FROM_ALL)

# The package for the interpreter of .venv-python, in build/.../python, for the tests.
set(SACCADE_HAS_PYTHON OFF)
set(_python ${CMAKE_SOURCE_DIR}/.venv-python/bin/python)
if(SACCADE_PYTHON AND EXISTS ${_python})
  set(SACCADE_HAS_PYTHON ON)
elseif(SACCADE_PYTHON AND NOT SACCADE_PYTHON STREQUAL "AUTO")
  message(FATAL_ERROR "SACCADE_PYTHON: there is no .venv-python; run: scripts/setup.sh --python")
endif()
message(STATUS "Python package: ${SACCADE_HAS_PYTHON}")
if(SACCADE_HAS_PYTHON)
  set(Python_EXECUTABLE ${_python})
  add_subdirectory(${CMAKE_SOURCE_DIR}/python ${CMAKE_BINARY_DIR}/python-build)
endif()
