/* SPDX-License-Identifier: MIT */
/*
 * Promise: an external call ends if an exception leaves it, thrown by a function that it calls back
 * or by itself. Prints its edges and how often each was taken: `caller callee count`.
 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <vector>
#define KEPT __attribute__((noinline))
static int compared, thrown, caught, afters;
static volatile std::size_t sink;
static const char *volatile text = "text";
struct Guard {
    char *copy;
    KEPT ~Guard() {
        std::free(copy);
    }
};
KEPT static int after(int x) {
    afters++;
    sink = std::strlen(text);
    return x;
}
KEPT static int thrower(const void *a, const void *) {
    if (++compared % 7 == 0) {
        thrown++;
        throw std::runtime_error("7");
    }
    return *static_cast<const int *>(a) % 2;
}
KEPT static int sorter() {
    int values[] = {5, 3, 4, 1};
    Guard guard{strdup(text)};
    std::qsort(values, 4, sizeof values[0], thrower);
    return after(values[0]);
}
KEPT static int catcher() {
    try {
        return sorter();
    } catch (const std::exception &) {
        return after(2);
    }
}
KEPT static int huge(std::size_t size) {
    try {
        ::operator delete(::operator new(size));
    } catch (const std::bad_alloc &) {
        return after(1);
    }
    return 0;
}
KEPT static int at(std::vector<int> &v, unsigned i) {
    try {
        return v.at(i);
    } catch (const std::out_of_range &) {
        caught++;
        return after(3);
    }
}
int main() {
    std::vector<int> v(3);
    for (int i = 0; i < 100; i++)
        sink = catcher() + huge(i % 2 ? SIZE_MAX / 4 : 100) + at(v, i % 6) + after(4);
    std::printf(
        "sorter qsort 100\nqsort thrower %d\nsorter Guard::~Guard 100\nGuard::~Guard free 100\n",
        compared);
    std::printf("sorter strdup 100\nsorter after %d\ncatcher sorter 100\ncatcher after %d\n",
                100 - thrown, thrown);
    std::printf("huge operator new 100\nhuge operator delete 50\nhuge after 50\nat after %d\n",
                caught);
    std::printf("main catcher 100\nmain huge 100\nmain at 100\nmain after 100\nafter strlen %d\n",
                afters);
}
