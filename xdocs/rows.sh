#!/bin/bash
# The documentation gate, as TAP: what stands in a table of the code stands in its reference page as
# <row id="KIND.NAME" name="NAME" …>, with the same default or status where the code's table has
# one, and the other way round. Commands and options of jkctl stand in its manual page too.
# `rows.sh [TOP]`; without it the tree that the script stands in.
set -u
export LC_ALL=C
shopt -s lastpipe # gate() counts in this shell

cd "${1:-$(dirname "$0")/..}" || exit 1
number=0 failed=0

# gate WHAT PAGE KIND: the rows of the code on stdin, "NAME" or "NAME|VALUE" a line
gate() {
    local what=$1 page=xdocs/reference/$2 kind=$3 code docs faults
    [[ $2 != */* ]] || page=$2
    code=$(sort -u)
    docs=$(rows_of "$page" "$kind" "$(grep -c '|' <<<"$code")" | sort)
    faults=$(uniq -d <<<"$docs" | sed '/^$/d; s/^/twice in the page: /'
        comm -23 <(echo "$code") <(uniq <<<"$docs") | sed '/^$/d; s/^/in the code only: /'
        comm -13 <(echo "$code") <(uniq <<<"$docs") | sed '/^$/d; s/^/in the page only: /')
    [[ -n $code ]] || faults+="nothing found in the code: its table looks different now"
    number=$((number + 1))
    if [[ -z $faults ]]; then
        echo "ok $number - $what: $(wc -l <<<"$code") rows as in $page"
    else
        failed=1
        echo "not ok $number - $what are not those of $page"
        printf '# %s\n' "${faults//$'\n'/$'\n'# }"
    fi
}

# rows_of PAGE KIND VALUED: NAME or NAME|VALUE of each row; a row whose id and name differ as both
rows_of() {
    [[ $1 != *.1 ]] || { manual_rows "$1" "$2" && return; }
    sed -n "s/.*<row id=\"$2\.\([^\"]*\)\" name=\"\([^\"]*\)\"\(.*\)/\1 \2 \3/p" "$1" |
        while read -r id name rest; do
            [[ $id == "$name" ]] || name="id $id, name $name"
            if [[ $3 != 0 && $rest =~ ^[^\>]*(default|status)=\"([^\"]*)\" ]]; then
                echo "$name|${BASH_REMATCH[2]}"
            else
                echo "$name"
            fi
        done
}

# manual_rows PAGE KIND: the sections of commands, or the options explained in one of them
manual_rows() {
    if [[ $2 == command ]]; then
        sed -n 's/^\.SS //p' "$1"
    else
        sed -n "/^\\.SS $2\$/,/^\\.S[SH]/p" "$1" | sed -n '/^\.TP/{n;s/\\-/-/g;s/.*\(--[a-z-]*\).*/\1/p}'
    fi
}

# flat FILE: without comments, on one line, adjacent literals joined, quotes in literals as in XML
flat() { sed 's%^ *//.*%%; s% //.*%%; s/\\"/\&quot;/g' "$1" | tr -s '\n\t ' ' ' | sed 's/\([^,({ ]\)" "/\1/g'; }
# entries TYPE FILE: one line each, from behind the opening brace
entries() { flat "$2" | sed "s/$1{/\n\x01/g" | sed -n 's/^\x01 *//p'; }

# properties KIND: NAME|DEFAULT|FLAGS|OLD of each row of common/conf/KIND_properties.cc
properties() {
    entries 'PropertySpec<S>' "common/conf/$1_properties.cc" | sed -E \
        -e 's/^"([^"]*)", *&S::[a-z0-9_]+, *"([^"]*)", *([a-z0-9_]+|\{[^}]*\}), *([a-z0-9_:| ]+), *"[^"]*"(, *"([^"]*)")?.*/\1|\2|\4|\6/' \
        -e 't; s/^/cannot be read: /'
}
current() { properties "$1" | awk -F'|' '$3 !~ /flag::old/ { print $1 "|" $2 }'; }

old_names() {
    for kind in ajp lb status; do
        properties "$kind" | awk -F'|' '$3 ~ /flag::old/ { print $1 } $4 != "" { print $4 }'
    done
    entries KnownName common/conf/known_names.cc | sed -n 's/^"\([^"]*\)", NameUse::dead.*/\1/p'
}
common_names() {
    entries KnownName common/conf/known_names.cc | grep -v NameUse::dead |
        sed -n 's/^"\([^"]*\)".*/\1/p'
}

text_directives() {
    entries TextRow native/config/directives.cc |
        sed -E -n 's/^"([^"]*)", *&ServerConfig::[a-z_]+, *"?([^"}]*)"?\}.*/\1|\2/p' |
        sed 's/|nullptr$/|/'
}
own_directives() {
    flat native/config/directives.cc | sed 's/AP_INIT_[A-Z0-9_]*(/\n\x01/g' |
        sed -n 's/^\x01 *"\([^"]*\)".*/\1/p'
}
verdicts() {
    entries VerdictRow native/request/verdict.cc |
        sed -n 's/^Verdict::[a-z_]*, *"\([^"]*\)", *\(HTTP_[A-Z_]*\).*/\1|\2/p' |
        sed 's/HTTP_OK$/200/; s/HTTP_BAD_REQUEST$/400/; s/HTTP_REQUEST_ENTITY_TOO_LARGE$/413/
             s/HTTP_INTERNAL_SERVER_ERROR$/500/; s/HTTP_BAD_GATEWAY$/502/; s/HTTP_SERVICE_UNAVAILABLE$/503/
             s/HTTP_GATEWAY_TIME_OUT$/504/'
}
# The options that a function of jkctl's command line declares, and those that it hands on to.
declared_options() { # FUNCTION
    local body shared
    body=$(sed -n "/^void $1(/,/^}/p" native/jkctl/command_line.cc | tr -s '\n\t ' ' ')
    while read -r shared; do
        declared_options "$shared"
    done < <(grep -oE 'declare_[a-z_]*\(command, (options[.)]|arguments)' <<<"$body" | sed 's/(.*//')
    grep -oE '(add_(option|flag)[a-z_]*(<[a-z:]*>)?\( ?|declare_list\(command, )"[^"]*"' <<<"$body" |
        sed -n 's/.*\(--[a-z-]*\)\({[0-9]*}\)\{0,1\}"$/\1/p'
}
jkctl_options() { # COMMAND
    declared_options "$(entries Command native/jkctl/command_line.cc |
        sed -n "s/^\"$1\", .*, \(declare_[a-z_]*\), .*/\1/p")"
}
jkctl_globals() {
    echo --help
    grep -o 'set_version_flag("[^"]*"' native/jkctl/command_line.cc | sed 's/.*"\(.*\)"/\1/'
}
names() { entries "$1" "$2" | sed -n 's/^"\([^"]*\)".*/\1/p'; }

own_directives | gate "directives" apache.xml directive
text_directives | gate "directives that are a text" apache.xml text
names Word common/site/options.cc | gate "words of JkOptions" apache.xml option
common_names | gate "properties of all workers" workers.xml common
current ajp | gate "properties of ajp13 workers" workers.xml ajp
current lb | gate "properties of balancers" workers.xml lb
current status | gate "properties of status workers" workers.xml status
old_names | gate "old property names" workers.xml old
names Row common/route/rule_options.cc | gate "rule extensions" uriworkermap.xml extension
names Command common/status/commands.cc | gate "commands of the status" status.xml command
names Format common/status/formats.cc | gate "formats of the status" status.xml format
names Field common/status/worker_fields.cc | gate "fields of a worker" status.xml field
verdicts | gate "verdicts" verdicts.xml verdict
manual=native/jkctl/jkctl.1
names Command native/jkctl/command_line.cc | gate "commands of jkctl" jkctl.xml command
names Command native/jkctl/command_line.cc | gate "commands of jkctl" "$manual" command
jkctl_globals | gate "options of jkctl" jkctl.xml global
for command in $(names Command native/jkctl/command_line.cc); do
    jkctl_options "$command" | gate "options of jkctl $command" jkctl.xml "$command"
    jkctl_options "$command" | gate "options of jkctl $command" "$manual" "$command"
done
echo "1..$number"
exit "$failed"
