// libsaccade is made of the rooms' libraries (Package.cmake); CMake wants a file of its own for it.
