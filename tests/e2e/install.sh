#!/bin/bash
# SPDX-License-Identifier: MIT
# `make install` installs what a user needs: programs are built with several compilers, dynamic and static,
# through pkg-config, CMake and `cinstr cc`, and write profiles with exact counts. `make uninstall` removes
# everything that install has put there. The destination has a DESTDIR, a prefix of its own and a library
# directory that is not lib: whatever works there is relocatable.
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

destination=$SCRATCH/destination
prefix=$destination/opt/tools
libraries=$prefix/lib/any-linux
unset DESTDIR PREFIX LIBDIR LD_LIBRARY_PATH PKG_CONFIG_PATH
installing() { # TARGET
    make -C "$TOP" --no-print-directory BUILD="$BUILD" DESTDIR="$destination" PREFIX=/opt/tools \
        LIBDIR=/opt/tools/lib/any-linux "$1"
}
check "make install succeeds" installing install || finish

# --- what is there ---------------------------------------------------------------------------------
listed() {
    installing installed-files | sort | diff - <(find "$destination" ! -type d | sort)
}
check "the installed files are those on the list, and no others" listed
check "no file has the name of the build directory in it" eval '! grep -rlF -e "$TOP" -e "$BUILD" "$destination" \
    --include="*.pc" --include="*.cmake" --include="*.static" --include="libcinstr.so"'
check "the installed command runs" eval '[[ $("$prefix/bin/cinstr" version) == "cinstr "* ]]'
check "the manual pages are installed" eval '[[ -s $prefix/share/man/man1/cinstr.1 && -s $prefix/share/man/man3/cinstr.3 ]]'

# --- programs of a user ----------------------------------------------------------------------------
cat >"$SCRATCH/program.c" <<'END_C'
#include <cinstr.h>
#include <stdio.h>
/* The recorder and the reader use these names, too. */
int options = 3;
int message(int x);
int segment(int x);
int error_set(int x);
__attribute__((noinline)) int message(int x) { return x + options; }
__attribute__((noinline)) int segment(int x) { return message(x) + message(x + 1); }
__attribute__((noinline)) int error_set(int x) { return segment(x); }
int main(void) {
    int sum = 0;
    for (int i = 0; i < 10; i++) sum += error_set(i);
    printf("%d %s\n", sum, cinstr_version());
    return 0;
}
END_C
cat >"$SCRATCH/program.cc" <<'END_CC'
#include <cinstr.h>
#include <iostream>
#include <stdexcept>
__attribute__((noinline)) static int thrown(int i) {
    if (i % 2) throw std::runtime_error("odd");
    return i;
}
int main() {
    int sum = 0;
    for (int i = 0; i < 10; i++) {
        try { sum += thrown(i); } catch (const std::exception &) { sum += 100; }
    }
    std::cout << sum << ' ' << cinstr_version() << '\n';
}
END_CC
said="160 $("$prefix/bin/cinstr" version | cut -d' ' -f2)"
said_cc="520 ${said#* }"

# recorded PROGRAM EXPECTED EDGE: the program prints EXPECTED, and its profile has EDGE. STATIC=segment says
# that it cannot write its profile, and leaves its segment.
recorded() {
    rm -rf "$SCRATCH/p.pb.gz" "$SCRATCH/segments" && mkdir -m 700 "$SCRATCH/segments" &&
        [[ $(CINSTR_OPTIONS=output=$SCRATCH/p.pb.gz:directory=$SCRATCH/segments \
            LD_LIBRARY_PATH=${RUN_PATH:-} "$1" 2>"$SCRATCH/err") == "$2" ]] || { cat "$SCRATCH/err" && return 1; }
    if [[ ${STATIC:-} == segment ]]; then
        "$prefix/bin/cinstr" dump -q -o "$SCRATCH/p.pb.gz" "$SCRATCH"/segments/* || return
    else
        is_empty "$SCRATCH/err" || return
    fi
    "$prefix/bin/cinstr" verify "$SCRATCH/p.pb.gz" && "$prefix/bin/cinstr" report --edges --csv "$SCRATCH/p.pb.gz" >"$SCRATCH/p.csv" &&
        { grep -q "$3" "$SCRATCH/p.csv" || { cat "$SCRATCH/p.csv" && return 1; }; }
}
edge='^segment,message,20,'
edge_cc='^main,thrown(int),10,'

flags() { # prints pkg-config's flags for the directory where the library is now
    PKG_CONFIG_PATH=$libraries/pkgconfig pkg-config --define-variable=prefix="$prefix" "$@" cinstr
}
through_pkg_config() { # COMPILER SOURCE HOOKS EXPECTED EDGE [OPTION…]
    local compiler=$1 source=$SCRATCH/$2 hooks=$3 expected=$4 edge=$5 found static=()
    shift 5
    [[ " $* " != *" -static"* ]] || static=(--static)
    found=$(flags --cflags --libs "${static[@]}") || return
    # shellcheck disable=SC2086
    "$compiler" -O2 -g $hooks "$source" "$@" $found -o "$SCRATCH/p" 2>"$SCRATCH/err" && is_empty "$SCRATCH/err" &&
        RUN_PATH=$libraries recorded "$SCRATCH/p" "$expected" "$edge" || { cat "$SCRATCH/err" && return 1; }
}
hooks=$(flags --variable=instrument)
compilers=(gcc clang-14)
command -v clang-19 >/dev/null && compilers+=(clang-19)
for compiler in "${compilers[@]}"; do
    case $compiler in
    gcc) driver=g++ after=$hooks ;;
    *) driver=${compiler/clang/clang++} after=${hooks}-after-inlining ;;
    esac
    check "a program built through pkg-config by $compiler is recorded" through_pkg_config "$compiler" program.c "$hooks" "$said" "$edge"
    check "a program built through pkg-config by $driver is recorded" through_pkg_config "$driver" program.cc "$after" "$said_cc" "$edge_cc"
    for static in -static -static-pie; do
        check "a program built through pkg-config by $compiler $static is recorded" through_pkg_config "$compiler" program.c "$hooks" "$said" "$edge" $static -fPIE
        check "a program built through pkg-config by $driver $static is recorded" through_pkg_config "$driver" program.cc "$after" "$said_cc" "$edge_cc" $static -fPIE
    done
done

mkdir "$SCRATCH/project" && cp "$SCRATCH"/program.c* "$SCRATCH/project/"
cat >"$SCRATCH/project/CMakeLists.txt" <<'END_CMAKE'
cmake_minimum_required(VERSION 3.18)
project(project C CXX)
find_package(cinstr 0.1 REQUIRED)
foreach(kind cinstr cinstr_static)
  add_executable(c_${kind} program.c)
  add_executable(cc_${kind} program.cc)
  foreach(target c_${kind} cc_${kind})
    target_link_libraries(${target} PRIVATE cinstr::${kind} cinstr::instrument)
  endforeach()
endforeach()
target_link_options(c_cinstr_static PRIVATE -static)
target_link_options(cc_cinstr_static PRIVATE -static)
END_CMAKE
through_cmake() { # COMPILER DRIVER
    cmake -S "$SCRATCH/project" -B "$SCRATCH/cmake-$1" -DCMAKE_C_COMPILER="$1" -DCMAKE_CXX_COMPILER="$2" \
        -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_PREFIX_PATH="$prefix" -Dcinstr_DIR="$libraries/cmake/cinstr" &&
        cmake --build "$SCRATCH/cmake-$1"
}
if command -v cmake >/dev/null; then
    for compiler in "${compilers[@]}"; do
        driver=${compiler/clang/clang++}
        check "CMake, $compiler: configures and builds" through_cmake "$compiler" "${driver/gcc/g++}" || continue
        for kind in cinstr cinstr_static; do
            check "CMake, $compiler, C: a program with $kind is recorded" recorded "$SCRATCH/cmake-$compiler/c_$kind" "$said" "$edge"
            check "CMake, $compiler, C++: a program with $kind is recorded" recorded "$SCRATCH/cmake-$compiler/cc_$kind" "$said_cc" "$edge_cc"
        done
        check "CMake, $compiler: the hooks are linked into the program" eval \
            'nm "$SCRATCH/cmake-$compiler/c_cinstr" | has " [tT] __cyg_profile_func_enter$"'
    done
else
    fail "CMake" "it is not installed: scripts/install-deps test"
fi

through_cc() { # COMPILER OPTION…
    "$prefix/bin/cinstr" cc "$@" -O2 "$SCRATCH/program.c" -I"$prefix/include" -o "$SCRATCH/p"
}
for compiler in "${compilers[@]}"; do
    check "a program built with cinstr cc $compiler is recorded" eval 'through_cc $compiler && recorded "$SCRATCH/p" "$said" "$edge"'
    check "a program built with cinstr cc $compiler -static leaves its segment" eval \
        'through_cc $compiler -static && STATIC=segment recorded "$SCRATCH/p" "$said" "$edge"'
done

# --- uninstalled ------------------------------------------------------------------------------------
touch "$prefix/bin/another" "$libraries/libcinstrument.so"
check "make uninstall succeeds" installing uninstall
check "make uninstall removes all installed files, and no others" eval \
    '[[ $(find "$destination" ! -type d | sort) == "$(printf "%s\n" "$prefix/bin/another" "$libraries/libcinstrument.so")" ]]'
check "make uninstall removes the directories that install has made" eval '[[ ! -e $prefix/include/cinstr && ! -e $libraries/cmake/cinstr ]]'
finish
