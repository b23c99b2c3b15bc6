"""gunicorn for a team: `gunicorn -c deploy/gunicorn.conf.py`, with the options as GABA_... variables."""

import os

wsgi_app = os.environ.get("GABA_APP", "gaba_dashboard.application:create_app()")
bind = os.environ.get("GABA_BIND", "127.0.0.1:8050")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))  # about 150 MB each
worker_class = "gthread"  # a browser that stalls holds a thread, not a worker
threads = 8
timeout = 120  # seconds without a sign of life: the first look at some thousand runs takes a while
graceful_timeout = 10
control_socket_disable = True  # it would lie in a home folder, which the user of a container lacks
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # a slow disk is no dead worker

# One line a request: status, milliseconds, bytes, method, path, of a callback what it fills.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(process)d %(message)s", "datefmt": "%Y-%m-%dT%H:%M:%S"}},
    "handlers": {
        "stdout": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stdout"}
    },
    "root": {"level": "WARNING", "handlers": ["stdout"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["stdout"], "propagate": False},
        "gaba.requests": {"level": "INFO", "handlers": ["stdout"], "propagate": False},
    },
}
