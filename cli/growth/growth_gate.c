/* SPDX-License-Identifier: MIT */
/* Limits on exponents: see growth_rows.h. */
#include <stdlib.h>
#include <string.h>

#include "cli/base/command.h"
#include "growth_rows.h"

static int parse_names(struct growth_gate *gate, const char *at, struct error *error) {
    pattern_skip_blanks(&at);
    if (pattern_parse(&gate->name, &at, error) != 0)
        return -1;
    if (*at == '>') {
        gate->caller = gate->name;
        gate->name = (struct pattern){0};
        at++;
        pattern_skip_blanks(&at);
        if (pattern_parse(&gate->name, &at, error) != 0)
            return -1;
    }
    return *at == '\0' ? 0 : error_set(error, "nothing can follow the name");
}

int growth_gate_parse(struct growth_gate *gate, const char *text, struct error *error) {
    const char *equals = strrchr(text, '=');
    *gate = (struct growth_gate){.text = text};
    if (equals == NULL || !parse_real(equals + 1, -10, 10, &gate->most))
        return error_set(error, "it takes 'PATTERN=EXPONENT', not '%s'", text);
    char *names = strndup(text, (size_t)(equals - text));
    const int result =
        names == NULL ? error_set(error, "out of memory") : parse_names(gate, names, error);
    free(names);
    return result;
}

void growth_gate_free(struct growth_gate *gate) {
    pattern_free(&gate->caller);
    pattern_free(&gate->name);
}

static bool is_meant(const struct growth_gate *gate, const struct growth *growth,
                     const struct growth_row *row) {
    if (!row->is_exact && growth->value == NULL)
        return false;
    if (gate->caller.text == NULL)
        return row->caller == NULL && pattern_matches(&gate->name, row->name);
    return row->caller != NULL && pattern_matches(&gate->caller, row->caller) &&
           pattern_matches(&gate->name, row->name);
}

void growth_gate_judge(struct growth_gate *gate, const struct growth *growth) {
    const bool is_wide = gate->name.has_wildcards || gate->caller.has_wildcards;
    gate->verdict = GROWTH_HELD;
    for (uint32_t i = 0; i < growth->row_count && gate->verdict != GROWTH_BROKEN; i++) {
        const struct growth_row *row = &growth->rows[i];
        if (!is_meant(gate, growth, row))
            continue;
        gate->matched++;
        const enum growth_verdict verdict = growth_judge(&row->fit, gate->most);
        if (verdict == GROWTH_UNDECIDED && is_wide && row->fit.points < 3) {
            gate->skipped++;
        } else if (verdict == GROWTH_BROKEN || (verdict == GROWTH_UNDECIDED && gate->row == NULL)) {
            gate->verdict = verdict;
            gate->row = row;
        }
    }
    if (gate->matched == 0)
        gate->verdict = GROWTH_UNDECIDED;
}
