#!/usr/bin/env python3
"""The chart of speeds in README.md: speed.py > speed.svg. Each bar names the file that its figure is from."""

GROUPS = [
    ("One H100, 1080p H.264, file to tracks, frames/s", [
        ("Saccade, 48,000 frames", 4215, "bench/results/h100.md"),
        ("Saccade, 604 frames", 766, "bench/results/h100.md"),
        ("Ultralytics 8.4, the same 604 frames", 103, "bench/results/h100.md"),
    ]),
    ("Two Xeon cores, 1080p H.264, decode to boxes, frames/s", [
        ("Saccade, BF16", 72.8, "bench/results/cpu.md"),
        ("Ultralytics 8.4, OpenVINO export, BF16", 44.3, "bench/results/cpu.md"),
        ("Saccade, FP32", 31.4, "bench/results/cpu.md"),
    ]),
]
LEFT, FULL, STEP = 300, 560, 30


def main():
    parts, y = [], 12
    for heading, bars in GROUPS:
        parts.append(f'<text x="16" y="{y + 20}" class="head">{heading}</text>')
        y += 34
        most = max(value for _, value, _ in bars)
        for name, value, source in bars:
            ours = name.startswith("Saccade")
            parts.append(
                f'<text x="{LEFT - 10}" y="{y + 16}" text-anchor="end">{name}</text>'
                f'<rect x="{LEFT}" y="{y}" width="{max(2, FULL * value / most):.0f}" height="22" rx="4" '
                f'fill="{"#2f6fde" if ours else "#a9b1bd"}"><title>{source}</title></rect>'
                f'<text x="{LEFT + 8 + FULL * value / most:.0f}" y="{y + 16}" class="value">{value:,g}</text>')
            y += STEP
        y += 14
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 {y}">'
          "<style>text{font:14px system-ui,sans-serif;fill:#5b6472}.head{font-weight:600;font-size:15px;"
          "fill:#1d232b}.value{font-weight:600;fill:#1d232b}</style>"
          '<rect width="100%" height="100%" fill="#fff" rx="12"/>' + "".join(parts) + "</svg>")


if __name__ == "__main__":
    main()
