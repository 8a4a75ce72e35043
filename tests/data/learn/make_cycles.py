#!/usr/bin/python3
"""Limit cycles and trajectories of the oscillating tasks, to 20 digits: Taylor series of order 40 in mpmath with 45
digits (another method and another arithmetic than the library's). make_cycles.py, beside the files it writes:

cycles.csv  task (0 FitzHugh-Nagumo, 1 van der Pol), parameter, period, the unstable point (x, y), the y of the cycle on
            the line x = x of that point where x grows
flows.csv   task, parameter, start (x0, y0), time, solution (x, y) there

The return map's fixed point is found by secant steps on y -> return(y) - y; 25 s."""
import os

from mpmath import mp, mpf, findroot, nstr

mp.dps = 45
ORDER = 40
HERE = os.path.dirname(os.path.abspath(__file__))


def coefficients(task, p, x0, y0):
    x, y, xx = [x0], [y0], []
    for k in range(ORDER):
        xx.append(sum(x[i] * x[k - i] for i in range(k + 1)))
        if task == 0:
            cube = sum(xx[i] * x[k - i] for i in range(k + 1))
            dx = x[k] - cube / 3 - y[k] + (p if k == 0 else 0)
            dy = (x[k] + (mpf("0.7") if k == 0 else 0) - mpf("0.8") * y[k]) / mpf("12.5")
        else:
            dx = y[k]
            dy = p * (y[k] - sum(xx[i] * y[k - i] for i in range(k + 1))) - x[k]
        x.append(dx / (k + 1))
        y.append(dy / (k + 1))
    return x, y


def value(c, h):
    s = mpf(0)
    for a in reversed(c):
        s = s * h + a
    return s


def step_size(x, y):
    last = max(abs(x[ORDER]), abs(y[ORDER]), mpf(10) ** -200)
    before = max(abs(x[ORDER - 1]), abs(y[ORDER - 1]), mpf(10) ** -200)
    tiny = mpf(10) ** -32
    return min((tiny / last) ** (mpf(1) / ORDER), (tiny / before) ** (mpf(1) / (ORDER - 1)), mpf(1))


def flow(task, p, x0, y0, time):
    t = mpf(0)
    while t < time:
        x, y = coefficients(task, p, x0, y0)
        h = min(step_size(x, y), time - t)
        x0, y0, t = value(x, h), value(y, h), t + h
    return x0, y0


def back(task, p, section, y0):
    """The return to x = section with x growing: time and y."""
    t, x0 = mpf(0), section
    while True:
        x, y = coefficients(task, p, x0, y0)
        h = step_size(x, y)
        x1 = value(x, h)
        if x0 < section <= x1 and t > 0:
            low, high = mpf(0), h
            for _ in range(20):
                middle = (low + high) / 2
                if value(x, middle) < section:
                    low = middle
                else:
                    high = middle
            root = findroot(lambda s: value(x, s) - section, (low, high), solver="secant")
            return t + root, value(y, root)
        x0, y0, t = x1, value(y, h), t + h


def fixed_point(task, p):
    if task == 1:
        return mpf(0), mpf(0)
    v = findroot(lambda v: v ** 3 / 3 + v / 4 + mpf(7) / 8 - p, 0)
    return v, (v + mpf("0.7")) / mpf("0.8")


def cycle(task, p):
    x, y = fixed_point(task, p)
    guess = y - mpf("0.6") if task == 0 else mpf(2)
    for _ in range(3):
        _, guess = back(task, p, x, guess)
    a, b = guess, back(task, p, x, guess)[1]
    fa, fb = b - a, back(task, p, x, b)[1] - b
    while abs(fb) > mpf(10) ** -25:
        a, b, fa = b, b - fb * (b - a) / (fb - fa), fb
        fb = back(task, p, x, b)[1] - b
    return back(task, p, x, b)[0], x, y, b


def write(name, header, rows):
    with open(os.path.join(HERE, name), "w", encoding="ascii") as file:
        file.write(header + "\n")
        for row in rows:
            file.write(",".join(nstr(v, 20) if isinstance(v, mpf) else str(v) for v in row) + "\n")


def main():
    cases = [(0, "0.34"), (0, "0.7"), (0, "0.875"), (0, "1.41"), (1, "0.1"), (1, "1"), (1, "5"), (1, "10")]
    write("cycles.csv", "task,parameter,period,x,y,section",
          [(task, p, *cycle(task, mpf(p))) for task, p in cases])
    starts = [(0, "0.7", "1.25", "0.5"), (0, "0.7", "-0.25", "0.625"), (1, "1", "-2.25", "1.5"), (1, "10", "0.125", "0.25")]
    write("flows.csv", "task,parameter,x0,y0,t,x,y",
          [(task, p, x, y, t, *flow(task, mpf(p), mpf(x), mpf(y), mpf(t)))
           for task, p, x, y in starts for t in (1, 30, 120)])


main()
