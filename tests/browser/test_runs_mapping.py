"""How a file is read, in a browser: logs of other programs dropped, roles changed, the link kept."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.pictures import drawn, wait_until_drawn, wait_until_still
from tests.browser.test_runs import KEYS, open_runs, overlaid, send, uid
from tests.event_files import event, event_file, simple

WEIGHTS = [
    {"epoch": e, "val_loss": 20.0 - e, "w_rul": 0.002 + 0.498 * 0.7**e, "w_health": 0.998 - 0.498 * 0.7**e}
    for e in range(12)
]
TRAINER = {
    "log_history": [
        row
        for e in range(1, 6)
        for row in (
            {"epoch": float(e), "step": 40 * e, "loss": 1.0 / e},
            {"epoch": float(e), "step": 40 * e, "eval_a_loss": 2.0 / e, "eval_a_runtime": 3.0},
            {"epoch": float(e), "step": 40 * e, "eval_b_loss": 3.0 / e, "eval_b_runtime": 3.0},
        )
    ]
}
LIGHTNING = "epoch,step,train_loss,val_loss\n" + "".join(
    f"{e},{10 * e},{60000 / 2**e},\n{e},{10 * e + 9},,{'nan' if e > 5 else 50000 / 2**e}\n" for e in range(8)
)
EVENTS = event_file(*(event(5 * s, simple("train/loss", 1.0 / (s + 1))) for s in range(6)))
FILES = {
    "trainer_state.json": (json.dumps(TRAINER).encode(), "HuggingFace", 5),
    "metrics.csv": (LIGHTNING.encode(), "Lightning", 8),
    "history.json": (b'{"loss": [3, 2, 1.5], "val_loss": [4, 3, NaN]}', "Object of arrays", 3),
    "events.out.tfevents.1.host": (EVENTS, "TensorBoard", 6),
    "log.jsonl": ("\n".join(map(json.dumps, WEIGHTS)).encode(), "JSON Lines", 12),
}


def alone(page, url):
    """The page with no run drawn."""
    page.goto(f"{url}/runs?runs=")
    expect(page.locator("#runs-answer")).to_contain_text("Tick a run in the list to draw it")


@pytest.mark.parametrize("name", FILES)
def test_a_log_of_another_program_is_drawn_as_soon_as_it_is_dropped(page, url, name):
    content, said, records = FILES[name]
    alone(page, url)
    send(page, name, content)
    expect(page.locator("#runs-summary")).to_contain_text(said)
    page.wait_for_function(
        "n => (document.querySelector('.js-plotly-plot')?._fullData ?? [])"
        ".some((t) => /^(metric|state)-/.test(t.uid) && t.x.length === n)",
        arg=records,
    )
    expect(page.locator("#runs-roles .ag-row").first).to_contain_text(
        "step" if "tfevents" in name else "loss" if name == "history.json" else "epoch"
    )


def choose(page, control, option):
    page.locator(f"#{control}").click()
    page.get_by_role("option", name=option, exact=True).click()


def test_the_reader_overrules_what_w_holds_and_the_link_keeps_it(page, url):
    alone(page, url)
    send(page, "mine.json", json.dumps(WEIGHTS).encode())
    expect(page.locator("#runs-summary")).to_contain_text("EMA state (a guess)")
    choose(page, "runs-quantity", "Applied weight")
    expect(page.locator("#runs-summary")).to_contain_text("applied weight (chosen)")
    overlaid(page, 1)
    _, y = drawn(page, "runs", "main", uid(page, "applied-0"))
    assert y[0] == pytest.approx(0.5)
    page.reload()
    expect(page.locator("#runs-summary")).to_contain_text("applied weight (chosen)")
    page.get_by_role("button", name="Reset mapping").click()
    expect(page.locator("#runs-summary")).to_contain_text("EMA state (a guess)")
    expect(page.get_by_role("button", name="Reset mapping")).to_be_hidden()
    page.wait_for_function("!location.search.includes('reading')")


def test_a_stated_floor_brings_the_applied_weight(page, url):
    alone(page, url)
    send(page, "mine.json", json.dumps(WEIGHTS).encode())
    expect(page.locator("#runs-summary")).to_contain_text("state the floor to have it computed")
    page.locator("#runs-floor").fill("0.05")
    expect(page.locator("#runs-summary")).to_contain_text("computed from the EMA state with floor 0.05")
    overlaid(page, 1)
    _, y = drawn(page, "runs", "main", uid(page, "applied-0"))
    assert y.min() == pytest.approx(0.05 / (0.05 + 1 - WEIGHTS[-1]["w_rul"]), rel=1e-5)


def test_a_column_is_given_another_role_in_the_list(page, url):
    alone(page, url)
    send(page, "mine.json", json.dumps(WEIGHTS).encode())
    expect(page.locator("#runs-summary")).to_contain_text("EMA state (a guess)")
    cell = page.locator('#runs-roles .ag-row[row-id="val_loss"] [col-id="kind"]')
    cell.click()
    page.locator("#runs-roles .ag-cell-inline-editing").click()
    page.get_by_role("option", name="Left out").click()
    expect(page.locator("#runs-roles .ag-row[row-id=val_loss]")).to_contain_text("Left out")
    expect(page.locator("#runs-readout")).not_to_contain_text("val_loss")
    expect(page.locator("#runs-roles .ag-row[row-id=val_loss] [col-id=was]")).to_have_text("Metric")


def test_rows_of_one_moment_can_be_kept_apart(page, url):
    alone(page, url)
    send(page, "trainer_state.json", FILES["trainer_state.json"][0])
    expect(page.locator("#runs-summary")).to_contain_text("15 rows of 7 columns, read as 5 records")
    choose(page, "runs-repeats", "Keep all rows")
    expect(page.locator("#runs-remarks")).to_contain_text("5 epochs stand more than once")
    expect(page.locator("#runs-summary")).not_to_contain_text("read as")


def test_the_card_follows_the_file_that_is_chosen(page, url):
    open_runs(page, url)
    expect(page.locator("#runs-summary")).to_contain_text("FD002 gaba seed 42")
    expect(page.locator("#runs-roles")).to_be_hidden()
    send(page, "log.jsonl", FILES["log.jsonl"][0])
    expect(page.locator("#runs-summary")).to_contain_text("JSON Lines")
    expect(page.locator("#runs-roles")).to_be_visible()
    page.locator('#runs-grid .ag-row[row-id^="run dropped"][row-index="0"]').wait_for()  # rows move no more
    page.locator(f'#runs-grid .ag-row[row-id="run {KEYS[0]}"] [col-id="name"]').click()
    expect(page.locator("#runs-legend")).to_contain_text("FD002 gaba seed 42")
    wait_until_still(page)  # another answer would close the list of files
    choose(page, "runs-file", "FD002 gaba seed 42")
    expect(page.locator("#runs-summary")).to_contain_text("FD002 gaba seed 42")


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_card_fits_the_page_with_many_columns(page, url, width):
    page.set_viewport_size({"width": width, "height": 844})
    alone(page, url)
    rows = [{"epoch": e} | {f"eval_metric_{k}/of_some_length": e + k for k in range(34)} for e in range(3)]
    send(page, "many.json", json.dumps(rows).encode())
    expect(page.locator("#runs-summary")).to_contain_text("3 rows of 35 columns")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_mapping_goes_with_the_run_to_its_comparison_and_back(page, url):
    alone(page, url)
    send(page, "mine & yours, 5%.json", json.dumps(WEIGHTS).encode())
    expect(page.locator("#runs-summary")).to_contain_text("EMA state (a guess)")
    choose(page, "runs-quantity", "Applied weight")
    expect(page.locator("#runs-summary")).to_contain_text("applied weight (chosen)")
    page.locator("#runs-verdicts a[href*=reading]").click()
    expect(page.locator("#replay-reading")).to_contain_text("Read with your mapping: w_* as applied weight.")
    wait_until_drawn(page, "replay", "main", "recorded", [row["w_rul"] for row in WEIGHTS])
    expect(page.locator("#replay-numbers")).to_contain_text("Last weight")
    page.reload()
    expect(page.locator("#replay-reading")).to_contain_text("Read with your mapping")
    for name, words in (("FD002 gaba seed 42", ""), ("mine & yours, 5%.json", "Read with your mapping")):
        page.get_by_role("textbox", name="Run", exact=True).click()
        page.get_by_role("option", name=name).click()
        expect(page.get_by_role("textbox", name="Run", exact=True)).to_have_value(name)
        expect(page.locator("#replay-reading")).to_contain_text(words)
        expect(page.locator("#replay-reading > *")).to_have_count(2 if words else 0)
    page.get_by_role("button", name="Change it on Runs").click()
    expect(page.locator("#runs-summary")).to_contain_text("applied weight (chosen)")
    expect(page.get_by_role("heading", name="File mapping")).to_be_in_viewport()
