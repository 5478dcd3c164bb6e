# Compiles through ccache where it is installed; its store stays inside the project, and all build
# folders share it: paths within the project are hashed as relative ones.
find_program(SACCADE_CCACHE ccache)
if(SACCADE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_DIR=${CMAKE_SOURCE_DIR}/.cache/ccache
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${SACCADE_CCACHE})
endif()
