/* SPDX-License-Identifier: MIT */
/*
 * Promise: a program with an instrumented zlib of its own, linked statically and exported, is
 * recorded exactly and writes its profile. The reader uses another zlib, whose calls are not in the
 * profile. Prints the size of the compressed data.
 */
#include <zlib.h>

#include "said.h"

enum { SIZE = 1 << 20 };

int main(void) {
    unsigned char *plain = malloc(SIZE), *packed = malloc(2 * SIZE), *again = malloc(SIZE);
    unsigned long packed_size = 2 * SIZE, size = SIZE;
    must(plain != NULL && packed != NULL && again != NULL, "malloc");
    for (int i = 0; i < SIZE; i++)
        plain[i] = (unsigned char)(i * i >> 7);
    must(compress(packed, &packed_size, plain, SIZE) == Z_OK, "compress");
    must(uncompress(again, &size, packed, packed_size) == Z_OK, "uncompress");
    must(size == SIZE && memcmp(plain, again, SIZE) == 0, "the same bytes");
    printf("%lu\n", packed_size);
    return 0;
}
