"""The dialog that makes a figure for a paper of any picture: what its files hold, and how it is worked."""

import io
import json
import os
import subprocess
import sys

import numpy as np
import pypdf
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pictures import drawn, open_figure, redrawn, saved, wait_until_still
from tests.browser.test_keyboard import open_view

pytestmark = pytest.mark.browser
# By its page, what a figure must name: of its lines, its regimes, its axes.
NAMED = {
    "/": ("Rapid drift", "Floor activation", "seed 1024", "exact lower bound", "expected ± 2 sd", "epoch"),
    "/step-response": ("β 0.98", "simulated", "5τ", "moving average, y"),
    "/anti-windup?panel=projection": ("floor + renormalise", "exact projection", "raw point"),
    "/anti-windup?panel=monte-carlo": ("below the floor", "smallest weight of a draw"),
    "/anti-windup?panel=recovery": (
        "A Output clamp (GABA)",
        "F Input clamp",
        "new target",
        "GABA stuck on the floor",
    ),
    "/anti-windup?panel=divergence": ("GradNorm (softmax)", "first weight-starved", "DWA"),
    "/runs": ("Warm-up", "Equilibrium", "weight rul, FD002 gaba seed 42", "RMSE (cycles)"),
    "/replay": ("recorded", "replayed: GABA: floor + renormalise"),
    "/map": ("EMA coefficient β", "5 000", "steps"),
    "/guide": ("Rapid drift", "weight of the RUL loss", "EMA state"),
}
PLAYHEAD = "rgb(240, 62, 62)"
MM = {"column": 89.0, "columns": 183.0, "slide": 338.7}
# Every text and swatch of a figure that is in a page of its own: what it says, and how far it lies outside.
LAID = """() => {
  const svg = document.querySelector("svg");
  const frame = svg.getBoundingClientRect();
  const outside = (one) => {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    return Math.max(frame.left - left, right - frame.right, frame.top - top, bottom - frame.bottom);
  };
  const words = [...svg.querySelectorAll("text")].filter((one) => one.getBoundingClientRect().width);
  const strokes = [...svg.querySelectorAll(".legendlines path")].filter((one) => one.style.strokeDasharray);
  const sum = (numbers) => numbers.reduce((whole, each) => whole + each, 0);
  const period = (one) => sum(one.style.strokeDasharray.split(",").map(parseFloat));
  const texts = [...svg.querySelectorAll(".legendtext")].map((one) => one.getBoundingClientRect());
  const across = (a, b) => a.left < b.right && b.left < a.right;
  const meets = (a, b) => across(a, b) && a.top + 1 < b.bottom && b.top + 1 < a.bottom;
  return {
    width: svg.getAttribute("width"),
    said: words.map((one) => one.textContent.replaceAll("\\u200b", "")),
    outside: Math.max(...[...words, ...svg.querySelectorAll(".legend path")].map(outside)),
    sizes: [...new Set(words.map((one) => getComputedStyle(one).fontSize))].map(parseFloat),
    fonts: [...new Set(words.map((one) => getComputedStyle(one).fontFamily))],
    stubs: strokes.filter((one) => one.getTotalLength() < period(one)).length,
    meeting: texts.flatMap((a, i) => texts.slice(i + 1).filter((b) => meets(a, b))).length,
    clips: svg.querySelectorAll(".legend [clip-path]").length,
  };
}"""
REDRAWN = """
import json, runpy, sys
import matplotlib.lines
made = runpy.run_path(sys.argv[1])
lines = {curve: [name, line.get_xdata().tolist(), line.get_ydata().tolist()]
         for (name, curve), line in made["handles"].items() if isinstance(line, matplotlib.lines.Line2D)}
names = [text.get_text() for legend in made["fig"].legends for text in legend.get_texts()]
print(json.dumps([made["SIZE"], lines, names]))
"""


def laid(page, svg):
    """What lies where in a figure, seen in a page of its own."""
    own = page.context.new_page()
    own.set_content(svg)
    found = own.evaluate(LAID)
    own.close()
    return found


def svg_of(page, dialog):
    return saved(page, dialog, "SVG").path().read_text(encoding="utf-8")


@pytest.fixture
def broken_rules(page):
    """What the page's security policy refused."""
    found = []
    page.expose_function("refused", lambda rule: found.append(rule))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', (one) => refused(one.violatedDirective))"
    )
    return found


# Of a dark page it is the same figure: two of them are enough.
@pytest.mark.parametrize(
    ("path", "scheme"), [*((path, "light") for path in NAMED), ("/", "dark"), ("/replay", "dark")]
)
def test_a_figure_has_its_width_its_letters_and_nothing_cut(page, url, path, scheme):
    page.emulate_media(color_scheme=scheme)
    open_view(page, url + path)
    dialog = open_figure(page)
    for size, mm in MM.items():
        if size != "column":
            redrawn(dialog, lambda size=size: dialog.get_by_label("Size").select_option(size))
        svg = svg_of(page, dialog)
        found = laid(page, svg)
        assert found["width"] == f"{mm:g}mm"
        assert found["outside"] < 1.0
        assert (found["stubs"], found["clips"], found["meeting"]) == (0, 0, 0)
        said = " | ".join(" ".join(text.split()) for text in found["said"])
        assert [name for name in NAMED[path] if name not in said] == []
        points = 18.0 if size == "slide" else 8.0
        assert max(found["sizes"]) == pytest.approx(points * 96 / 72, rel=0.005)  # pixels of 1/96 inch
        assert found["fonts"] == ["FigureSans"]
        assert "data:font/ttf;base64," in svg
        assert PLAYHEAD not in svg or path == "/map"  # where the marked cell has its colour


@pytest.mark.parametrize("path", NAMED)
def test_a_pdf_has_its_text_as_text_and_every_font_in_it(page, url, path, broken_rules):
    open_view(page, url + path)
    dialog = open_figure(page)
    document = pypdf.PdfReader(saved(page, dialog, "PDF").path())
    [sheet] = document.pages
    assert float(sheet.mediabox.width) / 72 * 25.4 == pytest.approx(MM["column"], abs=0.05)
    said = " ".join(sheet.extract_text().split())
    assert [name for name in NAMED[path] if name not in said] == []
    fonts = [font.get_object() for font in sheet["/Resources"]["/Font"].values()]
    descents = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]
    assert descents
    assert all("/FontFile2" in descent for descent in descents)
    assert document.metadata.title == dialog.get_by_label("Caption").input_value()
    assert broken_rules == []


def test_a_png_is_as_large_as_it_says_and_transparent_where_that_is_wished(page, url):
    open_view(page, url + "/step-response")
    dialog = open_figure(page)
    with Image.open(saved(page, dialog, "PNG").path()) as picture:
        assert picture.width == round(89 / 25.4 * 300)
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert picture.convert("RGBA").getpixel((2, 2)) == (255, 255, 255, 255)
    redrawn(dialog, lambda: dialog.get_by_label("Ground").select_option("clear"))
    dialog.get_by_label("Resolution").select_option("600")
    with Image.open(io.BytesIO(saved(page, dialog, "PNG").path().read_bytes())) as picture:
        assert picture.width == round(89 / 25.4 * 600)
        assert picture.getpixel((2, 2))[3] == 0


@pytest.mark.parametrize("path", NAMED)
def test_the_script_redraws_the_figure_from_its_exact_numbers(page, url, path, tmp_path):
    open_view(page, url + path)
    dialog = open_figure(page)
    data, script = (saved(page, dialog, kind) for kind in ("Data (CSV)", "Matplotlib script"))
    for file in (data, script):
        file.save_as(tmp_path / file.suggested_filename)
    command = [sys.executable, "-W", "error", "-c", REDRAWN, tmp_path / script.suggested_filename]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "MPLBACKEND": "Agg"}, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    if path == "/map":  # it has no legend
        return
    (width, _), lines, names = json.loads(done.stdout)
    assert width * 25.4 == pytest.approx(MM["column"])
    assert {name for name, *_ in lines.values()} <= set(names)
    view, figure = (
        page.locator(".gaba-graph").first.get_attribute(f"data-{key}") for key in ("view", "figure")
    )
    assert lines
    for uid, (_, *xy) in lines.items():
        for made, there in zip(xy, drawn(page, view, figure, uid), strict=True):
            np.testing.assert_array_equal(np.array(made, float), there.astype(float))
    redrawing = tmp_path / f"{data.suggested_filename.removesuffix('.csv')}_redrawn.pdf"
    assert redrawing.read_bytes().startswith(b"%PDF")


def test_names_of_ones_own_stand_in_the_figure_and_an_empty_one_is_left_out(page, url):
    open_view(page, url)
    dialog = open_figure(page)
    own = "a run whose name is by far too long for the width of one column, as names of runs are"
    for name, text in (("seed 42", own), ("floor", ""), ("epoch", "epoch t & <")):
        box = dialog.get_by_label(f"Name for {name}", exact=True)
        box.fill(text)
        redrawn(dialog, lambda box=box: box.press("Enter"))
    expect(dialog).to_be_visible()
    found = laid(page, svg_of(page, dialog))
    said = [" ".join(text.split()) for text in found["said"]]
    assert own.replace(" ", "") in "".join(said).replace(" ", "")
    assert "seed 42" not in said
    assert "floor" not in said
    assert found["outside"] < 1.0


def test_the_playhead_is_drawn_where_it_is_wished(page, url):
    open_view(page, url + "/runs")
    dialog = open_figure(page)
    assert PLAYHEAD not in svg_of(page, dialog)
    redrawn(dialog, dialog.get_by_label("Draw the playhead").check)
    assert PLAYHEAD in svg_of(page, dialog)
    page.keyboard.press("Escape")
    open_view(page, url)
    expect(open_figure(page).get_by_label("Draw the playhead")).to_be_hidden()


def test_the_caption_says_what_is_seen_with_every_parameter(page, url):
    open_view(page, f"{url}/?floor=0.02&seeds=42,456")
    caption = open_figure(page).get_by_label("Caption").input_value()
    sentence = page.locator("#convergence-text-sentence").text_content()
    for part in (sentence, "Floor λ_min 0.02;", "Noise σ 0.05;", "Seeds: 42, 456", "floor=0.02"):
        assert part in caption


def test_the_dialog_holds_the_focus_until_a_key_closes_it(page, url):
    open_view(page, url + "/step-response")
    opener = page.locator(".gaba-to-figure").last
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.gaba-figure")
    expect(dialog).to_have_attribute("data-drawn", "1")
    inside = "document.querySelector('dialog.gaba-figure').contains(document.activeElement)"
    name = "document.activeElement.textContent"
    for key in ("Shift+Tab", "Tab"):
        first = page.evaluate(name)
        seen = []
        for _ in range(40):
            page.keyboard.press(key)
            assert page.evaluate(inside)
            seen.append(page.evaluate(name))
        assert first in seen
        assert {"Close", "PNG", "Matplotlib script"} <= set(seen)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()


def test_nothing_of_the_dialog_comes_before_it_is_opened_nor_of_pdf_before_one_is_made(page, url):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    wait_until_still(page)
    page.wait_for_load_state("networkidle")
    late = ("figure_", "paper_", "figure.css", "figure-sans", "jspdf", "svg2pdf")
    assert [one for one in asked if any(part in one for part in late)] == []
    dialog = open_figure(page)
    assert {part for part in late if any(part in one for one in asked)} == set(late[:4])
    saved(page, dialog, "PDF")
    assert {part for part in late if any(part in one for one in asked)} == set(late)
