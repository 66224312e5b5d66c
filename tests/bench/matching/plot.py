"""Plots how the time of a batch and of one arrival grow with the pool: plot.py GROWTH.csv GROWTH.png"""

import csv
import sys


def main(source, target):
    try:
        import matplotlib
    except ImportError:
        print("not drawn (matplotlib is not installed)")
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot

    with open(source, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    mentees = [int(row["mentees"]) for row in rows]
    figure, axes = pyplot.subplots(figsize=(8, 5))
    for column, label, factor in (
        ("batch_s", "batch, certified exact", 1000),
        ("certificate_s", "certificate", 1000),
        ("arrival_p99_ms", "one arrival in the assignment, p99", 1),
        ("arrival_p50_ms", "one arrival in the assignment, p50", 1),
        ("live_arrival_p99_ms", "one arrival in the whole memory, p99", 1),
        ("live_arrival_p50_ms", "one arrival in the whole memory, p50", 1),
    ):
        axes.loglog(mentees, [float(row[column]) * factor for row in rows], marker="o", label=label)
    axes.set_xlabel("mentees (mentors: 70 % as many, 50 candidates each)")
    axes.set_ylabel("milliseconds")
    axes.grid(True, which="both", alpha=0.3)
    axes.legend()
    figure.savefig(target, dpi=120, bbox_inches="tight")
    print(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
