/* SPDX-License-Identifier: MIT */
/* Two threads write a word without order: what the thread sanitizer is there for. */
#include <pthread.h>

static int word;

static void *write_word(void *unused) {
    word++;
    return unused;
}

int main(void) {
    pthread_t other;
    if (pthread_create(&other, NULL, write_word, NULL) != 0)
        return 1;
    write_word(NULL);
    return pthread_join(other, NULL);
}
