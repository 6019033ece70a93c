/* SPDX-License-Identifier: MIT */
/* A function whose symbol is in ISO 8859-1. */
void tea(void) __asm__("th\351");

__attribute__((noinline)) void tea(void) {
    __asm__ volatile("");
}

int main(void) {
    for (int i = 0; i < 10; i++)
        tea();
    return 0;
}
