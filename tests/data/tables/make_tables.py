"""Makes the tables beside it: NumPy's own files, for the reader in src/format/npz.c. Needs python3-numpy.

Every array holds value[i, j] = 10 i + j - 3 + 1/4 (whole types: without the quarter), 3 rows and 2 columns; vectors
hold their first column.
"""
import os
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
exact = 10.0 * np.arange(3)[:, None] + np.arange(2) - 3 + 0.25
whole = np.floor(exact)

np.savez(os.path.join(here, "types.npz"), f8=exact, f4=exact.astype("<f4"), i8=whole.astype("<i8"),
         i4=whole.astype("<i4"), fortran=np.asfortranarray(exact), vector=exact[:, 0], strided=np.repeat(exact, 2, 1)[:, ::2],
         u1=np.zeros(3, "u1"), big=exact.astype(">f8"), cube=np.zeros((2, 2, 2)), scalar=np.float64(1),
         text=np.array(["a"]), nan=np.array([1.0, np.nan]), empty=np.zeros((0, 2)))
np.savez_compressed(os.path.join(here, "compressed.npz"), values=exact)
np.save(os.path.join(here, "single.npy"), exact)
with open(os.path.join(here, "version2.npy"), "wb") as file:
    np.lib.format.write_array(file, exact, version=(2, 0))
with open(os.path.join(here, "version3.npy"), "wb") as file:
    np.lib.format.write_array(file, exact, version=(3, 0))
