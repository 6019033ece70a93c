/* SPDX-License-Identifier: MIT */
/*
 * The Firefox Profiler's processed format: a track for each value, of stacks with their weights, one
 * after the other as if they had happened so. The format:
 * https://github.com/firefox-devtools/profiler/blob/main/docs-developer/processed-profile-format.md.
 * The viewer brings files of older versions up to date.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report/report.h"
#include "export.h"
#include "page/json_text.h"

enum { FORMAT_VERSION = 61, GECKO_VERSION = 30 }; /* the viewer refuses Gecko's 0 */

struct firefox {
    FILE *out;
    const struct analysis *analysis;
    struct report_rows rows; /* nodes of the tree */
    uint32_t *stacks;        /* by node: its row */
    uint32_t *values;
};

/* --- columns ---------------------------------------------------------------------------------- */

/* Prints `,"NAME":[` and, `count` times, a cell with a comma before it. */
static void print_column(const struct firefox *to, const char *name, uint32_t count,
                         void (*cell)(const struct firefox *to, uint32_t row)) {
    fprintf(to->out, ",\n\"%s\":[", name);
    for (uint32_t row = 0; row < count; row++) {
        if (row != 0)
            putc_unlocked(',', to->out);
        cell(to, row);
    }
    putc(']', to->out);
}

static void print_same(const struct firefox *to, const char *name, uint32_t count,
                       const char *text) {
    fprintf(to->out, ",\n\"%s\":[", name);
    for (uint32_t row = 0; row < count; row++)
        fprintf(to->out, "%s%s", row == 0 ? "" : ",", text);
    putc(']', to->out);
}

static void print_row(const struct firefox *to, uint32_t row) {
    fprintf(to->out, "%" PRIu32, row);
}

static uint32_t functions(const struct firefox *to) {
    return to->analysis->function_sums.count;
}

static void print_line(const struct firefox *to, uint32_t function) {
    const int64_t line = to->analysis->functions[function].line;
    if (line > 0)
        fprintf(to->out, "%" PRId64, line);
    else
        fputs("null", to->out);
}

/* The strings are the functions' names, then their files; so are the sources. */
static void print_file(const struct firefox *to, uint32_t function) {
    fprintf(to->out, "%" PRIu32, functions(to) + function);
}

static void print_source(const struct firefox *to, uint32_t function) {
    if (to->analysis->functions[function].file[0] == '\0')
        fputs("null", to->out);
    else
        print_row(to, function);
}

static uint32_t node_of(const struct firefox *to, uint32_t row) {
    return to->rows.rows[row];
}

static void print_stack_function(const struct firefox *to, uint32_t row) {
    print_row(to, to->analysis->nodes[node_of(to, row)].function);
}

static void print_prefix(const struct firefox *to, uint32_t row) {
    const uint32_t parent = to->analysis->nodes[node_of(to, row)].parent;
    if (parent == 0)
        fputs("null", to->out);
    else
        print_row(to, to->stacks[parent]);
}

/* --- what all tracks share -------------------------------------------------------------------- */

static int print_text(const struct firefox *to, const char *text, struct error *error) {
    json_t *value = json_text(text);
    const int result =
        value == NULL ? -1 : json_dumpf(value, to->out, JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
    json_decref(value);
    return result == 0 ? 0 : error_set(error, "cannot write JSON");
}

static int print_strings(const struct firefox *to, struct error *error) {
    fputs("\"stringArray\":[", to->out);
    for (uint32_t i = 0; i < 2 * functions(to); i++) {
        const struct analysis_function *function = &to->analysis->functions[i % functions(to)];
        fputs(i == 0 ? "\n" : ",\n", to->out);
        if (print_text(to, i < functions(to) ? function->name : function->file, error) != 0)
            return -1;
    }
    putc(']', to->out);
    return 0;
}

static void print_sources(const struct firefox *to) {
    const uint32_t count = functions(to);
    fprintf(to->out, ",\n\"sources\":{\"length\":%" PRIu32, count);
    print_same(to, "id", count, "null");
    print_column(to, "filename", count, print_file);
    print_same(to, "startLine", count, "1");
    print_same(to, "startColumn", count, "1");
    print_same(to, "sourceMapURL", count, "null");
    putc('}', to->out);
}

static void print_functions(const struct firefox *to) {
    const uint32_t count = functions(to);
    fprintf(to->out, ",\n\"funcTable\":{\"length\":%" PRIu32, count);
    print_column(to, "name", count, print_row);
    print_same(to, "isJS", count, "false");
    print_same(to, "relevantForJS", count, "false");
    print_same(to, "resource", count, "-1");
    print_column(to, "source", count, print_source);
    print_column(to, "lineNumber", count, print_line);
    print_same(to, "columnNumber", count, "null");
    fprintf(to->out, "},\n\"frameTable\":{\"length\":%" PRIu32, count);
    print_same(to, "address", count, "-1");
    print_same(to, "inlineDepth", count, "0");
    print_same(to, "category", count, "0");
    print_same(to, "subcategory", count, "0");
    print_column(to, "func", count, print_row);
    for (const char *const *name =
             (const char *const[]){"nativeSymbol", "innerWindowID", "line", "column", NULL};
         *name != NULL; name++)
        print_same(to, *name, count, "null");
    putc('}', to->out);
}

static int print_shared(const struct firefox *to, struct error *error) {
    fputs(",\n\"shared\":{", to->out);
    if (print_strings(to, error) != 0)
        return -1;
    print_sources(to);
    print_functions(to);
    fprintf(to->out, ",\n\"stackTable\":{\"length\":%" PRIu32, to->rows.count);
    print_column(to, "frame", to->rows.count, print_stack_function);
    print_column(to, "prefix", to->rows.count, print_prefix);
    fputs("},\n\"resourceTable\":{\"length\":0,\"lib\":[],\"name\":[],\"host\":[],\"type\":[]},\n"
          "\"nativeSymbols\":{\"length\":0,\"libIndex\":[],\"address\":[],\"name\":[],"
          "\"functionSize\":[]}}",
          to->out);
    return 0;
}

/* --- tracks ----------------------------------------------------------------------------------- */

static int64_t self_of(const struct firefox *to, uint32_t row, uint32_t type) {
    return analysis_self(&to->analysis->node_sums, node_of(to, row), type);
}

/* Times are in milliseconds. */
static double unit_of(const struct firefox *to, uint32_t type, const char **name) {
    const char *unit = to->analysis->profile->value_types[type].unit;
    const bool is_time = strcmp(unit, "nanoseconds") == 0;
    *name = is_time ? "tracing-ms" : strcmp(unit, "bytes") == 0 ? "bytes" : "samples";
    return is_time ? 1e-6 : 1;
}

/* Milliseconds and fractions of them, to the nanosecond; other values are whole. */
static void print_number(const struct firefox *to, int64_t value, double unit) {
    fprintf(to->out, "%.*f", unit == 1 ? 0 : 6, (double)value * unit);
}

static void print_samples(const struct firefox *to, uint32_t type) {
    const char *unit_name, *separator = "";
    const double unit = unit_of(to, type, &unit_name);
    uint32_t count = 0;
    int64_t before = 0;
    fprintf(to->out, "\"samples\":{\"weightType\":\"%s\",\n\"stack\":[", unit_name);
    for (uint32_t row = 0; row < to->rows.count; row++) {
        if (self_of(to, row, type) == 0)
            continue;
        fprintf(to->out, "%s%" PRIu32, count++ == 0 ? "" : ",", row);
    }
    for (int is_weight = 0; is_weight <= 1; is_weight++, separator = "") {
        fprintf(to->out, "],\n\"%s\":[", is_weight ? "weight" : "time");
        for (uint32_t row = 0; row < to->rows.count; row++) {
            const int64_t self = self_of(to, row, type);
            if (self == 0)
                continue;
            fputs(separator, to->out);
            print_number(to, is_weight ? self : before, unit);
            separator = ",";
            before += self;
        }
    }
    fprintf(to->out, "],\n\"length\":%" PRIu32 "}", count);
}

static int print_track(const struct firefox *to, uint32_t number, uint32_t type,
                       struct error *error) {
    fprintf(to->out, "%s\n{\"name\":", number == 0 ? "" : ",");
    if (print_text(to, to->analysis->profile->value_types[type].name, error) != 0)
        return -1;
    fprintf(to->out,
            ",\"processType\":\"default\",\"processStartupTime\":0,\"processShutdownTime\":null,"
            "\"registerTime\":0,\"unregisterTime\":null,\"pausedRanges\":[],\"isMainThread\":%s,"
            "\"pid\":\"0\",\"tid\":%" PRIu32 ",\n\"markers\":{\"length\":0,\"data\":[],\"name\":[],"
            "\"startTime\":[],\"endTime\":[],\"phase\":[],\"category\":[]},\n",
            number == 0 ? "true" : "false", number);
    print_samples(to, type);
    putc('}', to->out);
    return 0;
}

/* A value that is 0 everywhere is left out, unless it is the chosen one. */
static int print_tracks(const struct firefox *to, struct error *error) {
    const uint32_t count = export_values(to->analysis, to->values);
    fputs(",\n\"threads\":[", to->out);
    for (uint32_t i = 0, number = 0; i < count; i++) {
        if (i != 0 && to->analysis->totals[to->values[i]] == 0)
            continue;
        if (print_track(to, number++, to->values[i], error) != 0)
            return -1;
    }
    fputs("]}\n", to->out);
    return 0;
}

/* --- all of it -------------------------------------------------------------------------------- */

static int print_all(const struct firefox *to, struct error *error) {
    const struct profile *profile = to->analysis->profile;
    fprintf(to->out,
            "{\"meta\":{\"interval\":1,\"startTime\":%" PRId64
            ",\"processType\":0,\"stackwalk\":1,\"version\":%d,\"preprocessedProfileVersion\":%d,"
            "\"symbolicated\":true,\"importedFrom\":\"cinstr " CINSTR_VERSION
            "\",\"markerSchema\":[],\"categories\":[{\"name\":\"Other\",\"color\":\"grey\","
            "\"subcategories\":[\"Other\"]}],\"product\":",
            profile->time_ns / 1000000, GECKO_VERSION, FORMAT_VERSION);
    if (print_text(to, profile->mapping_count == 0 ? "" : profile->mappings[0].file, error) != 0)
        return -1;
    fputs("},\n\"libs\":[]", to->out);
    return print_shared(to, error) != 0 ? -1 : print_tracks(to, error);
}

static int print(FILE *out, struct analysis *analysis, struct error *error) {
    struct firefox to = {.out = out, .analysis = analysis};
    if (export_rows(&to.rows, analysis, error) != 0)
        return -1;
    to.values = calloc((size_t)analysis->profile->value_type_count + 1, sizeof(*to.values));
    to.stacks = calloc((size_t)analysis->node_sums.count + 1, sizeof(*to.stacks));
    int result = -1;
    if (to.values == NULL || to.stacks == NULL) {
        error_set(error, "out of memory");
    } else {
        for (uint32_t row = 0; row < to.rows.count; row++)
            to.stacks[to.rows.rows[row]] = row;
        result = print_all(&to, error);
    }
    free(to.stacks);
    free(to.values);
    report_rows_free(&to.rows);
    return result;
}

const struct export_format export_firefox = {
    "firefox", "the Firefox Profiler's JSON, a track for each value", print};
