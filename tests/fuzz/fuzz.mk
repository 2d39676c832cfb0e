# The fuzzers, built with clang apart from everything else: other flags, other objects. GNU make.
# Called by the top Makefile in its build folder as
#   make -f fuzz.mk SRC=<top of the source> OUT=<folder to build in> TARGET
# where TARGET is run, coverage, corpus or build. README.md says what each does.
SRC ?= .
OUT ?= build/tests/fuzz
FUZZ_CXX ?= clang++
FUZZ_SECONDS ?= 30
FUZZ_TARGETS ?= $(all_targets)
all_targets = response request properties rules session path status_query json_body

# sanitizers and edges for what is tested; what drives it all is the fuzzer's runtime
FUZZ_FLAGS ?= -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FUZZ_LINK ?= -fsanitize=fuzzer,address,undefined
flags = -std=c++20 -g -O1 -fno-omit-frame-pointer -D_GLIBCXX_ASSERTIONS \
	-I$(SRC)/common -I$(SRC)/native -I$(SRC)/tests/fuzz

core = $(filter-out $(SRC)/common/site/%,$(wildcard $(SRC)/common/*/*.cc)) \
	$(SRC)/native/status/json_body.cc $(SRC)/tests/fuzz/site.cc
objects_of = $(patsubst $(SRC)/%.cc,$(OUT)/%.o,$(1))
# FUZZ_REPLAY=yes: programs that only replay, for coverage; a fuzzer has its own main

.PHONY: build run coverage corpus
.SECONDARY:
build: $(FUZZ_TARGETS:%=$(OUT)/%)

$(OUT)/libcore.a: $(call objects_of,$(core))
	@rm -f $@
	@$(AR) rcs $@ $^

$(OUT)/%.o: $(SRC)/%.cc $(SRC)/tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	@echo "  FUZZ     $(patsubst $(SRC)/%,%,$<)"
	@$(FUZZ_CXX) $(flags) $(FUZZ_FLAGS) -MMD -MP -c $< -o $@

$(OUT)/tests/fuzz/replay-%.o: $(SRC)/tests/fuzz/replay.cc
	@mkdir -p $(@D)
	@$(FUZZ_CXX) $(flags) $(FUZZ_FLAGS) -DFUZZ_TARGET='"$*"' -c $< -o $@

$(OUT)/%: $(OUT)/tests/fuzz/%.o $(if $(FUZZ_REPLAY),$(OUT)/tests/fuzz/replay-%.o) $(OUT)/libcore.a
	@echo "  FUZZ     $*"
	@$(FUZZ_CXX) $(FUZZ_LINK) $^ -o $@

run: build
	@bash $(SRC)/tests/fuzz/run.sh run '$(OUT)' '$(FUZZ_SECONDS)' $(FUZZ_TARGETS)

corpus: build
	@bash $(SRC)/tests/fuzz/run.sh corpus '$(OUT)' '$(FUZZ_SECONDS)' $(FUZZ_TARGETS)

coverage: build
	@FUZZ_CXX='$(FUZZ_CXX)' bash $(SRC)/tests/fuzz/run.sh coverage '$(OUT)' '$(FUZZ_SECONDS)' \
		$(FUZZ_TARGETS)

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
