/* SPDX-License-Identifier: MIT */
/* The table of formats, and writing in one of them: see export.h. */
#include "export.h"

#include <string.h>

#include "cli/print/output_file.h"

static const struct export_format *const formats[] = {
#define FORMAT(name) &export_##name,
    EXPORT_FORMATS(FORMAT)
#undef FORMAT
};
enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

struct printing {
    const struct export_format *format;
    struct analysis *analysis;
};

static int print(FILE *out, const void *what, struct error *error) {
    const struct printing *printing = what;
    return printing->format->print(out, printing->analysis, error);
}

/* Viewers take values for costs, which are never negative. */
static int refuse_negative(const struct profile *profile, struct error *error) {
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        for (uint32_t type = 0; type < profile->value_type_count; type++) {
            if (profile->samples[i].values[type] < 0)
                return error_set(error, "it is a difference: it has values below 0, which other "
                                        "viewers' formats cannot express");
        }
    }
    return 0;
}

int export_write(const struct export_format *format, const char *path,
                 const struct profile *profile, const struct analysis_options *options,
                 struct error *error) {
    if (refuse_negative(profile, error) != 0)
        return -1;
    const struct printing printing = {format, analysis_new(profile, options, error)};
    if (printing.analysis == NULL)
        return -1;
    const int result = path == NULL ? print(stdout, &printing, error)
                                    : output_file_print(path, print, &printing, error);
    analysis_free(printing.analysis);
    return result;
}

void export_print_help(FILE *out) {
    for (size_t i = 0; i < FORMATS; i++)
        fprintf(out, "                        %s: %s\n", formats[i]->name, formats[i]->help);
}

struct export_names export_format_names(void) {
    struct export_names names = {""};
    size_t length = 0;
    for (size_t i = 0; i < FORMATS && length < sizeof(names.text); i++)
        length += (size_t)snprintf(names.text + length, sizeof(names.text) - length, "%s%s",
                                   i == 0 ? "" : ", ", formats[i]->name);
    return names;
}

int export_set_format(const struct command *command, const struct export_format **format,
                      const char *name) {
    for (size_t i = 0; i < FORMATS; i++) {
        if (strcmp(formats[i]->name, name) == 0) {
            *format = formats[i];
            return STATUS_FINE;
        }
    }
    return usage_error(command, "unknown format '%s': choose one of %s", name,
                       export_format_names().text);
}
