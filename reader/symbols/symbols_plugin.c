/* SPDX-License-Identifier: MIT */
/*
 * Reads the sections of the LLVM plugin (see symbols_plugin.h). The file is untrusted: words that
 * point outside of its code are left out.
 */
#include "symbols_plugin.h"

#include <stdlib.h>
#include <string.h>

#include <cinstr/plugin_sections.h>

static int compare(const void *left, const void *right) {
    const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static void sort(struct instrumented *functions) {
    uint32_t kept = 0;
    if (functions->count == 0)
        return;
    qsort(functions->addresses, functions->count, sizeof(*functions->addresses), compare);
    for (uint32_t i = 1; i < functions->count; i++) {
        if (functions->addresses[i] != functions->addresses[kept])
            functions->addresses[++kept] = functions->addresses[i];
    }
    functions->count = kept + 1;
}

int instrumented_read(struct instrumented *functions, const struct symbols_file *file,
                      struct error *error) {
    GElf_Shdr header;
    const Elf_Data *data = symbols_elf_data(file->main.elf, CINSTR_FUNCTION_TABLE, &header);
    const size_t words = data == NULL ? 0 : data->d_size / sizeof(cinstr_function_word);
    if (words == 0)
        return 0;
    functions->addresses = reallocarray(NULL, words, sizeof(*functions->addresses));
    if (functions->addresses == NULL || words > UINT32_MAX)
        return error_set(error, "out of memory for its table of functions");
    for (size_t i = 0; i < words; i++) {
        const size_t offset = i * sizeof(cinstr_function_word);
        cinstr_function_word word;
        memcpy(&word, (const char *)data->d_buf + offset, sizeof(word));
        const uint64_t address = header.sh_addr + offset + (uint64_t)(int64_t)word;
        if (intervals_innermost(&file->code, address) != NULL)
            functions->addresses[functions->count++] = address;
    }
    sort(functions);
    return 0;
}

double prediction_read(const struct symbols_file *file) {
    GElf_Shdr header;
    const Elf_Data *data = symbols_elf_data(file->main.elf, CINSTR_PREDICTION, &header);
    cinstr_prediction_word word = 0;
    if (data != NULL && data->d_size >= sizeof(word))
        memcpy(&word, data->d_buf, sizeof(word));
    return word >= 1 && word <= 1e9 ? word : 0;
}
