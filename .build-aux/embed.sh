#!/bin/sh
# embed.sh FILE…: C++ rows {"name", "\"etag\"", "bytes"sv} for the files, on standard output; an
# array in native/status/assets.cc takes them in. The tag is the file's check sum and size, so that
# it changes when the file does and not with the build.
set -eu
export LC_ALL=C

for file; do
    # read by redirection: cksum's line then has no name in it
    sum=$(cksum <"$file")
    printf 'Asset{"%s", "\\"%s\\"",\n' "${file##*/}" "$(printf '%s' "$sum" | tr ' ' -)"
    # three octal digits each: nothing that follows can be taken for a part of a byte
    od -A n -v -t o1 <"$file" | sed 's/ /\\/g; s/^[^\\]*/"/; s/[^0-7]*$/"/'
    printf '""sv},\n'
done
