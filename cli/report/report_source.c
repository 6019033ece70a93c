/* SPDX-License-Identifier: MIT */
/* Which functions' source is shown: see report_source.h. The printing is in report_source_text.c and
 * report_source_json.c. */
#include "report_source.h"

#include <stdlib.h>
#include <string.h>

#include "cli/base/pattern.h"

/* --- which functions -------------------------------------------------------------------------- */

/* `what` is all of the path, or the end of it from a '/' on. */
static bool is_file(const char *path, const char *what) {
    const size_t size = strlen(path), end = strlen(what);
    return end != 0 && end <= size && strcmp(path + size - end, what) == 0 &&
           (end == size || path[size - end - 1] == '/');
}

static bool is_wanted(const struct analysis_function *function, const struct pattern *pattern,
                      const char *what) {
    return pattern != NULL ? pattern_matches(pattern, function->name)
                           : is_file(function->file, what);
}

static uint32_t collect(struct report_source *source, const struct pattern *pattern,
                        const char *what) {
    const struct source_lines *lines = source->lines;
    for (uint32_t row = 0, end; row < lines->sums.count; row = end) {
        const uint32_t function = lines->rows[row].function;
        for (end = row; end < lines->sums.count && lines->rows[end].function == function;)
            end++;
        if (is_wanted(&source->analysis->functions[function], pattern, what))
            source->blocks[source->count++] =
                (struct report_source_block){.function = function, .first = row, .end = end};
    }
    return source->count;
}

static uint32_t choose(struct report_source *source, const char *what) {
    struct pattern pattern = {0};
    struct error ignored;
    const char *at = what;
    if (pattern_parse(&pattern, &at, &ignored) == 0) {
        if (*at == '\0')
            collect(source, &pattern, what);
        pattern_free(&pattern);
    }
    return source->count != 0 ? source->count : collect(source, NULL, what);
}

static int compare_blocks(const void *left, const void *right, void *context) {
    const struct analysis_function *functions = context;
    const struct analysis_function *a =
        &functions[((const struct report_source_block *)left)->function];
    const struct analysis_function *b =
        &functions[((const struct report_source_block *)right)->function];
    const int by_file = strcmp(a->file, b->file);
    if (by_file != 0)
        return by_file;
    return a->line != b->line ? (a->line < b->line ? -1 : 1) : strcmp(a->name, b->name);
}

/* --- their files ------------------------------------------------------------------------------ */

/* Reads each file once. `texts` has room for one a block. */
static void read_files(struct report_source *source, struct source_text *texts,
                       const struct source_paths *paths) {
    const struct profile *profile = source->analysis->profile;
    const char *program = profile->mapping_count == 0 ? "" : profile->mappings[0].file;
    const char *last = NULL;
    for (uint32_t i = 0; i < source->count; i++) {
        struct report_source_block *block = &source->blocks[i];
        const char *file = source->analysis->functions[block->function].file;
        if (last != NULL && strcmp(last, file) == 0) {
            block->source = source->blocks[i - 1].source;
            continue;
        }
        source_text_read(&texts[i], file, program, paths);
        block->source = &texts[i];
        last = file;
    }
}

static int show(FILE *out, struct report_source *source, const struct report_format *format,
                const struct source_paths *paths, struct error *error) {
    struct source_text *texts = calloc((size_t)source->count + 1, sizeof(*texts));
    if (texts == NULL)
        return error_set(error, "out of memory");
    read_files(source, texts, paths);
    const int result = format->source(out, source, error);
    for (uint32_t i = 0; i < source->count; i++)
        source_text_free(&texts[i]);
    free(texts);
    return result;
}

static int choose_and_show(FILE *out, struct report_source *source,
                           const struct report_format *format, const struct report_options *options,
                           const char *what, const struct source_paths *paths,
                           struct error *error) {
    if (choose(source, what) == 0)
        return error_set(error, "no function and no file is named '%s'", what);
    qsort_r(source->blocks, source->count, sizeof(*source->blocks), compare_blocks,
            source->analysis->functions);
    if (options->limit != 0 && source->count > options->limit) {
        source->left_out = source->count - options->limit;
        source->count = options->limit;
    }
    return show(out, source, format, paths, error);
}

int report_source(FILE *out, const struct analysis *analysis, const struct report_format *format,
                  const struct report_options *options, const char *what,
                  const struct source_paths *paths, struct error *error) {
    struct source_lines *lines = source_lines_new(analysis, error);
    struct report_source source = {.analysis = analysis, .lines = lines};
    int result = -1;
    if (lines == NULL)
        return -1;
    source.blocks = calloc((size_t)analysis->function_sums.count + 1, sizeof(*source.blocks));
    if (source.blocks == NULL)
        error_set(error, "out of memory");
    else
        result = choose_and_show(out, &source, format, options, what, paths, error);
    free(source.blocks);
    source_lines_free(lines);
    return result;
}
