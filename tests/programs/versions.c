/* SPDX-License-Identifier: MIT */
/* Functions with two versions each, made by the compiler; the dynamic linker chooses one. */
#define CLONES __attribute__((target_clones("avx2", "default")))

CLONES int sum(const int *numbers, int count);
int work(void);

CLONES int sum(const int *numbers, int count) {
    int sum = 0;
    for (int i = 0; i < count; i++)
        sum += numbers[i];
    return sum;
}

static CLONES int hidden(const int *numbers, int count) {
    int sum = 1;
    for (int i = 0; i < count; i++)
        sum *= numbers[i];
    return sum;
}

__attribute__((noinline)) int work(void) {
    int numbers[64], result = 0;
    for (int i = 0; i < 64; i++)
        numbers[i] = i;
    for (volatile int i = 0; i < 100; i++)
        result += sum(numbers, 64) + hidden(numbers, 64);
    return result == 201600 ? 0 : 1;
}

#ifndef LIBRARY
int main(void) {
    return work();
}
#endif
