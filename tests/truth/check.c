/* SPDX-License-Identifier: MIT */
/*
 * Compares a truth program's own counts with what a recorder says, for tests/e2e/truth.sh:
 *     check TRUTH ACTUAL.csv [--per-function] [--tolerance FRACTION]
 * ACTUAL.csv has a header and lines `caller,callee,calls,...`. Prints the number of edges, calls
 * and wrong calls and the worst edges; the status is 1 above the tolerance, 2 when a file is
 * unusable. It must never forgive silently: an edge in only one of the two files is as wrong as a
 * bad count.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EDGE_MAX = 1 << 16, NAME_MAX_LENGTH = 80, SHOWN = 12 };

struct edge {
    char caller[NAME_MAX_LENGTH], callee[NAME_MAX_LENGTH];
    uint64_t truth, actual;
    bool is_anywhere; /* entered asynchronously: any caller is right */
};

static struct edge edges[EDGE_MAX];
static size_t edge_count;

static void die(const char *what, const char *detail) {
    fprintf(stderr, "check: %s: %s\n", what, detail);
    exit(2);
}

static struct edge *edge_find(const char *caller, const char *callee) {
    for (size_t i = 0; i < edge_count; i++)
        if (!strcmp(edges[i].callee, callee) && !strcmp(edges[i].caller, caller))
            return &edges[i];
    if (edge_count == EDGE_MAX)
        die("too many edges", callee);
    struct edge *edge = &edges[edge_count++];
    snprintf(edge->caller, sizeof(edge->caller), "%s", caller);
    snprintf(edge->callee, sizeof(edge->callee), "%s", callee);
    return edge;
}

/* Parameters and clone suffixes say nothing about which function it is; a frame in brackets stands
 * for "no instrumented function". */
static void name_normalise(char *name) {
    name[strcspn(name, "(")] = '\0';
    char *clone = strstr(name, " [clone");
    if (clone)
        *clone = '\0';
    name[strcspn(name, ".")] = '\0';
    if (!*name || *name == '[')
        strcpy(name, "-");
}

/* One CSV field, quoted or not; returns what follows its comma, NULL after the last. */
static char *field_parse(char *text, char *field, size_t size) {
    size_t length = 0;
    bool is_quoted = *text == '"';
    for (text += is_quoted; *text && *text != '\n'; text++) {
        if (is_quoted && *text == '"' && *++text != '"')
            is_quoted = false;
        if (!is_quoted && (*text == ',' || !*text || *text == '\n'))
            break;
        if (length + 1 < size)
            field[length++] = *text;
    }
    field[length] = '\0';
    return *text == ',' ? text + 1 : NULL;
}

static FILE *file_open(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file)
        die("cannot open", path);
    return file;
}

static uint64_t count_parse(const char *text, const char *line) {
    char *end;
    uint64_t value = strtoull(text, &end, 10);
    if (end == text || *text == '-')
        die("not a count", line);
    return value;
}

static void truth_read(const char *path, bool per_function) {
    FILE *file = file_open(path);
    char line[1024], caller[NAME_MAX_LENGTH], callee[NAME_MAX_LENGTH], count[32];
    while (fgets(line, sizeof(line), file)) {
        if (*line == '#')
            continue;
        if (sscanf(line, "%79s %79s %31s", caller, callee, count) != 3)
            die("not a truth line", line);
        bool is_total = !strcmp(caller, "=");
        if (is_total != per_function)
            continue;
        struct edge *edge = edge_find(is_total ? "" : caller, callee);
        edge->is_anywhere = !strcmp(caller, "*");
        edge->truth += count_parse(count, line);
    }
    fclose(file);
    if (!edge_count)
        die("no counts in", path);
}

static void actual_read(const char *path, bool per_function) {
    FILE *file = file_open(path);
    char line[8192], caller[4096], callee[4096], count[64];
    if (!fgets(line, sizeof(line), file) || strncmp(line, "caller,callee,calls", 19))
        die("no header `caller,callee,calls` in", path);
    while (fgets(line, sizeof(line), file)) {
        char *rest = field_parse(line, caller, sizeof(caller));
        rest = rest ? field_parse(rest, callee, sizeof(callee)) : NULL;
        if (!rest)
            die("not an edge line", line);
        field_parse(rest, count, sizeof(count));
        if (callee[0] == '[')
            continue; /* a pseudo-frame is not called; what it calls counts */
        name_normalise(caller);
        name_normalise(callee);
        if (strlen(caller) >= NAME_MAX_LENGTH || strlen(callee) >= NAME_MAX_LENGTH)
            die("name too long", line);
        edge_find(per_function ? "" : caller, callee)->actual += count_parse(count, line);
    }
    fclose(file);
}

/* An asynchronous entry is right under every caller: what its other edges have too much is its. */
static void anywhere_settle(void) {
    for (size_t i = 0; i < edge_count; i++) {
        if (!edges[i].is_anywhere)
            continue;
        for (size_t k = 0; k < edge_count; k++)
            if (k != i && !strcmp(edges[k].callee, edges[i].callee) &&
                edges[k].actual > edges[k].truth) {
                edges[i].actual += edges[k].actual - edges[k].truth;
                edges[k].actual = edges[k].truth;
            }
    }
}

static uint64_t difference(const struct edge *edge) {
    return edge->truth > edge->actual ? edge->truth - edge->actual : edge->actual - edge->truth;
}

static int edge_compare(const void *a, const void *b) {
    uint64_t x = difference(a), y = difference(b);
    return (x < y) - (x > y);
}

static int result_print(double tolerance) {
    uint64_t calls = 0, recorded = 0, missing = 0, surplus = 0;
    size_t wrong_edges = 0;
    for (size_t i = 0; i < edge_count; i++) {
        calls += edges[i].truth;
        recorded += edges[i].actual;
        if (edges[i].truth > edges[i].actual)
            missing += difference(&edges[i]);
        else
            surplus += difference(&edges[i]);
        wrong_edges += difference(&edges[i]) != 0;
    }
    uint64_t wrong = missing > surplus ? missing : surplus;
    double fraction = (double)wrong / (double)calls;
    printf("edges %zu wrong_edges %zu calls %llu recorded %llu wrong_calls %llu fraction %.6f\n",
           edge_count, wrong_edges, (unsigned long long)calls, (unsigned long long)recorded,
           (unsigned long long)wrong, fraction);
    qsort(edges, edge_count, sizeof(edges[0]), edge_compare);
    for (size_t i = 0; i < edge_count && i < SHOWN && difference(&edges[i]); i++)
        printf("  %s -> %s: truth %llu, recorded %llu\n", edges[i].caller, edges[i].callee,
               (unsigned long long)edges[i].truth, (unsigned long long)edges[i].actual);
    return fraction > tolerance;
}

int main(int argc, char **argv) {
    bool per_function = false;
    double tolerance = 0;
    if (argc < 3)
        die("usage", "check TRUTH ACTUAL.csv [--per-function] [--tolerance FRACTION]");
    for (int i = 3; i < argc; i++) {
        if (!strcmp(argv[i], "--per-function"))
            per_function = true;
        else if (!strcmp(argv[i], "--tolerance") && i + 1 < argc)
            tolerance = strtod(argv[++i], NULL);
        else
            die("unknown option", argv[i]);
    }
    truth_read(argv[1], per_function);
    actual_read(argv[2], per_function);
    if (!per_function)
        anywhere_settle();
    return result_print(tolerance);
}
