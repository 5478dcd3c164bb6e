// The command `saccade` of a wheel.
#include "bind/parts.h"

int main(int argc, char** argv) {
    return saccade::bind::program(argc, argv);
}
