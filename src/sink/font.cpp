#include "sink/font.h"

// The assembler reads the file: no generated source of megabytes. CMake defines SACCADE_FONT_FILE.
asm(R"(
    .section .rodata
    .balign 16
    .global saccade_font_begin
    .global saccade_font_end
saccade_font_begin:
    .incbin ")" SACCADE_FONT_FILE R"("
saccade_font_end:
    .previous
)");

extern "C" const std::byte saccade_font_begin[];
extern "C" const std::byte saccade_font_end[];

namespace saccade::sink {

std::span<const std::byte> builtin_font() noexcept {
    return {saccade_font_begin, saccade_font_end};
}

}  // namespace saccade::sink
