/* SPDX-License-Identifier: MIT */
/*
 * Verdicts as GitHub's workflow commands (see check_print.h): lines on standard output that the
 * runner shows at the source line. Characters that end a command or a property are written as %XX.
 */
#include <inttypes.h>
#include <string.h>

#include "check_print.h"

static void print_escaped(FILE *out, const char *text, const char *besides) {
    for (; *text != '\0'; text++) {
        const unsigned char byte = (unsigned char)*text;
        if (byte < 0x20 || byte == '%' || strchr(besides, *text) != NULL)
            fprintf(out, "%%%02X", byte);
        else
            putc(*text, out);
    }
}

int check_print_github(FILE *out, const struct check_input *input,
                       const struct check_findings *findings, struct error *error) {
    (void)input;
    (void)error;
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct check_finding *finding = &findings->list[i];
        struct check_place place;
        if (finding->verdict == CHECK_HELD)
            continue;
        check_find_place(finding, &place);
        fputs("::error file=", out);
        print_escaped(out, place.file, ":,");
        fprintf(out, ",line=%" PRId64 ",title=cinstr check%%3A ", place.line);
        print_escaped(out, check_verdict_name(finding->verdict), ":,");
        fputs("::", out);
        print_escaped(out, finding->rule->text, "");
        fputs(": ", out);
        print_escaped(out, check_say(finding).text, "");
        fputs(" (", out);
        print_escaped(out, finding->rule->file, "");
        fprintf(out, ":%u)\n", finding->rule->line);
    }
    return 0;
}
