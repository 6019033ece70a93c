/* SPDX-License-Identifier: MIT */
/* See check_limit.h. */
#include "check_limit.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/print/units.h"

static check_wide power_of_ten(uint32_t places) {
    check_wide power = 1;
    while (places-- > 0)
        power *= 10;
    return power;
}

struct check_fraction check_limit_of(const struct rule *rule, int64_t calls) {
    return (struct check_fraction){(check_wide)rule->limit.units * calls,
                                   power_of_ten(rule->limit.places)};
}

/* base * (100 + percent) / 100. */
static struct check_fraction grown(const struct rule *rule, int64_t base) {
    const check_wide one = 100 * power_of_ten(rule->limit.places);
    return (struct check_fraction){(one + rule->limit.units) * base, one};
}

static int compare(int64_t value, struct check_fraction limit) {
    const check_wide left = (check_wide)value * limit.below;
    return (left > limit.above) - (left < limit.above);
}

enum check_verdict check_compare(enum rule_bound bound, int64_t least, int64_t most,
                                 struct check_fraction limit) {
    const int low = compare(least, limit), high = compare(most, limit);
    bool is_held, is_broken;
    switch (bound) {
    case RULE_AT_MOST:
        is_held = high <= 0;
        is_broken = low > 0;
        break;
    case RULE_AT_LEAST:
        is_held = low >= 0;
        is_broken = high < 0;
        break;
    default:
        is_held = low == 0 && high == 0;
        is_broken = low > 0 || high < 0;
    }
    return is_held ? CHECK_HELD : is_broken ? CHECK_BROKEN : CHECK_UNDECIDED;
}

enum check_verdict check_compare_growth(const struct rule *rule, const struct analysis_bounds *now,
                                        const struct analysis_bounds *base) {
    const bool is_held = compare(now->most, grown(rule, base->least)) <= 0;
    const bool is_broken = compare(now->least, grown(rule, base->most)) > 0;
    return is_held ? CHECK_HELD : is_broken ? CHECK_BROKEN : CHECK_UNDECIDED;
}

/* --- for people ------------------------------------------------------------------------------- */

/* What a whole number has to be to fulfil the limit. */
static struct units_text whole(enum rule_bound bound, struct check_fraction limit) {
    const check_wide up = bound == RULE_AT_LEAST ? limit.below - 1 : 0;
    const check_wide result = (limit.above + up) / limit.below;
    return units_count(result > INT64_MAX ? INT64_MAX : (int64_t)result);
}

struct number_text {
    char text[UNITS_SIZE + 16];
};

/* Prints a number as a person writes it. */
static struct number_text number_text(const struct rule_number *number) {
    struct number_text result;
    int64_t one = 1;
    for (uint32_t i = 0; i < number->places; i++)
        one *= 10;
    const struct units_text before = units_count(number->units / one);
    if (number->places == 0)
        snprintf(result.text, sizeof(result.text), "%s", before.text);
    else
        snprintf(result.text, sizeof(result.text), "%s.%0*" PRId64, before.text,
                 (int)number->places, number->units % one);
    return result;
}

void check_say_limit(struct check_finding *finding, struct check_fraction limit, int64_t calls) {
    static const char *const names[] = {"at most", "at least", "exactly"};
    const struct rule *rule = finding->rule;
    const struct number_text number = number_text(&rule->limit);
    if (rule->per.text == NULL)
        snprintf(finding->expected, sizeof(finding->expected), "%s %s", names[rule->bound],
                 number.text);
    else
        snprintf(finding->expected, sizeof(finding->expected),
                 "%s %s (%s for each of %s calls of %.80s)", names[rule->bound],
                 whole(rule->bound, limit).text, number.text, units_count(calls).text,
                 rule->per.text);
}

void check_say_growth(struct check_finding *finding, int64_t base) {
    snprintf(finding->expected, sizeof(finding->expected), "at most %s (base %s and %s %% more)",
             whole(RULE_AT_MOST, grown(finding->rule, base)).text, units_count(base).text,
             number_text(&finding->rule->limit).text);
}
