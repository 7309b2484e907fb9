"""Opens a report in headless Chromium: are the plots there, do tables sort?

Exit status 77 (skipped) where there is no Chromium (Debian package chromium).
Usage: report_in_browser.py DYNFAULT_STUDY FOLDER
"""

import html
import pathlib
import random
import re
import shutil
import subprocess
import sys

browser = shutil.which("chromium")
if not browser:
    sys.exit(77)
study, folder = sys.argv[1], pathlib.Path(sys.argv[2])
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)

# A table from elsewhere is the shortest way to a report.
random.seed(1)
rows = ["program,class,set_a/x/mean,set_b/y/mean,set_b/z/mean"]
for i in range(240):
    label = i // 6 % 3
    rows.append(f"p{i % 6},{'abc'[label]},{label + random.gauss(0, 1)},"
                f"{random.gauss(0, 1)},{label * (i % 6) + random.gauss(0, 1)}")
table = folder / "table.csv"
table.write_text("\n".join(rows) + "\n")
report = folder / "report"
subprocess.run([study, "run", "--features", table, "--group", "program", "--label",
                "class", "--resamples", "200", "--out", report],
               check=True, stdout=subprocess.DEVNULL)
page = (report / "report.html").read_text()

# Clicks as a reader would make them; what they leave is read from the page.
probe = """<script>
var table = document.getElementById("fault-typing-scores");
var head = Array.prototype.findIndex.call(table.tHead.rows[0].cells,
    function (cell) { return cell.textContent === "bal. acc."; });
function column() {
  return Array.prototype.map.call(table.tBodies[0].rows, function (row) {
    return row.cells[head].getAttribute("data-value"); }).join(" ");
}
var out = document.createElement("pre");
out.id = "probe";
table.tHead.rows[0].cells[head].click();
out.textContent = "up: " + column();
table.tHead.rows[0].cells[head].click();
out.textContent += "; down: " + column();
var wide = 0, drawn = 0;
document.querySelectorAll("svg").forEach(function (svg) {
  var box = svg.getBBox();
  drawn += box.width > 100 && box.height > 50;
  wide += box.x < -1 || box.y < -1 ||
      box.x + box.width > svg.viewBox.baseVal.width + 1 ||
      box.y + box.height > svg.viewBox.baseVal.height + 1;
});
out.textContent += "; drawn: " + drawn + "; cut: " + wide + "; page: " +
    document.documentElement.scrollWidth + " of " + window.innerWidth;
document.body.appendChild(out);
</script></body>"""
probed = page.replace("</body>", probe)
# Headless windows are at least 500 px wide, frames are not.
framed = """<!DOCTYPE html><body style="margin: 0"><iframe srcdoc="%s"
style="width: %dpx; height: 2000px; border: 0" onload="
document.body.innerHTML += this.contentDocument.getElementById('probe').outerHTML
"></iframe></body>"""

for width in (1280, 400):
    file = folder / f"{width}.html"
    file.write_text(framed % (html.escape(probed), width))
    dom = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu",
         f"--user-data-dir={folder / 'profile'}",
         "--window-size=1400,2000", "--dump-dom", file.resolve().as_uri()],
        capture_output=True, text=True, timeout=120, check=True).stdout
    said = re.search(r'<pre id="probe">up: (.*?); down: (.*?); drawn: (\d+); '
                     r"cut: (\d+); page: (\d+) of (\d+)</pre>", dom)
    if not said:
        sys.exit("the page's script did not run")
    up = [float(v) for v in said[1].split()]
    down = [float(v) for v in said[2].split()]
    print(f"{width} px: {said[3]} plots, {said[4]} cut, page {said[5]} of {said[6]} px")
    if len(up) < 5 or up != sorted(up) or down != sorted(down, reverse=True):
        sys.exit(f"the table does not sort: {up} {down}")
    if int(said[3]) < 8:
        sys.exit("plots are missing")
    if int(said[4]) > 0:
        sys.exit("a plot is cut off")
    if int(said[5]) > int(said[6]):
        sys.exit("the page is wider than the window")
