/* SPDX-License-Identifier: MIT */
/*
 * The call graph for Graphviz: a box for each function with its self and its total value, and an
 * edge with its count, wider and redder the larger its total. What is too small to see is left out,
 * and the graph says how much.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "cli/print/text.h"
#include "cli/print/units.h"
#include "export.h"

static const double least_function = 0.005, least_edge = 0.001; /* shares of the total */

static double share_of(const struct analysis *analysis, const struct analysis_sums *sums,
                       uint32_t row) {
    const int64_t all = analysis->totals[analysis->value_type];
    return all == 0 ? 0 : (double)analysis_total(sums, row, analysis->value_type) / (double)all;
}

static bool is_shown(const struct analysis *analysis, uint32_t function) {
    return share_of(analysis, &analysis->function_sums, function) >= least_function;
}

/* Prints text within a string of DOT. */
static void print_text(FILE *out, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            putc('\\', out);
        putc((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, out);
    }
}

static void print_head(FILE *out, const struct analysis *analysis) {
    const struct profile *profile = analysis->profile;
    const struct profile_value_type *value = &profile->value_types[analysis->value_type];
    const int64_t all = analysis->totals[analysis->value_type];
    uint32_t hidden = 0;
    for (uint32_t i = 0; i < analysis->function_sums.count; i++)
        hidden += !is_shown(analysis, i) &&
                  analysis_total(&analysis->function_sums, i, analysis->value_type) != 0;
    fputs("digraph \"", out);
    print_text(out, profile->mapping_count == 0 ? "" : profile->mappings[0].file);
    fputs(
        "\" {\nnode [shape=box style=filled fontname=\"sans-serif\" fontsize=11]\n"
        "edge [fontname=\"sans-serif\" fontsize=10]\nlabelloc=t fontname=\"sans-serif\"\nlabel=\"",
        out);
    print_text(out, profile->mapping_count == 0 ? "" : text_base_name(profile->mappings[0].file));
    fprintf(out, ": %s of ", units_amount((double)all, value->unit).text);
    print_text(out, value->name);
    fprintf(out,
            "\\n%" PRIu32 " functions below 0.5 %% of it are left out, and edges below 0.1 %%\"\n",
            hidden);
}

/* Hue from grey to red by a share. */
static void print_colour(FILE *out, const char *attribute, double share, double lightness) {
    fprintf(out, " %s=\"0.02 %.3f %.3f\"", attribute, share * 0.6, lightness);
}

static void print_function(FILE *out, const struct analysis *analysis, uint32_t function) {
    const struct analysis_sums *sums = &analysis->function_sums;
    const uint32_t type = analysis->value_type;
    const char *unit = analysis->profile->value_types[type].unit;
    const double all = (double)analysis->totals[type];
    const double self = (double)analysis_self(sums, function, type);
    const double total = (double)analysis_total(sums, function, type);
    fprintf(out, "f%" PRIu32 " [label=\"", function);
    print_text(out, analysis->functions[function].name);
    fprintf(out, "\\nself %s (%s)", units_amount(self, unit).text, units_share(self, all).text);
    fprintf(out, "\\ntotal %s (%s)\" tooltip=\"", units_amount(total, unit).text,
            units_share(total, all).text);
    print_text(out, analysis->functions[function].file);
    putc('"', out);
    print_colour(out, "fillcolor", self / all, 0.96);
    fputs("]\n", out);
}

static void print_edge(FILE *out, const struct analysis *analysis, uint32_t row) {
    const struct analysis_edge *edge = &analysis->edges[row];
    const double share = share_of(analysis, &analysis->edge_sums, row);
    if (edge->caller == PROFILE_NONE || share < least_edge || !is_shown(analysis, edge->caller) ||
        !is_shown(analysis, edge->callee))
        return;
    fprintf(out, "f%" PRIu32 " -> f%" PRIu32 " [", edge->caller, edge->callee);
    if (analysis->count_type != PROFILE_NONE)
        fprintf(out, "label=\"%s\" ",
                units_count(analysis_self(&analysis->edge_sums, row, analysis->count_type)).text);
    fprintf(out, "penwidth=%.2f", 0.5 + 4 * share);
    print_colour(out, "color", share, 0.7);
    fputs("]\n", out);
}

static int print(FILE *out, struct analysis *analysis, struct error *error) {
    if (analysis_add_edges(analysis, error) != 0)
        return -1;
    print_head(out, analysis);
    for (uint32_t i = 0; i < analysis->function_sums.count; i++) {
        if (is_shown(analysis, i))
            print_function(out, analysis, i);
    }
    for (uint32_t i = 0; i < analysis->edge_sums.count; i++)
        print_edge(out, analysis, i);
    fputs("}\n", out);
    return 0;
}

const struct export_format export_dot = {"dot", "a call graph for Graphviz, counts on its edges",
                                         print};
