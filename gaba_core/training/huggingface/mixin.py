"""The mix-in for the HuggingFace Trainer: a callback cannot change a loss, ``compute_loss`` can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from gaba_core.errors import ParameterError
from gaba_core.training.huggingface.callback import GABACallback

FIELDS = ("losses", "loss_dict")
"""Where a model's output holds its losses by name; the first that is there."""


class GABATrainerMixin:
    """Hands the losses of a model to the callback of a Trainer: ``class Mine(GABATrainerMixin, Trainer)``.

    The model returns a mapping that holds its losses by name, as ``losses`` or ``loss_dict``; for another one
    override ``task_losses``. They are taken in training alone: the loss of an evaluation is the model's own.
    Gradients are measured on what ``shared_parameters`` returns.
    """

    def task_losses(self, outputs: Any) -> Mapping[str, Tensor]:
        """The unweighted losses by name, out of what the model returned.

        Raises:
            ParameterError: they are not there.
        """
        found = [outputs[name] for name in FIELDS if isinstance(outputs, Mapping) and outputs.get(name)]
        if not found:
            shown = sorted(outputs) if isinstance(outputs, Mapping) else type(outputs).__name__
            raise ParameterError(f"The model must return its losses by name, as losses; got {shown}.")
        losses: Mapping[str, Tensor] = found[0]
        return losses

    def shared_parameters(self, model: Any) -> Sequence[Tensor]:
        """The parameters that all tasks share: those of ``model.base_model`` where there is one, else all."""
        return list(getattr(model, "base_model", model).parameters())

    def compute_loss(self, model: Any, inputs: Any, return_outputs: bool = False, **kwargs: Any) -> Any:
        """As Trainer has it, with the model's ``loss`` replaced by what the callback makes of its losses."""
        trainer: Any = self
        compute = super().compute_loss  # type: ignore[misc]  # of the Trainer mixed with
        callback = self._gaba()
        if callback is None or not (model.training and torch.is_grad_enabled()):
            return compute(model, inputs, return_outputs=return_outputs, **kwargs)
        if trainer.label_smoother is not None or trainer.compute_loss_func is not None:
            raise ParameterError("label_smoothing_factor and compute_loss_func must be left out; got one.")

        def balanced(**given: Any) -> Any:
            outputs = model(**given)
            losses = self.task_losses(outputs)
            whole = trainer.accelerator.unwrap_model(model)
            outputs["loss"] = callback.combine(
                outputs.get("loss"), losses, partial(self.shared_parameters, whole)
            )
            return outputs

        return compute(balanced, inputs, return_outputs=return_outputs, **kwargs)

    def training_step(self, *args: Any, **kwargs: Any) -> Any:
        """As Trainer has it; the callback then takes note of the batch."""
        loss = super().training_step(*args, **kwargs)  # type: ignore[misc]  # of the Trainer mixed with
        trainer: Any = self
        callback = self._gaba()
        if callback is not None:
            scaler = trainer.accelerator.scaler
            steps = trainer.current_gradient_accumulation_steps
            is_divided = steps == 1 or not trainer.model_accepts_loss_kwargs
            complete = trainer.accelerator.sync_gradients and is_divided
            callback.end_batch(steps if complete else None, 1.0 if scaler is None else scaler.get_scale())
        return loss

    def prediction_step(
        self, model: Any, inputs: Any, prediction_loss_only: bool, ignore_keys: Any = None
    ) -> Any:
        """As Trainer has it; losses by name are no predictions."""
        if ignore_keys is None:
            config = getattr(model, "config", None)
            ignore_keys = getattr(config, "keys_to_ignore_at_inference", ["past_key_values"])
        ignore_keys = [*ignore_keys, *FIELDS]
        predict = super().prediction_step  # type: ignore[misc]  # of the Trainer mixed with
        return predict(model, inputs, prediction_loss_only, ignore_keys=ignore_keys)

    def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
        """As Trainer has it, with each loss, weight and norm beside the loss of the training."""
        callback = self._gaba()
        if callback is not None and "loss" in logs:
            logs |= {name: value for name, value in callback.reported().items() if name not in logs}
        super().log(logs, *args, **kwargs)  # type: ignore[misc]  # of the Trainer mixed with

    def train(self, *args: Any, **kwargs: Any) -> Any:
        """As Trainer has it; a training that fails leaves a log that can be gone on with."""
        callback = self._gaba()
        if callback is not None:
            kinds = ("fsdp", "deepspeed")
            callback.take_losses(next((k for k in kinds if getattr(self, f"is_{k}_enabled", False)), None))
        try:
            return super().train(*args, **kwargs)  # type: ignore[misc]  # of the Trainer mixed with
        except BaseException:
            if callback is not None:
                callback.interrupt()
            raise

    def _gaba(self) -> GABACallback | None:
        trainer: Any = self
        callbacks = trainer.callback_handler.callbacks
        return next((one for one in callbacks if isinstance(one, GABACallback)), None)
