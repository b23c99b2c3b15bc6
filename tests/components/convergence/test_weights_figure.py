"""The picture of the Convergence view as data."""

from dataclasses import replace

import numpy as np
import pytest

from components.convergence.figure.weights import weights_picture
from components.convergence.readouts import texts
from components.convergence.sampling import POINTS, TAIL, drawn
from components.convergence.state import SHOWS, ConvergenceState
from components.plotting.arrays import frame
from gaba_core.equilibrium import equilibrium
from gaba_core.published import best_epochs
from gaba_core.readouts import theory
from gaba_core.simulation import simulate
from tests.components.drawn import series, trace

DEFAULT = ConvergenceState()


def picture_of(**changes):
    return weights_picture(drawn(replace(DEFAULT, **changes)), {})


@pytest.mark.parametrize("seed", DEFAULT.seeds)
def test_each_seed_is_drawn_as_simulated(seed):
    picture = picture_of(window="whole")
    run = simulate(DEFAULT.params, every=49)
    x, y = trace(picture, f"seed-{seed}")
    np.testing.assert_array_equal(x, np.arange(200, dtype=np.float32))
    np.testing.assert_array_equal(y, run.weights[DEFAULT.seeds.index(seed), :, 0].astype(np.float32))


@pytest.mark.parametrize("window", ["transient", "whole"])
def test_a_line_is_thinned_to_what_it_can_show(window):
    state = replace(DEFAULT, x="steps", window=window)
    x, y = trace(weights_picture(drawn(state), {}), "seed-42")
    end = drawn(state).axis.high
    seen = x <= end
    assert 100 < seen.sum() <= POINTS + 1
    run = simulate(state.params)
    np.testing.assert_array_equal(y, run.weights[0, x.astype(int), 0].astype(np.float32))


@pytest.mark.parametrize("change", [{}, {"beta": 0.5}, {"sigma": 1.0}, {"epochs": 2000}, {"epochs": 5}])
def test_a_line_goes_on_out_of_sight_to_the_end_of_the_run(change):
    """While a control is held the axes are those of where it was taken hold of, and may show more."""
    state = replace(DEFAULT, **change)
    found = drawn(state)
    x, _ = trace(weights_picture(found, {}), "seed-42")
    assert (state.epochs * 49 - 1) / 49 - x[-1] < state.epochs / TAIL + 1.0
    assert (x > found.axis.high).sum() <= TAIL + 1
    band, _ = trace(weights_picture(found, {}), "band-equilibrium")
    assert band.max() == max(state.epochs, found.axis.high) or not np.ptp(band)


@pytest.mark.parametrize("epochs", [1, 5, 200, 500])
@pytest.mark.parametrize(("unit", "steps"), [("steps", 1), ("epochs", 49)])
def test_on_a_log_axis_a_line_is_dense_where_the_axis_is_wide(unit, steps, epochs):
    state = replace(DEFAULT, x=unit, window="log", epochs=epochs)
    x, y = trace(weights_picture(drawn(state), {}), "seed-42")
    assert min(100, 12 * epochs) < x.size <= POINTS + 2
    at = np.rint(x * steps).astype(int)
    seen = at > 49 // 2  # what comes before the axis lies on its left end
    assert (np.diff(at[seen]) > 0).all()
    run = simulate(state.params)
    np.testing.assert_array_equal(y[seen], run.weights[0, at[seen], 0].astype(np.float32))


def test_on_a_log_axis_the_weight_leaves_the_warm_up_where_it_ends():
    x, y = trace(weights_picture(drawn(replace(DEFAULT, x="steps", window="log")), {}), "seed-42")
    assert x[y == 0.5].max() >= 90  # the last sample before step 100, where it ends


def test_where_the_seeds_differ_both_ends_are_told_in_steps_and_in_epochs():
    text = texts(replace(DEFAULT, sigma=1.5, noise="lognormal"))
    assert text["clamped-simulated"] == "345–362 · epoch 7.04–7.39"
    assert text["percent-simulated"].startswith("2,704–9,272 · epoch ")


def test_the_bands_have_the_computed_edges():
    picture = picture_of()
    edges = [trace(picture, f"band-{name}")[0][:2].tolist() for name in ("warm-up", "rapid-drift")]
    assert edges == [[0.0, pytest.approx(100 / 49)], [pytest.approx(100 / 49), pytest.approx(332 / 49)]]


def test_a_regime_that_does_not_occur_has_no_width():
    x, _ = trace(picture_of(floor=0.0), "band-floor-activation")
    assert np.ptp(x) == 0.0


def test_floor_bound_and_equilibrium_are_lines_of_their_own():
    picture = picture_of(floor=0.1)
    levels = {uid: trace(picture, uid)[1][0] for uid in ("floor", "bound", "equilibrium")}
    assert levels["floor"] == np.float32(0.1)
    assert levels["bound"] == pytest.approx(0.1 / 1.1)
    assert levels["equilibrium"] == np.float32(equilibrium(replace(DEFAULT, floor=0.1).params)[0])


def test_seeds_differ_by_more_than_colour():
    lines = [t for t in picture_of()["data"] if t["uid"].startswith("seed-")]
    for look in ("color", "dash"):
        assert len({t["line"][look] for t in lines}) == len(lines)


def test_published_best_epochs_lie_on_their_seeds_curves_and_say_what_they_reached():
    picture = picture_of(show=("best",), epochs=500, window="whole")
    x, y = trace(picture, "best")
    assert x.tolist() == [best_epochs("FD002")[seed] for seed in DEFAULT.seeds]
    run = simulate(replace(DEFAULT, epochs=500).params, every=49)
    expected = [run.weights[i, best_epochs("FD002")[s], 0] for i, s in enumerate(DEFAULT.seeds)]
    np.testing.assert_array_equal(y, np.float32(expected))
    [marks] = [t for t in picture["data"] if t["uid"] == "best"]
    assert marks["customdata"][3] == [789, "7.09", "207.7"]
    assert all(f"customdata[{i}]" in marks["hovertemplate"] for i in range(3))


@pytest.mark.parametrize("window", ["transient", "whole", "log"])
def test_best_epochs_are_in_sight_when_they_are_switched_on_hollow_where_the_run_is_shorter(window):
    picture = picture_of(show=("best",), epochs=200, window=window)
    x, y = trace(picture, "best")
    end = picture["layout"]["xaxis"]["range"][1]
    assert x.max() == 310 < (10**end if window == "log" else end)
    assert np.isfinite(y).all()
    [marks] = [t for t in picture["data"] if t["uid"] == "best"]
    hollow = [symbol == "circle-open" for symbol in marks["marker"]["symbol"]]
    assert hollow == [False, True, False, False, False]  # seed 123 had its best epoch at 310


def test_the_clock_of_a_subset_brings_its_best_epochs():
    picture = picture_of(show=("best",), steps_per_epoch=41)
    assert trace(picture, "best")[0].tolist() == [best_epochs("FD004")[seed] for seed in DEFAULT.seeds]
    assert picture["key"] != picture_of(show=("best",))["key"]


@pytest.mark.parametrize("show", sorted(SHOWS))
def test_every_toggle_changes_the_traces_or_the_axis(show):
    plain, more = picture_of(show=()), picture_of(show=(show,))
    assert plain["key"] != more["key"]
    uids = [{t["uid"] for t in picture["data"]} for picture in (plain, more)]
    assert uids[0] < uids[1] or more["layout"]["yaxis"]["type"] == "log" != plain["layout"]["yaxis"]["type"]


@pytest.mark.parametrize(
    "change", [{"beta": 0.5}, {"floor": 0.3}, {"sigma": 2.0}, {"ratio": 3.0}, {"warmup_steps": 0}]
)
def test_dragging_keeps_the_traces(change):
    assert picture_of(**change)["key"] == picture_of()["key"]
    assert [t["uid"] for t in picture_of(**change)["data"]] == [t["uid"] for t in picture_of()["data"]]


def test_a_frame_holds_what_the_picture_draws():
    picture = picture_of(show=("theory", "mean", "state"))
    moved = frame(picture)
    assert set(moved["series"]) == {t["uid"] for t in picture["data"]}
    for uid in moved["series"]:
        np.testing.assert_array_equal(series(moved, uid), trace(picture, uid))
    assert len(moved["grids"]) == len(set(moved["grids"]))


def test_read_outs_stand_predicted_beside_simulated():
    text = texts(DEFAULT)
    assert text["tau-predicted"] == "99.5 steps · 2.03 epochs"
    assert text["tau-simulated"] == "99.5 steps · 2.03 epochs"
    assert (text["clamped-predicted"], text["clamped-simulated"]) == ("332 · epoch 6.78", "332 · epoch 6.78")
    assert (text["percent-predicted"], text["percent-simulated"]) == ("485 · epoch 9.90", "485 · epoch 9.90")
    assert text["tenth-predicted"] == "713 · epoch 14.55"
    assert (text["equilibrium-predicted"], text["equilibrium-simulated"]) == ("0.04771", "0.04771")


def test_read_outs_say_what_never_happens():
    text = texts(replace(DEFAULT, ratio=1.0, sigma=0.0))
    assert text["clamped-predicted"] == "not reached"
    assert text["tau-simulated"] == "already at target"
    assert text["regime-floor activation"] == "none"


def test_the_spread_of_one_seed_is_not_a_number():
    assert texts(replace(DEFAULT, seeds=(42,)))["spread-simulated"] == "needs two seeds"


def test_the_deviation_is_the_weight_minus_the_theory():
    found = picture_of()
    run = drawn(DEFAULT).run
    _, y = trace(found, "off-456")
    expected = run.weights[2, :, 0] - theory(DEFAULT.params, run.steps).weights
    np.testing.assert_array_equal(y, expected.astype(np.float32))
    low, high = found["layout"]["yaxis2"]["range"]
    assert low == -high
    assert np.abs(y).max() <= high <= 1e-3


def test_a_pinned_setting_stays_as_a_ghost_on_the_same_axis():
    picture = picture_of(floor=0.2, window="whole", pin="beta=0.9&steps_per_epoch=10")
    pinned = simulate(replace(DEFAULT, beta=0.9, steps_per_epoch=10).params, every=10)
    x, y = trace(picture, "ghost")
    np.testing.assert_array_equal(x, np.arange(200, dtype=np.float32))
    np.testing.assert_array_equal(y, pinned.weights[:, :, 0].mean(axis=0).astype(np.float32))


def test_the_read_outs_of_a_pinned_setting_stand_beside():
    text = texts(replace(DEFAULT, pin="beta=0.9"))
    assert text["tau-pinned"] == texts(replace(DEFAULT, beta=0.9))["tau-simulated"]
    assert texts(DEFAULT)["tau-pinned"] == "–"


def test_the_share_of_the_update_is_weight_times_norm():
    _, y = trace(picture_of(show=("share",), sigma=0.0, window="whole"), "share-42")
    run = simulate(replace(DEFAULT, sigma=0.0).params, every=49)
    pull = run.weights[0] * np.array([100.0, 0.2])
    np.testing.assert_allclose(y, pull[:, 0] / pull.sum(axis=1), rtol=1e-6)
    assert y[-1] == pytest.approx(0.9616, abs=1e-4)  # 4.77 : .19, 25 to 1


def test_a_drifting_ratio_ends_where_it_is_told_to():
    state = replace(DEFAULT, drift=0.01)
    _, level = trace(picture_of(drift=0.01), "equilibrium")
    assert level[0] == np.float32(equilibrium(state.params)[0])
    assert level[0] == pytest.approx(1 / 6, rel=5e-3)  # 5 : 1 at the end
