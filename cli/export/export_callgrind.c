/* SPDX-License-Identifier: MIT */
/*
 * Callgrind's format, for KCachegrind and callgrind_annotate: each value of the profile is an
 * event; a call has its line, its exact count and its inclusive cost. The format: Valgrind's
 * manual, "Callgrind Format Specification". A name is written once, with a number, and from then on
 * the number stands for it, so that no name can be taken for a number.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "reader/analysis/line_costs.h"

struct callgrind {
    FILE *out;
    const struct analysis *analysis;
    uint32_t *events;            /* value types */
    uint32_t event_count, calls; /* index of the value type "calls"; PROFILE_NONE: there is none */
    bool *is_named;              /* by function */
};

/* The caller of outermost functions, so that the calls of each function add up to its total. */
#define NOBODY "(outermost)"

static void print_text(FILE *out, const char *key, const char *text) {
    fprintf(out, "%s: ", key);
    export_name(out, text);
    putc('\n', out);
}

/* Viewers accept only letters in the name of an event. */
static void print_event(FILE *out, const char *name) {
    putc(' ', out);
    for (; *name != '\0'; name++)
        putc((*name | 0x20) >= 'a' && (*name | 0x20) <= 'z' ? *name : '_', out);
}

static void print_header(const struct callgrind *to) {
    const struct profile *profile = to->analysis->profile;
    fputs("# callgrind format\nversion: 1\ncreator: cinstr " CINSTR_VERSION "\n", to->out);
    if (profile->mapping_count != 0)
        print_text(to->out, "cmd", profile->mappings[0].file);
    for (uint32_t i = 0; i < profile->comment_count; i++)
        print_text(to->out, "desc", profile->comments[i]);
    fputs("positions: line\nevents:", to->out);
    for (uint32_t i = 0; i < to->event_count; i++)
        print_event(to->out, profile->value_types[to->events[i]].name);
    putc('\n', to->out);
}

/* `prefix` is "" or, for a callee, "c". Functions and files share their numbers; 0 is
 * `(outermost)`. */
static void print_function(const struct callgrind *to, const char *prefix, uint32_t function) {
    const bool is_nobody = function == PROFILE_NONE;
    const uint32_t number = is_nobody ? 0 : function + 1;
    const char *file = is_nobody ? "" : to->analysis->functions[function].file;
    const char *name = is_nobody ? NOBODY : to->analysis->functions[function].name;
    fprintf(to->out, "%sfl=(%" PRIu32 ")", prefix, number);
    if (!to->is_named[number]) {
        putc(' ', to->out);
        export_name(to->out, file[0] == '\0' ? "???" : file);
    }
    fprintf(to->out, "\n%sfn=(%" PRIu32 ")", prefix, number);
    if (!to->is_named[number]) {
        putc(' ', to->out);
        export_name(to->out, name);
    }
    putc('\n', to->out);
    to->is_named[number] = true;
}

static void print_costs(const struct callgrind *to, uint32_t line, const struct analysis_sums *sums,
                        uint32_t row, bool is_total) {
    fprintf(to->out, "%" PRIu32, line);
    for (uint32_t i = 0; i < to->event_count; i++)
        fprintf(to->out, " %" PRId64,
                is_total ? analysis_total(sums, row, to->events[i])
                         : analysis_self(sums, row, to->events[i]));
    putc('\n', to->out);
}

/* Readers drop a call with a count of 0: where the count is not known, 1 is written.
 *  */
static void print_call(const struct callgrind *to, const struct line_cost *cost,
                       const struct analysis_sums *sums, uint32_t row) {
    const int64_t calls = to->calls == PROFILE_NONE ? 0 : analysis_self(sums, row, to->calls);
    const int64_t line = to->analysis->functions[cost->callee].line;
    print_function(to, "c", cost->callee);
    fprintf(to->out, "calls=%" PRId64 " %" PRId64 "\n", calls > 0 ? calls : 1, line);
    print_costs(to, cost->line, sums, row, true);
}

static void print_rows(const struct callgrind *to, const struct line_costs *costs) {
    for (uint32_t i = 0; i < costs->sums.count; i++) {
        const struct line_cost *cost = &costs->rows[i];
        if (i == 0 || cost->function != costs->rows[i - 1].function) {
            putc('\n', to->out);
            print_function(to, "", cost->function);
        }
        if (cost->callee == PROFILE_NONE)
            print_costs(to, cost->line, &costs->sums, costs->sums_row[i], false);
        else
            print_call(to, cost, &costs->sums, costs->sums_row[i]);
    }
}

static void print_totals(const struct callgrind *to) {
    fputs("\ntotals:", to->out);
    for (uint32_t i = 0; i < to->event_count; i++)
        fprintf(to->out, " %" PRId64, to->analysis->totals[to->events[i]]);
    putc('\n', to->out);
}

static uint32_t calls_of(const struct profile *profile) {
    const uint32_t edges = profile_find_value_type(profile, "edge_calls");
    return edges != PROFILE_NONE ? edges : profile_find_value_type(profile, "calls");
}

static int print(FILE *out, struct analysis *analysis, struct error *error) {
    struct line_costs *costs = line_costs_new(analysis, error);
    struct callgrind to = {
        .out = out,
        .analysis = analysis,
        .events = calloc((size_t)analysis->profile->value_type_count + 1, sizeof(*to.events)),
        .calls = calls_of(analysis->profile),
        .is_named = calloc((size_t)analysis->function_sums.count + 1, sizeof(*to.is_named)),
    };
    const bool has_room = to.events != NULL && to.is_named != NULL;
    if (costs != NULL && !has_room)
        error_set(error, "out of memory");
    if (costs != NULL && has_room) {
        to.event_count = export_values(analysis, to.events);
        print_header(&to);
        print_rows(&to, costs);
        print_totals(&to);
    }
    free(to.events);
    free(to.is_named);
    line_costs_free(costs);
    return costs != NULL && has_room ? 0 : -1;
}

const struct export_format export_callgrind = {"callgrind",
                                               "for KCachegrind and callgrind_annotate", print};
