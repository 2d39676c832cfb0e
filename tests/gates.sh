#!/bin/bash
# The gates: rules of the tree that no compiler checks. TAP, one line per gate, what offends as
# comments below it. Part of `make check`, which sets BUILD; by hand it looks at build/.
#
# A gate is a function that starts in the top folder and prints what offends, and nothing else: it
# passes when it was silent and returned 0. "SKIP: reason" as its first words skips it. What its
# tools say on stderr counts as offence too, and a gate that finds nothing to look at says so:
# a missing tool or an empty build must not pass.
# Tested by tests/gates_test.sh, which sources this file and plants faults.
set -u
export LC_ALL=C

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd) || exit 2
build=${BUILD:-$top/build}

gates=( # function: what it holds
    "gate_headers: common/ includes the standard library only, native/ httpd by httpd_api.h only"
    "gate_arrows: includes follow the arrows between the areas of common/"
    "gate_unloading: nothing keeps mod_jk.so from being unloaded, nothing runs when it is"
    "gate_no_system: common/ asks the system for nothing"
    "gate_exports: mod_jk.so exports jk_module alone"
    "gate_length: no function over 60 lines, no file over 400"
    "gate_tests: every source has its test"
    "gate_rows: every row has its documentation"
    "gate_documents: the documents are sound"
    "gate_words: no word about the places where this was made"
    "gate_marks: nothing is left to be done later"
    "gate_scripts: shellcheck has nothing to say"
)

# --- what gates share -----------------------------------------------------------------------------

sources() { # FOLDER…: their .cc and .h files
    find "$@" -type f \( -name '*.cc' -o -name '*.h' \) | sort
}

translation_units() { # FOLDER…: their .cc files
    find "$@" -type f -name '*.cc' | sort
}

# includes FOLDER: a line "file:line: <name>" or "file:line: "name"" for each #include
includes() {
    sources "$1" | xargs -r -d '\n' grep -nHE '^[[:space:]]*#[[:space:]]*(include|import)' |
        sed -E 's/^([^:]*:[0-9]+):[^<"]*(<[^>]*>|"[^"]*").*/\1: \2/'
}

# objects FOLDER…: the object made from each of their .cc files, but of those of the program jkctl;
# libtool puts them into .libs/ and names them after the library
objects() {
    local source folder name found
    for source in $(translation_units "$@"); do
        [[ $source != native/jkctl/* ]] || continue
        folder=$build/${source%/*} name=${source##*/}
        found=$(find "$folder" -maxdepth 2 -path '*/.libs/*' -name "*_la-${name%.cc}.o" | head -n 1)
        if [[ -z $found ]]; then
            echo "no object of $source in $folder" >&2
        fi
        printf '%s' "${found:+$found$'\n'}"
    done
}

# symbols OPTIONS FOLDER…: nm's lines for the objects of the folders, with file names
symbols() {
    local options=$1 list
    shift
    list=$(objects "$@")
    if [[ -z $list ]]; then
        echo "no object of $* in $build" >&2
        return
    fi
    xargs -d '\n' nm -A "$options" <<<"$list"
}

# readable: nm's lines with short paths and C++ names as in the source
readable() { sed "s|^$build/||" | c++filt; }

# is_instrumented: the build has the static constructors and the calls of a sanitizer or of coverage
is_instrumented() {
    symbols -u common native 2>/dev/null |
        grep -qE ' __((asan|tsan|msan|ubsan|sanitizer)_|gcov|llvm_(profile|gcov))'
}

# own_files: what we wrote, without what tools leave in the tree
own_files() {
    find . \( -name .git -o -path './build*' -o -path './_*' -o -path './mod_jk-*' -o -path ./html \
        -o -name autom4te.cache -o -name .libs -o -name .deps -o -name __pycache__ \
        -o -name .pytest_cache -o -path "./${build#"$top"/}" \) -prune -o -type f \
        ! -name '*.o' ! -name '*.lo' ! -name '*.la' ! -name '*.log' ! -name '*.trs' \
        ! -name '*.tap' ! -name '*.pyc' ! -name '*~' ! -name .dirstamp ! -path './stamp-h*' \
        \( ! -path './config*' -o -name configure.ac \) ! -path ./libtool ! -path ./aclocal.m4 \
        ! -path ./Makefile ! -path ./Makefile.in \
        \( ! -path './.build-aux/*' -o -name embed.sh -o -name lib.sh -o -name packages.txt \) -print |
        sed 's|^\./||' | sort
}

# --- 1 and 2: includes ----------------------------------------------------------------------------

# The part of the standard library that needs no system, and two header-only libraries.
pure_headers=" algorithm any array atomic bit bitset cassert charconv chrono climits cmath compare
 concepts cstddef cstdint cstring deque exception expected functional initializer_list iterator
 limits list map memory memory_resource new numbers numeric optional queue ratio set
 source_location span stack stdexcept string string_view tuple type_traits typeinfo unordered_map
 unordered_set utility variant vector version
 tl/expected.hpp xxhash.h "

# Libraries that one file alone of each program includes.
declare -A only_in=(
    [CLI]=native/jkctl/command_line.cc
    [curl]=native/jkctl/http.cc
    [nlohmann]="native/jkctl/json.cc native/status/json_body.cc"
)

# The program jkctl knows common/ and the system, and nothing of httpd; the module nothing of jkctl.
jkctl_headers() {
    local place name folder
    while read -r place name; do
        folder=${name:1:-1} folder=${folder%%/*}
        if [[ -n ${only_in[$folder]:-} && " ${only_in[$folder]} " != *" ${place%:*:} "* ]]; then
            echo "$place $name belongs into ${only_in[$folder]// / or }"
        elif [[ $place == native/jkctl/* ]]; then
            [[ $name == \<* || $folder == jkctl || -d common/$folder ]] ||
                echo "$place $name is no header for jkctl"
        elif [[ $folder == jkctl ]]; then
            echo "$place $name is for native/jkctl only"
        fi
    done < <(includes common && includes native)
}

gate_headers() {
    local place name seen=
    while read -r place name; do
        seen=yes
        [[ $name == \"*\" ]] && continue # gate_arrows
        [[ $name == \<*\> && ${pure_headers//$'\n'/} == *" ${name:1:-1} "* ]] ||
            echo "$place $name is no header for common/"
    done < <(includes common)
    [[ -n $seen ]] || echo "no #include in common/"
    includes native | grep -v '^native/httpd_api\.h:' |
        grep -E ': [<"]([^>"]*/)?(httpd\.h|http_|ap[ru]?_|util_|scoreboard|mpm_|mod_|unixd)' |
        sed 's/$/ belongs into native\/httpd_api.h/'
    jkctl_headers
    return 0
}

# Which areas of common/ an area may include, besides itself.
declare -A arrows=(
    [base]=" "
    [ajp]=" base "
    [conf]=" base "
    [route]=" base "
    [lb]=" base conf "
    [site]=" base ajp conf route lb status "
    [status]=" base conf lb "
)

gate_arrows() {
    local place name from to seen=
    while read -r place name; do
        [[ $name != \<* ]] || continue
        seen=yes name=${name//\"/}
        from=${place#common/} from=${from%%/*} to=${name%%/*}
        if [[ -z ${arrows[$from]:-} ]]; then
            echo "$place $from is no area of the table of arrows"
        elif [[ $name == *..* || -z ${arrows[$to]:-} || ! -f common/$name ]]; then
            echo "$place \"$name\" is not written as area/file of common/"
        elif [[ $from != "$to" && ${arrows[$from]} != *" $to "* ]]; then
            echo "$place $from may not include $to: \"$name\""
        fi
    done < <(includes common)
    [[ -n $seen ]] || echo "no #include of our own in common/"
}

# --- 3 to 5: what was built -----------------------------------------------------------------------

# httpd unloads the module and loads it again, at its start and at each restart. A unique symbol
# among the dynamic ones would pin it; objects may well have some, from libstdc++: the version
# script makes them local, so only the module is asked. Constructors and destructors of static
# objects would run at each pass; thread_local ones would pin the module until the thread ends.
gate_unloading() {
    local so=$build/.libs/mod_jk.so word=000008
    if is_instrumented; then
        echo "SKIP: sanitizers and coverage bring static constructors"
        return
    fi
    nm -D "$so" | grep -E ' u |__cxa_(thread_)?atexit' | sed 's/^ */mod_jk.so: /' | c++filt
    ! readelf -h "$so" | grep -q 'Class: *ELF32' || word=000004
    # one pointer, to the start-up code of the compiler; awk's $n move with the width of [Nr]
    readelf -SW "$so" | sed 's/^ *\[ *[0-9]*\] *//' | awk -v word="$word" '
        $1 == ".init_array" || $1 == ".fini_array" {
            seen++
            if ($5 != word) print "mod_jk.so: " $1 " has 0x" $5 " bytes, not 0x" word
        }
        END { if (seen < 2) print "mod_jk.so: no .init_array and .fini_array" }'
    symbols -p common native |
        grep -E ' (_GLOBAL__(sub_)?[ID]_|__cxx_global_|_ZGV|_ZTH|__cxa_(thread_)?atexit)' | readable
    return 0
}

# Functions of C by their plain name: __recv_chk, open64 and the like count as recv and open.
gate_no_system() {
    if is_instrumented; then
        echo "SKIP: sanitizers and coverage ask the system for a lot"
        return
    fi
    symbols -u common | awk '
        BEGIN {
            families = "^(pthread_|thrd_|mtx_|cnd_|tss_|sem_|send|recv|exec|getaddrinfo|gethost|" \
                "getnameinfo|epoll_|inotify_|clock_|timer_|sig|dl(open|sym|close)|res_|mq_|" \
                "shm_|aio_)"
            split("socket socketpair bind listen accept accept4 connect shutdown getsockopt " \
                "setsockopt getsockname getpeername read readv pread preadv write writev " \
                "pwrite pwritev open openat creat close dup dup2 dup3 pipe pipe2 poll " \
                "ppoll select pselect ioctl fcntl lseek stat fstat lstat fstatat xstat " \
                "fxstat lxstat access unlink remove rename mkdir rmdir opendir readdir " \
                "getcwd chdir realpath truncate ftruncate fsync mmap munmap mprotect " \
                "msync syscall fopen fdopen freopen fclose fread fwrite fflush fgets " \
                "fgetc getc getline fputs fputc putc puts putchar printf fprintf vprintf " \
                "vfprintf dprintf perror syslog openlog tmpfile mkstemp time gettimeofday " \
                "ftime timespec_get clock times getrusage localtime localtime_r mktime " \
                "tzset sleep usleep nanosleep alarm setitimer getenv secure_getenv setenv " \
                "putenv unsetenv environ setlocale newlocale nl_langinfo random srandom " \
                "rand srand rand_r drand48 lrand48 mrand48 srand48 arc4random " \
                "arc4random_uniform getrandom getentropy getpid getppid gettid getuid " \
                "geteuid getgid gethostid uname sysconf fork vfork clone wait waitpid " \
                "kill raise system popen exit atexit quick_exit", names, " ")
            for (i in names) is_named[names[i]] = 1
            library = "^_ZN?K?(St6chrono.*3nowE|St13random_device|St6thread|St11this_thread|" \
                "St10filesystem|.*basic_i?o?(filebuf|fstream)|St(4cout|4cerr|4clog|3cin)|" \
                "St8ios_base|St6locale|.*condition_variable|St12__basic_file)"
        }
        {
            symbol = plain = $NF
            sub(/@.*/, "", plain)
            sub(/^_*/, "", plain)
            sub(/_chk$/, "", plain)
            sub(/(64)?(_2)?$/, "", plain)
            if (symbol !~ /^_Z/ && (plain in is_named || plain ~ families) || symbol ~ library)
                print
        }' | readable
}

gate_exports() {
    local exported
    exported=$(nm -D --defined-only "$build/.libs/mod_jk.so" | awk '{ print $NF }')
    [[ $exported == jk_module ]] || c++filt <<<"exported: ${exported:-nothing}"
}

# --- 6 and 7: sources -----------------------------------------------------------------------------

# clang-format puts the { of a function on a line of its own, and its } below it; the number of
# lines from the one to the other is what clang-tidy's readability-function-size counts. A { alone
# inside a function is measured too, but is shorter than the function.
gate_length() {
    # shellcheck disable=SC2016 # $0 is awk's
    sources common native | xargs -d '\n' awk '
        FNR == 1 { split("", opened) }
        /^ *\{$/ { opened[length()] = FNR; head[length()] = before }
        /^ *\}/ {
            depth = index($0, "}")
            if (depth in opened && FNR - opened[depth] > 60)
                print FILENAME ":" opened[depth] ": a function of " FNR - opened[depth] \
                    " lines: " head[depth]
            for (other in opened) if (other + 0 >= depth) delete opened[other]
        }
        { before = $0; sub(/^ */, "", before) }'
    sources common native tests | xargs -d '\n' awk '
        FNR == 401 { print FILENAME ": more than 400 lines" }'
}

# Made in one place, tested in its mirror image. The adapter's sources may instead be tested by what
# their first comment names after "Tested by": paths, and names in the folder of the path before.
gate_tests() {
    local source test
    for source in $(translation_units common); do
        test=tests/unit/${source#common/} test=${test%.cc}_test.cc
        [[ -f $test ]] || echo "$source: no $test"
    done
    for source in $(translation_units native); do
        test=tests/adapter/${source#native/}
        [[ -f ${test%.cc}_test.cc ]] || named_tests "$source"
    done
    # a test that is in no program never runs
    for test in $(find tests -name '*_test.cc' | sort); do
        grep -qF "$test" Makefile.am || echo "$test: not in Makefile.am"
    done
}

named_tests() { # SOURCE: complains unless its first comment names tests, all of which exist
    local word folder='' any=
    for word in $(sed '/^\/\//!Q; s/^\/\/ *//' "$1" | tr '\n' ' ' | sed -n 's/.*Tested by//p' |
        grep -oE '[A-Za-z0-9_/-]+(\.(py|cc|sh|txt))?'); do
        case $word in
        tests/*/) echo "$1: \"Tested by $word\" names a folder, not a test" && any=yes ;;
        tests/*.*) folder=${word%/*} ;;
        test_*.py | *_test.cc) word=$folder/$word ;;
        *) continue ;;
        esac
        [[ $word != */*.* ]] || any=yes
        [[ -e $word ]] || echo "$1: tested by $word, which does not exist"
    done
    word=tests/adapter/${1#native/}
    [[ -n $any ]] || echo "$1: no ${word%.cc}_test.cc, and \"Tested by\" names no other test"
}

# --- 8: documentation -----------------------------------------------------------------------------

# companion SCRIPT: a script that prints TAP of its own; what it holds against the tree
companion() {
    local out status=0
    out=$(bash "$1" 2>&1) || status=$?
    if grep -q '^1\.\.0 *# *SKIP' <<<"$out"; then
        sed -n 's/^1\.\.0 *# *SKIP[^ ]*/SKIP:/p' <<<"$out"
    elif ((status)) || ! grep -q '^ok ' <<<"$out" || grep -q '^not ok' <<<"$out"; then
        echo "$1 ended with status $status:"
        grep -v '^ok ' <<<"$out"
    fi
    return 0
}

gate_rows() { companion xdocs/rows.sh; }
gate_documents() { companion xdocs/check.sh; }

# --- 9 and 10: words ------------------------------------------------------------------------------

# The brackets keep the patterns from finding themselves.
gate_words() {
    local words='(^|[^[:alnum:]_.})$/-])/wor[k]/|(^|[^[:alnum:]-])sand[b]ox|helper [s]ession'
    words+='|sub[-]?[a]gent'
    own_files | xargs -d '\n' grep -nHIiE "$words"
    own_files | grep -v '^xdocs/' |
        xargs -d '\n' grep -nHIE '(^|[^[:alnum:]_/.-])share[d]/[[:alpha:]]'
    return 0
}

gate_marks() {
    find common native tests -type f ! -path '*/__pycache__/*' ! -path '*/.libs/*' |
        sort | xargs -d '\n' grep -nHIwE 'TOD[O]|FIXM[E]|XX[X]'
    return 0
}

gate_scripts() {
    local files
    if ! command -v shellcheck >/dev/null; then
        echo "SKIP: shellcheck is not installed"
        return
    fi
    mapfile -t files < <(own_files | xargs -d '\n' grep -lIE '^#!/bin/(ba)?sh|^# shellcheck shell')
    ((${#files[@]})) || echo "no scripts"
    shellcheck -x -f gcc "${files[@]}"
}

# --- all of them ----------------------------------------------------------------------------------

# run_gate FUNCTION: what the gate prints; nothing at all if it passed
run_gate() {
    local out status=0
    out=$(cd "$top" && "$1" 2>&1) || status=$?
    [[ -n $out || $status == 0 ]] || out="$1 ended with status $status"
    [[ -z $out ]] || printf '%s\n' "$out"
}

main() {
    local gate title out line number=0 failed=0
    echo "1..${#gates[@]}"
    for gate in "${gates[@]}"; do
        title=${gate#*: } number=$((number + 1))
        out=$(run_gate "${gate%%:*}")
        case $out in
        '') echo "ok $number - $title" ;;
        SKIP:*) echo "ok $number - $title # SKIP ${out#SKIP: }" ;;
        *)
            failed=$((failed + 1))
            echo "not ok $number - $title"
            while IFS= read -r line; do echo "# $line"; done <<<"$out"
            ;;
        esac
    done
    return "$((failed > 0))"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    main
fi
