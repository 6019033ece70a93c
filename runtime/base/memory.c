/* SPDX-License-Identifier: MIT */
/*
 * memset(), memcpy() and memcmp() of the recorder, hidden in it. The thread sanitizer replaces
 * libc's with its own, and would report the recorder's memory as the program's data races, since it
 * passes from thread to thread in ways that the sanitizer does not know. They are called by name
 * all over runtime/, and by the compiler. The program must never see them, and they must not use
 * vector registers.
 */
#include <stdint.h>
#include <string.h>

/* Any eight bytes, of any alignment and type. */
typedef uint64_t __attribute__((may_alias, aligned(1))) word;

void *memset(void *to, int value, size_t size) {
    const uint64_t byte = (unsigned char)value;
    unsigned char *at = to;
    for (; size >= sizeof(word); at += sizeof(word), size -= sizeof(word))
        *(word *)at = byte * UINT64_C(0x0101010101010101);
    for (; size > 0; size--)
        *at++ = (unsigned char)value;
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    const unsigned char *source = from;
    unsigned char *at = to;
    for (; size >= sizeof(word); at += sizeof(word), source += sizeof(word), size -= sizeof(word))
        *(word *)at = *(const word *)source;
    for (; size > 0; size--)
        *at++ = *source++;
    return to;
}

int memcmp(const void *one, const void *other, size_t size) {
    const unsigned char *a = one, *b = other;
    for (; size > 0 && *a == *b; a++, b++)
        size--;
    return size == 0 ? 0 : *a - *b;
}
