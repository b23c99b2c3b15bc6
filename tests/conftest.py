"""One thread a worker: the tests run side by side, and idle threads of one would slow the other."""

import os

# read when NumPy or torch is loaded
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
