"""Tiny models, data and Trainers for the tests of the callback for HuggingFace; nothing is downloaded."""

import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel, Trainer, TrainingArguments

from gaba_core.training import GABALoss
from gaba_core.training.huggingface import GABATrainerMixin

STEPS = 5
NAMES = ("start", "end")


class Config(PretrainedConfig):
    model_type = "two-losses"

    def __init__(self, norms=(100.0, 0.2), **kwargs):
        super().__init__(**kwargs)
        self.norms = norms


class Model(PreTrainedModel):
    """Two linear tasks on a shared vector; `norms` are their gradients, whatever the batch."""

    config_class = Config
    base_model_prefix = "trunk"

    def __init__(self, config):
        super().__init__(config)
        self.trunk = nn.ParameterList([nn.Parameter(torch.zeros(2))])
        self.head = nn.Parameter(torch.zeros(1))
        self.post_init()

    def forward(self, x, labels=None):
        parts = [norm * self.trunk[0][i] + 1.0 + 0 * x.mean() for i, norm in enumerate(self.config.norms)]
        losses = dict(zip(NAMES, parts, strict=True))
        return {"loss": sum(parts), "losses": losses, "logits": x + self.head}


class Balanced(GABATrainerMixin, Trainer):
    pass


class Failing(Balanced):
    def training_step(self, *args, **kwargs):
        if self.state.global_step == 2 * STEPS + 1:
            raise RuntimeError("the training fails")
        return super().training_step(*args, **kwargs)


def balancer(**settings):
    return GABALoss(task_names=NAMES, **{"beta": 0.5, "warmup_steps": 1, **settings})


def data():
    return [{"x": torch.zeros(1), "labels": torch.zeros(1)} for _ in range(STEPS)]


def trainer(folder, callbacks, epochs=3, *, kind=Balanced, norms=(100.0, 0.2), **options):
    defaults = {"save_strategy": "no", "eval_strategy": "epoch", "logging_strategy": "epoch"}
    arguments = TrainingArguments(
        output_dir=str(folder / "out"),
        num_train_epochs=epochs,
        per_device_train_batch_size=1,
        learning_rate=1e-6,
        optim="sgd",
        use_cpu=True,
        report_to=[],
        disable_tqdm=True,
        **(defaults | options),
    )
    model = Model(Config(norms))
    return kind(
        model=model, args=arguments, train_dataset=data(), eval_dataset=data(), callbacks=list(callbacks)
    )
