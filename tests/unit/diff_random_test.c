/* SPDX-License-Identifier: MIT */
/*
 * Tests of reader/analysis/diff.c on random profiles, by a generator with fixed seeds: the parts of
 * every change add up to it.
 */
#include "diff_profiles.h"

static uint64_t generator;

static uint32_t draw(uint32_t below) {
    generator = generator * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)((generator >> 33) % below);
}

static double parts_sum(const struct diff_parts *parts) {
    return parts->calls + parts->cost + parts->added + parts->gone;
}

/* Paths of up to six of a few functions, recursion and libraries among them. */
static struct profile *make_random(const char *count, uint32_t functions) {
    struct profile *profile = make(count, "wall", "nanoseconds");
    const uint32_t stacks = 1 + draw(60);
    for (uint32_t i = 0; i < stacks; i++) {
        char stack[256] = "", name[16];
        const uint32_t depth = 1 + draw(6);
        for (uint32_t at = 0; at < depth; at++) {
            snprintf(name, sizeof(name), draw(8) == 0 ? "[lib%u.so]" : "f%u", draw(functions));
            snprintf(stack + strlen(stack), sizeof(stack) - strlen(stack), "%s%s",
                     at == 0 ? "" : " ", name);
        }
        add(profile, stack, draw(4) == 0 ? 0 : 1 + draw(draw(2) == 0 ? 5 : 1000000),
            draw(4) == 0 ? 0 : draw(1000000000));
    }
    return profile;
}

static double scale_of(const struct diff *diff) {
    return 100 * (diff->value_total.mean[DIFF_OLD] + diff->value_total.mean[DIFF_NEW]);
}

static void parts_add_up(const struct diff *diff) {
    const double scale = scale_of(diff);
    double functions = 0, edges = 0, causes = 0;
    for (uint32_t i = 0; i < diff->function_count; i++) {
        const struct diff_row *row = &diff->functions[i];
        assert_near(parts_sum(&row->parts), diff_change(&row->self), scale);
        functions += diff_change(&row->self);
    }
    for (uint32_t i = 0; i < diff->edge_count; i++) {
        const struct diff_row *row = &diff->edges[i];
        assert_near(parts_sum(&row->parts), diff_change(&row->self), scale);
        edges += diff_change(&row->self);
    }
    for (uint32_t i = 0; i < diff->cause_count; i++)
        causes += diff->causes[i].effect;
    assert_near(functions, diff_change(&diff->value_total), scale);
    assert_near(edges, diff_change(&diff->value_total), scale);
    assert_near(causes, diff_change(&diff->value_total), scale);
    assert_near(parts_sum(&diff->parts), diff_change(&diff->value_total), scale);
}

static void the_tree_holds_all(const struct diff *diff) {
    double self[2] = {0}, calls[2] = {0};
    for (uint32_t i = 0; i < diff->node_count; i++) {
        assert_true(i == 0 || diff->nodes[i].parent < i);
        for (int side = DIFF_OLD; side <= DIFF_NEW; side++) {
            self[side] += diff->nodes[i].self[side];
            calls[side] += diff->nodes[i].calls[side];
        }
    }
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++) {
        assert_near(self[side], diff->value_total.mean[side], 0);
        assert_near(calls[side], diff->count_total.mean[side], 0);
    }
}

static void parts_of_random_profiles_add_up_to_the_change(void **state) {
    static const char *const counts[] = {"calls", "contentions"};
    (void)state;
    for (unsigned run = 0; run < 2000; run++) {
        generator = run;
        const char *count = counts[run % 2];
        const uint32_t functions = 2 + draw(12);
        struct profile *old = make_random(count, functions);
        struct diff *diff = diff_two(old, make_random(count, functions + draw(3)));
        parts_add_up(diff);
        the_tree_holds_all(diff);
        diff_free(diff);
    }
}

static void parts_of_averages_add_up_as_well(void **state) {
    (void)state;
    for (unsigned run = 0; run < 200; run++) {
        struct profile *old[5] = {0}, *new[5] = {0};
        generator = 10000 + run;
        for (uint32_t i = 0, count = 1 + draw(4); i < count; i++)
            old[i] = make_random("calls", 8);
        for (uint32_t i = 0, count = 1 + draw(4); i < count; i++)
            new[i] = make_random("calls", 8);
        struct diff *diff = diff_of(&(struct diff_options){.value = "wall"}, old, new);
        parts_add_up(diff);
        the_tree_holds_all(diff);
        diff_free(diff);
    }
}

/* Only matches below a function that one side alone has may depend on the order of the sides. */
static void the_other_way_round_each_part_is_the_same_but_for_the_sign(void **state) {
    (void)state;
    for (unsigned run = 0; run < 500; run++) {
        struct diff *diffs[2];
        for (int way = 0; way < 2; way++) {
            generator = 20000 + run;
            struct profile *one = make_random("calls", 7), *other = make_random("calls", 7);
            diffs[way] = way == 0 ? diff_two(one, other) : diff_two(other, one);
        }
        for (uint32_t i = 0; i < diffs[0]->function_count; i++) {
            const struct diff_row *row = &diffs[0]->functions[i];
            if (!row->is_in[DIFF_OLD] && !row->is_in[DIFF_NEW])
                continue;
            const struct diff_row *back =
                row_of(diffs[1], NULL, names_function(diffs[0]->names, i)->name);
            const double scale = scale_of(diffs[0]);
            assert_near(row->parts.calls, -back->parts.calls, scale);
            assert_near(row->parts.cost, -back->parts.cost, scale);
            assert_near(row->parts.added, -back->parts.gone, scale);
            assert_near(row->parts.gone, -back->parts.added, scale);
        }
        diff_free(diffs[0]);
        diff_free(diffs[1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_random_profiles_add_up_to_the_change),
        cmocka_unit_test(parts_of_averages_add_up_as_well),
        cmocka_unit_test(the_other_way_round_each_part_is_the_same_but_for_the_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
