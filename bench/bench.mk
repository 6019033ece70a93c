# SPDX-License-Identifier: MIT
# `make bench`: every side on every program, how costs grow, and memory, waits and traces, nearly an
# hour; writes docs/benchmarks.md and .svg. `make bench-charges`: the last of these alone, a quarter of
# an hour, anew in that page. `make bench-quick`: the micro-programs alone, two minutes. Included by the
# Makefile. None ever fails for a time: what must not get worse is counted in instructions
# (tests/e2e/hot_path.sh).

bench_tools := $(BUILD)/bench/measure $(patsubst %,$(BUILD)/bench/%.o,hooks_empty hooks_clock xray_start) \
	$(BUILD)/bench/libhooks_empty.so $(BUILD)/bench/libhooks_clock.so

.PHONY: bench bench-charges bench-quick
bench: all $(bench_tools)
	bench/bench --build $(BUILD) --document docs/benchmarks.md
bench-charges: all $(bench_tools)
	bench/charges --build $(BUILD) --document docs/benchmarks.md
bench-quick: all $(bench_tools)
	bench/bench --build $(BUILD) --quick

$(BUILD)/bench/measure: bench/measure.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(CFLAGS) $< -o $@

$(BUILD)/bench/%.o: bench/%.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(CFLAGS) -fvisibility=hidden -c $< -o $@

$(BUILD)/bench/lib%.so: bench/%.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(CFLAGS) -fPIC -shared $< -o $@
