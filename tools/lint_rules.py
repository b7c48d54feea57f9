#!/usr/bin/env python3
"""The rules of the house that no compiler knows: floors, #if, banned calls, sizes of files and functions.

Reads src/, tests/, tools/, bench/ as text: comments and strings are blanked first, then functions are found by their braces in
the first column, as clang-format leaves them. Exceptions stand in tools/lint.allow, one a line: RULE FILE[:NAME] REASON.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# A file may include headers of its own floor or a lower one.
FLOORS = {"base": 0, "simd": 1, "text": 2, "feed": 2, "sketch": 3, "dense": 3, "index": 4, "store": 5,
          "dedup": 6, "related": 6, "ingest": 6, "eval": 6, "cli": 7}
STRANGERS = {("text", "feed"), ("feed", "text")}
FACES = {"cli"}  # see simrank.h and their own headers, nothing else
IF_ALLOWED = ("src/base/platform.h", "src/simd/")

MAX_FILE_LINES = 600
AIM_FUNCTION_LINES, MAX_FUNCTION_LINES = 40, 80
MAX_NESTING = 3

# Without bounds, without thread safety, or dependent on the C locale: nowhere.
BANNED = {"strcpy", "strcat", "sprintf", "vsprintf", "gets", "strtok", "atoi", "atol", "atof", "strtod", "strtof", "alloca",
          "isalpha", "isdigit", "isalnum", "isspace", "isupper", "islower", "ispunct", "isxdigit", "tolower",
          "toupper", "asctime", "ctime", "gmtime", "localtime", "tmpnam", "mktemp", "rand", "srand",
          "strncpy", "strncat", "strcoll", "iswalpha", "towlower"}
# The library never prints, exits or aborts, and takes no logarithm from libm.
BANNED_IN_LIBRARY = {"setlocale", "system", "signal", "printf", "puts", "putchar", "vprintf", "perror", "exit", "_exit", "abort", "quick_exit", "getopt",
                     "log", "log2", "log10", "exp", "pow", "sqrtf", "logf", "expf", "powf", "sin", "cos"}

found = []


def report(rule, path, line, name, text):
    if not allowed(rule, str(path), name):
        found.append(f"{path}:{line}: {rule}: {text}")


def read_allowed():
    rules, source = {}, ROOT / "tools/lint.allow"
    for number, line in enumerate(source.read_text().splitlines() if source.exists() else [], 1):
        if line.strip() and not line.startswith("#"):
            parts = line.split(None, 2)
            if len(parts) < 3:
                found.append(f"tools/lint.allow:{number}: a line is RULE FILE[:NAME] REASON")
                continue
            rules[tuple(parts[:2])] = [number, False]
    return rules


ALLOWED = read_allowed()


def allowed(rule, path, name):
    for key in ((rule, path), (rule, f"{path}:{name}")):
        if key in ALLOWED:
            ALLOWED[key][1] = True
            return True
    return False


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|R"\((?:.|\n)*?\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(text):
    """Comments and literals as blanks, line ends kept."""
    return TOKEN.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def check_includes(path, text, floor):
    for number, line in enumerate(text.splitlines(), 1):
        include = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not include:
            continue
        target = include.group(1)
        other = target.split("/")[0] if "/" in target else floor
        if target == "simrank.h":
            continue
        if "/" not in target and floor not in FACES and not target.endswith(".inc"):
            report("include", path, number, target, f'write "{floor}/{target}"')
        elif floor in FACES and other != floor:
            report("floor", path, number, target, f'a face sees only simrank.h, not "{target}"')
        elif other not in FLOORS:
            report("floor", path, number, target, f'"{target}" is on no floor')
        elif FLOORS[other] > FLOORS[floor]:
            report("floor", path, number, target, f"{floor}/ is below {other}/")
        elif (floor, other) in STRANGERS:
            report("floor", path, number, target, f"{floor}/ and {other}/ do not know each other")


def check_conditionals(path, code):
    if str(path).startswith(IF_ALLOWED):
        return
    lines = code.splitlines()
    guard = re.sub(r"\W", "_", path.name.upper())
    for number, line in enumerate(lines, 1):
        condition = re.match(r"\s*#\s*(if|ifdef|ifndef|elif)\b\s*(.*)", line)
        if not condition or condition.group(2).strip() == "__cplusplus":
            continue
        if condition.group(1) == "ifndef" and condition.group(2).strip().endswith(guard):
            continue
        report("conditional", path, number, condition.group(2).strip(), "#if only in base/platform.h and simd/")


def check_calls(path, code, in_library):
    banned = BANNED | (BANNED_IN_LIBRARY if in_library else set())
    for number, line in enumerate(code.splitlines(), 1):
        for call in re.finditer(r"(?<![\w.>])([a-z_]\w*)\s*\(", line):
            if call.group(1) in banned:
                report("banned", path, number, call.group(1), f"{call.group(1)}()")
        if in_library and re.search(r"\b(stdout|stderr)\b", line):
            report("banned", path, number, "stdout", "the library does not print")
        if re.search(r"\b(TODO|FIXME|XXX)\b", line):
            report("todo", path, number, "todo", "finish it or write an issue")


def functions(code):
    """(name, first line, lines, nesting) of each function; its body's braces stand in column one."""
    lines = code.splitlines()
    start = None
    for number, line in enumerate(lines):
        if line == "{":
            start = number
        elif line.startswith("}") and start is not None:
            head = start
            while head > 0 and lines[head - 1].strip() and not re.match(r"[};#]|.*;\s*$", lines[head - 1]):
                head -= 1
            signature = " ".join(lines[head:start])
            name = re.search(r"(\w+)\s*\(", signature)
            body = lines[start + 1:number]
            if name:
                yield name.group(1), head + 1, number - head + 1, nesting(body)
            start = None


def nesting(body):
    """Depth of control blocks; the braces of initialisers, compound literals, switches and cases do not count."""
    deepest, stack, tail = 0, [], ""
    for line in body:
        for char in line:
            if char == "{":
                is_block = re.search(r"(\)|\belse|\bdo)\s+$", tail)
                stack.append(bool(is_block) and not re.search(r"\bswitch\b[^;{}]*$", tail))
                deepest = max(deepest, sum(stack))
            elif char == "}" and stack:
                stack.pop()
            tail = (tail + char)[-200:]
        tail += " "
    return deepest


def main():
    sizes = []
    files = sorted(p for top in ("src", "tests", "tools", "bench") for p in (ROOT / top).rglob("*")
                   if p.suffix in (".c", ".h", ".cpp", ".inc", ".py", ".sh"))
    for file in files:
        path, text = file.relative_to(ROOT), file.read_text(encoding="utf-8")
        n_lines = text.count("\n")
        if n_lines > MAX_FILE_LINES:
            report("file-size", path, n_lines, "", f"{n_lines} lines, {MAX_FILE_LINES} at most")
        if file.suffix not in (".c", ".h", ".cpp"):
            continue
        if not re.match(r"\s*(/\*|//)", text):
            report("head", path, 1, "", "a file opens with a comment: what it is for, and the idea")
        code = blank(text)
        parts = path.parts
        floor = parts[1] if parts[0] == "src" and len(parts) > 2 else None
        if floor:
            check_includes(path, text, floor)
            check_conditionals(path, code)
        check_calls(path, code, in_library=floor is not None and floor not in FACES)
        for name, line, length, depth in functions(code):
            sizes.append((length, depth, name, path, line))
            if length > MAX_FUNCTION_LINES:
                report("function-size", path, line, name, f"{name}: {length} lines, {MAX_FUNCTION_LINES} at most")
            if depth > MAX_NESTING:
                report("nesting", path, line, name, f"{name}: {depth} levels, {MAX_NESTING} at most")

    longest = sorted(sizes, key=lambda s: (-s[0], str(s[3]), s[4]))
    over = sum(1 for s in sizes if s[0] > AIM_FUNCTION_LINES)
    print(f"house rules: {len(files)} files, {len(sizes)} functions, {over} over {AIM_FUNCTION_LINES} lines; the ten longest:")
    for length, depth, name, path, line in longest[:10]:
        print(f"  {length:3} lines, nesting {depth}  {path}:{line}  {name}")
    for key, (number, used) in ALLOWED.items():
        if not used:
            found.append(f"tools/lint.allow:{number}: nothing needs this exception any more")
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
