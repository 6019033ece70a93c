/* SPDX-License-Identifier: MIT */
/*
 * Verdicts as a JUnit report (see check_print.h): a broken rule is a failure, one that cannot be
 * told an error. It is valid by the stricter of the two schemas, Ant's. It contains no times.
 */
#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "check_print.h"
#include "cli/print/xml_text.h"

static void print_attribute(FILE *out, const char *name, const char *value) {
    fprintf(out, " %s=\"", name);
    xml_text(out, value);
    putc('"', out);
}

static void print_properties(FILE *out, const struct check_input *input) {
    fputs("  <properties>\n", out);
    for (uint32_t i = 0; i < input->profile_count; i++) {
        fputs("   <property name=\"profile\"", out);
        print_attribute(out, "value", input->profiles[i].name);
        fputs("/>\n", out);
    }
    fputs("  </properties>\n", out);
}

static void print_details(FILE *out, const struct rule *rule, const struct check_findings *findings,
                          enum check_verdict verdict) {
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct check_finding *finding = &findings->list[i];
        struct check_place place;
        if (finding->rule != rule || finding->verdict != verdict)
            continue;
        check_find_place(finding, &place);
        xml_text(out, place.file);
        fprintf(out, ":%" PRId64 ": ", place.line);
        xml_text(out, check_say(finding).text);
        if (finding->profile != NULL) {
            fputs("; in ", out);
            xml_text(out, finding->profile->name);
        }
        putc('\n', out);
    }
}

static void print_case(FILE *out, const struct rule *rule, const struct check_findings *findings) {
    const enum check_verdict verdict = check_verdict_of(findings, rule);
    const char *element = verdict == CHECK_BROKEN ? "failure" : "error";
    fputs("  <testcase", out);
    print_attribute(out, "name", rule->text);
    print_attribute(out, "classname", rule->file);
    fputs(" time=\"0\"", out);
    if (verdict == CHECK_HELD) {
        fputs("/>\n", out);
        return;
    }
    fprintf(out, ">\n   <%s type=\"%s\"", element, check_verdict_name(verdict));
    fputs(" message=\"", out);
    xml_text(out, rule->file);
    fprintf(out, ":%u: %s\">", rule->line, check_verdict_name(verdict));
    print_details(out, rule, findings, verdict);
    fprintf(out, "</%s>\n  </testcase>\n", element);
}

static void print_suite(FILE *out, const struct check_input *input,
                        const struct check_findings *findings) {
    const struct check_sums sums = check_sum_up(input, findings);
    const time_t now = time(NULL);
    char host[256] = "", moment[32] = "";
    struct tm parts;
    if (gethostname(host, sizeof(host) - 1) != 0 || host[0] == '\0')
        snprintf(host, sizeof(host), "localhost");
    if (gmtime_r(&now, &parts) != NULL)
        strftime(moment, sizeof(moment), "%Y-%m-%dT%H:%M:%S", &parts);
    fputs(" <testsuite name=\"cinstr check\" package=\"cinstr\" id=\"0\" time=\"0\"", out);
    print_attribute(out, "hostname", host);
    print_attribute(out, "timestamp", moment);
    fprintf(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\">\n", sums.rules, sums.broken,
            sums.undecided);
    print_properties(out, input);
    for (uint32_t i = 0; i < input->rules->count; i++) {
        if (input->rules->list[i].kind != RULE_EXEMPT)
            print_case(out, &input->rules->list[i], findings);
    }
    fputs("  <system-out/>\n  <system-err/>\n </testsuite>\n", out);
}

int check_print_junit(FILE *out, const struct check_input *input,
                      const struct check_findings *findings, struct error *error) {
    (void)error;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", out);
    print_suite(out, input, findings);
    fputs("</testsuites>\n", out);
    return 0;
}
