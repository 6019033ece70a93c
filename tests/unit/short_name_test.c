/* SPDX-License-Identifier: MIT */
/* Tests of cli/print/short_name.c: a shortened name keeps the part that identifies the function. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/print/short_name.h"

static void expect(const char *name, const char *expected) {
    char *found = short_name(name);
    assert_non_null(found);
    assert_string_equal(found, expected);
    free(found);
}

static void templates_parameters_and_return_types_are_hidden(void **state) {
    (void)state;
    expect("f(int)", "f");
    expect("void ns::vector<int, std::allocator<int> >::push_back<int>(int&&)",
           "ns::vector::push_back");
    expect("std::map<int, std::vector<char> >::find(int const&) const", "std::map::find");
    expect("(anonymous namespace)::f(int)", "(anonymous namespace)::f");
    expect("ns::(anonymous namespace)::T<int>::f()", "ns::(anonymous namespace)::T::f");
    expect("main::{lambda(int)#1}::operator()(int) const", "main::{lambda#1}::operator()");
    expect("f(int)::{lambda()#2}::operator()() const", "f::{lambda#2}::operator()");
    expect("A::f() const::{lambda()#1}::operator()() const", "A::f::{lambda#1}::operator()");
    expect("std::string f[abi:cxx11]<int>(int)", "f[abi:cxx11]");
    expect("decltype(auto) f<int>(int)", "f");
    expect("decltype ((x)+(y)) add<int, int>(int, int)", "add");
    expect("core::ptr::drop_in_place<alloc::vec::Vec<u8>>", "core::ptr::drop_in_place");
}

static void operators_keep_their_signs(void **state) {
    (void)state;
    expect("operator<<(std::ostream&, A const&)", "operator<<");
    expect("bool operator< <int>(A<int> const&, A<int> const&)", "operator<");
    expect("A::operator->() const", "A::operator->");
    expect("A::operator()(int)", "A::operator()");
    expect("A::operator unsigned long() const", "A::operator unsigned long");
    expect("operator new(unsigned long)", "operator new");
    expect("A<int>::operator bool() const", "A::operator bool");
    expect("std::ostream& std::operator<< <std::char_traits<char> >(std::ostream&, char const*)",
           "std::operator<<");
    expect("myoperator(int)", "myoperator");
}

static void other_names_stay_as_they_are(void **state) {
    (void)state;
    static const char *const names[] = {
        "main",        "[libc.so.6]",  "prog+0x12", "main.(*T).Method",    "<T as Trait>::method",
        "broken(name", "broken<name(", "",          "void (*f(int))(char)"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        expect(names[i], names[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(templates_parameters_and_return_types_are_hidden),
        cmocka_unit_test(operators_keep_their_signs),
        cmocka_unit_test(other_names_stay_as_they_are),
    };
    return cmocka_run_group_tests_name("short_name", tests, NULL, NULL);
}
