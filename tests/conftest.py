"""One thread a worker: the tests run side by side, and idle threads of one would slow the other."""

import os
import tempfile

from hypothesis import HealthCheck, settings

# read when NumPy or torch is loaded
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# What tests drop on the page stays out of the cache of whoever runs them.
_CACHE = tempfile.TemporaryDirectory(prefix="gaba-tests-")
os.environ["GABA_CACHE_FOLDER"] = _CACHE.name

# How long an example takes says something of the machine, nothing of the code: work is counted instead.
settings.register_profile("counted", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("counted")
