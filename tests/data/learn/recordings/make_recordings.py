"""Makes the recordings beside it, as NumPy writes them, for tests/test_learn_data.c. Needs python3-numpy.

y[i, t, j] = 100 i + t + j / 4 and u[i, t, j] = -(100 i + t + 1 + j / 4); 3 trajectories, 5 times, 2 outputs, 1 input.
What must be refused has a name that begins with bad-.
"""
import os
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
i, t, j = np.ogrid[:3, :5, :2]
y = 100.0 * i + t + j / 4
i, t, j = np.ogrid[:3, :4, :1]
u = -(100.0 * i + t + 1 + j / 4)


def save(name, **arrays):
    np.savez(os.path.join(here, name + ".npz"), **arrays)


save("whole", y=y, u=u, dt=0.25)
save("fortran", y=np.asfortranarray(y), u=np.asfortranarray(u), dt=np.array([0.25]))
save("float32", y=y.astype("<f4"), u=u.astype("<f4"))
save("single", y=y[0], u=u[0])
save("outputs", y=y)
np.savez_compressed(os.path.join(here, "compressed.npz"), y=y, u=u, dt=0.25)
save("bad-none", x=y)
save("bad-more", y=y, notes=np.zeros(3))
save("bad-no-y", u=u)
save("bad-vector", y=y[0, :, 0])
save("bad-scalar", y=1.0)
save("bad-four", y=y[None])
save("bad-short", y=y[:, :1])
save("bad-nan", y=np.where(y == 101, np.nan, y))
save("bad-infinite", y=y, u=np.where(u == -101, np.inf, u))
save("bad-u-steps", y=y, u=y)
save("bad-u-count", y=y, u=u[:2])
save("bad-u-dims", y=y, u=u[0])
save("bad-dt", y=y, dt=0.0)
save("bad-dts", y=y, dt=np.array([0.25, 0.5]))
save("bad-type", y=y.astype(complex))
save("bad-empty", y=y[:0])
