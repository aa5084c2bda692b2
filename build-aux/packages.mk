# Finds the libraries; a missing one is one line that names the Debian package.
PKG_CONFIG ?= pkg-config
define NEED
ifneq ($$(shell $(PKG_CONFIG) --exists $(1) && echo yes),yes)
$$(error $(1) is missing: install the Debian package $(2) (or run: make deps))
endif
endef
ifeq ($(shell command -v $(PKG_CONFIG)),)
$(error pkg-config is missing: install the Debian package pkg-config (or run: make deps))
endif
$(eval $(call NEED,ncursesw,libncurses-dev))
$(eval $(call NEED,libcurl,libcurl4-openssl-dev))
$(eval $(call NEED,jansson,libjansson-dev))
$(eval $(call NEED,zlib,zlib1g-dev))
$(eval $(call NEED,libconfig,libconfig-dev))
$(eval $(call NEED,libnats,libnats-dev))
$(eval $(call NEED,libcrypto,libssl-dev))
# Tests, demo and bench need more than the program.
ifneq ($(filter check% soak asan tsan bench $(BUILD)/tests/%,$(GOALS)),)
  $(eval $(call NEED,check,check))
  $(eval $(call NEED,vterm,libvterm-dev))
endif
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PACKAGES))
PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(PACKAGES))
