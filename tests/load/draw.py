"""Draws what `tools/load soak` has sampled: FILE.csv → FILE.png, a line for each process."""

import csv
import pathlib
import sys
from collections import defaultdict

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plot  # noqa: E402  (the backend is chosen first)

PANELS = {
    "memory_mb": "memory, MB",
    "files": "open files",
    "threads": "threads",
    "processor_percent": "processor, % of a core",
    "waiting": "events that wait",
}


def main(path):
    lines = defaultdict(lambda: defaultdict(list))
    with open(path, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for column in ("second", *PANELS):
                lines[row["process"]][column].append(float(row[column]))
    figure, panels = plot.subplots(len(PANELS), 1, sharex=True, figsize=(9, 11))
    for panel, (column, title) in zip(panels, PANELS.items()):
        for process, values in lines.items():
            panel.plot([second / 60 for second in values["second"]], values[column], label=process)
        panel.set_title(title, loc="left", fontsize=9)
        panel.set_ylim(bottom=0)
    panels[0].legend(fontsize=8)
    panels[-1].set_xlabel("minutes")
    figure.tight_layout()
    figure.savefig(pathlib.Path(path).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main(sys.argv[1])
