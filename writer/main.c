/* SPDX-License-Identifier: MIT */
/* cinstr-writer: see cinstr/writer.h. */
#include <cinstr/writer.h>

int main(int argc, char **argv) {
    return cinstr_writer_main(argc, argv);
}
