"""What the tasks are called: RUL and health where there are two, else by number."""

from __future__ import annotations

OF_TWO = ("RUL", "health")


def task_name(task: int, tasks: int) -> str:
    """Name of a task, counted from 0, in words that follow "the"."""
    return f"{OF_TWO[task]} task" if tasks == 2 else f"task {task + 1}"


def weight_name(task: int, tasks: int) -> str:
    """What a task's weight is called where a line of words has room for it."""
    return f"Weight of the {OF_TWO[task]} loss" if tasks == 2 else f"Weight of task {task + 1}"
