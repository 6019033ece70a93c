/* SPDX-License-Identifier: MIT */
/*
 * See filter_list.h. gcc knows functions by their names without arguments, and leaves out those
 * whose name holds a listed one anywhere; the others know them by their symbols.
 */
#include "filter_list.h"

#include <stddef.h>
#include <string.h>

#include "cli/print/text.h"

/* --- names ------------------------------------------------------------------------------------ */

/* What a symbol is called before the compiler clones the function: f of f.constprop.0 */
static struct text_span source_symbol(const struct budget_function *function) {
    const char *name = function->system_name;
    return (struct text_span){name, name[0] == '.' ? strlen(name) : strcspn(name, ".")};
}

/* As gcc prints it: no return type, which templates have, and another word for unnamed
 * namespaces. */
static struct text_span printed_name(const struct budget_function *function) {
    static const char unnamed[] = "(anonymous namespace)::";
    const char *last;
    if (strncmp(function->system_name, "_Z", 2) != 0)
        return source_symbol(function);
    struct text_span name = text_plain_name(function->name);
    while ((last = memmem(name.text, name.size, unnamed, strlen(unnamed))) != NULL) {
        last += strlen(unnamed);
        name = (struct text_span){last, name.size - (size_t)(last - name.text)};
    }
    return name;
}

/* The part to list: template arguments are spelled differently by everyone. */
static struct text_span listed_name(const struct budget_function *function) {
    struct text_span name = printed_name(function);
    const char *symbol = memmem(name.text, name.size, "operator", strlen("operator"));
    const char *end = name.text + name.size, *scope;
    if (symbol != NULL)
        return (struct text_span){symbol, (size_t)(end - symbol)};
    while ((scope = memmem(name.text, (size_t)(end - name.text), ">::", 3)) != NULL)
        name.text = scope + 3;
    name.size = (size_t)(end - name.text);
    scope = memchr(name.text, '<', name.size);
    return (struct text_span){name.text, scope == NULL ? name.size : (size_t)(scope - name.text)};
}

static bool gcc_covers(const struct budget_function *skipped, const struct budget_function *other) {
    const struct text_span part = listed_name(skipped), whole = printed_name(other);
    return part.size != 0 && memmem(whole.text, whole.size, part.text, part.size) != NULL;
}

/* --- lists ------------------------------------------------------------------------------------ */

static void print_symbols(FILE *out, const struct budget *budget, enum budget_choice choice,
                          const char *prefix) {
    for (uint32_t i = 0; i < budget->count; i++) {
        const struct text_span symbol = source_symbol(&budget->functions[i]);
        if (budget->functions[i].choice == choice)
            fprintf(out, "%sfun:%.*s\n", prefix, (int)symbol.size, symbol.text);
    }
}

static void print_plugin(FILE *out, const struct budget *budget) {
    fprintf(out, "# predicted: %.4f\n", budget_predicted(budget));
    print_symbols(out, budget, BUDGET_COUNT, "count ");
    print_symbols(out, budget, BUDGET_SKIP, "skip ");
}

static void print_xray(FILE *out, const struct budget *budget) {
    fprintf(out, "# predicted: %.4f\n[never]\n", budget_predicted(budget));
    print_symbols(out, budget, BUDGET_SKIP, "");
}

/* In a file that is given as @FILE, in which a backslash takes a character as it is; a comma in a
 * name takes one of its own. */
static void print_gcc_name(FILE *out, struct text_span name) {
    for (size_t i = 0; i < name.size; i++) {
        if (name.text[i] == ',')
            fputs("\\\\", out);
        else if (strchr(" \t\"'\\", name.text[i]) != NULL)
            putc('\\', out);
        putc(name.text[i], out);
    }
}

/* Whether another listed name is a part of this one: that says it all. */
static bool is_said(const struct budget *budget, uint32_t index) {
    const struct text_span own = listed_name(&budget->functions[index]);
    for (uint32_t i = 0; i < budget->count; i++) {
        const struct text_span name = listed_name(&budget->functions[i]);
        if (i != index && budget->functions[i].choice == BUDGET_SKIP &&
            (name.size < own.size || (name.size == own.size && i < index)) &&
            memmem(own.text, own.size, name.text, name.size) != NULL)
            return true;
    }
    return false;
}

static void print_gcc(FILE *out, const struct budget *budget) {
    const char *separator = "-finstrument-functions-exclude-function-list=";
    for (uint32_t i = 0; i < budget->count; i++) {
        const struct text_span name = listed_name(&budget->functions[i]);
        if (budget->functions[i].choice != BUDGET_SKIP || name.size == 0 || is_said(budget, i))
            continue;
        fputs(separator, out);
        print_gcc_name(out, name);
        separator = ",";
    }
    putc('\n', out);
}

static const struct filter_list lists[] = {
    {"plugin", true, NULL, print_plugin},
    {"gcc", false, gcc_covers, print_gcc},
    {"xray", false, NULL, print_xray},
};

const struct filter_list *filter_list_find(const char *name) {
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(lists[i].name, name) == 0)
            return &lists[i];
    }
    return NULL;
}
