# The rooms of src/ as static libraries, and their tests.

configure_file(${CMAKE_SOURCE_DIR}/include/saccade/version.h.in
               ${CMAKE_BINARY_DIR}/include/saccade/version.h @ONLY)

add_library(saccade_options INTERFACE)
target_compile_options(saccade_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers)
target_include_directories(saccade_options INTERFACE
  ${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR}/include ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(saccade_options INTERFACE Threads::Threads tl::expected)
if(SACCADE_SANITIZE)
  target_compile_options(saccade_options INTERFACE
    -fsanitize=${SACCADE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(saccade_options INTERFACE -fsanitize=${SACCADE_SANITIZE})
endif()

# saccade_room(NAME SOURCES files... [ROOMS rooms...] [LIBS targets...])
# A library saccade_NAME. ROOMS are the other rooms it may include (tests/check_includes.py agrees);
# LIBS are libraries from outside, which stay private to it.
function(saccade_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;ROOMS;LIBS" ${ARGN})
  add_library(saccade_${name} STATIC ${ARG_SOURCES})
  list(TRANSFORM ARG_ROOMS PREPEND saccade_)
  target_link_libraries(saccade_${name} PUBLIC saccade_options ${ARG_ROOMS} PRIVATE ${ARG_LIBS})
endfunction()

# saccade_apart(files...)
# Sanitizer builds compile several files as one, which takes a third of the time; these not, since names that
# are theirs alone would clash.
function(saccade_apart)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# saccade_test(NAME SOURCES files... [ROOMS rooms...] [LIBS targets...])
# A GoogleTest program test_NAME whose cases are found by ctest. Time limits are for hangs, not for speed:
# machines of CI may be ten times slower than usual.
function(saccade_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;ROOMS;LIBS" ${ARGN})
  add_executable(test_${name} ${ARG_SOURCES})
  # What is tested is compiled as it is shipped; the tests themselves, half of all files, run once and
  # compile a third faster so.
  target_compile_options(test_${name} PRIVATE $<$<CONFIG:Release>:-O1> $<$<CONFIG:RelWithDebInfo>:-O0>)
  if(SACCADE_UNITY_TESTS)
    set_target_properties(test_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  endif()
  list(TRANSFORM ARG_ROOMS PREPEND saccade_)
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(test_${name} PRIVATE saccade_options ${ARG_ROOMS} ${ARG_LIBS}
                        GTest::gmock GTest::gtest GTest::gtest_main)
  gtest_discover_tests(test_${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120
                       PROPERTIES LABELS "${name}" TIMEOUT 1500  # for hangs alone
                       ENVIRONMENT "SACCADE_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
endfunction()
