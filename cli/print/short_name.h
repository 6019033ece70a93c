/* SPDX-License-Identifier: MIT */
/*
 * Names of C++ functions as people say them: "ns::vector::push_back" for
 * "void ns::vector<int, std::allocator<int> >::push_back<int>(int&&)". Called by text.c.
 */
#ifndef CINSTR_CLI_SHORT_NAME_H
#define CINSTR_CLI_SHORT_NAME_H

/* A demangled name without return type, template arguments and parameters; any other name as it is.
 * NULL when out of memory; to be freed by the caller. */
char *short_name(const char *name);

#endif
