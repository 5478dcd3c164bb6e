#include "cli/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <initializer_list>

namespace saccade::cli {

bool open_standard_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(stream, F_GETFD) >= 0) continue;
        // open() gives the lowest number that is free: this one.
        if (::open("/dev/null", O_RDWR) != stream) return false;
    }
    return true;
}

}  // namespace saccade::cli
