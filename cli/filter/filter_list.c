/* SPDX-License-Identifier: MIT */
/*
 * See filter_list.h. gcc's list has names without arguments, and leaves out every function whose
 * name contains a listed one; the other lists have symbols.
 */
#include "filter_list.h"

#include <stddef.h>
#include <string.h>

#include "cli/print/text.h"

/* --- names ------------------------------------------------------------------------------------ */

/* The symbol before the compiler cloned it: f of f.constprop.0 */
static struct text_span source_symbol(const struct budget_function *function) {
    const char *name = function->system_name;
    return (struct text_span){name, name[0] == '.' ? strlen(name) : strcspn(name, ".")};
}

/* The name as gcc prints it: without the return type that templates have, and with gcc's words
 * for unnamed namespaces. */
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

/* The part to list: it ends before template arguments, which compilers spell differently. */
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

/* Prints a name in a file for @FILE, where a backslash escapes a character; a comma in a name
 * needs another backslash for gcc itself. */
static void print_gcc_name(FILE *out, struct text_span name) {
    for (size_t i = 0; i < name.size; i++) {
        if (name.text[i] == ',')
            fputs("\\\\", out);
        else if (strchr(" \t\"'\\", name.text[i]) != NULL)
            putc('\\', out);
        putc(name.text[i], out);
    }
}

/* Whether another listed name is a part of this one, so that it need not be listed. */
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
