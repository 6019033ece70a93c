/* SPDX-License-Identifier: MIT */
/*
 * Reports: views of a profile in formats. A format is one file (report_NAME.c), which defines
 * report_NAME with a function for each view, and one row of REPORT_FORMATS. Formats only print:
 * report_rows.c and report_columns.c decide for all of them which rows are shown, in which order and
 * under which names.
 */
#ifndef CINSTR_CLI_REPORT_H
#define CINSTR_CLI_REPORT_H

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "reader/analysis/analysis.h"
#include "reader/base/error.h"
#include "reader/profile/profile.h"

enum report_sort {
    REPORT_SORT_SELF,
    REPORT_SORT_TOTAL,
    REPORT_SORT_CALLS,
    REPORT_SORT_PER_CALL,
    REPORT_SORT_NAME,
    REPORT_SORT_P50, /* these and what follows: only with the durations of calls */
    REPORT_SORT_P90,
    REPORT_SORT_P99,
    REPORT_SORT_LONGEST,
};

struct report_options {
    enum report_sort sort;
    uint32_t limit;      /* rows, edge blocks, or tree nodes; 0: all */
    double least_share;  /* share of the total; smaller branches of the tree are left out */
    const regex_t *show; /* only functions that match; NULL: all */
    uint32_t slowest;    /* how many of the longest calls */
    bool verbose;        /* print everything that the profile says of itself */
};

struct leaks;         /* of report_leaks.h */
struct slowest;       /* of report_slowest.h */
struct report_source; /* of report_source.h */
struct never_called;  /* of reader/analysis/never_called.h */

struct report_format {
    const char *name, *help; /* of the option that asks for it */
    int (*functions)(FILE *out, const struct analysis *analysis,
                     const struct report_options *options, struct error *error);
    int (*edges)(FILE *out, const struct analysis *analysis, const struct report_options *options,
                 struct error *error);
    int (*tree)(FILE *out, const struct analysis *analysis, const struct report_options *options,
                struct error *error);
    int (*leaks)(FILE *out, const struct leaks *leaks, struct error *error); /* NULL: no place for
                                                                                stacks */
    int (*slowest)(FILE *out, const struct slowest *slowest, struct error *error); /* the same */
    int (*source)(FILE *out, const struct report_source *source, struct error *error);
    int (*never_called)(FILE *out, const struct never_called *never_called,
                        const struct report_options *options, struct error *error);
};

/* The formats that an option chooses; the default, report_text, is for people. */
#define REPORT_FORMATS(FORMAT)                                                                     \
    FORMAT(json)                                                                                   \
    FORMAT(csv)

extern const struct report_format report_text;
#define FORMAT(name) extern const struct report_format report_##name;
REPORT_FORMATS(FORMAT)
#undef FORMAT

/* Prints `callee call_site count`, a line for each edge, with addresses as in the ELF files. For
 * tools that compare counts with another recorder's. */
int report_addresses(FILE *out, const struct profile *profile, struct error *error);

/* --- which rows, in which order (report_rows.c) ----------------------------------------------- */

/* The key of that name; false: there is none. */
bool report_sort_named(const char *name, enum report_sort *sort);

struct report_rows {
    uint32_t *rows; /* indices into functions, or edges */
    uint32_t count; /* how many are to be shown */
    uint32_t left_out;
};

/* The functions, or edges, that have any value and match options->show, sorted, at most `limit`. */
int report_rows_functions(struct report_rows *rows, const struct analysis *analysis,
                          const struct report_options *options, struct error *error);
int report_rows_edges(struct report_rows *rows, const struct analysis *analysis,
                      const struct report_options *options, struct error *error);
/* Whether `show` matches any function; NULL matches all. */
bool report_rows_match(const struct analysis *analysis, const regex_t *show);
void report_rows_free(struct report_rows *rows);

/* The nodes of the tree in the order of printing: each before its children, the larger before
 * the smaller. Branches below options->least_share are left out with everything in them. */
int report_rows_tree(struct report_rows *rows, const struct analysis *analysis,
                     const struct report_options *options, struct error *error);

/* --- which columns, under which names (report_columns.c) -------------------------------------- */

#define REPORT_MAX_COLUMNS 64

struct report_column {
    char name[96]; /* "calls", "self_ns", "total_ns", "self_cpu_ns", ... */
    uint32_t type;
    bool is_total;
};

/* The columns: count, self and total of the chosen value, then the profile's other values.
 * Returns how many. */
uint32_t report_columns(const struct analysis *analysis,
                        struct report_column columns[REPORT_MAX_COLUMNS]);

static inline int64_t report_value(const struct analysis_sums *sums, uint32_t row,
                                   const struct report_column *column) {
    return column->is_total ? analysis_total(sums, row, column->type)
                            : analysis_self(sums, row, column->type);
}

/* A row's self or total of the chosen value. */
static inline double report_shown(const struct analysis *analysis, const struct analysis_sums *sums,
                                  uint32_t row, bool is_total) {
    return (double)(is_total ? analysis_total(sums, row, analysis->value_type)
                             : analysis_self(sums, row, analysis->value_type));
}

/* The durations of a row's calls, in the order in which all formats show them. */
enum { REPORT_DURATIONS = 4 };
static inline int64_t report_duration(const struct analysis_spread *spread, unsigned which) {
    const int64_t durations[REPORT_DURATIONS] = {spread->p50, spread->p90, spread->p99,
                                                 spread->longest};
    return durations[which];
}
extern const char *const report_duration_names[REPORT_DURATIONS]; /* "p50_ns", ... */

/* The name of the count: "calls", "samples", ... */
const char *report_count_name(const struct analysis *analysis);

#endif
