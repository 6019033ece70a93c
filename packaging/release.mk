# SPDX-License-Identifier: MIT
# `make dist` and `make deb`: a release's tarball, and Debian's packages built from it. Included by
# the Makefile.

.PHONY: dist deb
dist: $(html_pages)
	packaging/make-dist $(BUILD) $(VERSION)

deb: dist
	packaging/make-deb $(BUILD) $(VERSION)
