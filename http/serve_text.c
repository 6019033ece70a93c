/* SPDX-License-Identifier: MIT */
/* See serve_text.h. */
#include "serve_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void serve_text_html(FILE *out, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '&')
            fputs("&amp;", out);
        else
            fputc(*text, out);
    }
}

static int64_t total(const struct profile *profile, uint32_t type) {
    uint64_t sum = 0;
    for (uint32_t i = 0; type != PROFILE_NONE && i < profile->sample_count; i++)
        sum += (uint64_t)profile->samples[i].values[type];
    return (int64_t)sum;
}

static void print_head(FILE *out, const struct profile *profile, const char *name) {
    const bool is_heap = strcmp(name, "heap") == 0 || strcmp(name, "allocs") == 0;
    if (is_heap)
        fprintf(out,
                "heap profile: %" PRId64 ": %" PRId64 " [%" PRId64 ": %" PRId64 "] @ heap/%" PRId64
                "\n",
                total(profile, profile_find_value_type(profile, "inuse_objects")),
                total(profile, profile_find_value_type(profile, "inuse_space")),
                total(profile, profile_find_value_type(profile, "alloc_objects")),
                total(profile, profile_find_value_type(profile, "alloc_space")), profile->period);
    else if (strcmp(name, "block") == 0)
        fputs("--- contention:\ncycles/second=1000000000\n", out);
    else if (strcmp(name, "mutex") == 0)
        fputs("--- mutex:\ncycles/second=1000000000\nsampling period=1\n", out);
    else
        fprintf(out, "%s profile: total %" PRId64 "\n", name, total(profile, 0));
    fputs("# values:", out);
    for (uint32_t i = 0; i < profile->value_type_count; i++)
        fprintf(out, " %s/%s", profile->value_types[i].name, profile->value_types[i].unit);
    fputc('\n', out);
}

static void print_frames(FILE *out, const struct profile *profile,
                         const struct profile_sample *sample) {
    for (uint32_t i = 0; i < sample->depth; i++) {
        const struct profile_location *location = &profile->locations[sample->locations[i]];
        for (uint32_t k = 0; k < location->line_count; k++) {
            const struct profile_line *line = &location->lines[k];
            const struct profile_function *function = &profile->functions[line->function];
            fprintf(out, "#\t%#" PRIx64 "\t%s\t%s:%" PRId64 "\n", location->address, function->name,
                    function->file, line->line);
        }
    }
}

void serve_text_profile(FILE *out, const struct profile *profile, const char *name) {
    print_head(out, profile, name);
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        for (uint32_t k = 0; k < profile->value_type_count; k++)
            fprintf(out, "%s%" PRId64, k == 0 ? "" : " ", sample->values[k]);
        fputs(" @", out);
        for (uint32_t k = 0; k < sample->depth; k++)
            fprintf(out, " %#" PRIx64, profile->locations[sample->locations[k]].address);
        fputc('\n', out);
        print_frames(out, profile, sample);
        fputc('\n', out);
    }
}

void serve_text_symbols(FILE *out, const struct snapshot *snapshot, struct symbols *symbols,
                        const char *addresses) {
    fputs("num_symbols: 1\n", out);
    while (*addresses != '\0') {
        char *end;
        struct symbol symbol;
        const unsigned long long address = strtoull(addresses, &end, 0);
        for (uint32_t i = 0; end != addresses && i < snapshot->module_count; i++) {
            const struct segment_module *module = &snapshot->modules[i];
            if (address >= module->start && address < module->limit &&
                symbols_function(symbols, i, address, &symbol)) {
                fprintf(out, "%#llx %s\n", address, symbol.name);
                break;
            }
        }
        addresses = end + strcspn(end, "+ ");
        addresses += *addresses != '\0';
    }
}
