#!/usr/bin/env python3
"""age_store.py STORE NORMALISER — makes a store say that a program of that normaliser wrote it: MANIFEST, the digest in
every segment, and all checksums over these (FORMAT.md §3, §4)."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
sys.dont_write_bytecode = True
from dump_store import BLOCK, Manifest, u64, xxh3  # noqa: E402

store, normaliser = sys.argv[1], int(sys.argv[2])
manifest_path = os.path.join(store, "MANIFEST")
with open(manifest_path, "rb") as file:
    manifest = bytearray(file.read())
struct.pack_into("<I", manifest, 44, normaliser)
old = Manifest(store)
digest = xxh3(struct.pack("<QIIIIII", old.seed, old.values, old.shingle, old.bands, old.rows, normaliser, old.hash))
for i in range(old.n_segments):
    line = 112 + 40 * i
    with open(os.path.join(store, f"seg-{u64(manifest, line):016x}.seg"), "r+b") as file:
        header = bytearray(file.read(BLOCK))
        struct.pack_into("<Q", header, 48, digest)
        struct.pack_into("<Q", header, BLOCK - 8, xxh3(header[:-8]))
        file.seek(0)
        file.write(header)
    struct.pack_into("<Q", manifest, line + 16, u64(header, BLOCK - 8))
struct.pack_into("<Q", manifest, len(manifest) - 8, xxh3(manifest[:-8]))
with open(manifest_path, "wb") as file:
    file.write(manifest)
