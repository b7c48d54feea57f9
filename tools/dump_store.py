#!/usr/bin/env python3
"""dump_store.py — a second reader of the store, written from src/FORMAT.md alone: everything as JSON lines.

usage: dump_store.py STORE

A line is an object with "kind": store, segment, kill, article, index, band, term, edge, model. Hashes are hexadecimal
strings of 16 digits (content: 32), floats the hexadecimal digits of their 32 bits. Every checksum is proved on the way;
damage ends the program with exit code 1.

Python's standard library and two shared libraries that simrank itself needs: libxxhash and libzstd.
"""
import ctypes
import ctypes.util
import json
import os
import struct
import sys

FIELDS = ["id", "title", "lead", "url", "source", "author", "tags", "image", "text"]
UNKNOWN_TIME = -(1 << 63)
BLOCK = 4096
KNOWN = set(range(1, 19)) | set(range(32, 41)) | set(range(64, 73))


class Damage(Exception):
    """What does not agree with FORMAT.md."""


def need(holds, what):
    if not holds:
        raise Damage(what)


def load_library(name):
    found = ctypes.util.find_library(name)
    if not found:
        sys.exit(f"dump_store: lib{name} is not installed")
    return ctypes.CDLL(found)


XXHASH = load_library("xxhash")
XXHASH.XXH3_64bits_withSeed.restype = ctypes.c_uint64
XXHASH.XXH3_64bits_withSeed.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64]
ZSTD = load_library("zstd")
ZSTD.ZSTD_decompress.restype = ctypes.c_size_t
ZSTD.ZSTD_decompress.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]


def xxh3(data, seed=0):
    data = bytes(data)
    return XXHASH.XXH3_64bits_withSeed(data, len(data), seed)


def unpack_zstd(data, n_raw):
    raw = ctypes.create_string_buffer(max(n_raw, 1))
    need(ZSTD.ZSTD_decompress(raw, n_raw, data, len(data)) == n_raw, "a frame does not unpack to its raw size")
    return raw.raw[:n_raw]


def u32(data, at):
    return struct.unpack_from("<I", data, at)[0]


def u64(data, at):
    return struct.unpack_from("<Q", data, at)[0]


def numbers(code, data, at, n):
    return list(struct.unpack_from(f"<{n}{code}", data, at))


def hexa(value):
    return f"{value:016x}"


def say(kind, **members):
    print(json.dumps({"kind": kind, **members}, ensure_ascii=False, separators=(",", ":")))


def varint(data, at):
    """§2.2"""
    value = 0
    for i in range(10):
        need(at + i < len(data), "a varint does not end")
        value |= (data[at + i] & 0x7F) << (7 * i)
        if data[at + i] < 0x80:
            need(value < 1 << 64, "a varint exceeds 64 bits")
            return value, at + i + 1
    raise Damage("a varint of more than 10 bytes")


class Bits:
    """§2.5"""

    def __init__(self, data):
        self.all, self.at, self.n = int.from_bytes(data, "little"), 0, 8 * len(data)

    def get(self, width):
        need(self.at + width <= self.n, "a bit string is too short")
        self.at += width
        return self.all >> (self.at - width) & ((1 << width) - 1)

    def zeros(self):
        """So many, and the one behind them, are passed over."""
        left = self.all >> self.at
        need(left > 0, "a bit string is too short")
        n = (left & -left).bit_length() - 1
        self.at += n + 1
        return n

    def n_bytes(self):
        """It ends here."""
        padding = self.all >> self.at & ((1 << -self.at % 8) - 1)
        need(self.at <= self.n and padding == 0, "a bit string ends in other bits than zeros")
        return (self.at + 7) // 8


def counted_list(data, n, bound):
    """§2.3: [number, tf2] each"""
    width = max((bound // n).bit_length() - 1, 0)
    bits = Bits(data)
    found, upper = [bits.get(width) for _ in range(n)], 0
    for i in range(n):
        upper += bits.zeros()
        found[i] |= upper << width
    need(all(a < b for a, b in zip(found, found[1:])) and found[-1] < bound, "a list does not ascend")
    counts = []
    for _ in range(n):
        n_behind = bits.zeros()
        counts.append((1 << n_behind | bits.get(n_behind)) + 1)
    need(bits.n_bytes() == len(data) and max(counts) <= 255, "a list does not fill its place")
    return [[number, count] for number, count in zip(found, counts)]


def check_versions(data, what):
    """§2.4"""
    need(u32(data, 8) >= 1, f"{what} is of a draft of the format")
    need(u32(data, 12) <= 1 and u64(data, 16) == 0, f"{what} needs a reader of version {u32(data, 12)}")


class Manifest:
    """§3"""

    def __init__(self, directory):
        with open(os.path.join(directory, "MANIFEST"), "rb") as file:
            data = file.read()
        need(data[:8] == b"\x8dSRM\r\n\x1a\n", "no MANIFEST")
        need(xxh3(data[:-8]) == u64(data, len(data) - 8), "MANIFEST: checksum")
        check_versions(data, "MANIFEST")
        self.commit = u64(data, 32)
        self.dedup_only = u32(data, 40) == 1
        need(u32(data, 40) <= 1, "MANIFEST: reserved bits")
        self.normaliser, self.hash, self.values = numbers("I", data, 44, 3)
        self.seed = u64(data, 56)
        self.shingle, self.bands, self.rows, self.n_segments = numbers("I", data, 64, 4)
        self.next_segment, self.next_serial, self.flushed, self.merged = numbers("Q", data, 80, 4)
        need(len(data) == 112 + 40 * self.n_segments + 8, "MANIFEST: size")
        self.lines = [struct.unpack_from("<QQQIIQ", data, 112 + 40 * i) for i in range(self.n_segments)]
        self.digest = xxh3(struct.pack("<QIIIIII", self.seed, self.values, self.shingle, self.bands, self.rows,
                                       self.normaliser, self.hash))

    def dump(self):
        say("store", commit=self.commit, dedup_only=self.dedup_only, normaliser=self.normaliser, hash=self.hash,
            values=self.values, seed=hexa(self.seed), shingle=self.shingle, bands=self.bands, rows=self.rows,
            next_segment=self.next_segment, next_serial=self.next_serial, flushed=self.flushed, merged=self.merged)


class Segment:
    """§4"""

    def __init__(self, directory, manifest, line):
        self.number, n_bytes, header_sum, self.n_docs, self.n_removed, reserved = line
        self.manifest = manifest
        with open(os.path.join(directory, f"seg-{self.number:016x}.seg"), "rb") as file:
            self.data = file.read()
        data = self.data
        need(len(data) == n_bytes and reserved == 0, "segment: size")
        need(data[:8] == b"\x8dSRS\r\n\x1a\n", "segment: magic")
        need(xxh3(data[:4088]) == u64(data, 4088) == header_sum, "segment: checksum of the header")
        check_versions(data, "segment")
        need(u64(data, 32) == self.number and u64(data, 40) == n_bytes, "segment: number and size")
        need(u64(data, 48) == manifest.digest, "segment: parameters")
        need(u32(data, 64) == self.n_docs, "segment: articles")
        self.first_serial = u64(data, 72)
        self.sections = {}
        self.read_table()
        self.prove_blocks()

    def read_table(self):
        end = BLOCK
        for i in range(u32(self.data, 68)):
            kind, flags, offset, size = struct.unpack_from("<IIQQ", self.data, 128 + 24 * i)
            need(offset >= end and offset % 64 == 0 and not any(self.data[end:offset]), "segment: section table")
            end = offset + size
            need(kind in KNOWN or not flags & 1, f"segment: section {kind} is not known")
            need(kind not in self.sections, f"segment: section {kind} stands there twice")
            self.sections[kind] = (offset, size)
            if kind == 1:
                self.checks = offset
        need(end == len(self.data), "segment: the sections do not fill the file")

    def prove_blocks(self):
        checks = self.section(1)
        need(xxh3(checks) == u64(self.data, 56), "segment: checksum of CHECKS")
        places = range(BLOCK, self.checks, BLOCK)
        need(len(checks) == 8 * len(places), "segment: CHECKS")
        for i, at in enumerate(places):
            need(xxh3(self.data[at:min(at + BLOCK, self.checks)]) == u64(checks, 8 * i), f"segment: block {i + 1}")

    def section(self, kind):
        offset, size = self.sections.get(kind, (0, 0))
        return self.data[offset:offset + size]

    def kills(self):
        """§5.1"""
        return [struct.unpack_from("<QI", self.section(2), at) for at in range(0, len(self.section(2)), 16)]

    def serials(self):
        """§5.7"""
        if 12 in self.sections:
            return [self.first_serial + n for n in numbers("I", self.section(12), 0, self.n_docs)]
        return list(range(self.first_serial, self.first_serial + self.n_docs))

    def column(self, field):
        """§5.6"""
        table, data, values = self.section(64 + field), self.section(32 + field), []
        at = 0
        for entry in range(0, len(table), 32):
            offset, packed, raw_size, first, n_docs, total = struct.unpack_from("<QIIIIQ", table, entry)
            need(offset == at and first == len(values) and n_docs > 0, f"{FIELDS[field]}: frame table")
            frame = data[offset:offset + packed]
            need(xxh3(frame, xxh3(table[entry:entry + 24])) == total, f"{FIELDS[field]}: checksum of a frame")
            raw = unpack_zstd(frame, raw_size)
            lengths, place = [], 0
            for _ in range(n_docs):
                length, place = varint(raw, place)
                lengths.append(length)
            for length in lengths:
                values.append(raw[place:place + length])
                place += length
            need(place == raw_size, f"{FIELDS[field]}: lengths")
            at += packed
        need(at == len(data) and (not data or len(values) == self.n_docs), f"{FIELDS[field]}: size")
        return values

    def facts(self, i):
        """§5.2"""
        return struct.unpack_from("<QQQqQQIIIHH", self.section(3), 64 * i)

    def neighbours(self, i, serial):
        """§5.8"""
        row = self.section(13)[120 * i:120 * i + 120]
        if not row:
            return []
        gaps = numbers("i", row, 0, 20)
        n = gaps.index(0) if 0 in gaps else 20
        return [[serial + gaps[k], row[80 + k], row[100 + k]] for k in range(n)]

    def lexicon(self):
        """§5.5: the hash of each term, and what it says of the term's articles: an ordinal, or the bytes of a list."""
        index, blocks = self.section(8), self.section(17)
        if not index:
            return [], []
        n_terms = u64(index, 0)
        n_blocks = (n_terms + 63) // 64
        need(len(index) == 16 + 16 * n_blocks, "lexicon: size")
        firsts, places = numbers("Q", index, 8, n_blocks), numbers("Q", index, 8 + 8 * n_blocks, n_blocks + 1)
        ordinal_width = (self.n_docs - 1).bit_length()
        hashes, articles = [], []
        for b in range(n_blocks):
            block = blocks[places[b]:places[b + 1]]
            m, width, multi = min(64, n_terms - 64 * b), block[0], u64(block, 1)
            bits = Bits(block[9:])
            first = firsts[b] >> 25 << 1 | firsts[b] & 1
            keys = [first] + [first + 1 + bits.get(width) for _ in range(m - 1)]
            hashes += [key >> 1 << 25 | key & 1 for key in keys]
            ordinals = [None if multi >> i & 1 else bits.get(ordinal_width) for i in range(m)]
            offset, at = varint(block, 9 + (bits.at + 7) // 8)
            for ordinal in ordinals:
                if ordinal is None:
                    size, at = varint(block, at)
                    articles.append((offset, size))
                    offset += size
                else:
                    articles.append(ordinal)
            need(at == len(block), "lexicon blocks: size")
        need(all(a < b for a, b in zip(hashes, hashes[1:])), "lexicon: it does not ascend")
        return hashes, articles

    def terms(self, n_lexicon):
        """§5.5: of each article [number, tf2] each"""
        offsets, terms, n = self.section(10), self.section(11), self.n_docs + 1
        if not offsets:
            return [[]] * self.n_docs
        n_bases = (n + 31) // 32
        bases, behind = numbers("Q", offsets, 0, n_bases), numbers("H", offsets, 8 * n_bases, n)
        places = [bases[i // 32] + behind[i] for i in range(n)]
        need(places[0] == 0 and places[-1] == len(terms), "term offsets: ends")
        lists = []
        for first, last in zip(places, places[1:]):
            lists.append(counted_list(terms[first + 1:last], terms[first], n_lexicon) if first < last else [])
        return lists

    def dump_terms(self, hashes, articles, terms):
        """The terms with their articles; what an article says of a term, the term says of the article."""
        postings, said = self.section(9), {}
        for ordinal, one in enumerate(terms):
            for number, count in one:
                said.setdefault(number, []).append([ordinal, count])
        for number, (key, place) in enumerate(zip(hashes, articles)):
            if isinstance(place, int):
                found = said[number]
                need([ordinal for ordinal, _ in found] == [place], "a single's article")
            else:
                data = postings[place[0]:place[0] + place[1]]
                df, at = varint(data, 0)
                found = counted_list(data[at:], df, self.n_docs)
                need(found == said[number], "postings and terms differ")
            say("term", segment=self.number, hash=hexa(key), articles=found)

    def dump_articles(self, dead):
        columns = {name: self.column(field) for field, name in enumerate(FIELDS) if 32 + field in self.sections}
        vectors = self.section(16)
        n_values = self.manifest.values
        norms = numbers("I", self.section(18), 0, self.n_docs) if 18 in self.sections else None
        hashes, articles = self.lexicon()
        terms = self.terms(len(hashes))
        for i, serial in enumerate(self.serials()):
            first, second, simhash, published, article, source, words, shingles, norm, language, _ = self.facts(i)
            fields = {name: values[i].decode("utf-8", "replace") for name, values in columns.items()}
            say("article", segment=self.number, ordinal=i, serial=serial, live=(self.number, i) not in dead, **fields,
                content=hexa(first) + hexa(second), simhash=hexa(simhash),
                published=None if published == UNKNOWN_TIME else published, article_hash=hexa(article),
                source_hash=hexa(source), words=words, shingles=shingles, norm=f"{norms[i] if norms else norm:08x}",
                language="" if language == 0 else chr(language & 255) + chr(language >> 8),
                values=numbers("H", self.section(4), 2 * n_values * i, n_values),
                terms=[[hexa(hashes[number]), count] for number, count in terms[i]],
                neighbours=self.neighbours(i, serial),
                vector=numbers("b", vectors, 64 + 50 * i, 50) if vectors else [])
        self.dump_terms(hashes, articles, terms)

    def dump_indexes(self):
        """§5.3, §5.4"""
        for kind, name in ((5, "id"), (6, "content")):
            data = self.section(kind)
            n = len(data) // 12
            for key, ordinal in zip(numbers("Q", data, 0, n), numbers("I", data, 8 * n, n)):
                say("index", segment=self.number, name=name, hash=hexa(key), ordinal=ordinal)
        n = len(self.section(6)) // 12
        bucket_bits = max(n.bit_length() - 4, 0)
        low_width, ordinal_width = 32 - bucket_bits, max(self.n_docs - 1, 0).bit_length()
        parts = [-(-n * low_width // 64) * 8, -(-n * ordinal_width // 64) * 8, -(-(32 << bucket_bits) // 64) * 8]
        need(len(self.section(7)) == (self.manifest.bands * sum(parts) if self.n_docs else 0), "bands: size")
        for band in range(self.manifest.bands if n else 0):
            data = self.section(7)[band * sum(parts):(band + 1) * sum(parts)]
            firsts = numbers("I", data, parts[0] + parts[1], 1 << bucket_bits)
            need(firsts == sorted(firsts) and firsts[0] == 0 and firsts[-1] <= n, "bands: directory")
            lows, places = Bits(data[:parts[0]]), Bits(data[parts[0]:parts[0] + parts[1]])
            keys, ordinals, bucket = [], [], 0
            for i in range(n):
                while bucket + 1 < len(firsts) and firsts[bucket + 1] <= i:
                    bucket += 1
                keys.append(bucket << low_width | lows.get(low_width))
                ordinals.append(places.get(ordinal_width))
            need(lows.all >> lows.at == 0 and places.all >> places.at == 0, "bands: padding")
            say("band", segment=self.number, band=band, keys=keys, ordinals=ordinals)

    def dump_edges(self):
        """§5.8"""
        data = self.section(14)
        if not data:
            return
        n_targets, n_edges = numbers("Q", data, 0, 2)
        targets = numbers("Q", data, 16, n_targets)
        at = 16 + 8 * n_targets
        firsts = numbers("I", data, at, n_targets + 1)
        at += 4 * (n_targets + 1)
        sources = numbers("I", data, at, n_edges)
        at += 4 * n_edges
        for t, target in enumerate(targets):
            for e in range(firsts[t], firsts[t + 1]):
                say("edge", segment=self.number, target=target, source=sources[e], similarity=data[at + e],
                    closeness=data[at + n_edges + e])

    def dump_model(self):
        """§5.9"""
        if 16 in self.sections:
            say("vectors", segment=self.number, epoch=u64(self.section(16), 0))
        data = self.section(15)
        if not data:
            return
        epoch, trained = numbers("Q", data, 0, 2)
        n_words, dimensions = numbers("I", data, 16, 2)
        need(dimensions == 50, "model: dimensions")
        say("model", segment=self.number, epoch=epoch, trained=trained,
            mean=[f"{bits:08x}" for bits in numbers("I", data, 24, 50)])
        for w in range(n_words):
            say("word", hash=hexa(u64(data, 224 + 8 * w)), weight=f"{u32(data, 224 + 8 * n_words + 4 * w):08x}",
                row=numbers("b", data, 224 + 12 * n_words + 50 * w, 50))


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: dump_store.py STORE")
    try:
        manifest = Manifest(sys.argv[1])
        segments = [Segment(sys.argv[1], manifest, line) for line in manifest.lines]
        listed = {segment.number for segment in segments}
        dead = {kill for segment in segments for kill in segment.kills() if kill[0] in listed}
        manifest.dump()
        for segment in segments:
            need(sum(number == segment.number for number, _ in dead) == segment.n_removed, "removed counts")
            say("segment", number=segment.number, bytes=len(segment.data), articles=segment.n_docs,
                removed=segment.n_removed, first_serial=segment.first_serial)
            for number, ordinal in segment.kills():
                say("kill", segment=segment.number, number=number, ordinal=ordinal)
            segment.dump_articles(dead)
            segment.dump_indexes()
            segment.dump_edges()
            segment.dump_model()
    except (Damage, struct.error, OSError) as trouble:
        sys.exit(f"dump_store: {trouble}")


if __name__ == "__main__":
    main()
