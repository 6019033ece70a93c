#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs each fuzz target of $BUILD/fuzz (see the Makefile) a fixed number of times from a fixed
# seed, starting from tests/fuzz/corpus/NAME: the same inputs every time. FUZZ_RUNS and FUZZ_SEED
# choose others; what broke a target is kept in $BUILD/fuzz and named.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"

runs=${FUZZ_RUNS:-20000}
seed=${FUZZ_SEED:-1}

fuzz() { # TARGET NAME
    mkdir -p "$SCRATCH/$2"
    [[ ! -d $TOP/tests/fuzz/corpus/$2 ]] || cp "$TOP/tests/fuzz/corpus/$2"/* "$SCRATCH/$2"
    "$1" -runs="$runs" -seed="$seed" -max_len=4096 -timeout=20 -rss_limit_mb=1024 \
        -artifact_prefix="$BUILD/fuzz/$2-" "$SCRATCH/$2" >"$SCRATCH/log" 2>&1 && return
    grep -E -m 20 'ERROR|SUMMARY|runtime error|Test unit written|^[^#]*: ' "$SCRATCH/log"
    return 1
}

for source in "$TOP"/tests/fuzz/*_fuzz.c; do
    name=$(basename "$source" _fuzz.c)
    check "$name: $runs hostile inputs are refused or read, none crashes" \
        fuzz "$BUILD/fuzz/tests/${name}_fuzz" "$name"
done
finish
