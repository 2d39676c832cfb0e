#!/bin/bash
# The pages, as TAP: each is well-formed, has a title and ids of its own, all links resolve, and
# each page can be reached from the index. `check.sh [SRCDIR]`; without it the script's own folder.
set -u

cd "${1:-$(dirname "$0")}" || exit 1
if ! command -v xmllint >/dev/null; then
    echo "1..0 # SKIP xmllint is missing (Debian: libxml2-utils)"
    exit 0
fi
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

mapfile -t pages < <(find . -name '*.xml' | sed 's|^\./||' | LC_ALL=C sort)
links_of() { sed -n 's/href="/\n&/gp' "$1" | sed -n 's/^href="\([^"]*\)".*/\1/p'; }
target_of() { # PAGE LINK: the page that a link leads to
    local file=${2%%#*}
    [[ -n $file ]] || { echo "$1" && return; }
    realpath -m --relative-to=. "$(dirname "$1")/$file"
}
has_id() { grep -q "[ ]id=\"$2\"" "$1"; }

well_formed() { # PAGE
    xmllint --nonet --noout "$1" 2>&1
    grep -q '<title>..*</title>' "$1" || echo "no title"
    sed -n 's/ id="/\n&/gp' "$1" | sed -n 's/^ id="\([^"]*\)".*/\1/p' | sort | uniq -d |
        sed 's/^/twice: id /'
    grep -n '<\(sub\)\?section ' "$1" | grep -v ' id="' | sed 's/^/no id: line /'
}

bad_links() { # PAGE
    local link page id
    while read -r link; do
        [[ $link != *://* ]] || continue
        page=$(target_of "$1" "$link")
        id=
        [[ $link != *#* ]] || id=${link#*#}
        if [[ ! -f $page ]]; then
            echo "$link: there is no $page"
        elif [[ -n $id ]] && ! has_id "$page" "$id"; then
            echo "$link: $page has no id $id"
        fi
    done < <(links_of "$1")
}

unreachable() {
    local -A seen=([index.xml]=1)
    local queue=(index.xml) page link
    while ((${#queue[@]})); do
        page=${queue[0]}
        queue=("${queue[@]:1}")
        while read -r link; do
            [[ $link != *://* ]] || continue
            link=$(target_of "$page" "$link")
            [[ -f $link && $link == *.xml && -z ${seen[$link]:-} ]] || continue
            seen[$link]=1
            queue+=("$link")
        done < <(links_of "$page")
    done
    for page in "${pages[@]}"; do
        [[ -n ${seen[$page]:-} ]] || echo "no way leads from index.xml to $page"
    done
}

html() { # all pages through the stylesheet
    local out
    command -v xsltproc >/dev/null || return 0
    out=$(mktemp -d) || return
    { bash build.sh xsltproc . "$out" >/dev/null; } 2>&1
    for page in "${pages[@]}"; do
        [[ -s $out/${page%.xml}.html ]] || echo "no page from $page"
    done
    rm -rf "$out"
}

[[ -f index.xml ]] || { echo "Bail out! no index.xml here" && exit 1; }
for page in "${pages[@]}"; do tap "$(well_formed "$page")" "$page is well-formed"; done
for page in "${pages[@]}"; do tap "$(bad_links "$page")" "the links of $page resolve"; done
tap "$(unreachable)" "each page can be reached from the index"
tap "$(html)" "the stylesheet makes a page of each"
echo "1..$number"
exit "$failed"
