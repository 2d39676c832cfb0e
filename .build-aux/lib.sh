# shellcheck shell=bash
# What demo and check share: progress, packages, the build. Sourced from the top of the tree with
# `set -u` and a writable folder in $logs; call `lib_cleanup` in the EXIT trap.
# Functions return non-zero on failure; `step` has then shown the end of the log.

: "${logs:?}"
began=$SECONDS
step_pid=
policy_file=/usr/sbin/policy-rc.d
policy_made=
apt_runs=
installed= # need_packages had to install something

if [[ ! -r /proc/self/status ]]; then
    echo "/proc is not mounted; bash and Java need it: mount -t proc proc /proc" >&2
    exit 1
fi

say() { printf '[%3ds] %s\n' $((SECONDS - began)) "$*"; }

# step WHAT COMMAND…: runs it in the background (so that signals are handled at once) and in a
# process group of its own (so that all of it can be ended), with its output in a log; shows the
# seconds.
step() {
    local what=$1 start=$SECONDS rc=0 log
    shift
    log="$logs/${what//[^a-z0-9]/-}.log"
    [[ -t 1 ]] || say "$what …"
    set -m
    "$@" >"$log" 2>&1 </dev/null 9<&- &
    step_pid=$!
    set +m
    if [[ -t 1 ]]; then
        while kill -0 "$step_pid" 2>/dev/null; do
            printf '\r[%3ds] %s … %d s ' $((SECONDS - began)) "$what" $((SECONDS - start))
            sleep 0.2
        done
        printf '\r\033[K'
    fi
    wait "$step_pid" || rc=$?
    step_pid=
    if ((rc == 0)); then
        say "$what: done in $((SECONDS - start)) s"
    else
        say "$what: FAILED (exit status $rc); the end of $log:"
        tail -n 40 "$log" | sed 's/^/    /'
    fi
    return "$rc"
}

# Ends a step that a signal interrupted. apt-get is left to finish: half an installation is worse.
lib_cleanup() {
    if [[ -n $step_pid ]]; then
        if [[ -n $apt_runs ]]; then
            say "waiting for apt-get to finish"
        else
            kill -- "-$step_pid" 2>/dev/null
        fi
        wait "$step_pid" 2>/dev/null
        step_pid=
    fi
    release_services
}

# --- packages -------------------------------------------------------------------------------------

packages_of() { # GROUP… → names
    local group
    for group in "$@"; do
        sed -n "s/^$group: *//p" .build-aux/packages.txt
    done | tr -s ' ' '\n' | sort -u
}

missing_packages() { # GROUP… → names
    local present
    # shellcheck disable=SC2016,SC2046 # dpkg's own variables; one word per name
    present=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $(packages_of "$@") 2>/dev/null |
        sed -n 's/ installed$//p')
    comm -23 <(packages_of "$@") <(sort -u <<<"$present")
}

# No package may start a service while we install: the usual switch, put in place only if there is
# none and taken away again.
hold_services() {
    [[ -e $policy_file || -L $policy_file ]] && return
    policy_made=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy_file" && chmod 755 "$policy_file"
}
release_services() {
    [[ -n $policy_made ]] || return 0
    rm -f "$policy_file"
    policy_made=
}

apt_install() {
    # A broken list of some other source is no reason to stop; a missing package is, below.
    apt-get -o DPkg::Lock::Timeout=600 update -q || :
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
        install -y -q --no-install-recommends "$@"
}

# need_packages GROUP…: installs what is missing as root, else says what to install and fails.
# YOKE_PACKAGES=present skips the question, for systems that have it all from elsewhere.
need_packages() {
    local missing rc=0
    [[ ${YOKE_PACKAGES:-} != present ]] || return 0
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        echo "This system has no apt-get. Please install what it calls these Debian packages,"
        echo "then set YOKE_PACKAGES=present and start again:"
        packages_of "$@" | tr '\n' ' ' | fold -s -w 90 | sed 's/^/    /'
        echo
        return 1
    fi
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    if [[ $(id -u) != 0 ]]; then
        echo "Some packages are missing. Please run this, then start again:"
        echo "    sudo apt-get install --no-install-recommends ${missing[*]}"
        return 1
    fi
    say "missing: ${missing[*]}"
    hold_services
    apt_runs=yes
    step "installing ${#missing[@]} packages" apt_install "${missing[@]}" || rc=$?
    apt_runs=
    release_services
    installed=yes
    return "$rc"
}

# --- the build ------------------------------------------------------------------------------------

in_folder() { # FOLDER COMMAND…
    local folder=$1
    shift
    mkdir -p "$folder" && cd "$folder" && "$@"
}
make_in() { # FOLDER ARGUMENT…
    local folder=$1
    shift
    make -C "$folder" -j"$(nproc)" "$@"
}

# configure_in FOLDER OPTION…: autoreconf and configure, each only if needed.
configure_in() {
    local folder=$1 top=$PWD
    shift
    if [[ ! -x configure ]]; then
        step "autoreconf" autoreconf -fi || return
    fi
    if [[ ! -f $folder/Makefile ]]; then
        step "configure $folder" in_folder "$folder" "$top/configure" "$@" || return
    fi
}

# build_module lenient|strict: the module in build/.libs. Warnings are errors; for the demo
# (lenient) a newer compiler's new warning is no reason to stop, so it then tries again without.
build_module() {
    local rc=0
    # one build at a time in this tree
    exec 9<.
    flock -n 9 || { say "another build is running here; waiting for it" && flock 9; }
    "build_$1" || rc=$?
    exec 9<&-
    return "$rc"
}

build_lenient() {
    [[ -e build/Makefile ]] || { mkdir -p build && touch build/.by-demo; }
    configure_in build --enable-werror || return
    step "make" make_in build && return
    touch build/.with-warnings
    say "trying again with warnings allowed"
    step "make with warnings" make_in build WARNINGS=
}

# What the demo configured, perhaps without the tests' libraries, is configured again; what it
# compiled with warnings is compiled again.
build_strict() {
    if [[ -e build/.by-demo || -n $installed ]]; then
        rm -f build/.by-demo build/Makefile
    fi
    configure_in build --enable-werror || return
    if [[ -e build/.with-warnings ]]; then
        step "make clean" make_in build clean || return
        rm -f build/.with-warnings
    fi
    step "make" make_in build
}
