#!/bin/bash
# The tests of the gates (tests/gates.sh), as TAP: each gate passes on a small sound tree, and says
# no, naming the place, once a fault is planted there. Part of `make check`; objects are made by the
# compiler that BUILD's Makefile names.
# The tree is made here, not copied from ours: a fault of ours is reported once, by its gate.
# shellcheck disable=SC2317 # most functions are called through `caught`
set -u

# shellcheck source=tests/gates.sh
. "$(dirname "$0")/gates.sh"
map=$top/native/mod_jk.map
compiler=$(sed -n 's/^CXX = //p' "$build/Makefile" 2>/dev/null)
read -ra compile <<<"${compiler:-g++ -std=c++20} -O0 -fPIC -fvisibility=hidden"

work=$(mktemp -d "${TMPDIR:-/tmp}/yoke-gates.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
sound=$work/sound
number=0 failed=0

# --- the sound tree -------------------------------------------------------------------------------

put() { # FILE: stdin into it
    mkdir -p "${1%/*}" && cat >"$1"
}

# Each area uses all that it may; the objects hold what is allowed although it looks like a fault:
# assert, a constant table, a unique symbol of the standard library.
make_sound_tree() {
    local area used
    mkdir -p "$sound" && cd "$sound" || exit 2
    for area in "${!arrows[@]}"; do
        put "common/$area/thing.h" <<<"#pragma once"
        {
            for used in $area ${arrows[$area]}; do echo "#include \"$used/thing.h\""; done
            cat <<END
#include <cassert>
namespace jk::$area {
int half(int number)
{
    assert(number > 0);
    return number / 2;
}
}  // namespace jk::$area
END
        } | put "common/$area/thing.cc"
        echo "// nothing" | put "tests/unit/$area/thing_test.cc"
    done
    cat >>common/base/thing.cc <<'END'
#include <charconv>
int parse(const char* text, int length)
{
    int value = 0;
    std::from_chars(text, text + length, value);
    return value;
}
END
    echo "#include <httpd.h>" | put native/httpd_api.h
    put native/mod_jk.cc <<'END'
// The module. Tested by tests/system/test_basic.py and test_errors.py; more words.
#include "base/thing.h"
extern "C" {
extern __attribute__((visibility("default"))) int jk_module;
int jk_module = 1;
}
END
    put native/jkctl/main.cc <<'END'
// The program. Tested by tests/system/test_basic.py.
#include "base/thing.h"
#include "jkctl/json.h"
#include <unistd.h>
END
    echo "#include <nlohmann/json.hpp>" | put native/jkctl/json.cc
    echo "// nothing" | put tests/adapter/jkctl/json_test.cc
    put tests/system/test_basic.py </dev/null
    put tests/system/test_errors.py </dev/null
    find tests -name '*_test.cc' | put ./Makefile.am
    printf '#!/bin/sh\necho "ok 1 - all is well"\n' | tee xdocs_check | put xdocs/rows.sh
    mv xdocs_check xdocs/check.sh
    for area in "${!arrows[@]}"; do compile_object "common/$area/thing.cc" libjkcore; done
    compile_object native/mod_jk.cc mod_jk
    link
}

compile_object() { # SOURCE LIBRARY: its object, where libtool would put it
    local folder=build/${1%/*}/.libs name=${1##*/}
    mkdir -p "$folder"
    "${compile[@]}" -Icommon -c -o "$folder/${2}_la-${name%.cc}.o" "$1"
}

link() { # the module of all objects
    mkdir -p build/.libs
    find build -name '*.o' -exec "${compile[@]}" -shared -o build/.libs/mod_jk.so \
        "-Wl,--version-script=${version_script:-$map}" {} +
}

# --- what is expected of a gate -------------------------------------------------------------------

report() { # ok|not\ ok WHAT OUTPUT
    number=$((number + 1))
    echo "$1 $number - $2"
    if [[ $1 != ok ]]; then
        failed=$((failed + 1))
        while IFS= read -r line; do echo "# $line"; done <<<"the gate said: ${3:-nothing}"
    fi
}

# clean GATE: is silent about the sound tree
clean() {
    local said
    top=$sound build=$sound/build
    said=$(run_gate "$1")
    if [[ -z $said || ($1 == gate_scripts && $said == SKIP:*) ]]; then
        report ok "$1 passes a sound tree"
    else
        report "not ok" "$1 passes a sound tree" "$said"
    fi
}

# renewed: the gates look at a new copy of the sound tree
renewed() {
    top=$work/faulty build=$work/faulty/build
    rm -rf "$top"
    cp -R "$sound" "$top"
}

# caught GATE SAYS PLANT…: in a copy of the sound tree, after the command PLANT, the gate says SAYS
caught() {
    local gate=$1 expected=$2 said what
    shift 2
    what="$gate catches: $expected"
    renewed
    if ! (cd "$top" && "$@") >"$work/plant.log" 2>&1; then
        report "not ok" "$what" "nothing, the fault could not be planted: $(<"$work/plant.log")"
        return
    fi
    said=$(run_gate "$gate")
    if [[ $said == *"$expected"* && $said != SKIP:* ]]; then
        report ok "$what"
    elif [[ $gate == gate_scripts && $said == SKIP:* ]]; then
        number=$((number + 1))
        echo "ok $number - $what # ${said/:/}"
    else
        report "not ok" "$what" "$said"
    fi
}

# skipped GATE PLANT…: likewise, and the gate skips itself
skipped() {
    local gate=$1 said
    shift
    renewed
    said=$(cd "$top" && "$@" && run_gate "$gate")
    if [[ $said == SKIP:* ]]; then
        report ok "$gate is skipped: ${said#SKIP: }"
    else
        report "not ok" "$gate is skipped" "$said"
    fi
}

# --- planting -------------------------------------------------------------------------------------

add() { # FILE LINE…: at its end
    local file=$1
    shift
    mkdir -p "${file%/*}"
    printf '%s\n' "$@" >>"$file"
}

built() { # SOURCE LIBRARY LINE…: the lines added, the object and the module made anew
    local source=$1 library=$2
    shift 2
    add "$source" "$@"
    compile_object "$source" "$library" && link
}
in_common() { built common/lb/thing.cc libjkcore "$@"; }
in_native() { built native/mod_jk.cc mod_jk "$@"; }

calls() { # DECLARATION EXPRESSION: common/ calls a function of the system
    in_common "extern \"C\" $1;" "int planted() { return (int)(long)$2; }"
}

exporting() { # SYMBOL…: the module with a version script that lets more through
    version_script=$top/more.map
    add "$version_script" "{ global: jk_module; $(printf '%s; ' "$@") local: *; };"
    "${planted[@]}"
}

exporting_nothing() {
    version_script=$top/more.map
    add "$version_script" '{ local: *; };'
    link
}

long_function() { # FILE INDENTATION LINES: a body with so many lines between its braces
    local line
    add "$1" "$2void planted()" "$2{"
    for ((line = 0; line < $3; line++)); do add "$1" "$2    // $line"; done
    add "$1" "$2}"
}

many_lines() { # FILE LINES
    yes // | head -n "$2" | put "$1"
}

first_line() { # FILE LINE
    sed -i "1s|.*|$2|" "$1"
}

# --- the faults -----------------------------------------------------------------------------------

source_faults() {
    caught gate_headers "common/lb/thing.h:2: <apr_time.h>" \
        add common/lb/thing.h '#include <apr_time.h>'
    caught gate_headers "<httpd.h>" add common/lb/thing.cc '  #  include <httpd.h>  // why not'
    caught gate_headers "<unistd.h>" add common/base/thing.cc '#include <unistd.h>'
    caught gate_headers "<sys/socket.h>" add common/base/thing.cc '#include <sys/socket.h>'
    caught gate_headers "<iostream>" add common/base/thing.cc '#include <iostream>'
    caught gate_headers "native/mod_jk.cc:7: <http_log.h>" \
        add native/mod_jk.cc '#include <http_log.h>'
    caught gate_headers "\"apr_pools.h\"" add native/request/x.h '#include "apr_pools.h"'
    caught gate_headers "native/jkctl/main.cc:5: \"httpd_api.h\" is no header for jkctl" \
        add native/jkctl/main.cc '#include "httpd_api.h"'
    caught gate_headers "\"config/x.h\" is no header for jkctl" \
        add native/jkctl/json.cc '#include "config/x.h"'
    caught gate_headers "native/jkctl/main.cc:5: <CLI/CLI.hpp> belongs into native/jkctl/command" \
        add native/jkctl/main.cc '#include <CLI/CLI.hpp>'
    caught gate_headers "<nlohmann/json.hpp> belongs into native/jkctl/json.cc" \
        add common/status/thing.cc '#include <nlohmann/json.hpp>'
    caught gate_headers "\"jkctl/json.h\" is for native/jkctl only" \
        add native/mod_jk.cc '#include "jkctl/json.h"'
    caught gate_headers "no #include" find common -type f -delete

    caught gate_arrows "ajp may not include conf" add common/ajp/thing.cc '#include "conf/thing.h"'
    caught gate_arrows "conf may not include route" \
        add common/conf/thing.h '#include "route/thing.h"'
    caught gate_arrows "lb may not include ajp" add common/lb/thing.h '#include "ajp/thing.h"'
    caught gate_arrows "base may not include lb" add common/base/thing.cc '#include "lb/thing.h"'
    caught gate_arrows "status may not include route" \
        add common/status/thing.h '#include "route/thing.h"'
    caught gate_arrows "\"request/view.h\"" add common/ajp/thing.h '#include "request/view.h"'
    caught gate_arrows "\"../native/pool.h\"" add common/ajp/thing.h '#include "../native/pool.h"'
    caught gate_arrows "\"thing.h\"" add common/ajp/thing.cc '#include "thing.h"'
    caught gate_arrows "zoo is no area" add common/zoo/thing.cc '#include "base/thing.h"'

    caught gate_length "common/lb/thing.h:3: a function of 61 lines: void planted()" \
        long_function common/lb/thing.h '' 60
    caught gate_length "a function of 100 lines" long_function native/mod_jk.cc '    ' 99
    caught gate_length "common/lb/wide.cc: more than 400" many_lines common/lb/wide.cc 401
    caught gate_length "tests/unit/lb/wide_test.cc: more" many_lines tests/unit/lb/wide_test.cc 401

    caught gate_tests "no tests/unit/lb/other_test.cc" add common/lb/other.cc "//"
    caught gate_tests "in Makefile.am" add tests/unit/lb/other_test.cc "//"
    caught gate_tests "native/pool.cc: no tests/adapter/pool_test.cc" add native/pool.cc "// Pools."
    caught gate_tests "test_gone.py, which does not" first_line native/mod_jk.cc \
        '// Tested by tests/system/test_basic.py and test_gone.py.'
    caught gate_tests "names a folder" first_line native/mod_jk.cc '// Tested by tests/system/.'
}

object_faults() {
    local planted gate
    caught gate_unloading "_GLOBAL__" in_common 'struct S { S(); ~S(); };' \
        'S::S() { }' 'S::~S() { }' 'S planted;'
    caught gate_unloading ".init_array has 0x000010 bytes" in_native \
        '__attribute__((constructor)) static void planted() { }'
    caught gate_unloading "guard variable for planted()" in_common 'struct S { S(); int i; };' \
        'S::S() : i(7) { }' 'S& planted() { static S s; return s; }'
    caught gate_unloading "__cxa_thread_atexit" in_native 'struct S { ~S(); int i; };' \
        'S::~S() { i = 0; }' 'int planted() { thread_local S s; return s.i; }'
    planted=(in_native 'asm(".data; .globl pinned; .type pinned, %gnu_unique_object;"' \
        '    ".size pinned, 4; pinned: .long 0; .text");')
    caught gate_unloading " u pinned" exporting pinned
    caught gate_unloading "no object of common/lb/thing.cc" \
        rm build/common/lb/.libs/libjkcore_la-thing.o
    caught gate_unloading "mod_jk.so" rm build/.libs/mod_jk.so
    for gate in gate_unloading gate_no_system; do
        skipped "$gate" in_native 'extern "C" int __asan_init();' \
            'int planted() { return __asan_init(); }'
    done

    caught gate_no_system "U socket" calls 'int socket(int, int, int)' 'socket(1, 1, 0)'
    caught gate_no_system "U getenv" calls 'char* getenv(const char*)' 'getenv("HOME")'
    caught gate_no_system "U fopen" calls 'void* fopen(const char*, const char*)' 'fopen("f", "r")'
    caught gate_no_system "U __read_chk" calls 'long __read_chk(int, void*, long, long)' \
        '__read_chk(0, nullptr, 0, 0)'
    caught gate_no_system "U open64" calls 'int open64(const char*, int, ...)' 'open64("f", 0)'
    caught gate_no_system "U random" calls 'long random()' 'random()'
    caught gate_no_system "U pthread_self" calls 'unsigned long pthread_self()' 'pthread_self()'
    caught gate_no_system "::now()" in_common '#include <chrono>' \
        'auto planted() { return std::chrono::steady_clock::now(); }' 'auto used = &planted;'
    caught gate_no_system "std::random_device" in_common '#include <random>' \
        'unsigned planted() { return std::random_device{}(); }'
    caught gate_no_system "no object of" rm -rf build/common

    planted=(in_native 'extern "C" __attribute__((visibility("default"))) int leaked;'
        'int leaked = 1;')
    caught gate_exports "leaked" exporting leaked
    caught gate_exports "exported: nothing" exporting_nothing
}

word_faults() {
    local word
    caught gate_rows "jk_log is missing" add xdocs/rows.sh \
        'echo "not ok 2 - directives"' 'echo "# jk_log is missing"'
    caught gate_rows "ended with status 3" add xdocs/rows.sh 'exit 3'
    caught gate_rows "ended with status" rm xdocs/rows.sh
    caught gate_documents "not ok 2 - links" add xdocs/check.sh 'echo "not ok 2 - links"'

    for word in 'a sand+box' 'a sub+agent' 'this helper ses+sion' '"/wo+rk/main/x"'; do
        caught gate_words "conf/x.conf:1:${word/+/}" add conf/x.conf "${word/+/}"
    done
    caught gate_words ".ci/run:1:" add .ci/run "# see sha""red/design"
    caught gate_marks "native/mod_jk.cc:7:" add native/mod_jk.cc "// TO""DO: more"
    caught gate_marks "tests/system/x.py:1:" add tests/system/x.py "# FIX""ME"
    # shellcheck disable=SC2016 # the planted script's
    caught gate_scripts "SC2086" add tests/x.sh '#!/bin/sh' 'echo $1'
}

make_sound_tree || exit 2
for gate in "${gates[@]}"; do clean "${gate%%:*}"; done
source_faults
object_faults
word_faults
echo "1..$number"
exit "$((failed > 0))"
