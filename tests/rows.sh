#!/bin/bash
# Every row of the reference has its test, and the test is named after its row: holds the list
# rows.txt beside this script against the tests. TAP; part of `make check`. `rows.sh LIST` looks at
# another list. Where pytest is there, it is asked which tests it finds; else their text must do.
set -u
export LC_ALL=C

tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 2
list=${1:-$tests/rows.txt}
rows=(D{1..45} W{1..41} U{1..42} L{1..52} S{1..52} PT{1..18} SM{1..12} HD{1..9}
    RS{1..11} MS{1..8} AT{1..8} SE{1..5} SH{1..6} ST{1..8} LG{1..5} DO{1..15})
number=0 failed=0

report() { # WHAT FAULTS: one line of TAP, the faults as comments below it
    number=$((number + 1))
    if [[ -z $2 ]]; then
        echo "ok $number - $1"
    else
        failed=1
        echo "not ok $number - $1"
        printf '# %s\n' "${2//$'\n'/$'\n'# }"
    fi
}

# entries: a line "ROW KIND FILE NAME" for each test of each row; a word with a slash is a file
entries() {
    local row kind words word file
    while read -r row kind words; do
        file=
        for word in $words; do
            if [[ $word == */* ]]; then
                file=$word
            else
                echo "$row $kind ${file:-?} $word"
            fi
        done
    done < <(grep -vE '^(#|$)' "$list")
}

check_rows() {
    local listed
    listed=$(grep -vE '^(#|$)' "$list" | cut -d' ' -f1 | sort)
    uniq -d <<<"$listed" | sed '/^$/d; s/$/ has more than one line/'
    comm -23 <(printf '%s\n' "${rows[@]}" | sort) <(uniq <<<"$listed") | sed 's/$/ has no line/'
    comm -13 <(printf '%s\n' "${rows[@]}" | sort) <(uniq <<<"$listed") |
        sed '/^$/d; s/$/ is no row/'
    comm -23 <(uniq <<<"$listed") <(entries | cut -d' ' -f1 | sort -u) | sed 's/$/ names no test/'
}

check_names() {
    local row name
    entries | while read -r row _ _ name; do
        [[ $name =~ (^|_)${row,,}(_|$) || $name =~ \[$row(_|-|\]) || $name == row_${row#L}_* ]] ||
            echo "$row: $name is not named after its row"
    done
}

# The text of a test: a function of that name, and its parameter as a literal.
check_text() {
    local row kind file name parameter
    entries | while read -r row kind file name; do
        if [[ $file != "$kind"/* || ! -f $tests/$file ]]; then
            echo "$row: there is no $kind test $file"
            continue
        fi
        parameter=$(sed -n 's/.*\[\(.*\)\]$/\1/p' <<<"$name")
        grep -qE "(def |START_TEST\(|void )${name%%\[*}\b" "$tests/$file" ||
            echo "$row: $file has no ${name%%\[*}"
        [[ -z $parameter ]] || grep -qF "\"$parameter\"" "$tests/$file" ||
            echo "$row: $file has no parameter \"$parameter\""
    done
}

python() { PYTHONDONTWRITEBYTECODE=1 "${PYTHON:-/usr/bin/python3}" "$@"; }

# What pytest itself finds in the files of the list; a name without parameter stands for all of its.
check_collected() {
    local files found row file name
    mapfile -t files < <(entries | awk '$2 == "system" { print $3 }' | sort -u)
    found=$(cd "$tests/system" && python -m pytest --collect-only -q "${files[@]#system/}" 2>&1)
    entries | grep ' system ' | while read -r row _ file name; do
        grep -qxF -e "${file##*/}::$name" <<<"$found" ||
            [[ $name != *\[* && $found == *"${file##*/}::${name}["* ]] ||
            echo "$row: pytest does not find $name in $file"
    done
}

echo "1..4"
report "${#rows[@]} rows, $(grep -cvE '^(#|$)' "$list") of them in the list" "$(check_rows)"
report "each test is named after its row" "$(check_names)"
report "$(entries | wc -l) tests stand in their files" "$(check_text)"
if python -c 'import pytest, pytest_timeout, h2' 2>/dev/null; then
    report "pytest finds them" "$(check_collected)"
else
    echo "ok 4 - pytest finds them # SKIP python3-pytest, -pytest-timeout or -h2 is not installed"
fi
exit "$failed"
