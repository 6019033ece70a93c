/* SPDX-License-Identifier: MIT */
/*
 * Prints call edges by address, as in the ELF files: `module+0xcallee module+0xcall_site count`.
 * Called by the report command, for tools that compare counts with another recorder's. Uses neither
 * symbols nor lines: an edge is a callee and the address it returns to.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/print/text.h"
#include "reader/symbols/symbols.h"
#include "report.h"

struct place {
    uint32_t mapping; /* PROFILE_NONE: in no mapping */
    uint64_t address; /* in the process; 0: a frame that is not code */
    const char *name; /* the name of such a frame */
};

struct address_edge {
    struct place callee, call_site;
    int64_t count;
};

static struct place place_of(const struct profile *profile, const uint64_t *shifts, uint32_t index,
                             bool is_caller) {
    const struct profile_location *location = &profile->locations[index];
    struct place place = {.mapping = location->mapping, .name = "?"};
    if (location->line_count != 0)
        place.name = profile->functions[location->lines[0].function].name;
    if (location->address != 0) {
        place.name = "";
        /* A caller's location is the last byte of its call instruction. */
        place.address = location->address + is_caller;
        if (place.mapping != PROFILE_NONE)
            place.address += shifts[place.mapping];
    }
    return place;
}

static int compare_places(const struct place *a, const struct place *b) {
    if (a->mapping != b->mapping)
        return a->mapping < b->mapping ? -1 : 1;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    return strcmp(a->name, b->name);
}

static int compare_edges(const void *left, const void *right) {
    const struct address_edge *a = left, *b = right;
    const int callees = compare_places(&a->callee, &b->callee);
    return callees != 0 ? callees : compare_places(&a->call_site, &b->call_site);
}

/* Takes the innermost two frames of each sample, and sorts the pairs. */
static void fill_edges(struct address_edge *edges, const struct profile *profile,
                       const uint64_t *shifts, uint32_t type) {
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        struct place none = {.mapping = PROFILE_NONE, .name = "-"};
        edges[i] = (struct address_edge){none, none, sample->values[type]};
        if (sample->depth > 0)
            edges[i].callee = place_of(profile, shifts, sample->locations[0], false);
        if (sample->depth > 1)
            edges[i].call_site = place_of(profile, shifts, sample->locations[1], true);
    }
    qsort(edges, profile->sample_count, sizeof(*edges), compare_edges);
}

static void print_place(FILE *out, const struct profile *profile, const struct place *place) {
    if (place->address == 0) {
        text_print(out, place->name);
        return;
    }
    if (place->mapping != PROFILE_NONE) {
        text_print(out, text_base_name(profile->mappings[place->mapping].file));
        putc('+', out);
    }
    fprintf(out, "0x%" PRIx64, place->address);
}

static int print_edges(FILE *out, const struct profile *profile, const struct address_edge *edges,
                       struct error *error) {
    for (uint32_t i = 0; i < profile->sample_count;) {
        const struct address_edge *edge = &edges[i];
        int64_t count = 0;
        for (; i < profile->sample_count && compare_edges(edge, &edges[i]) == 0; i++) {
            if (__builtin_add_overflow(count, edges[i].count, &count))
                return error_set(error, "the sum of an edge's calls is too large");
        }
        if (count == 0)
            continue;
        print_place(out, profile, &edge->callee);
        putc(' ', out);
        print_place(out, profile, &edge->call_site);
        fprintf(out, " %" PRId64 "\n", count);
    }
    return 0;
}

int report_addresses(FILE *out, const struct profile *profile, struct error *error) {
    uint32_t type = profile_find_value_type(profile, "calls");
    if (type == PROFILE_NONE)
        type = profile_find_value_type(profile, "edge_calls");
    if (type == PROFILE_NONE)
        return error_set(error, "the profile does not count calls");
    uint64_t *shifts = symbols_shifts(profile);
    struct address_edge *edges =
        reallocarray(NULL, (size_t)profile->sample_count + 1, sizeof(*edges));
    int result = -1;
    if (shifts != NULL && edges != NULL) {
        fill_edges(edges, profile, shifts, type);
        result = print_edges(out, profile, edges, error);
    } else {
        error_set_errno(error, "cannot sort the edges");
    }
    free(shifts);
    free(edges);
    return result;
}
