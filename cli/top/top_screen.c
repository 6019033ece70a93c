/* SPDX-License-Identifier: MIT */
/* See top_screen.h. */
#include "top_screen.h"

#include <ncurses.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static SCREEN *screen;

bool top_screen_open(void) {
    screen = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? newterm(NULL, stdout, stdin) : NULL;
    if (screen == NULL)
        return false;
    raw(); /* Ctrl-C is a key: the terminal is put back as it was */
    noecho();
    curs_set(0);
    keypad(stdscr, true);
    nodelay(stdscr, true);
    return true;
}

void top_screen_close(void) {
    if (screen == NULL)
        return;
    endwin();
    delscreen(screen);
    screen = NULL;
}

uint32_t top_screen_height(void) {
    return (uint32_t)LINES;
}

uint32_t top_screen_width(void) {
    return (uint32_t)COLS;
}

void top_screen_show(const char *text, uint32_t heading) {
    erase();
    for (int line = 0; line < LINES && *text != '\0'; line++) {
        const size_t length = strcspn(text, "\n");
        if (line == (int)heading)
            attron(A_REVERSE);
        mvaddnstr(line, 0, text, (int)length);
        if (line == (int)heading)
            attroff(A_REVERSE);
        text += length + (text[length] == '\n');
    }
    refresh();
}

int top_screen_key(void) {
    const int key = getch();
    return key == ERR || key == KEY_RESIZE ? 0 : key;
}
