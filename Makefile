# SPDX-License-Identifier: MIT
# Builds the recorder, the reader, the command and their tests into $(BUILD).
# `make help` lists the targets.

VERSION  := 0.1.0
BUILD    ?= build
PREFIX   ?= /usr/local
DESTDIR  ?=
LIBDIR   ?= $(PREFIX)/lib
CC       ?= cc
CXX      ?= c++
AR       ?= ar
OBJCOPY  ?= $(shell $(CC) -print-prog-name=objcopy)
CFLAGS   ?= -O2 -g
CXXFLAGS ?= -O2 -g
WERROR   ?=

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes $(WERROR)
COMMON   := -std=gnu11 -D_GNU_SOURCE -DCINSTR_VERSION='"$(VERSION)"' -Iinclude -I. -I$(BUILD)/gen $(WARNINGS) -MMD -MP

# The option, if the compiler knows it.
option = $(shell $(CC) -Werror $(1) -S -x c /dev/null -o - >/dev/null 2>&1 && echo $(1))

# No floating point, no vector registers: the host's state must not change (see runtime/hooks/hooks.c).
# No call may be added that the source does not make: neither hooks, nor memset for a loop.
RUNTIME_CFLAGS := $(COMMON) -mgeneral-regs-only -fPIC -ftls-model=initial-exec -fvisibility=hidden -fno-builtin \
	-fno-stack-protector $(call option,-fno-instrument-functions) $(call option,-fno-tree-loop-distribute-patterns) \
	$(call option,-fcf-protection=full) $(call option,-mbranch-protection=standard)

# --- what there is ------------------------------------------------------------------------------

# A folder is a part of one library: what lies in it goes into that library and no other.
sources = $(wildcard $(addsuffix /*.c,$(1)) $(addsuffix /*.S,$(1)))

# The recorder's rooms from the ground up: each may use those before it alone.
recorder_rooms  := base segment tree sample entry interpose process
runtime_sources := $(call sources,$(recorder_rooms:%=runtime/%))
hook_sources    := $(call sources,runtime/hooks)
near_sources    := $(call sources,runtime/near)
static_sources  := $(call sources,runtime/libstatic)
sample_sources  := $(call sources,runtime/libsample) runtime/interposers/open_recorder.c
heap_sources    := $(call sources,runtime/libheap runtime/interposers)
block_sources   := $(call sources,runtime/libblock runtime/interposers)
reader_sources  := $(call sources,reader reader/*)
server_sources  := $(call sources,page http)
command_sources := $(call sources,cli/*)
room_tests      := $(foreach r,$(recorder_rooms),$(if $(wildcard tests/unit/runtime/$(r)),$(BUILD)/tests/runtime_$(r)_test))
unit_tests      := $(patsubst tests/unit/%_test.c,$(BUILD)/tests/%_test,$(wildcard tests/unit/*_test.c)) $(room_tests)
fuzz_targets    := $(patsubst tests/fuzz/%_fuzz.c,$(BUILD)/tests/%_fuzz,$(wildcard tests/fuzz/*_fuzz.c))
e2e_tests       := $(filter-out %/lib.sh,$(wildcard tests/e2e/*.sh))

c_files         := $(shell find include runtime reader writer page http cli bench plugin tests -name '*.[ch]' -o -name '*.cpp')

protocols       := profile perfetto
interposers     := cinstr_heap cinstr_block
objects = $(1:%=$(BUILD)/%.o)
runtime_objects := $(call objects,$(runtime_sources))
hook_objects    := $(call objects,$(hook_sources))
near_objects    := $(call objects,$(near_sources))
static_objects  := $(call objects,$(static_sources))
sample_objects  := $(call objects,$(sample_sources))
http_mark       := $(call objects,runtime/libhttp/http_linked.c)
reader_objects  := $(call objects,$(reader_sources)) $(protocols:%=$(BUILD)/gen/%.pb-c.o)
server_objects  := $(call objects,$(server_sources))
door_objects    := $(call objects,$(call sources,http/door))
command_objects := $(call objects,$(command_sources) $(wildcard cli/cmd_*.c)) $(server_objects)
main_object     := $(call objects,cli/main.c)
writer_object   := $(call objects,writer/main.c)

READER_LIBS := -ldw -lelf -lprotobuf-c -lz -lsupc++ -lm
SERVER_LIBS := $(READER_LIBS) -ljansson -lmicrohttpd
CLI_LIBS    := $(SERVER_LIBS) -lncursesw -ltinfo

.PHONY: all runtime plugin demo test unit sanitized threads sanitize e2e fuzz unit-tests fuzz-targets lint format clean help
all: runtime plugin $(BUILD)/cinstr-writer $(BUILD)/libcinstr_reader.a $(BUILD)/libcinstr_http.so.0 $(BUILD)/cinstr
runtime: $(BUILD)/libcinstr_http.so $(BUILD)/libcinstr_http.a $(BUILD)/libcinstr.so.0 $(BUILD)/libcinstr_sample.so.0 $(interposers:%=$(BUILD)/lib%.so.0) $(interposers:%=$(BUILD)/lib%.so) \
	$(BUILD)/libcinstr.so $(BUILD)/libcinstr_hooks.a $(BUILD)/libcinstr.a $(BUILD)/libcinstr.static

# --- the recorder -------------------------------------------------------------------------------

$(BUILD)/runtime/%.c.o: runtime/%.c
	@mkdir -p $(@D)
	$(CC) $(RUNTIME_CFLAGS) $(CFLAGS) -c $< -o $@

$(BUILD)/runtime/%.S.o: runtime/%.S
	@mkdir -p $(@D)
	$(CC) $(RUNTIME_CFLAGS) $(CFLAGS) -c $< -o $@

# The recorder's own calls have names of their own where it interposes the program's.
$(runtime_objects): RUNTIME_CFLAGS += -Dsyscall=cinstr_own_syscall -Dprctl=cinstr_own_prctl

# THREADS=1: under the thread sanitizer. Not what runs before its runtime is ready or in a child that shares
# its memory, and not the hooks, which no other thread's hooks meet.
threads_unseen := $(call objects,$(call sources,runtime/interpose) \
	runtime/process/run_writer.c runtime/process/send_segment.c runtime/base/system_calls.c)
ifdef THREADS
$(filter-out $(threads_unseen),$(runtime_objects)): RUNTIME_CFLAGS += -fsanitize=thread -Wno-tsan
endif

# Exported by libcinstr.so.0 for modules that do not link the hidden hooks.
$(BUILD)/runtime/%.shared.o: runtime/%.c
	@mkdir -p $(@D)
	$(CC) $(RUNTIME_CFLAGS) -fvisibility=default -DHOOKS_ARE_SHARED=1 $(CFLAGS) -c $< -o $@

$(BUILD)/libcinstr.so.0: $(runtime_objects) $(hook_objects:.c.o=.shared.o) runtime/libcinstr.map
	$(CC) -shared -Wl,-soname,libcinstr.so.0 -Wl,--version-script=runtime/libcinstr.map \
		-Wl,-z,now -Wl,-z,relro -Wl,-z,defs -Wl,-z,nodelete -Wl,-Bsymbolic-functions $(LDFLAGS) -o $@ $(filter %.o,$^)

# Preloaded into programs that are to be sampled.
$(BUILD)/libcinstr_sample.so.0: $(sample_objects)
	$(CC) -shared -Wl,-soname,libcinstr_sample.so.0 -Wl,-z,now -Wl,-z,relro $(LDFLAGS) -o $@ $^

# They stand before functions of libc. Exceptions pass through them; floating point is their own affair.
interposer_objects = $(1:%.c=$(BUILD)/%.interposer.o)
$(BUILD)/runtime/%.interposer.o: runtime/%.c
	@mkdir -p $(@D)
	$(CC) $(filter-out -mgeneral-regs-only,$(RUNTIME_CFLAGS)) -fexceptions $(CFLAGS) -c $< -o $@

$(BUILD)/libcinstr_heap.so.0: $(call interposer_objects,$(heap_sources))
$(BUILD)/libcinstr_block.so.0: $(call interposer_objects,$(block_sources))
$(interposers:%=$(BUILD)/lib%.so.0):
	$(CC) -shared -Wl,-soname,$(@F) -Wl,-z,now -Wl,-z,relro -Wl,-z,defs $(LDFLAGS) -o $@ $^ -lm

# What -lcinstr_heap and -lcinstr_block find.
$(interposers:%=$(BUILD)/lib%.so):
	@mkdir -p $(@D)
	ln -sf $(@F).0 $@

$(BUILD)/libcinstr_hooks.a: $(hook_objects) $(near_objects)
	rm -f $@ && $(AR) rcs $@ $^

# One object, so that the program's names and ours do not meet. A static program is given what we
# interpose by --wrap, and static_symbols.c has libc's own.
wrapped := setjmp _setjmp __sigsetjmp longjmp _longjmp siglongjmp __longjmp_chk \
	makecontext swapcontext setcontext __cxa_begin_catch pthread_setcanceltype
$(BUILD)/libcinstr.a: $(runtime_objects) $(hook_objects) $(static_objects) runtime/libstatic/libcinstr_static.symbols
	$(CC) -nostdlib -r $(runtime_objects) $(hook_objects) -o $(BUILD)/runtime/libcinstr.o
	$(OBJCOPY) $(foreach f,$(wrapped),--redefine-sym $(f)=__wrap_$(f) --keep-global-symbol=__wrap_$(f)) \
		--keep-global-symbols=$(filter %.symbols,$^) $(BUILD)/runtime/libcinstr.o
	rm -f $@ && $(AR) rcs $@ $(BUILD)/runtime/libcinstr.o $(static_objects)

# The linker's options for that: -Wl,@libcinstr.static
$(BUILD)/libcinstr.static: Makefile
	@mkdir -p $(@D)
	echo '-u cinstr_static_symbol $(wrapped:%=--wrap=%)' > $@

# What -lcinstr finds: the hidden hooks into every module that links it, the rest shared.
$(BUILD)/libcinstr.so: Makefile | $(BUILD)/libcinstr_hooks.a
	printf '/* SPDX-License-Identifier: MIT */\nEXTERN ( __cyg_profile_func_enter )\nGROUP ( libcinstr_hooks.a libcinstr.so.0 )\n' > $@

# What -lcinstr_http finds: an object that no linker leaves out.
$(BUILD)/libcinstr_http.o: $(http_mark)
	cp $< $@
$(BUILD)/libcinstr_http.so $(BUILD)/libcinstr_http.a: $(BUILD)/libcinstr_http.o
	printf '/* SPDX-License-Identifier: MIT */\nINPUT ( libcinstr_http.o )\n' > $@

# --- the reader and the command -----------------------------------------------------------------

vpath %.proto reader/pprof reader/trace
$(BUILD)/gen/%.pb-c.c $(BUILD)/gen/%.pb-c.h &: %.proto
	@mkdir -p $(@D)
	protoc-c --proto_path=$(<D) --c_out=$(@D) $<

# Kept, so that nothing is built anew for want of them.
.SECONDARY: $(foreach name,$(protocols),$(BUILD)/gen/$(name).pb-c.c $(BUILD)/gen/$(name).pb-c.h)

# Generated code is not held to our warnings.
$(BUILD)/gen/%.o: $(BUILD)/gen/%.c
	$(CC) -std=gnu11 -fPIC -fvisibility=hidden $(CFLAGS) -I$(BUILD)/gen -c $< -o $@

$(BUILD)/reader/%.c.o: reader/%.c | $(protocols:%=$(BUILD)/gen/%.pb-c.h)
	@mkdir -p $(@D)
	$(CC) $(COMMON) -fPIC $(CFLAGS) -c $< -o $@

$(BUILD)/page/%.c.o: page/%.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) -fPIC $(CFLAGS) -c $< -o $@

$(BUILD)/http/%.c.o: http/%.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) -fPIC $(CFLAGS) -c $< -o $@

$(BUILD)/cli/%.c.o: cli/%.c | $(protocols:%=$(BUILD)/gen/%.pb-c.h)
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(CFLAGS) -c $< -o $@

$(BUILD)/libcinstr_reader.a: $(reader_objects)
	rm -f $@ && $(AR) rcs $@ $^

# What the recorder runs to write profiles. Static where that can be: it starts in half the time, and
# needs little memory where a program may have little.
static_archives := $(foreach l,c dw elf protobuf-c z lzma bz2,$(shell $(CC) -print-file-name=lib$(l).a))
has_archives     = $(if $(filter-out /%,$(static_archives))$(findstring -fsanitize,$(CFLAGS) $(LDFLAGS)),,yes)
$(BUILD)/writer/%.c.o: writer/%.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(CFLAGS) -c $< -o $@

$(BUILD)/cinstr-writer: $(writer_object) $(BUILD)/libcinstr_reader.a
	$(CC) $(if $(has_archives),-static) $(LDFLAGS) -o $@ $^ $(READER_LIBS) $(if $(has_archives),-llzma -lbz2)

# The server in a program: loaded by the recorder, apart from all that is the program's.
$(BUILD)/libcinstr_http.so.0: $(server_objects) $(door_objects) $(BUILD)/libcinstr_reader.a http/libcinstr_http.map
	$(CC) -shared -Wl,-soname,libcinstr_http.so.0 -Wl,--version-script=http/libcinstr_http.map \
		-Wl,-z,now -Wl,-z,relro -Wl,-z,defs $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(SERVER_LIBS)

$(BUILD)/cinstr: $(main_object) $(command_objects) $(BUILD)/libcinstr_reader.a
	$(CC) $(LDFLAGS) -o $@ $^ $(CLI_LIBS)

# --- the pages that the command writes -----------------------------------------------------------

# esbuild, from npm, bundles them. A release has them in page/bundled. Without npm and without a
# release they are empty, and --html says so.
NPM          := $(shell command -v npm)
PAGE_BUILD   ?= $(BUILD)/npm
bundled      := $(wildcard page/bundled)
page_tools   := $(if $(bundled),,$(if $(NPM),$(PAGE_BUILD)/node_modules/.package-lock.json))
page_sources := $(filter-out %.c %.h %.S page/bundled,$(wildcard page/*)) $(wildcard page/bundled/*)
html_pages   := $(foreach name,compare diff growth report,$(BUILD)/gen/page_$(name).html)

$(PAGE_BUILD)/node_modules/.package-lock.json: page/package.json page/package-lock.json
	@mkdir -p $(PAGE_BUILD)
	cp $^ $(PAGE_BUILD)
	-cd $(PAGE_BUILD) && npm ci --silent --no-audit --no-fund --prefer-offline \
		--fetch-retries=1 --fetch-retry-mintimeout=2000 && touch node_modules/.package-lock.json

$(BUILD)/gen/page_%.html: $(page_tools) $(page_sources)
	@mkdir -p $(@D)
	@if test -n '$(bundled)'; then cp page/bundled/$*.html $@; \
	elif test -n '$(page_tools)' -a -e '$(page_tools)'; then node page/build.mjs $(PAGE_BUILD) $* $@; \
	else echo 'No page $*: npm is not here, or could not fetch what page/package.json names.'; : > $@; fi

$(BUILD)/page/templates.S.o: page/templates.S $(html_pages)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -Wa,-I$(BUILD)/gen -c $< -o $@

# --- the plugins --------------------------------------------------------------------------------

# One for each LLVM whose headers are here: what a clang loads has to be built for its version.
LLVM_VERSIONS  ?= 14 16 19
plugin_sources := $(wildcard plugin/*.cpp)
libc_names     := $(BUILD)/gen/libc_names.inc
llvm_headers    = $(shell llvm-config-$(1) --includedir 2>/dev/null)
plugin_versions := $(foreach v,$(LLVM_VERSIONS),$(if $(wildcard $(call llvm_headers,$(v))/llvm/Passes/PassPlugin.h),$(v)))

# And one for each gcc whose plugins' headers are here, called by its full version.
GCC_VERSIONS    ?= 11 12
gcc_sources     := $(wildcard plugin/gcc/*.cpp)
gcc_headers      = $(shell gcc-$(1) -print-file-name=plugin 2>/dev/null)/include
gcc_versions    := $(foreach v,$(GCC_VERSIONS),$(if $(wildcard $(call gcc_headers,$(v))/gcc-plugin.h),$(v)))
gcc_plugin       = $(BUILD)/cinstr_gcc_plugin_$(shell gcc-$(1) -dumpfullversion).so
plugins         := $(plugin_versions:%=$(BUILD)/cinstr-plugin-%.so) $(foreach v,$(gcc_versions),$(call gcc_plugin,$(v)))

plugin: $(plugins)
ifneq ($(plugin_versions),$(LLVM_VERSIONS))
	@echo 'No plugin for LLVM $(filter-out $(plugin_versions),$(LLVM_VERSIONS)): llvm-N-dev is not installed.'
endif
ifneq ($(gcc_versions),$(GCC_VERSIONS))
	@echo 'No plugin for gcc $(filter-out $(gcc_versions),$(GCC_VERSIONS)): gcc-N-plugin-dev is not installed.'
endif

# What the C library exports, for -cinstr-external=libc.
$(libc_names):
	@mkdir -p $(@D)
	nm -D --defined-only "$$($(CC) -print-file-name=libc.so.6)" | \
		awk '$$2 ~ /^[TWi]$$/ && !/GLIBC_PRIVATE/ { sub(/@.*/, "", $$3); print "\"" $$3 "\"," }' | LC_ALL=C sort -u >$@.new
	test -s $@.new && mv $@.new $@

# LLVM itself is clang's: nothing of it is linked.
define plugin_of_version
$(BUILD)/plugin-$(1)/%.o: plugin/%.cpp $(libc_names)
	@mkdir -p $$(@D)
	$$(CXX) -std=c++17 -fPIC -fvisibility=hidden -fno-rtti -fno-exceptions -DCINSTR_VERSION='"$(VERSION)"' \
		-Iinclude -I$(BUILD)/gen -isystem $(call llvm_headers,$(1)) -Wall -Wextra -Wpedantic -Wshadow -Wconversion $$(WERROR) \
		-MMD -MP $$(CXXFLAGS) -c $$< -o $$@

$(BUILD)/cinstr-plugin-$(1).so: $(plugin_sources:plugin/%.cpp=$(BUILD)/plugin-$(1)/%.o)
	$$(CXX) -shared -Wl,-soname,$$(@F) $$(CXXFLAGS) $$(LDFLAGS) -o $$@ $$^
endef
$(foreach v,$(plugin_versions),$(eval $(call plugin_of_version,$(v))))

# gcc's headers are C++ of their own; what they define is gcc's.
define plugin_of_gcc
$(BUILD)/plugin-gcc-$(1)/%.o: plugin/gcc/%.cpp
	@mkdir -p $$(@D)
	$$(CXX) -std=c++17 -fPIC -fvisibility=hidden -fno-rtti -fno-exceptions -isystem $(call gcc_headers,$(1)) \
		-Wall -Wextra -Wshadow $$(WERROR) -MMD -MP $$(CXXFLAGS) -c $$< -o $$@

$(call gcc_plugin,$(1)): $(gcc_sources:plugin/gcc/%.cpp=$(BUILD)/plugin-gcc-$(1)/%.o)
	$$(CXX) -shared -Wl,-soname,$$(@F) $$(CXXFLAGS) $$(LDFLAGS) -o $$@ $$^
endef
$(foreach v,$(gcc_versions),$(eval $(call plugin_of_gcc,$(v))))

# --- tests --------------------------------------------------------------------------------------

# The command without its main(), for the tests of its parts.
$(BUILD)/tests/libcommand.a: $(command_objects)
	@mkdir -p $(@D)
	rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/tests/%_test: tests/unit/%_test.c $(BUILD)/tests/libcommand.a $(BUILD)/libcinstr_reader.a
	@mkdir -p $(@D)
	$(CC) $(COMMON) -Itests $(CFLAGS) $< -o $@ $(filter %.o %.a,$^) $(LDFLAGS) $(CLI_LIBS) -lcmocka

# A folder of tests for a room of the recorder: linked with that room and those below it alone, so
# that a use of a higher one does not link.
$(BUILD)/tests/runtime/%.c.o: tests/unit/runtime/%.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) -Itests/unit $(CFLAGS) -c $< -o $@

define room_test
rooms_below += runtime/$(1)
$(BUILD)/tests/runtime_$(1)_test: $$(patsubst tests/unit/runtime/%,$(BUILD)/tests/runtime/%.o,$$(wildcard tests/unit/runtime/$(1)/*.c)) \
		$$(call objects,$$(call sources,$$(rooms_below)))
endef
$(foreach r,$(recorder_rooms),$(eval $(call room_test,$(r))))
$(room_tests):
	$(CC) $(LDFLAGS) -o $@ $^ -lcmocka

$(BUILD)/tests/http_fuzz: $(server_objects)
$(BUILD)/tests/rules_fuzz: $(call objects,$(addprefix cli/,check/check_rules.c check/check_parse.c base/command.c base/input.c base/pattern.c print/text.c print/short_name.c))
$(BUILD)/tests/%_fuzz: tests/fuzz/%_fuzz.c $(BUILD)/libcinstr_reader.a
	@mkdir -p $(@D)
	$(CC) $(COMMON) -Itests $(CFLAGS) $< -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDFLAGS) \
		-fsanitize=fuzzer $(CLI_LIBS)

unit-tests: $(unit_tests)
fuzz-targets: $(fuzz_targets)

# Within a recipe: on all processors, unless make was told how many jobs to run.
parallel = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

# Built once more under the sanitizers, each in a directory of its own.
SANITIZE      := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
build_sanitized = $(MAKE) $(parallel) BUILD=$(BUILD)/sanitized PAGE_BUILD=$(PAGE_BUILD) CFLAGS='-O1 -g $(SANITIZE)' LDFLAGS='$(SANITIZE)'
sanitized_whole := $(addprefix $(BUILD)/sanitized/,libcinstr.so.0 libcinstr.so cinstr-writer cinstr)
build_threads   = $(MAKE) $(parallel) BUILD=$(BUILD)/threads THREADS=1 CFLAGS='-O1 -g' LDFLAGS=-fsanitize=thread
threads_whole   := $(addprefix $(BUILD)/threads/,libcinstr.so.0 libcinstr.so)
build_fuzz      = $(MAKE) $(parallel) BUILD=$(BUILD)/fuzz CC=clang-14 CFLAGS='-O1 -g $(SANITIZE) -fsanitize=fuzzer-no-link' \
	LDFLAGS='$(SANITIZE)' fuzz-targets
# Tests of memory bring an allocator of their own, as the sanitizer does.
sanitized_tests = $(filter-out %_memory_test,$(unit_tests:$(BUILD)/%=$(BUILD)/sanitized/%))

unit: unit-tests
	scripts/run-tests $(BUILD) $(unit_tests)

sanitized:
	+$(build_sanitized) $(sanitized_whole)

threads:
	+$(build_threads) $(threads_whole)

sanitize:
	+$(build_sanitized) unit-tests
	scripts/run-tests $(BUILD) $(sanitized_tests)

e2e: all
	scripts/run-tests $(BUILD) $(e2e_tests)

fuzz:
	+$(build_fuzz)
	scripts/run-tests $(BUILD) tests/fuzz/run.sh

test:
	scripts/install-deps test
	+$(MAKE) $(parallel) all unit-tests
	+$(build_sanitized) unit-tests $(sanitized_whole)
	+$(build_threads) $(threads_whole)
	+$(build_fuzz)
	scripts/run-tests $(BUILD) $(unit_tests) $(sanitized_tests) $(e2e_tests) tests/fuzz/run.sh

# --- shown on a real program ---------------------------------------------------------------------

demo:
	BUILD=$(BUILD) scripts/demo

# --- the rest -----------------------------------------------------------------------------------

lint: all
	scripts/lint $(BUILD)

format:
	clang-format-14 -i $(c_files)

help:
	@echo 'all        the recorder, the reader library and the command, into $(BUILD)'
	@echo 'demo       profiles Lua, from its source; installs what that needs from Debian, and says so'
	@echo 'dist       the tarball of a release; deb: Debian packages, built from it; both into $(BUILD)'
	@echo 'install    into PREFIX, libraries into LIBDIR, all below DESTDIR; uninstall: removes that'
	@echo 'test       everything that proves them; installs what that needs from Debian, and says so'
	@echo 'unit       the unit tests; sanitize: the same under the address and undefined sanitizers'
	@echo 'threads    the recorder under the thread sanitizer, for tests/e2e/thread_sanitizer.sh'
	@echo 'e2e        the end-to-end tests'
	@echo 'fuzz       a fixed number of hostile profiles and segments'
	@echo 'lint       formatting, clang-tidy, shellcheck, who may include what, circles, and what tests run'
	@echo 'format     clang-format, in place'
	@echo 'clean      removes $(BUILD)'
	@echo 'Variables: BUILD PREFIX DESTDIR LIBDIR CC CFLAGS LDFLAGS WERROR=-Werror'

include bench/bench.mk
include packaging/install.mk
include packaging/release.mk

clean:
	rm -rf $(BUILD)

interposing_objects := $(call interposer_objects,$(heap_sources) $(block_sources))
-include $(patsubst %.o,%.d,$(runtime_objects) $(hook_objects) $(hook_objects:.c.o=.shared.o) $(static_objects) $(sample_objects) \
	$(http_mark) $(interposing_objects) $(reader_objects) $(server_objects) $(door_objects) $(command_objects) $(main_object) $(writer_object)) \
	$(unit_tests:%=%.d) $(wildcard $(BUILD)/tests/runtime/*/*.d $(BUILD)/plugin-*/*.d)
