#!/bin/bash
# The derived files of datasets/ are what derive.py makes of the hand-written ones.
# usage: datasets.sh DIRECTORY
set -euo pipefail
for tool in python3 zstd; do
    if ! command -v "$tool" >/dev/null; then
        echo "skipped: no $tool"
        exit 77
    fi
done
exec python3 -B "$1/derive.py" --check
