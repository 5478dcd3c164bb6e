#include "cli/program.h"

int main(int argc, char** argv) {
    return saccade::cli::program(argc, argv);
}
