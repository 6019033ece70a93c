/* SPDX-License-Identifier: MIT */
/* The terminal of `cinstr top`: the only user of curses. */
#ifndef CINSTR_CLI_TOP_SCREEN_H
#define CINSTR_CLI_TOP_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

/* False: standard input and output are no terminal that curses knows. */
bool top_screen_open(void);
void top_screen_close(void);

/* Rows and columns. */
uint32_t top_screen_height(void);
uint32_t top_screen_width(void);

/* Shows text, of which as many lines as there is room for; the line `heading`, from 0, stands out. */
void top_screen_show(const char *text, uint32_t heading);

/* A key that was typed; 0: none, or the terminal has another size. Does not wait. */
int top_screen_key(void);

#endif
