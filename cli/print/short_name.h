/* SPDX-License-Identifier: MIT */
/*
 * Short names of C++ functions: "ns::vector::push_back" for "void ns::vector<int,
 * std::allocator<int> >::push_back<int>(int&&)". Called by text.c.
 */
#ifndef CINSTR_CLI_SHORT_NAME_H
#define CINSTR_CLI_SHORT_NAME_H

/* A demangled name without its return type, template arguments and parameters; any other name
 * unchanged. NULL when out of memory. The caller frees it. */
char *short_name(const char *name);

#endif
