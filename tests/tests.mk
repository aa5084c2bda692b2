# Tests: tests/LAYER_what.c links LAYER and what it may know; tests/e2e_*.c drive the program; each is a Check runner.
# What several tests of a layer share stands in tests/LAYER/*.c.
# A test sees exactly the layers that its own may include, so a wrong include does not link.
CHECK_CFLAGS := $(shell pkg-config --cflags check vterm 2>/dev/null)
CHECK_LIBS := $(shell pkg-config --libs check vterm 2>/dev/null)
CNATS_CFLAGS := $(shell pkg-config --cflags libnats 2>/dev/null)
CNATS_LIBS := $(shell pkg-config --libs libnats 2>/dev/null)

KNOWS_base := base
KNOWS_sample := sample base
KNOWS_collectors := collectors sample base
KNOWS_model := model sample base
KNOWS_themes := themes base
KNOWS_tui := tui themes base
KNOWS_views := views tui themes model sample base
KNOWS_outward := outward views tui themes model sample base
KNOWS_entry := entry outward views tui themes model collectors sample base
KNOWS_e2e := sample base

HARNESS := $(wildcard tests/harness/*.c)
TEST_SOURCES := $(foreach l,$(LAYERS) entry e2e,$(wildcard tests/$(l)_*.c))
TESTS := $(TEST_SOURCES:tests/%.c=$(BUILD)/tests/%)
UNIT_TESTS := $(filter-out $(BUILD)/tests/e2e_%,$(TESTS))
E2E_TESTS := $(filter $(BUILD)/tests/e2e_%,$(TESTS))

$(BUILD)/tests/%.o: OWN_CFLAGS = $(CHECK_CFLAGS) $(CNATS_CFLAGS)

define LAYER_TEST
$(BUILD)/tests/$(1)_%: $(BUILD)/tests/$(1)_%.o $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/$(1)/*.c)) $(HARNESS:%.c=$(BUILD)/%.o) $(foreach l,$(KNOWS_$(1)),$(BUILD)/lib$(l).a)
	$$(CC) $$(ALL_CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(CHECK_LIBS) $$(LDLIBS_ALL)
endef
$(foreach l,$(LAYERS) entry e2e,$(eval $(call LAYER_TEST,$(l))))

# What a program under test loads before all else.
$(BUILD)/tests/e2e_clock: | $(BUILD)/tests/moved_clock.so
$(BUILD)/tests/moved_clock.so: tests/preload/moved_clock.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) -O2 -fPIC -shared -o $@ $<

# It says what quantities are, so that each rule's levels can be tried.
$(BUILD)/tests/model_rule_table: private OWN_CFLAGS = -Wl,--wrap=quantity_get

# The life of the demo and of the tests' clusters, on cnats; the demo's cluster, on the harness.
LIFE_PROGRAMS := $(BUILD)/tests/life $(BUILD)/tests/demo
LIFE_SOURCES := $(wildcard tests/clusters/life*.c) tests/harness/natsc.c
DEMO_SOURCES := tests/clusters/demo.c $(patsubst %,tests/harness/%.c,servers folder ports http_get relay)
$(BUILD)/tests/life: $(LIFE_SOURCES:%.c=$(BUILD)/%.o)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(CNATS_LIBS) -lpthread -lm
$(BUILD)/tests/demo: $(DEMO_SOURCES:%.c=$(BUILD)/%.o)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS_ALL)

RUN_TESTS = @NATSIGHT=$(BUILD)/natsight LIFE=$(BUILD)/tests/life DEMO=$(BUILD)/tests/demo tests/run

# The figures of `make bench`: nearly all through the program itself, some through its parts; decoding beside jansson on the same body.
BENCH_PROGRAMS := $(BUILD)/tests/bench_figures $(BUILD)/tests/bench_decode
BENCH_SOURCES := $(filter-out tests/bench/decode.c,$(wildcard tests/bench/*.c))
$(BUILD)/tests/bench_figures: $(BENCH_SOURCES:%.c=$(BUILD)/%.o) $(HARNESS:%.c=$(BUILD)/%.o) $(patsubst %,$(BUILD)/entry/%.o,feed steady stage_pause) $(foreach l,views tui themes model collectors sample base,$(BUILD)/lib$(l).a)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(CHECK_LIBS) $(LDLIBS_ALL)
$(BUILD)/tests/bench_decode: $(BUILD)/tests/bench/decode.o $(foreach l,collectors sample base,$(BUILD)/lib$(l).a)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS_ALL)

check-built: natsight $(LIFE_PROGRAMS) $(TESTS)
	$(RUN_TESTS) $(TESTS)

#: make check-unit   the tests of single layers
check-unit: natsight $(UNIT_TESTS)
	$(RUN_TESTS) $(UNIT_TESTS)
#: make check-e2e    the tests that drive the program against real servers (NATS_SERVER=PATH, NATS_SERVER_OTHER=PATH of another version, NATS_CLI=PATH of the nats command)
check-e2e: natsight $(LIFE_PROGRAMS) $(E2E_TESTS)
	$(RUN_TESTS) $(E2E_TESTS)
# What a terminal or a file says does not hang on the server's version.
VERSION_TESTS := $(filter-out $(patsubst %,$(BUILD)/tests/e2e_%,alert_file alerts check_beside clock config config_faults contexts expectations harness inside interest keys leave link matrix options outward plain reload rules rules_reload sampling screen settings snapshot stream terminal theme two_ways),$(E2E_TESTS))
#: make check-server those of them that hang on what servers say: once for each version
check-server: natsight $(LIFE_PROGRAMS) $(VERSION_TESTS)
	$(RUN_TESTS) $(VERSION_TESTS)
#: make soak         the end-to-end tests with full holds and lengths (NATSIGHT_SOAK_S=120: seconds of faults under load)
soak: export NATSIGHT_TEST_SECONDS ?= 600
soak:
	@NATSIGHT_SOAK=1 $(MAKE) --no-print-directory check-e2e
#: make asan         all tests with address, undefined-behaviour and leak sanitizers
asan:
	@$(MAKE) --no-print-directory BUILD=build-asan CFLAGS="-O1 -g -fno-omit-frame-pointer" SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=all" check-asan
#: make tsan         `collect nats`, which has threads, with the thread sanitizer
tsan:
	@$(MAKE) --no-print-directory BUILD=build-tsan CFLAGS="-O1 -g" SANITIZE=-fsanitize=thread check-tsan
check-tsan: export TSAN_OPTIONS = log_path=$(abspath $(BUILD))/race
THREADED_TESTS := $(patsubst %,$(BUILD)/tests/e2e_%,nats events sampling)
check-tsan: natsight $(THREADED_TESTS)
	@rm -f $(BUILD)/race.*
	$(RUN_TESTS) $(THREADED_TESTS)
	@if ls $(BUILD)/race.* 2>/dev/null; then head -n 60 $(BUILD)/race.*; exit 1; fi
# One at a time: sanitizers are slow, and tests have deadlines.
check-asan: export NATSIGHT_TEST_JOBS ?= 1
check-asan: $(BUILD)/natsight $(LIFE_PROGRAMS) $(TESTS)
	$(RUN_TESTS) $(TESTS)

FUZZ := $(patsubst tests/fuzz/%.c,build-fuzz/%,$(wildcard tests/fuzz/*.c))
build-fuzz/%: tests/fuzz/%.c $(wildcard base/*.c sample/*.c) $(wildcard collectors/json_*.c collectors/decode*.c) $(wildcard base/*.h sample/*.h sample/*.def collectors/*.h collectors/*.def)
	@mkdir -p $(@D)
	clang -std=c11 -D_GNU_SOURCE -I. -g -O1 -fsanitize=fuzzer,address,undefined -o $@ $(filter %.c,$^) $(PKG_CFLAGS) -lz -lm
#: make fuzz         each fuzz target for FUZZ_SECONDS (300)
FUZZ_SECONDS ?= 300
fuzz: $(FUZZ)
	@tests/fuzz/seeds build-fuzz
	@for f in $(FUZZ); do mkdir -p $$f.corpus; $$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -max_len=16384 -len_control=0 -artifact_prefix=$$f- $$f.corpus $$f.seeds || exit 1; done

#: make bench        prints the figures, each beside its limit or peer (NATS_TOP=PATH, NATS_CLI=PATH, BENCH=name,name, BENCH_SECONDS=20)
bench: natsight $(LIFE_PROGRAMS) $(BENCH_PROGRAMS)
	@BUILD=$(BUILD) NATSIGHT=$(BUILD)/natsight LIFE=$(BUILD)/tests/life tests/bench/run
