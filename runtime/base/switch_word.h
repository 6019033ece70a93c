/* SPDX-License-Identifier: MIT */
/*
 * A word of the calling thread's that changes when the kernel switches the thread away.
 */
#ifndef CINSTR_RUNTIME_SWITCH_WORD_H
#define CINSTR_RUNTIME_SWITCH_WORD_H

#include <stdbool.h>
#include <stdint.h>

struct switch_word {
    const volatile uint32_t *at; /* NULL: none */
    void *page;                  /* of a perf event; NULL: the thread's rseq area */
};

/* Whether threads can have one at all. Says so once on standard error if not. */
bool switch_word_available(void);

/* Fills in the calling thread's. False: it can have none; `at` is then NULL. */
bool switch_word_attach(struct switch_word *word);

/* Gives it up, in the thread that attached it. Does nothing if `at` is NULL. */
void switch_word_detach(struct switch_word *word);

/* Returns what *word->at holds until the next switch. Called by the thread that attached it. */
uint32_t switch_word_set(const struct switch_word *word);

#endif
