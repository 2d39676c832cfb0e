#!/bin/bash
# Runs the fuzzers that fuzz.mk has built: run.sh run|corpus|coverage OUT SECONDS TARGET…
#   run       each for SECONDS, from its corpus in the tree and what it found before
#   corpus    writes the smallest set of inputs that covers what all known ones do into the tree
#   coverage  the lines of each target's sources that its inputs reach
# Prints a line for each target; ends with 1 where there was a finding.
set -u
export LC_ALL=C

verb=${1:?} out=${2:?} seconds=${3:?}
shift 3
found=$(dirname "$out")/found
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 2

# What a target is about: its lines are counted.
sources_of() {
    case $1 in
    response) echo ajp/framer ajp/response_decoder ajp/exchange ajp/body_sender ajp/retry ;;
    request) echo ajp/request_encoder ajp/codes ;;
    properties) echo conf/ base/lines base/variables ;;
    rules) echo route/uri_ route/rule_ route/text_groups route/pattern_checks ;;
    session) echo lb/affinity ;;
    path) echo route/uri_text ajp/host_name status/resource ;;
    status_query)
        echo status/query status/answer status/commands status/update status/legacy_names \
            status/selection status/render_ status/html status/escape status/document
        ;;
    json_body) echo status/json_body status/patch status/plan status/resource status/editable ;;
    esac
}

# The longest input that the fuzzer makes.
length_of() {
    case $1 in
    response | request) echo 20000 ;;
    *) echo 2000 ;;
    esac
}

# What earlier runs found is kept in the build folder, so that a run goes on where they ended.
folders_of() {
    mkdir -p "$found/$1" "$out/findings"
    echo "$found/$1" "$here/corpus/$1"
}

fuzz() {
    local target=$1 log=$out/$1.log folders status=0 speed words=()
    [[ ! -f $here/$target.dict ]] || words=("-dict=$here/$target.dict")
    read -ra folders <<<"$(folders_of "$target")"
    "$out/$target" -max_total_time="$seconds" -max_len="$(length_of "$target")" -timeout=20 \
        -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$out/findings/$target-" \
        "${words[@]}" "${folders[@]}" >"$log" 2>&1 || status=$?
    speed=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
    printf '%-13s %8s per second, %s\n' "$target" "${speed:-?}" "$(state_of "$log")"
    if ((status)); then
        grep -hE 'finding:|ERROR: |runtime error|Test unit written|Assertion' "$log"
        echo "FINDING in $target, status $status: see $log"
    fi
    return "$((status > 0))"
}

# Of the last line that has them: edges covered, features, inputs kept.
state_of() {
    local pattern='.* cov: \([0-9]*\) ft: \([0-9]*\) corp: \([0-9]*\).*'
    sed -n "s/$pattern/\\1 edges, \\2 features, \\3 inputs/p" "$1" | tail -n 1
}

# The fuzzer writes the input that adds most first: what comes last is left out where there are many.
merge() {
    local target=$1 new=$out/merged/$1 own=$here/corpus/$1 most=60
    rm -rf "$new" && mkdir -p "$new" "$own" "$found/$target"
    "$out/$target" -set_cover_merge=1 -use_counters=0 -max_len="$(length_of "$target")" \
        "$new" "$own" "$found/$target" >"$out/$target.merge.log" 2>&1 || return 1
    find "$new" -type f -printf '%T@ %p\n' | sort -n | tail -n "+$((most + 1))" | cut -d' ' -f2- |
        xargs -r rm
    # named by somebody: what was once a finding
    find "$own" -type f -name '*-*' -exec cp -p {} "$new" \;
    rm -rf "$own" && cp -rp "$new" "$own"
    echo "$target: $(find "$own" -type f | wc -l) inputs," \
        "$(find "$own" -type f -printf '%s\n' | awk '{ s += $1 } END { print s + 0 }') bytes"
}

coverage() {
    local target=$1 folders files=() name profile=$out/$1.profile cov merge compiler
    read -ra compiler <<<"${FUZZ_CXX:-clang++}" # it may have words, such as a cache in front
    cov=$("${compiler[@]}" -print-prog-name=llvm-cov)
    merge=$("${compiler[@]}" -print-prog-name=llvm-profdata)
    read -ra folders <<<"$(folders_of "$target")"
    LLVM_PROFILE_FILE=$profile.raw "$out/$target" "${folders[@]}" >"$out/$target.log" 2>&1 ||
        return 1
    "$merge" merge -sparse "$profile.raw" -o "$profile" || return 1
    for name in $(sources_of "$target"); do
        files+=("$(dirname "$(dirname "$here")")"/{common,native}/"$name"*.{cc,h})
    done
    # shellcheck disable=SC2046 # one file a word
    "$cov" report "$out/$target" -instr-profile="$profile" \
        $(printf '%s\n' "${files[@]}" | grep -v '\*') >"$out/$target.coverage"
    awk -v target="$target" '
        $1 == "TOTAL" { printf "%-13s %s of lines (%d of %d)\n", target, $10, $8 - $9, $8 }
        ' "$out/$target.coverage"
}

status=0
for target in "$@"; do
    case $verb in
    run) fuzz "$target" || status=1 ;;
    corpus) merge "$target" || status=1 ;;
    coverage) coverage "$target" || status=1 ;;
    *) echo "run.sh: no such verb: $verb" >&2 && exit 2 ;;
    esac
done
exit "$status"
