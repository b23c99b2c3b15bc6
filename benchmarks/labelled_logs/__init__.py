"""Logs whose truth is known, made from parameters and labelled before any rule saw them."""

from benchmarks.labelled_logs.draws import Draw, Log
from benchmarks.labelled_logs.equal_or_broken import KINDS as EQUAL_OR_BROKEN
from benchmarks.labelled_logs.moving import KINDS as MOVING
from benchmarks.labelled_logs.of_gaba import KINDS as OF_GABA
from benchmarks.labelled_logs.settled import KINDS as SETTLED
from benchmarks.labelled_logs.stepping import KINDS as STEPPING
from benchmarks.labelled_logs.swinging import KINDS as SWINGING

KINDS = {**SETTLED, **OF_GABA, **MOVING, **SWINGING, **STEPPING, **EQUAL_OR_BROKEN}

__all__ = ["KINDS", "Draw", "Log"]
