/* SPDX-License-Identifier: MIT */
/*
 * Reads records of inlined calls (see symbols_inlined.h). Everything in a file is untrusted: a
 * record that points out of the section, or to a string without an end, is ignored.
 */
#include "symbols_inlined.h"

#include <string.h>

#include <cinstr/inlined.h>

#include "symbols_file.h"

struct inlined_records inlined_find(Elf *elf) {
    GElf_Shdr header;
    const Elf_Data *data = symbols_elf_data(elf, INLINED_SECTION, &header);
    return data == NULL || data->d_buf == NULL
               ? (struct inlined_records){0}
               : (struct inlined_records){header.sh_addr, data->d_buf, data->d_size};
}

/* NULL: it is not within the section. */
static const char *at(const struct inlined_records *records, uint64_t address, size_t size) {
    const uint64_t offset = address - records->address;
    return offset <= records->size && records->size - offset >= size ? records->bytes + offset
                                                                     : NULL;
}

/* NULL: it has no end. */
static const char *string_at(const struct inlined_records *records, uint64_t address) {
    const char *text = at(records, address, 1);
    if (text == NULL || memchr(text, '\0', (size_t)(records->bytes + records->size - text)) == NULL)
        return NULL;
    return text;
}

bool inlined_read(const struct inlined_records *records, uint64_t address,
                  struct inlined_record *record) {
    struct inlined_call call;
    struct inlined_function function;
    const char *from = at(records, address, sizeof(call));
    if (from == NULL)
        return false;
    memcpy(&call, from, sizeof(call));
    const uint64_t called = address + (uint64_t)(int64_t)call.function;
    from = at(records, called, sizeof(function));
    if (from == NULL)
        return false;
    memcpy(&function, from, sizeof(function));
    *record = (struct inlined_record){
        .name = string_at(records, called + sizeof(function)),
        .function_line = function.line,
        .line = call.line,
        .caller = call.caller == 0 ? 0 : address + (uint64_t)(int64_t)call.caller,
        .is_open = call.is_open != 0,
    };
    if (record->name == NULL)
        return false;
    record->file = string_at(records, called + sizeof(function) + strlen(record->name) + 1);
    return record->file != NULL;
}
