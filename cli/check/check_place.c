/* SPDX-License-Identifier: MIT */
/* What the formats share: see check_print.h. */
#include <string.h>
#include <unistd.h>

#include "check_print.h"
#include "cli/print/units.h"

static const char *below_here(const char *path) {
    char here[PATH_MAX];
    const size_t length = getcwd(here, sizeof(here)) == NULL ? 0 : strlen(here);
    const bool is_below = length > 1 && strncmp(path, here, length) == 0 && path[length] == '/';
    return is_below ? path + length + 1 : path;
}

void check_find_place(const struct check_finding *finding, struct check_place *place) {
    const char *file = finding->rule->file;
    place->line = finding->rule->line;
    place->is_source = false;
    if (finding->function != PROFILE_NONE) {
        const struct analysis_function *function =
            &finding->profile->analysis->functions[finding->function];
        if (function->file[0] != '\0') {
            file = function->file;
            place->line = function->line > 0 ? function->line : 1;
            place->is_source = true;
        }
    }
    snprintf(place->file, sizeof(place->file), "%s", below_here(file));
}

static void append(struct check_message *message, const char *text) {
    strncat(message->text, text, sizeof(message->text) - strlen(message->text) - 1);
}

struct check_message check_say(const struct check_finding *finding) {
    struct check_message message = {""};
    if (finding->has_numbers) {
        append(&message, "found ");
        append(&message, units_count(finding->least).text);
        if (finding->most != finding->least) {
            append(&message, " to ");
            append(&message, units_count(finding->most).text);
        }
        append(&message, ", expected ");
        append(&message, finding->expected);
    }
    for (uint32_t i = 0; i < finding->caller_count; i++) {
        const struct check_share *share = &finding->callers[i];
        append(&message, i == 0 ? "; callers: " : ", ");
        append(&message, finding->profile->analysis->functions[share->function].name);
        append(&message, " ");
        append(&message, units_count(share->value).text);
    }
    if (finding->why[0] != '\0') {
        append(&message, message.text[0] == '\0' ? "" : "; ");
        append(&message, finding->why);
    }
    return message;
}

struct check_sums check_sum_up(const struct check_input *input,
                               const struct check_findings *findings) {
    struct check_sums sums = {0};
    for (uint32_t i = 0; i < input->rules->count; i++) {
        const struct rule *rule = &input->rules->list[i];
        if (rule->kind == RULE_EXEMPT)
            continue;
        const enum check_verdict verdict = check_verdict_of(findings, rule);
        sums.rules++;
        sums.held += verdict == CHECK_HELD;
        sums.broken += verdict == CHECK_BROKEN;
        sums.undecided += verdict == CHECK_UNDECIDED;
    }
    return sums;
}
