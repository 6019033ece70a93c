/* SPDX-License-Identifier: MIT */
/*
 * A word of the calling thread that changes when the kernel switches the thread away.
 */
#ifndef CINSTR_RUNTIME_SWITCH_WORD_H
#define CINSTR_RUNTIME_SWITCH_WORD_H

#include <stdbool.h>
#include <stdint.h>

struct switch_word {
    const volatile uint32_t *at; /* NULL: there is no word */
    void *page;                  /* the page of a perf event; NULL: the thread's rseq area */
};

/* Whether threads can have such a word at all. If not, prints that once on standard error. */
bool switch_word_available(void);

/* Attaches the calling thread's word. False: it cannot have one; `at` is NULL then. */
bool switch_word_attach(struct switch_word *word);

/* Detaches it, in the thread that attached it. Does nothing if `at` is NULL. */
void switch_word_detach(struct switch_word *word);

/* Returns what *word->at holds until the next switch. Called by the thread that attached it. */
uint32_t switch_word_set(const struct switch_word *word);

#endif
