/* SPDX-License-Identifier: MIT */
/*
 * A small service that answers a fixed number of requests, with regressions that are typical for
 * such services. It is built plain, or with one of
 *   PLANT_LOOP       a call moved into a loop: the table is checked for each request
 *   PLANT_CACHE      a lost cache: results are computed and not stored
 *   PLANT_QUADRATIC  a list that is walked to its end for each item
 *   PLANT_MALLOC     one more allocation a request
 *   PLANT_STEP       a new step in each request
 *   PLANT_DEAR       a function in which every call takes longer
 *   RENAMED          no regression, but a function has another name: "price" is "cost_of"
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REQUESTS = 400, KEYS = 16, TABLE = 64 };

#define OUT_OF_LINE __attribute__((noinline))

#ifdef RENAMED
#define price cost_of
#endif

struct item {
    struct item *next;
    unsigned value;
};

struct list {
    struct item *first, *last;
};

static unsigned table[TABLE], cache[KEYS];
volatile unsigned sink;

/* Works within the function that calls it. Each step takes half a nanosecond or more. */
__attribute__((always_inline, no_instrument_function)) static inline void work(unsigned steps) {
    while (steps-- != 0)
        sink = sink * 3 + 1;
}

OUT_OF_LINE static void spin(unsigned steps) {
    work(steps);
}

OUT_OF_LINE static void *allocate(size_t size) {
    void *memory = malloc(size);
    if (memory == NULL)
        abort();
    work(200);
    return memory;
}

OUT_OF_LINE static unsigned check_table(void) {
    unsigned sum = 0;
    for (unsigned i = 0; i < TABLE; i++)
        sum += table[i];
#ifdef PLANT_DEAR
    work(50000);
#endif
    spin(2000);
    return sum;
}

OUT_OF_LINE static unsigned compute(unsigned key) {
    spin(3000);
    return key * 7 + 1;
}

OUT_OF_LINE static unsigned price(unsigned key) {
    if (cache[key] != 0)
        return cache[key];
    const unsigned value = compute(key);
#ifndef PLANT_CACHE
    cache[key] = value;
#endif
    return value;
}

OUT_OF_LINE static struct item *next_of(const struct item *item) {
    work(200);
    return item->next;
}

OUT_OF_LINE static void append(struct list *list, unsigned value) {
    struct item *item = allocate(sizeof(*item)), *last = list->last;
    *item = (struct item){.value = value};
#ifdef PLANT_QUADRATIC
    for (struct item *at = last = list->first; at != NULL; at = next_of(at))
        last = at;
#endif
    if (last == NULL)
        list->first = item;
    else
        last->next = item;
    list->last = item;
}

#ifdef PLANT_STEP
OUT_OF_LINE static void log_request(unsigned number) {
    spin(500 + number % 2);
}
#endif

OUT_OF_LINE static char *answer(unsigned number, unsigned value) {
    char *text = allocate(64);
    snprintf(text, 64, "%u: %u", number, value);
#ifdef PLANT_MALLOC
    char *copy = allocate(96);
    strcpy(copy, text);
    free(copy);
#endif
    return text;
}

OUT_OF_LINE static void handle(struct list *list, unsigned number) {
    const unsigned value = price(number % KEYS);
#ifdef PLANT_STEP
    log_request(number);
#endif
    append(list, value);
    spin(300);
    free(answer(number, value));
}

OUT_OF_LINE static void serve(struct list *list) {
#ifndef PLANT_LOOP
    check_table();
#endif
    for (unsigned number = 0; number < REQUESTS; number++) {
#ifdef PLANT_LOOP
        check_table();
#endif
        handle(list, number);
    }
}

int main(void) {
    struct list list = {0};
    unsigned sum = 0;
    serve(&list);
    for (struct item *item = list.first; item != NULL; item = next_of(item))
        sum += item->value;
    printf("%u\n", sum);
    while (list.first != NULL) {
        struct item *item = list.first;
        list.first = item->next;
        free(item);
    }
    return 0;
}
