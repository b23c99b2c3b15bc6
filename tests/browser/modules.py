"""The page's own modules, as the tests look into them."""

_LOAD = """async () => {
  const main = document.querySelector('script[src*="/main.mjs"]').src;
  const ours = (name) => import(new URL(`${name}.mjs`, main).href);
  const [drags, prefetch] = [await ours("drags"), await ours("frame_prefetch")];
  window.ours = { dragOf: drags.dragOf, prefetched: (view) => prefetch.prefetched(drags.dragOf(view)) };
}"""


def load_modules(page):
    """Put into `window.ours` what the page itself imports."""
    page.evaluate(_LOAD)


def wait_until_prefetched(page, view, count):
    """Wait until the pictures at so many positions of the held control are in the browser."""
    load_modules(page)
    page.wait_for_function("([view, count]) => ours.prefetched(view) === count", arg=[view, count])
