"""The dashboard: `python app.py` to look at logs, `gunicorn 'app:create_app()'` to serve them."""

from __future__ import annotations

import sys

from components.application import LOGS, create_app, main

__all__ = ["LOGS", "create_app", "main"]

if __name__ == "__main__":
    sys.exit(main())
