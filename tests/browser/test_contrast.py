"""Every word on every page can be read in both colour schemes."""

import pytest
from playwright.sync_api import expect

from tests.browser.pictures import wait_until_still

pytestmark = pytest.mark.browser
LEAST = 4.5  # WCAG 2.2, 1.4.3, for text of any size
LEAST_OF_MARK = 3.0  # WCAG 2.2, 1.4.11, for a mark in a line's colour
PATHS = (
    "/?beta=abc",  # with what could not be used
    "/step-response",
    "/anti-windup",
    "/anti-windup?panel=divergence&guide=2",
    "/runs",
    "/replay",
    "/map",
    "/guide",
)
FAINT = r"""() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [[r, g, b], a / 255];
  };
  const over = (below, [color, a]) => below.map((value, i) => value * (1 - a) + color[i] * a);
  const light = (part) => ((part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const ground = (element) => {
    const above = element.parentElement ? ground(element.parentElement) : [255, 255, 255];
    return over(above, rgba(getComputedStyle(element).backgroundColor));
  };
  const faint = [];
  const judge = (words, color, behind) => {
    const [one, other] = [luminance(over(behind, rgba(color))), luminance(behind)];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const least = /[\p{L}\p{N}]/u.test(words) ? LEAST : LEAST_OF_MARK;
    if (ratio < least) faint.push(`${ratio.toFixed(2)} ${words.slice(0, 40)}`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: element, textContent } = walker.currentNode;
    const words = textContent.trim();
    const seen = element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length;
    if (!words || !seen || element.closest(":disabled, [data-disabled], .gaba-glyph")) continue;
    const drawn = element.closest("svg");
    const color = getComputedStyle(element)[drawn ? "fill" : "color"];
    judge(words, color, ground(drawn?.parentElement ?? element));
  }
  for (const input of document.querySelectorAll("input[placeholder]:not(:disabled)")) {
    judge(input.placeholder, getComputedStyle(input, "::placeholder").color, ground(input));
  }
  return [...new Set(faint)];
}""".replace("LEAST_OF_MARK", str(LEAST_OF_MARK)).replace("LEAST", str(LEAST))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_every_word_stands_out_from_its_ground(page, url, path, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(url + path)
    wait_until_still(page)
    if path == "/runs":
        page.locator("#runs-grid .ag-row").first.wait_for()
        expect(page.locator("#runs-verdicts")).not_to_be_empty()
    page.wait_for_function("document.querySelector('.js-plotly-plot .xtick text')")
    assert page.evaluate(FAINT) == []
