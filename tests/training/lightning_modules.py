"""Tiny Lightning modules and trainers for its callback's tests; no progress, no checkpoint, no logger."""

import json

import lightning.pytorch as pl
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from gaba_core.training import GABALoss, GradientProbe

STEPS = 5
NAMES = ("seg", "depth")


class Module(pl.LightningModule):
    """Two linear tasks on a shared vector; `norms` are their gradients, whatever the batch."""

    def __init__(self, norms=(100.0, 0.2), source=None, fails_in=None):
        super().__init__()
        self.shared = nn.Parameter(torch.zeros(2))
        self.norms = norms
        self.source = source
        self.fails_in = fails_in

    def losses(self):
        return [norm * self.shared[i] + 1.0 for i, norm in enumerate(self.norms)]

    def training_step(self, batch, batch_idx):
        if self.current_epoch == self.fails_in:
            raise RuntimeError("the training fails")
        losses, shared = self.losses(), [self.shared]
        if isinstance(self.source, GABALoss):
            return self.source(losses, shared)
        if isinstance(self.source, GradientProbe):
            self.source(losses, shared)
            return sum(losses)
        return {"loss": sum(losses), "losses": dict(zip(NAMES, losses, strict=True))}

    def validation_step(self, batch, batch_idx):
        self.log("val_loss", sum(self.losses()))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=1e-6)


class OfItsRank(Module):
    """Rank 0 sees the norms, rank 1 twice as large ones; each writes down how it ended."""

    def __init__(self, *args, folder):
        super().__init__(*args)
        self.folder = folder

    def losses(self):
        return [(1 + self.global_rank) * norm * self.shared[i] + 1.0 for i, norm in enumerate(self.norms)]

    def on_train_end(self):
        ended = {"steps": int(self.source.step_count), "weights": self.source.applied.tolist()}
        (self.folder / f"rank_{self.global_rank}.json").write_text(json.dumps(ended))


def balancer(**settings):
    return GABALoss(task_names=NAMES, **{"beta": 0.5, "warmup_steps": 1, **settings})


def batches():
    return DataLoader(TensorDataset(torch.zeros(STEPS, 1)), batch_size=1)


def trainer(folder, callbacks, epochs=3, **options):
    quiet = {
        "logger": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "enable_checkpointing": False,
    }
    return pl.Trainer(
        default_root_dir=folder,
        accelerator="cpu",
        max_epochs=epochs,
        callbacks=callbacks,
        **(quiet | options),
    )
