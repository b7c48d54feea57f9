#!/bin/sh
# Cross-compiles the kernels of aarch64 with their differential test and runs it under an emulator.
# usage: cross_kernels.sh SOURCE_DIR WORK_DIR
set -eu
source=$1
work=$2
for program in aarch64-linux-gnu-gcc qemu-aarch64; do
    command -v "$program" >/dev/null || {
        echo "skipped: no $program here (tools/setup installs it)"
        exit 77
    }
done
mkdir -p "$work/include"
cp /usr/include/xxhash.h "$work/include/" # header-only use; the rest of this machine's headers must stay out
aarch64-linux-gnu-gcc -std=c11 -O2 -fno-math-errno -static -D_GNU_SOURCE -DSR_TEST_PLAIN -DXXH_INLINE_ALL \
    -Wall -Wextra -Werror -ffp-contract=off \
    -I"$source/src" -I"$source/tests" -I"$work/include" -o "$work/test_kernels_aarch64" \
    "$source/tests/test_kernels.c" "$source/src/simd/scalar.c" "$source/src/simd/neon.c" \
    "$source/src/simd/avx2.c" "$source/src/simd/avx512.c" "$source/src/simd/dispatch.c" \
    "$source/src/sketch/params.c" "$source/src/base/status.c" "$source/src/base/buffer.c"
qemu-aarch64 "$work/test_kernels_aarch64"
