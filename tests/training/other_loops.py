"""Stand-ins with the interfaces of LibMTL's Trainer and of DeepXDE's Model, as far as a logger meets them."""

from types import SimpleNamespace

import numpy as np
import torch
from torch import nn

# LibMTL: a model is an architecture and a weighting in one; the weighting is called at every step.


class AbsWeighting(nn.Module):
    def init_param(self):
        pass


class EW(AbsWeighting):
    def backward(self, losses, **kwargs):
        losses.sum().backward()
        return np.ones(self.task_num)


class HPS(nn.Module):
    def __init__(self, task_name):
        super().__init__()
        self.task_name, self.task_num = task_name, len(task_name)
        self.encoder = nn.Linear(3, 4)
        self.decoders = nn.ModuleDict({task: nn.Linear(4, 1) for task in task_name})

    def forward(self, inputs):
        shared = self.encoder(inputs)
        return {task: self.decoders[task](shared) for task in self.task_name}

    def get_share_params(self):
        return self.encoder.parameters()


class LibMTLTrainer:
    def __init__(self, task_name, weighting, architecture):
        class MTLmodel(architecture, weighting):
            def __init__(self, task_name):
                super().__init__(task_name)
                self.init_param()

        self.model = MTLmodel(task_name)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01)

    def train(self, train_dataloaders, epochs):
        task_name = self.model.task_name
        self.batch_weight = np.zeros([len(task_name), epochs, len(train_dataloaders)])
        for epoch in range(epochs):
            self.model.epoch = epoch
            self.model.train()
            for batch_index, (inputs, truths) in enumerate(train_dataloaders):
                found = self.model(inputs)
                train_losses = torch.zeros(len(task_name))
                for number, task in enumerate(task_name):
                    train_losses[number] = (found[task] - truths[task]).square().mean()
                self.optimizer.zero_grad(set_to_none=False)
                weights = self.model.backward(train_losses)
                if weights is not None:
                    self.batch_weight[:, epoch, batch_index] = weights
                self.optimizer.step()


# DeepXDE: callbacks see the model; its losses are numbers, brought up to date where they are displayed.


class Callback:
    def __init__(self):
        self.model = None

    def set_model(self, model):
        self.model = model

    def on_train_begin(self):
        pass

    def on_epoch_end(self):
        pass

    def on_train_end(self):
        pass


class DeepXDEModel:
    def __init__(self, losses_at):
        self.losses_at = losses_at
        self.train_state = SimpleNamespace(step=0, epoch=0, loss_train=None, loss_test=None)
        self.stop_training = False

    def train(self, iterations, display_every=1000, callbacks=()):
        for callback in callbacks:
            callback.set_model(self)
        self._test()
        for callback in callbacks:
            callback.on_train_begin()
        for i in range(iterations):
            self.train_state.step += 1
            self.train_state.epoch += 1
            if self.train_state.step % display_every == 0 or i + 1 == iterations:
                self._test()
            for callback in callbacks:
                callback.on_epoch_end()
            if self.stop_training:
                break
        for callback in callbacks:
            callback.on_train_end()

    def _test(self):
        self.train_state.loss_train = np.array(self.losses_at(self.train_state.step), np.float32)
        self.train_state.loss_test = 2 * self.train_state.loss_train
