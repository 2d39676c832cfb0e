#!/bin/bash
# Static analysis as TAP: clang-tidy by .clang-tidy, and cppcheck, over common/ and native/. A
# finding is "not ok" with what was found below it, and exit status 1. `make analyze` calls it with
# the flags for other people's headers in INCLUDES; ANALYZE_JOBS says how many run side by side (as
# many as there are processors), ANALYZE_ONLY holds a pattern for the files (all).
# The analyzer of gcc 12 is not among them: it knows C, and of C++ it finds less than clang-tidy, and
# takes operator new for malloc.
# A finding is mended. What is no fault is suppressed at its place, with the reason beside it; a
# whole check is left out in .clang-tidy, or below, with the reason too.
set -u
export LC_ALL=C

cd "$(dirname "$0")/.." || exit 2
: "${INCLUDES:?where the headers of httpd are: call make analyze}"
jobs=${ANALYZE_JOBS:-$(nproc)}
number=0 failed=0

tap() { # FAULTS WHAT: ok where there are no faults
    number=$((number + 1))
    if [[ -z $1 ]]; then
        echo "ok $number - $2"
    else
        failed=1
        echo "not ok $number - $2"
        printf '# %s\n' "${1//$'\n'/$'\n'# }"
    fi
}

omit() { # WHAT WHY
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

mapfile -t files < <(find common native -name '*.cc' | grep -E "${ANALYZE_ONLY:-.}" | sort)
((${#files[@]})) || { echo "Bail out! no files" && exit 2; }

# Without a database of commands: all files are compiled with the same flags. What clang-tidy says
# on stderr counts only where it fails: else it is the number of findings in other people's headers.
# shellcheck disable=SC2016 # variables of the shell that xargs starts
tidy() {
    printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$jobs" bash -c '
        said=$(clang-tidy --quiet "$0" -- -std=c++20 -Icommon -Inative "-DYOKE_VERSION=\"0\"" \
            $INCLUDES 2>&1) && exit 0
        printf "%s\n" "$said"; exit 1'
}

# What is left out, and why:
# missingInclude: it looks for no system headers, and does without.
# passedByValue: a view (Segment, Column) is meant to be passed so; what is copied for nothing
#   clang-tidy finds by performance-unnecessary-value-param.
# syntaxError in that file: a lambda with template parameters is C++20, and new to cppcheck 2.10.
# cppcheckError in that file: its own analysis runs in a circle; the file has no loop.
check() {
    cppcheck --quiet --enable=warning,performance,portability --inline-suppr --std=c++20 \
        --language=c++ -j "$jobs" --template='{file}:{line}: {severity}: {message} [{id}]' \
        -I common -I native '-DYOKE_VERSION="0"' --suppress=missingInclude \
        --suppress=passedByValue --suppress=syntaxError:common/status/inputs.cc \
        --suppress=cppcheckError:native/pool.h "${files[@]}" 2>&1
}

export INCLUDES
if ! clang-tidy --version 2>/dev/null | grep -q 'version 14\.'; then
    omit "clang-tidy" "version 14 decides, this is another one or none"
else
    tap "$(tidy)" "clang-tidy over ${#files[@]} files"
fi
if ! command -v cppcheck >/dev/null; then
    omit "cppcheck" "it is not installed"
else
    tap "$(check)" "cppcheck over ${#files[@]} files"
fi
echo "1..$number"
exit "$failed"
