"""State of the Replay view: what its controls hold and its URL says."""

from __future__ import annotations

from dataclasses import dataclass

from gaba_core.parameters import Scale, quantity
from gaba_core.runs.replay_schemes import REPLAY_SCHEMES

from ..layout.fields import check_choice, check_choices, check_numbers, like_simulation, switches
from ..run_source.mapping_text import readings_of
from ..run_source.replay_link import key_of

MODES = {"replay": "Replay", "compare": "Compare"}
WINDOWS = {"transient": "Transient", "whole": "Whole run"}
AXES = {"epochs": "Epochs", "steps": "Steps"}
BELOWS = {"difference": "Difference", "norms": "Norms", "cosine": "Cosines"}
SHOWS = {"state": "EMA state"}
CONTROLLER = ("beta", "floor", "warmup_steps")
SIMULATED = ("target", "sigma", "steps_per_epoch")


@dataclass(frozen=True, slots=True)
class Shows:
    """Switches of the picture; `SHOWS` names them."""

    state: bool


@dataclass(frozen=True, slots=True)
class ReplayState:
    """Everything a link to the view restores; a number that the link leaves out is the run's own.

    Attributes:
        run: token of the run, see `replay_link`.
        reading: how files are read where that is not as proposed: token of `RunsState.reading`.
        mode: a key of MODES.
        scheme: what the norms are replayed through, a key of REPLAY_SCHEMES.
        task: whose weight is drawn; empty for the first.
        x: unit of the time axis, a key of AXES.
        window: stretch of time drawn, a key of WINDOWS.
        below: what the second picture draws, a key of BELOWS.
        show: what is drawn with the weights, keys of SHOWS.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    beta: float = like_simulation("beta")
    floor: float = like_simulation("floor")
    warmup_steps: int = like_simulation("warmup_steps")
    target: float = quantity(
        0.002,
        label="Target share",
        symbol="r",
        unit="",
        help="Mean raw share of the task that the weights were fitted to: where its EMA state would settle.",
        low=0.0,
        high=1.0,
        scale=Scale(1e-5, 1.0, 0.02, "log"),
    )
    sigma: float = like_simulation("sigma")
    steps_per_epoch: int = like_simulation("steps_per_epoch")
    run: str = ""
    reading: str = ""
    mode: str = "replay"
    scheme: str = "gaba"
    task: str = ""
    x: str = "epochs"
    window: str = "transient"
    below: str = "difference"
    show: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_numbers(self)
        check_choice("mode", self.mode, MODES)
        check_choice("scheme", self.scheme, REPLAY_SCHEMES)
        check_choice("x", self.x, AXES)
        check_choice("window", self.window, WINDOWS)
        check_choice("below", self.below, BELOWS)
        readings_of(self._entries)
        check_choices("show", self.show, SHOWS)

    @property
    def shows(self) -> Shows:
        """What is drawn with the weights, as switches."""
        return switches(Shows, self.show)

    @property
    def readings(self) -> dict[str, str]:
        """Changes to how each run's file is read, by its key."""
        return readings_of(self._entries)

    @property
    def _entries(self) -> list[str]:
        return [entry for entry in key_of(self.reading).split(",") if entry]

    @property
    def averages(self) -> bool:
        """Whether what is compared with the run has a moving average, and so an EMA state."""
        return self.reads("beta")

    def reads(self, name: str) -> bool:
        """Whether a number of the controller changes what is drawn."""
        return self.mode == "compare" or name in REPLAY_SCHEMES[self.scheme].reads
