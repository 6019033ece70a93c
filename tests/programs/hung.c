/* SPDX-License-Identifier: MIT */
/* Two threads that wait for ever. */
#include <pthread.h>
#include <unistd.h>
__attribute__((noinline)) void inner(void) {
    pause();
    __asm__("");
}
__attribute__((noinline)) void *w(void *p) {
    inner();
    return p;
}
int main(void) {
    pthread_t t;
    pthread_create(&t, 0, w, 0);
    inner();
    return 0;
}
