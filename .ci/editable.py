"""Build hook: an editable installation, too, has the checkout's `components` as `gaba_dashboard`."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class EditableDashboard(BuildHookInterface):
    """Adds one module to an editable wheel; a wheel proper carries the package itself."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the module that stands for the package."""
        if version == "editable":
            build_data["force_include_editable"] = {
                f"{self.root}/.ci/gaba_dashboard.py": "gaba_dashboard/__init__.py"
            }
