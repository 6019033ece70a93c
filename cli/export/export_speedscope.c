/* SPDX-License-Identifier: MIT */
/*
 * speedscope's own format: a sampled profile for each value, of stacks with their weights. The
 * format: https://www.speedscope.app/file-format-schema.json.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report/report.h"
#include "export.h"
#include "page/json_text.h"

struct speedscope {
    FILE *out;
    const struct analysis *analysis;
    struct report_rows rows; /* nodes of the tree */
    uint32_t *values;
};

static int print_json(FILE *out, json_t *value, struct error *error) {
    const int result =
        value == NULL ? -1 : json_dumpf(value, out, JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
    json_decref(value);
    return result == 0 ? 0 : error_set(error, "cannot write JSON");
}

static json_t *frame(const struct analysis_function *function) {
    json_t *object = json_pack("{s:o}", "name", json_text(function->name));
    if (object != NULL && function->file[0] != '\0')
        json_set_text(object, "file", json_text(function->file));
    if (object != NULL && function->line > 0)
        json_set_text(object, "line", json_integer(function->line));
    return object;
}

static int print_head(const struct speedscope *to, struct error *error) {
    const struct profile *profile = to->analysis->profile;
    fputs("{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\n"
          "\"exporter\":\"cinstr " CINSTR_VERSION "\",\n\"name\":",
          to->out);
    if (print_json(to->out, json_text(profile->mapping_count == 0 ? "" : profile->mappings[0].file),
                   error) != 0)
        return -1;
    fputs(",\n\"activeProfileIndex\":0,\n\"shared\":{\"frames\":[", to->out);
    for (uint32_t i = 0; i < to->analysis->function_sums.count; i++) {
        fputs(i == 0 ? "\n" : ",\n", to->out);
        if (print_json(to->out, frame(&to->analysis->functions[i]), error) != 0)
            return -1;
    }
    fputs("]},\n\"profiles\":[", to->out);
    return 0;
}

static const char *unit_of(const struct profile_value_type *type) {
    static const char *const known[] = {"bytes", "microseconds", "milliseconds", "nanoseconds",
                                        "seconds"};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(type->unit, known[i]) == 0)
            return known[i];
    }
    return "none";
}

static int64_t self_of(const struct speedscope *to, uint32_t row, uint32_t type) {
    return analysis_self(&to->analysis->node_sums, to->rows.rows[row], type);
}

/* Functions from the outermost to the innermost. */
static void print_stack(const struct speedscope *to, uint32_t node) {
    const struct analysis_node *nodes = to->analysis->nodes;
    for (uint32_t depth = 1; depth <= nodes[node].depth; depth++)
        fprintf(to->out, "%s%" PRIu32, depth == 1 ? "[" : ",",
                nodes[export_frame(to->analysis, node, depth)].function);
    putc(']', to->out);
}

static int print_profile(const struct speedscope *to, uint32_t type, struct error *error) {
    const struct profile_value_type *value = &to->analysis->profile->value_types[type];
    const char *separator = "";
    fputs("{\"type\":\"sampled\",\"name\":", to->out);
    if (print_json(to->out, json_text(value->name), error) != 0)
        return -1;
    fprintf(to->out, ",\"unit\":\"%s\",\"startValue\":0,\"endValue\":%" PRId64 ",\n\"samples\":[",
            unit_of(value), to->analysis->totals[type]);
    for (uint32_t row = 0; row < to->rows.count; row++) {
        if (self_of(to, row, type) == 0)
            continue;
        fputs(separator, to->out);
        print_stack(to, to->rows.rows[row]);
        separator = ",\n";
    }
    fputs("],\n\"weights\":[", to->out);
    separator = "";
    for (uint32_t row = 0; row < to->rows.count; row++) {
        if (self_of(to, row, type) == 0)
            continue;
        fprintf(to->out, "%s%" PRId64, separator, self_of(to, row, type));
        separator = ",";
    }
    fputs("]}", to->out);
    return 0;
}

/* A value that is 0 everywhere is left out, unless it is the chosen one. */
static int print_profiles(const struct speedscope *to, struct error *error) {
    const uint32_t count = export_values(to->analysis, to->values);
    for (uint32_t i = 0; i < count; i++) {
        if (i != 0 && to->analysis->totals[to->values[i]] == 0)
            continue;
        fputs(i == 0 ? "\n" : ",\n", to->out);
        if (print_profile(to, to->values[i], error) != 0)
            return -1;
    }
    fputs("]}\n", to->out);
    return 0;
}

static int print(FILE *out, struct analysis *analysis, struct error *error) {
    struct speedscope to = {.out = out, .analysis = analysis};
    if (export_rows(&to.rows, analysis, error) != 0)
        return -1;
    to.values = calloc((size_t)analysis->profile->value_type_count + 1, sizeof(*to.values));
    int result = -1;
    if (to.values == NULL)
        error_set(error, "out of memory");
    else if (print_head(&to, error) == 0)
        result = print_profiles(&to, error);
    free(to.values);
    report_rows_free(&to.rows);
    return result;
}

const struct export_format export_speedscope = {"speedscope", "its JSON, a profile for each value",
                                                print};
