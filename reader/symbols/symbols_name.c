/* SPDX-License-Identifier: MIT */
/*
 * Names of functions (see symbols_name.h), demangled by libstdc++'s own demangler.
 *
 * __cxa_demangle() will not do: a symbol of 200 bytes can expand to gigabytes of text, and that
 * function has no limit. The function that it is built on delivers the text piece by piece and
 * allocates nothing, so it can be left at any time.
 */
#include "symbols_name.h"

#include <setjmp.h>
#include <stdbool.h>
#include <string.h>

/* No header declares it; it is in libsupc++.a and libstdc++.a. */
int __gcclibcxx_demangle_callback(const char *symbol,
                                  void (*take)(const char *text, size_t size, void *context),
                                  void *context);

struct text {
    size_t used;
    jmp_buf full;
    char bytes[16384];
};

static void take(const char *piece, size_t size, void *context) {
    struct text *text = context;
    if (size > sizeof(text->bytes) - text->used)
        longjmp(text->full, 1);
    memcpy(text->bytes + text->used, piece, size);
    text->used += size;
}

/* False: it is not a C++ symbol, or the name is too long to be of use. */
static bool demangle(const char *symbol, struct text *text) {
    text->used = 0;
    if (strncmp(symbol, "_Z", 2) != 0 || setjmp(text->full) != 0)
        return false;
    return __gcclibcxx_demangle_callback(symbol, take, text) == 0;
}

static const char *const suffixes[] = {".cold", ".constprop", ".isra",
                                       ".part", ".lto_priv",  ".llvm"};

/* The length of the symbol without its last suffix; all of it if it has none. */
static size_t without_suffix(const char *symbol, size_t size) {
    size_t end = size;
    while (end > 0 && symbol[end - 1] >= '0' && symbol[end - 1] <= '9')
        end--;
    if (end == size || end == 0 || symbol[end - 1] != '.')
        end = size;
    else
        end--;
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        size_t length = strlen(suffixes[i]);
        if (end > length && memcmp(symbol + end - length, suffixes[i], length) == 0)
            return end - length;
    }
    return size;
}

static size_t plain_size(const char *symbol) {
    size_t size = strcspn(symbol, "@"), shorter;
    if (size == 0)
        return strlen(symbol);
    while ((shorter = without_suffix(symbol, size)) != size)
        size = shorter;
    return size;
}

static char *copy(struct profile_arena *arena, const char *bytes, size_t size) {
    char *name = profile_arena_take(arena, size + 1);
    if (name != NULL) {
        memcpy(name, bytes, size);
        name[size] = '\0';
    }
    return name;
}

const char *symbols_name_make(struct profile_arena *arena, const char *symbol) {
    const size_t size = plain_size(symbol);
    const char *plain = symbol[size] == '\0' ? symbol : copy(arena, symbol, size);
    struct text text;
    if (plain == NULL || !demangle(plain, &text))
        return plain;
    return copy(arena, text.bytes, text.used);
}
