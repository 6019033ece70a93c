# SPDX-License-Identifier: MIT
# `make install` and `make uninstall`. Included by the Makefile. Below DESTDIR: programs and pages in PREFIX,
# libraries in LIBDIR. Both targets use the list installed_files.

bin       := $(DESTDIR)$(PREFIX)/bin
lib       := $(DESTDIR)$(LIBDIR)
include   := $(DESTDIR)$(PREFIX)/include
share     := $(DESTDIR)$(PREFIX)/share

programs    := $(BUILD)/cinstr
libraries   := $(addprefix $(BUILD)/,libcinstr.so.0 libcinstr_sample.so.0 libcinstr_heap.so.0 libcinstr_block.so.0 \
	cinstr-writer libcinstr_http.so.0) $(plugins)
links       := $(interposers:%=lib%.so)
archives    := $(addprefix $(BUILD)/,libcinstr.so libcinstr_http.so libcinstr_http.a libcinstr_http.o libcinstr.static libcinstr_hooks.a libcinstr.a static/libcinstr_reader.a)
headers     := $(addprefix include/,cinstr.h cinstr/http.h cinstr/inlined.h cinstr/segment.h)
pages       := $(wildcard docs/man/*.[13])
completions := bash-completion/completions/cinstr zsh/site-functions/_cinstr fish/vendor_completions.d/cinstr.fish

installed_files := $(programs:$(BUILD)/%=$(bin)/%) $(addprefix $(lib)/,$(notdir $(libraries) $(archives)) $(links)) \
	$(addprefix $(lib)/,pkgconfig/cinstr.pc cmake/cinstr/cinstrConfig.cmake cmake/cinstr/cinstrConfigVersion.cmake) \
	$(headers:include/%=$(include)/%) $(foreach p,$(pages),$(share)/man/man$(subst .,,$(suffix $(p)))/$(notdir $(p))) \
	$(addprefix $(share)/,$(completions))

# What a static program has to link with for the reader.
STATIC_LIBS = $(shell pkg-config --static --libs libdw libelf libprotobuf-c zlib) -lsupc++ -lm

# The files refer to each other by relative paths, so that an installed tree can be moved.
include_from_lib = $(shell realpath -ms --relative-to=$(LIBDIR) $(PREFIX)/include)
lib_from_pc      = $(shell realpath -ms --relative-to=$(PREFIX) $(LIBDIR))
fill_in = sed -e 's|@VERSION@|$(VERSION)|' -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIB@|$(lib_from_pc)|' \
	-e 's|@INCLUDE_FROM_LIB@|$(include_from_lib)|' -e 's|@STATIC_LIBS@|$(strip $(STATIC_LIBS))|'

all: $(BUILD)/static/libcinstr_reader.a

# One object that offers its door alone, so that a static program's names and ours do not meet.
$(BUILD)/static/libcinstr_reader.a: $(reader_objects)
	@mkdir -p $(@D)
	$(CC) -nostdlib -r $^ -o $(@D)/libcinstr_reader.o
	$(OBJCOPY) --keep-global-symbol=cinstr_writer_main $(@D)/libcinstr_reader.o
	rm -f $@ && $(AR) rcs $@ $(@D)/libcinstr_reader.o

.PHONY: install uninstall installed-files
install: all
	install -d $(sort $(dir $(installed_files)))
	install -m 755 $(programs) $(bin)
	install -m 755 $(libraries) $(lib)
	install -m 644 $(archives) $(lib)
	$(foreach l,$(links),ln -sf $(l).0 $(lib)/$(l) &&) true
	$(foreach h,$(headers),install -m 644 $(h) $(h:include/%=$(include)/%) &&) true
	$(foreach p,$(pages),install -m 644 $(p) $(share)/man/man$(subst .,,$(suffix $(p))) &&) true
	$(foreach c,$(completions),install -m 644 packaging/completion/$(notdir $(c)) $(share)/$(c) &&) true
	$(fill_in) packaging/cinstr.pc.in > $(lib)/pkgconfig/cinstr.pc
	$(fill_in) packaging/cinstrConfig.cmake.in > $(lib)/cmake/cinstr/cinstrConfig.cmake
	$(fill_in) packaging/cinstrConfigVersion.cmake.in > $(lib)/cmake/cinstr/cinstrConfigVersion.cmake

# Also removes the directories that only cinstr uses.
uninstall:
	rm -f $(installed_files)
	rmdir $(include)/cinstr $(lib)/cmake/cinstr 2>/dev/null || true

installed-files:
	@printf '%s\n' $(installed_files)
