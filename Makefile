# natsight: see `make help`.
PREFIX ?= /usr/local
CC ?= cc
BUILD ?= build
VERSION := 0.1.0
# A repository of somebody else (`sudo make install`) tells nothing: then what was built stays what it was.
COMMIT := $(or $(shell git rev-parse --short HEAD 2>/dev/null),$(word 2,$(shell cat $(BUILD)/version 2>/dev/null)),unknown)

LAYERS := base sample collectors model themes tui views outward
PACKAGES := ncursesw libcurl jansson zlib libconfig libnats libcrypto
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2
CFLAGS ?= -O2 -g
SANITIZE ?=
# OWN_CFLAGS are those of single objects: CFLAGS from the command line would hide what a rule adds to it.
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -I. $(WARNINGS) $(CFLAGS) $(OWN_CFLAGS) $(SANITIZE) $(PKG_CFLAGS)
LDLIBS_ALL = $(PKG_LIBS) -lm
# Debian's is in /usr/sbin, which is not in everybody's PATH.
NATS_SERVER ?= $(firstword $(shell command -v nats-server) $(wildcard /usr/sbin/nats-server) nats-server)
export NATS_SERVER

GOALS := $(or $(MAKECMDGOALS),all)
ifneq ($(filter-out help clean deps lint demo demo-cluster check,$(GOALS)),)
  include build-aux/packages.mk
  # Written while the makefile is read, so that nothing is left to be done where nothing has changed.
  $(shell mkdir -p $(BUILD); echo '$(VERSION) $(COMMIT)' | cmp -s - $(BUILD)/version || echo '$(VERSION) $(COMMIT)' > $(BUILD)/version)
endif

SOURCES := $(foreach l,$(LAYERS),$(wildcard $(l)/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
ENTRY := $(wildcard entry/*.c)

.PHONY: all help deps demo demo-cluster check check-built check-unit check-e2e check-server check-asan check-tsan soak asan tsan bench fuzz lint install clean
.DELETE_ON_ERROR:
.SECONDARY:

all: natsight

natsight: $(BUILD)/natsight
	@cp -f $< $@

$(BUILD)/natsight: $(ENTRY:%.c=$(BUILD)/%.o) $(foreach l,outward views tui themes model collectors sample base,$(BUILD)/lib$(l).a)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS_ALL)

define LAYER
$(BUILD)/lib$(1).a: $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)/*.c))
	@rm -f $$@
	@ar rcs $$@ $$^
endef
$(foreach l,$(LAYERS) entry,$(eval $(call LAYER,$(l))))

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/base/version.o: OWN_CFLAGS = -DNATSIGHT_VERSION='"$(VERSION)"' -DNATSIGHT_COMMIT='"$(COMMIT)"'
$(BUILD)/base/version.o: $(BUILD)/version
$(BUILD)/version:
	@mkdir -p $(@D)
	@echo '$(VERSION) $(COMMIT)' > $@

# The program finds them from where it is: in themes beside it, or in ../share/natsight/themes. A copy of it alone has
# them compiled in, from the same files.
THEMES := $(wildcard themes/*.theme)
$(BUILD)/themes/shipped.c: $(THEMES) build-aux/embed-themes
	@mkdir -p $(@D)
	@build-aux/embed-themes $(THEMES) > $@
$(BUILD)/themes/shipped.o: $(BUILD)/themes/shipped.c
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/libthemes.a: $(BUILD)/themes/shipped.o
$(BUILD)/%.theme: %.theme
	@mkdir -p $(@D)
	@cp -f $< $@
$(BUILD)/natsight: | $(THEMES:%=$(BUILD)/%)

include tests/tests.mk

help:
	@sed -n 's/^#: //p' Makefile tests/tests.mk

#: make              builds ./natsight
#: make deps         installs the Debian packages that are missing (NO_INSTALL=1 only says which)
deps:
	@build-aux/deps
#: make demo         a local three-node cluster with traffic, and the dashboard on it
demo: deps
	@$(MAKE) --no-print-directory natsight $(LIFE_PROGRAMS)
	@$(BUILD)/tests/demo ./natsight
#: make demo-cluster the same without the dashboard; prints the URLs
demo-cluster: deps
	@$(MAKE) --no-print-directory $(LIFE_PROGRAMS)
	@$(BUILD)/tests/demo
#: make check        builds and runs every test, two programs at a time (NATSIGHT_TEST_JOBS=1: one)
check: deps
	@$(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$$(nproc)) check-built
#: make lint         clang-format, clang-tidy, cppcheck, include arrows
lint:
	@build-aux/lint
HOOKS := $(addprefix docs/hooks/,syslog webhook chat desktop)
#: make install      to PREFIX (/usr/local), under DESTDIR
install: natsight
	install -Dm755 natsight $(DESTDIR)$(PREFIX)/bin/natsight
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	install -d $(DESTDIR)$(PREFIX)/share/natsight/themes
	install -m644 $(THEMES) $(DESTDIR)$(PREFIX)/share/natsight/themes
	./natsight manual > $(DESTDIR)$(PREFIX)/share/man/man1/natsight.1
	install -d $(DESTDIR)$(PREFIX)/share/natsight/hooks
	install -m755 $(HOOKS) $(DESTDIR)$(PREFIX)/share/natsight/hooks
	install -d $(DESTDIR)$(PREFIX)/share/doc/natsight/monitoring
	install -m644 docs/monitoring/* $(DESTDIR)$(PREFIX)/share/doc/natsight/monitoring
	install -d $(DESTDIR)$(PREFIX)/share/natsight/rules.d
	install -m644 docs/rules.d/classic.conf docs/rules.d/latency.conf $(DESTDIR)$(PREFIX)/share/natsight/rules.d
	install -m644 docs/hooks/hooks.conf docs/hooks/README.md $(DESTDIR)$(PREFIX)/share/doc/natsight
	./natsight config --default > $(DESTDIR)$(PREFIX)/share/doc/natsight/natsight.conf
#: make clean        removes what was built
clean:
	rm -rf $(BUILD) build-asan build-tsan build-fuzz natsight

-include $(wildcard $(BUILD)/*/*.d) $(wildcard $(BUILD)/*/*/*.d)
