"""What the tasks are called: RUL and health where there are two, else by number."""

from __future__ import annotations

OF_TWO = ("RUL", "health")


def short_name(task: int, tasks: int) -> str:
    """Name of a task, counted from 0, at the end of its line."""
    return OF_TWO[task] if tasks == 2 else f"task {task + 1}"


def weight_name(task: int, tasks: int) -> str:
    """What a task's weight is called where a line of words has room for it."""
    return f"Weight of the {OF_TWO[task]} loss" if tasks == 2 else f"Weight of task {task + 1}"


def subject(task: int, tasks: int) -> str:
    """What a task's weight is called at the head of a sentence."""
    return f"The {OF_TWO[task]} weight" if tasks == 2 else f"The weight of task {task + 1}"


def floor_name(task: int, tasks: int) -> str:
    """What the floor of another task is called in a sentence."""
    return f"the {OF_TWO[task]} task's floor" if tasks == 2 else f"task {task + 1}'s floor"
