/* SPDX-License-Identifier: MIT */
/* See report_stack.h. */
#include "report_stack.h"

#include "cli/print/text.h"
#include "page/json_text.h"

/* Calls `show` for each frame of a stack, innermost first, inlined functions included. */
static void each_frame(const struct profile *profile, uint32_t sample,
                       void (*show)(void *context, const struct profile_function *function,
                                    int64_t line),
                       void *context) {
    const struct profile_sample *stack = &profile->samples[sample];
    for (uint32_t i = 0; i < stack->depth; i++) {
        const struct profile_location *location = &profile->locations[stack->locations[i]];
        for (uint32_t k = 0; k < location->line_count; k++)
            show(context, &profile->functions[location->lines[k].function],
                 location->lines[k].line);
    }
}

static void print_frame(void *context, const struct profile_function *function, int64_t line) {
    FILE *out = context;
    fputs("    ", out);
    text_print_name(out, function->name);
    text_print_place(out, function->file, line);
    fputc('\n', out);
}

void report_stack_text(FILE *out, const struct profile *profile, uint32_t sample) {
    each_frame(profile, sample, print_frame, out);
}

static void append_frame(void *context, const struct profile_function *function, int64_t line) {
    json_array_append_new(context,
                          json_pack("{s:o, s:o, s:I}", "function", json_text(function->name),
                                    "file", json_text(function->file), "line", (json_int_t)line));
}

json_t *report_stack_json(const struct profile *profile, uint32_t sample) {
    json_t *stack = json_array();
    each_frame(profile, sample, append_frame, stack);
    return stack;
}
