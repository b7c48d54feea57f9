#!/bin/bash
# Installs a build into a temporary prefix and uses it as strangers do: a CMake project, pkg-config (shared and static),
# a C++ compiler, the program. Also: the shared library exports what simrank.h marks SR_API, and nothing else; the example
# in simrank.h is a program that runs.
# usage: consumer.sh BUILD_DIR C_COMPILER CXX_COMPILER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1 cc=$2 cxx=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

cmake --install "$build" --prefix "$prefix" >"$work/install.log"
libdir=$(dirname "$(find "$prefix" -name 'libsimrank.so')")
export LD_LIBRARY_PATH=$libdir PKG_CONFIG_PATH=$libdir/pkgconfig

echo "-- CMake package"
cmake -G Ninja -S "$here/consumer" -B "$work/build" -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$prefix" \
    >"$work/cmake.log" || { cat "$work/cmake.log"; exit 1; }
cmake --build "$work/build" >"$work/cmake.log" || { cat "$work/cmake.log"; exit 1; }
"$work/build/consumer_shared"
"$work/build/consumer_static"

echo "-- pkg-config, moved to another prefix"
flags() { # pkg-config's answer as words
    pkg-config --define-prefix "$@" simrank
}
strict=(-std=c11 -Wall -Wextra -Wpedantic -Werror)
# shellcheck disable=SC2046  # a list of words is meant
"$cc" "${strict[@]}" "$here/consumer/consumer.c" -o "$work/shared" $(flags --cflags --libs)
"$work/shared"
# shellcheck disable=SC2046
"$cc" "${strict[@]}" "$here/consumer/consumer.c" -o "$work/static" $(flags --cflags) \
    -Wl,--push-state,-Bstatic -L"$libdir" -lsimrank -Wl,--pop-state $(flags --static --libs | sed 's/-lsimrank//')
if readelf -d "$work/static" | grep -q libsimrank; then
    echo "the static program needs libsimrank.so"
    exit 1
fi
"$work/static"

echo "-- C++"
# shellcheck disable=SC2046
"$cxx" -std=c++17 -Wall -Wextra -Wpedantic -Werror -x c++ "$here/consumer/consumer.c" -x none -o "$work/cxx" \
    $(flags --cflags --libs)
"$work/cxx"

echo "-- the example of simrank.h"
sed -n '/^ \* Example:/,/^ \*\//p' "$prefix/include/simrank.h" | sed -n 's/^ \*     //p' >"$work/example.c"
test -s "$work/example.c"
# shellcheck disable=SC2046
"$cc" "${strict[@]}" "$work/example.c" -o "$work/example" $(flags --cflags --libs)
"$work/example" | tee "$work/printed"
grep -q '^near, Jaccard 0\.[0-9]*$' "$work/printed"

echo "-- exported symbols"
nm -D --defined-only "$libdir/libsimrank.so" | awk '{ print $3 }' | sort >"$work/exported"
grep -v '^ *\*\|^/\*\|^#' "$prefix/include/simrank.h" | tr '\n' ' ' | grep -oE 'SR_API [^;]*;' |
    grep -oE 'sr_[a-z0-9_]+ *\(' | tr -d ' (' | sort >"$work/declared"
diff "$work/declared" "$work/exported" || { echo "left: declared in simrank.h, right: exported"; exit 1; }
wc -l <"$work/exported"

echo "-- the installed program"
if [ -x "$prefix/bin/simrank" ]; then
    "$prefix/bin/simrank" --version
    grep -q '^\.TH' "$prefix/share/man/man1/simrank.1"
    bash -n "$prefix/share/bash-completion/completions/simrank"
fi
