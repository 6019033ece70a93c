#!/bin/bash
# SPDX-License-Identifier: MIT
# Each installed compiler builds everything, and the cross compiler the recorder for arm64, without a warning.
# The recorder never uses a vector or floating-point register, according to the disassembler: these hold the
# program's own values when a hook is called. COMPILERS, if set, names fewer.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

unset MAKEFLAGS MAKELEVEL MFLAGS
read -r -a compilers <<<"${COMPILERS:-gcc clang-14 clang-19 aarch64-linux-gnu-gcc}"

build() { # COMPILER TARGETS…
    make -C "$TOP" -k -j2 BUILD="$SCRATCH/$1" PAGE_BUILD="$BUILD/page" CC="$1" WERROR=-Werror \
        CFLAGS=-O2 CXXFLAGS=-O2 LDFLAGS= "${@:2}" >"$SCRATCH/make.log" 2>&1 ||
        { grep -E -A 3 'error: |warning: |\*\*\*' "$SCRATCH/make.log" && return 1; }
    ! grep -E 'warning:' "$SCRATCH/make.log"
}

# Operands like %xmm0, or d0, v1.16b on arm64.
uses_no_vectors() { # COMPILER
    local objdump=objdump
    [[ $1 != aarch64-* ]] || objdump=${1%gcc}objdump
    "$objdump" -d --no-show-raw-insn "$SCRATCH/$1/libcinstr.so.0" "$SCRATCH/$1/libcinstr_hooks.a" |
        awk -F '\t' '/>:$/ { in_function = $0 }
            { n++ && sub(/[0-9a-f]+ <.*/, "", $3) } # the target of a branch is no operand
            $3 ~ /%([xyz]mm|st|mm)[(0-9]/ || $3 ~ /(^|[ ,{[])[qdvshb][0-9]+([.,} \]]|$)/ {
                print in_function, $2, $3; wrong = 1 }
            END { exit wrong || n < 1000 }'
}

for compiler in "${compilers[@]}"; do
    has_tool "$compiler" "$compiler" || continue
    check "$compiler: the recorder builds without a warning" build "$compiler" runtime
    check "$compiler: the recorder uses no vector register" uses_no_vectors "$compiler"
    [[ $compiler != aarch64-* ]] || continue
    check "$compiler: the reader and the command build without a warning" build "$compiler" all plugin_versions=
    check "$compiler: the unit tests build without a warning" build "$compiler" unit-tests
    [[ $compiler == gcc ]] || continue
    for version in 14 16 19; do # g++ compiles it, whatever CC is
        [[ ! -f $BUILD/cinstr-plugin-$version.so ]] ||
            check "g++: the plugin for LLVM $version builds without a warning" build gcc plugin "plugin_versions=$version"
    done
done
finish
