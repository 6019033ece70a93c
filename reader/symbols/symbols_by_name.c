/* SPDX-License-Identifier: MIT */
/*
 * See symbols_by_name.h. A sorted copy of the symbol table; when out of memory, no name is found.
 */
#include "symbols_by_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* strcmp() of the parts before the symbols' versions. */
static int compare_names(const char *a, size_t a_size, const char *b) {
    const size_t b_size = strcspn(b, "@");
    const int result = strncmp(a, b, a_size < b_size ? a_size : b_size);
    return result != 0 ? result : (a_size > b_size) - (a_size < b_size);
}

static int compare(const void *left, const void *right) {
    const struct table_symbol *a = left, *b = right;
    const int result = compare_names(a->name, strcspn(a->name, "@"), b->name);
    return result != 0 ? result : (a->rank > b->rank) - (a->rank < b->rank);
}

static const struct symbols_table *make(struct symbols_by_name *names,
                                        const struct symbols_file *file) {
    struct symbols_table *table = &names->table;
    if (names->is_made)
        return table;
    names->is_made = true;
    if (!symbols_table_read(table, file))
        table->count = 0;
    if (table->count != 0)
        qsort(table->symbols, table->count, sizeof(*table->symbols), compare);
    return table;
}

/* The index of the first symbol that does not sort before the name. */
static uint32_t find_first(const struct symbols_table *table, const char *name, size_t size) {
    uint32_t low = 0, high = table->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (compare_names(name, size, table->symbols[middle].name) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The best of the defined symbols, whether an IFUNC or not. */
static const struct table_symbol *find(const struct symbols_table *table, const char *name,
                                       size_t size, bool is_ifunc) {
    for (uint32_t i = find_first(table, name, size); i < table->count; i++) {
        const struct table_symbol *symbol = &table->symbols[i];
        if (compare_names(name, size, symbol->name) != 0)
            break;
        if (symbol->is_defined && symbol->is_ifunc == is_ifunc)
            return symbol;
    }
    return NULL;
}

uint64_t symbols_by_name_find(struct symbols_by_name *names, const struct symbols_file *file,
                              const char *name) {
    const struct table_symbol *symbol = find(make(names, file), name, strcspn(name, "@"), false);
    return symbol == NULL ? 0 : symbol->address;
}

static const char *const ifunc_endings[] = {"", ".ifunc"};

/* Whether there is an IFUNC of that name, under any of the names that compilers give it. */
static bool has_ifunc(const struct symbols_table *table, const char *name, size_t size) {
    char text[1024];
    for (size_t i = 0; i < sizeof(ifunc_endings) / sizeof(ifunc_endings[0]); i++) {
        const int length =
            snprintf(text, sizeof(text), "%.*s%s", (int)size, name, ifunc_endings[i]);
        if (length > 0 && (size_t)length < sizeof(text) &&
            find(table, text, (size_t)length, true) != NULL)
            return true;
    }
    return false;
}

size_t symbols_by_name_plain(struct symbols_by_name *names, const struct symbols_file *file,
                             const char *name) {
    const struct symbols_table *table = make(names, file);
    for (const char *dot = name; (dot = strchr(dot + 1, '.')) != NULL;) {
        if (has_ifunc(table, name, (size_t)(dot - name)))
            return (size_t)(dot - name);
    }
    return strlen(name);
}

static bool is_version(const char *symbol, const char *name, size_t size) {
    return strncmp(symbol, name, size) == 0 && symbol[size] == '.' &&
           strcmp(symbol + size, ".resolver") != 0 && strcmp(symbol + size, ".ifunc") != 0;
}

uint64_t symbols_by_name_version(struct symbols_by_name *names, const struct symbols_file *file,
                                 const char *name, size_t size) {
    const struct symbols_table *table = make(names, file);
    for (uint32_t i = find_first(table, name, size);
         i < table->count && strncmp(table->symbols[i].name, name, size) == 0; i++) {
        if (is_version(table->symbols[i].name, name, size))
            return table->symbols[i].address;
    }
    return 0;
}

void symbols_by_name_free(struct symbols_by_name *names) {
    symbols_table_free(&names->table);
}
