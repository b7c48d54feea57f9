"""Plots of results by gnuplot, each as PNG and SVG."""

import os
import shutil
import statistics
import subprocess

HEAD = """set encoding utf8
set datafile separator "\\t"
set style data linespoints
set grid y lc rgb "#dddddd"
set border 3 lc rgb "#555555"
set tics nomirror
set key outside right top vertical Left reverse samplen 2
set linetype 1 lc rgb "#1b6ca8" lw 2 pt 7 ps .7
set linetype 2 lc rgb "#d1495b" lw 2 pt 5 ps .7
set linetype 3 lc rgb "#3a7d44" lw 2 pt 9 ps .9
set linetype 4 lc rgb "#edae49" lw 2 pt 13 ps .9
set linetype 5 lc rgb "#6f4e7c" lw 2 pt 11 ps .9
set linetype 6 lc rgb "#555555" lw 2 pt 2 ps .9
"""


def draw(path, script, width=900, height=520):
    """Runs `script` once a terminal. Without gnuplot nothing is drawn, and run says so."""
    for extension, terminal in (("png", f"pngcairo size {width},{height} font 'sans,11'"),
                                ("svg", f"svg size {width},{height} dynamic font 'sans,13' background 'white'")):
        text = f"set terminal {terminal}\nset output '{path}.{extension}'\n{HEAD}{script}\n"
        done = subprocess.run(["gnuplot"], input=text, text=True, capture_output=True, check=False)
        if done.returncode:
            raise SystemExit(f"bench: gnuplot: {done.stderr}")


def block(name, lines):
    return f"${name} << END\n" + "\n".join("\t".join(str(cell) for cell in line) for line in lines) + "\nEND\n"


def quoted(text):
    return '"' + text.replace('"', "'").replace("_", "\\\\_") + '"'


def bars(path, title, x_label, values, is_log=False):
    """Horizontal bars: (label, value), the first on top."""
    lines = [(len(values) - i, value, quoted(label)) for i, (label, value) in enumerate(values)]
    largest = max(value for _, value in values)
    low = min(value for _, value in values) / 2 if is_log else 0
    script = block("bars", lines) + f"""set title "{title}" noenhanced
unset key
set grid x lc rgb "#dddddd"
set xlabel "{x_label}"
{"set logscale x" if is_log else ""}
set xrange [{low}:{largest * (2 if is_log else 1.12)}]
set yrange [0:{len(values) + 1}]
set offsets 0,0,0,0
plot $bars using ({low}):1:({low}):2:($1-.35):($1+.35):ytic(3) with boxxyerror lc 1 fs solid noborder, \\
     $bars using 2:1:(sprintf(" %.3g",$2)) with labels left offset .3,0
"""
    draw(path, script, 1000, 60 + 26 * max(5, len(values)))


def median(row):
    return statistics.median(row["seconds"])


def rate_bars(question):
    def plot(path, rows):
        timed = [row for row in rows if row.get("seconds") and "bytes_per_second" in row]
        if timed:
            bars(path, f"{question}: GB/s", "GB/s (log)",
                 [(row["name"].split("/", 1)[1], row["bytes_per_second"] / 1e9) for row in timed], True)
    return plot


def kernels(path, rows):
    faster = [(row["name"].split("/", 1)[1], row["speed_of_floor"]) for row in rows if "speed_of_floor" in row]
    if faster:
        bars(path, "kernels: speed ÷ that of the scalar kernel", "× scalar", faster)


def times(path, rows):
    timed = [row for row in rows if row.get("seconds")]
    bars(path, "seconds a run", "seconds", [(row["name"].split("/", 1)[1], median(row)) for row in timed])


def grouped(rows, prefix):
    return [row for row in rows if row["name"].startswith(prefix + "/")]


def scaling(path, rows):
    script = "set multiplot layout 2,2\nunset key\n"
    for prefix, label, logs in (("articles", "articles", "set logscale xy"), ("threads", "threads", "unset logscale"),
                                ("copies", "share of copies", "unset logscale"),
                                ("words", "median words an article", "unset logscale\nset logscale x")):
        points = [(row["x"], median(row), row["peak_bytes"] / 2**20) for row in grouped(rows, "scaling/" + prefix)]
        if points:
            floor = "" if "xy" in logs else "set yrange [0:*]\nset y2range [0:*]"
            script += block(prefix, points) + f"""{logs}
{"set logscale y2" if "xy" in logs else ""}
set yrange [*:*]
set y2range [*:*]
{floor}
set xlabel "{label}"
set ylabel "seconds"
set y2label "peak MiB"
set y2tics
set key outside center top horizontal
plot ${prefix} using 1:2 title "seconds" lt 1, ${prefix} using 1:3 axes x1y2 title "peak MiB" lt 2 dt 2
"""
    draw(path, script + "unset multiplot", 1100, 800)


def related(path, rows):
    script, plots = "", []
    for number, (kind, label) in enumerate((("stored id p50", "stored, p50"), ("stored id p99", "stored, p99"),
                                            ("new article p50", "new, p50"), ("new article p99", "new, p99"),
                                            ("cold start, pages cached", "cold start, cached"),
                                            ("cold start, pages evicted", "cold start, not cached")), 1):
        points = [(int(row["name"].rsplit("/", 1)[1]), median(row) * 1e3 if row["seconds"] else row["value"])
                  for row in grouped(rows, "related/" + kind)]
        if points:
            script += block(f"s{number}", points)
            plots.append(f'$s{number} title "{label}" lt {number}')
    if plots:
        draw(path, script + 'set logscale xy\nset xlabel "articles in the store"\nset ylabel "ms a box"\n'
             'set title "related: latency, one processor"\nplot ' + ", ".join(plots))


def accuracy(path, rows):
    script, plots = "", []
    for number, (values, kind) in enumerate(((128, "short"), (128, "long"), (256, "short"), (256, "long")), 1):
        points = [(row["name"].rsplit("/", 1)[1], row["value"], row["spread"])
                  for row in grouped(rows, f"accuracy/rmse/{values}/{kind}")]
        script += block(f"r{number}", points)
        plots.append(f'$r{number} using 1:2:3 with yerrorlines title "k = {values}, {kind} texts" lt {number}')
    draw(path + "_rmse", script + 'set yrange [.8:1.1]\nset xlabel "Jaccard"\nset ylabel "RMSE ÷ sqrt(J(1-J)/k)"\n'
         'set title "error of the estimate beside classic MinHash theory"\nplot 1 title "theory" lt 6 dt 2, ' + ", ".join(plots))
    script, plots = "", []
    for number, plan in enumerate(("32x4", "25x5", "20x6", "16x8", "14x9", "9x13"), 1):
        bands, n_rows = plan.split("x")
        points = [(row["jaccard"], row["value"]) for row in grouped(rows, f"accuracy/curve/{plan}/long")]
        script += block(f"c{number}", points)
        plots += [f'1-(1-x**{n_rows})**{bands} with lines notitle lt {number} lw 1',
                  f'$c{number} using 1:2 with points title "{plan}" lt {number} ps 1.2']
    draw(path + "_curve", script + 'set xrange [0:1]\nset samples 400\nset xlabel "Jaccard"\n'
         'set ylabel "share of pairs that meet"\nset title "S-curves: measured points on the lines of theory"\nplot ' +
         ", ".join(plots))


def peers(path, rows):
    timed = [row for row in rows if row.get("seconds") and "items_per_second" in row]
    if timed:
        bars(path, "articles a second", "articles/s (log)",
             [(row["name"].split("/", 1)[1], row["items"] / median(row) if "items" in row else row["items_per_second"])
              for row in timed], True)


PLOTS = {"floors": rate_bars("floors"), "stages": rate_bars("stages"), "kernels": kernels, "whole": times, "phases": times,
         "scaling": scaling, "related": related, "accuracy": accuracy, "peers": peers, "related_peers": peers}


def plot(directory, question, rows):
    """False where there is no gnuplot."""
    if not shutil.which("gnuplot"):
        return False
    if question in PLOTS and rows:
        PLOTS[question](os.path.join(directory, question), rows)
    return True
