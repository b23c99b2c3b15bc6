"""The answers of the server in the order that a test wants them in."""

from contextlib import contextmanager

TAKEN_IN = "!window.store.getState().isLoading"
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@contextmanager
def late(page, trigger):
    """Keep back the first callback of this trigger that the block leads to; what is yielded lets it go on."""
    retained = []

    def asks(request):
        return f'"{trigger}"' in (request.post_data or "")

    def keep(route):
        if retained or not asks(route.request):
            route.fallback()
        else:
            retained.append(route)

    def answer():
        with page.expect_event("requestfinished", lambda request: request == retained[0].request):
            retained[0].continue_()
        page.wait_for_function(TAKEN_IN)
        page.evaluate(PAINTED)

    page.route("**/_dash-update-component*", keep)
    with page.expect_request(asks):
        yield answer
