#!/bin/sh
# The pages as HTML: build.sh XSLTPROC SRCDIR OUTDIR. Every .xml file of SRCDIR becomes an .html
# file at the same place of OUTDIR. No network, nothing else is read.
set -eu

if [ $# != 3 ]; then
    echo "usage: build.sh XSLTPROC SRCDIR OUTDIR" >&2
    exit 2
fi
xsltproc=$1 from=$2 to=$3
if ! command -v "$xsltproc" >/dev/null; then
    echo "xsltproc is needed for the HTML pages (Debian: apt-get install xsltproc)" >&2
    exit 1
fi

mkdir -p "$to"
for page in $(cd "$from" && find . -name '*.xml' | LC_ALL=C sort); do
    page=${page#./}
    root='' rest=$page
    while [ "${rest#*/}" != "$rest" ]; do
        root=../$root
        rest=${rest#*/}
    done
    mkdir -p "$(dirname "$to/$page")"
    "$xsltproc" --nonet --stringparam root "$root" -o "$to/${page%.xml}.html" \
        "$from/style.xsl" "$from/$page"
done
for picture in $(cd "$from" && find . -name '*.svg'); do
    cp "$from/$picture" "$to/$picture"
done
cp "$from/style.css" "$to/style.css"
echo "the pages are in $to"
