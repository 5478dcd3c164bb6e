// Standard streams that whoever started the program had closed.
#pragma once

namespace saccade::cli {

/// Opens those of descriptors 0, 1 and 2 that are closed on /dev/null. Else the next file opened
/// would get such a number, and what is printed would land in it. To be called before any file is
/// opened. False where /dev/null can't be opened.
[[nodiscard]] bool open_standard_streams();

}  // namespace saccade::cli
