import math

import pytest
import torch

from gaba_core.training.metrics import evaluate, evaluate_test, macro_f1, nasa_score, predict, rmse
from gaba_core.training.model import HealthModel, ModelSettings, WeightShadow
from gaba_core.training.windows import make_dataset
from tests.training.inputs import small_fleet


def test_the_nasa_score_punishes_late_predictions_more():
    true = torch.tensor([50.0])
    assert nasa_score(true, true) == 0
    assert nasa_score(true - 13, true) == pytest.approx(math.e - 1)
    assert nasa_score(true + 10, true) == pytest.approx(math.e - 1)
    both = nasa_score(torch.tensor([37.0, 60.0]), torch.tensor([50.0, 50.0]))
    assert both == pytest.approx(2 * (math.e - 1))


def test_rmse_is_in_cycles():
    assert rmse(torch.tensor([1.0, 5.0]), torch.tensor([4.0, 1.0])) == pytest.approx(math.sqrt(12.5))


def test_macro_f1_averages_the_classes_that_occur():
    predicted, true = torch.tensor([0, 0, 1, 1]), torch.tensor([0, 0, 0, 1])
    assert macro_f1(predicted, true) == pytest.approx(100 * (0.8 + 2 / 3) / 2)
    assert macro_f1(true, true) == 100.0


METRICS = {"nasa", "rmse_all", "health_accuracy", "health_f1", "engines"}


def test_an_epoch_is_judged_on_the_held_out_engines_and_leaves_the_model_in_its_mode():
    data = make_dataset(small_fleet(), torch.device("cpu"), stride=4)
    model = HealthModel(ModelSettings(hidden=4)).train()
    found = evaluate(model, data)
    assert set(found) == METRICS | {"rmse_last"}
    assert found["engines"] == data.held.engines == 1
    assert found["rmse_last"] == rmse(predict(model.eval(), data.cuts)[0], data.cuts.rul)
    assert 0 <= found["health_accuracy"] <= 100


def test_the_test_engines_are_judged_with_the_remaining_life_capped_and_not_capped():
    data = make_dataset(small_fleet(), torch.device("cpu"), stride=4, cap=40.0)
    model = HealthModel(ModelSettings(hidden=4)).train()
    found = evaluate_test(model, data)
    assert model.training
    assert set(found) == METRICS | {"rmse", "rmse_uncapped", "nasa_uncapped"}
    assert found["engines"] == 3
    cycles, _ = predict(model.eval(), data.last)
    assert data.last.rul.max() == 40 < data.last.life.max()
    assert found["rmse"] == rmse(cycles, data.last.rul)
    assert found["rmse_uncapped"] == rmse(cycles, data.last.life)
    assert found["nasa_uncapped"] == nasa_score(cycles, data.last.life)


def test_the_weight_shadow_moves_towards_the_model_by_its_decay():
    model = HealthModel(ModelSettings(hidden=4))
    shadow = WeightShadow(model, decay=0.5)
    before = shadow.values["rul_head.bias"].clone()
    with torch.no_grad():
        model.rul_head.bias += 1.0
    shadow.update(model)
    share = 1 - 2 / 11
    torch.testing.assert_close(shadow.values["rul_head.bias"], before + share)
    for _ in range(60):
        shadow.update(model)
    torch.testing.assert_close(shadow.values["rul_head.bias"], model.rul_head.bias.detach())
