#!/usr/bin/env python3
"""The charts of a page of `saccade profile --html` as one picture: report.py PAGE > report.svg

Colours of the page's style are written out, since pictures know no variables; light ones.
"""
import re
import sys

WIDTH, MARGIN = 1000, 24
SECTIONS = {"Stages", "Timeline", "Queues over time", "Latency"}
SKIN = "font:12px system-ui,sans-serif"


def main():
    page = open(sys.argv[1]).read()
    style = re.search(r"<style>(.*?)</style>", page, re.S)[1]
    colours = dict(re.findall(r"--([\w-]+):\s*([^;}]+)", style.split("@media")[0]))

    def plain(text):
        return re.sub(r"var\(--([\w-]+)\)", lambda m: colours[m[1]], text)

    title = re.search(r"<p class=\"callout[^>]*>(.*?)</p>", page, re.S)[1]
    parts, y = [], MARGIN + 30
    for section in re.findall(r"<section><h2>(.*?)</section>", page, re.S):
        heading = section.split("</h2>")[0]
        if heading not in SECTIONS:
            continue
        drawing = re.search(r"<svg viewBox=\"0 0 ([\d.]+) ([\d.]+)\"(.*?)</svg>", section, re.S)
        if not drawing:
            continue
        width, height, rest = float(drawing[1]), float(drawing[2]), drawing[3]
        body = rest[rest.index(">") + 1:]
        shown = height * WIDTH / width
        parts.append(f'<text x="{MARGIN}" y="{y + 14}" class="head">{heading}</text>')
        parts.append(f'<svg x="{MARGIN}" y="{y + 24}" width="{WIDTH}" height="{shown:.0f}" '
                     f'viewBox="0 0 {width:g} {height:g}">{plain(body)}</svg>')
        y += shown + 48
    total = WIDTH + 2 * MARGIN
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {y + MARGIN:.0f}">'
          f'<style>svg{{{SKIN}}} text{{fill:{colours["soft"]}}} .ink{{fill:{colours["ink"]}}} '
          f'.head{{font-size:17px;font-weight:600;fill:{colours["ink"]}}}</style>'
          f'<rect width="100%" height="100%" fill="{colours["card"]}" rx="12"/>'
          f'<text x="{MARGIN}" y="{MARGIN + 14}" class="head">{title[:110]}</text>' + "".join(parts) + "</svg>")


if __name__ == "__main__":
    main()
