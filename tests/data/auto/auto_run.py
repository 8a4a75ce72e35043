"""AUTO-07p on a grulens model: writes its equation file in C (derivatives by complex steps), compiles and runs it,
reads what it found. Needs Debian's auto-07p and gfortran; standard library alone."""
import cmath, json, math, os, random, re, subprocess, tempfile

AUTO = "/usr/lib/auto-07p/lib"
BLOCKS = ("U_z", "U_r", "U_h", "W_z", "W_r", "W_h", "b_z", "b_r", "b_h", "c_h")
TYPES = {1: "branch_point", -2: "cusp", 2: "fold", 3: "hopf", -3: "fold_hopf", -1: "bogdanov_takens",
         -32: "generalized_hopf", 5: "cycle_fold", 6: "cycle_branch_point", 7: "period_doubling", 8: "torus"}


def shape(model, block):
    n, m = model["hidden_size"], model.get("input_size", 0)
    return {"U": (n, n), "W": (n, m)}.get(block[0], (n, 1))


def rows(model, block):
    """The block as rows of C expressions."""
    n, m = shape(model, block)
    v = model.get(block)
    if v is None:
        return [["0"] * m for _ in range(n)]
    v = [[x] for x in v] if m == 1 and not isinstance(v[0], list) else v
    return [[x if isinstance(x, str) else repr(float(x)) for x in row] for row in v]


def equation(model, names):
    """The C file. names: the one or two parameters, AUTO's PAR(1) and PAR(2)."""
    n, m = model["hidden_size"], max(1, model.get("input_size", 0))
    out = ["#include \"auto_f2c.h\"", "#undef fabs", "#undef abs", "#undef min", "#undef max", "#include <complex.h>",
           "#include <math.h>", "#include <stdio.h>", "typedef double complex C;", f"enum {{ N = {n}, M = {m} }};",
           "static C sigma(C u) { return creal(u) < 0 ? cexp(u) / (1 + cexp(u)) : 1 / (1 + cexp(-u)); }",
           "static C th(C u) { double t = tanh(creal(u)); return t + I * cimag(u) * (1 - t) * (1 + t); }",
           "static void field(const C *h, const C *p, C *f)", "{"]
    for k, (name, value) in enumerate(model.get("parameters", {}).items()):
        i = names.index(name) if name in names else None
        out.append(f"    C {name} = {'p[%d]' % i if i is not None else repr(float(value))};")
    for b in BLOCKS:
        r = rows(model, b)
        cells = ", ".join(x.replace("sin(", "csin(").replace("cos(", "ccos(") for row in r for x in row)
        out.append(f"    C {b}[] = {{{cells or '0'}}};")
    out.append("    C x[M] = {0}, z[N], r[N];")
    for k, name in enumerate(names):
        if name in model.get("parameters", {}):
            continue
        s = re.fullmatch(r"scale\((\w+)\)", name)
        if s:
            out.append(f"    for (int i = 0; i < (int)(sizeof {s[1]} / sizeof *{s[1]}); i++) {s[1]}[i] *= p[{k}];")
            continue
        s = re.fullmatch(r"(\w+)\[(\d+)(?:,(\d+))?\]", name)
        if s[1] == "input":
            out.append(f"    x[{s[2]}] = p[{k}];")
        else:
            i = int(s[2]) if s[3] is None else int(s[2]) * shape(model, s[1])[1] + int(s[3])
            out.append(f"    {s[1]}[{i}] = p[{k}];")
    wx = lambda g: "".join(f" + W_{g}[i * M + {k}] * x[{k}]" for k in range(model.get("input_size", 0)))
    uh = lambda g, w="": " + ".join(f"U_{g}[i * N + {j}] * {w.replace('#', str(j))}h[{j}]" for j in range(n))
    out += ["    for (int i = 0; i < N; i++) {", f"        z[i] = sigma(b_z[i]{wx('z')} + {uh('z')});",
            f"        r[i] = sigma(b_r[i]{wx('r')} + {uh('r')});", "    }", "    for (int i = 0; i < N; i++) {"]
    if model["reset"] == "before":
        out.append(f"        C u = b_h[i]{wx('h')} + {uh('h', 'r[#] * ')};")
    else:
        out.append(f"        C u = b_h[i]{wx('h')} + r[i] * (c_h[i] + {uh('h')});")
    out += ["        f[i] = (1 - z[i]) * (th(u) - h[i]);", "    }", "    (void)x, (void)c_h, (void)W_z, (void)W_r, (void)W_h;", "}", """
int func(integer ndim, const doublereal *u, const integer *icp, const doublereal *par, integer ijac, doublereal *f,
         doublereal *dfdu, doublereal *dfdp)
{
    const double e = 1e-100;
    C h[N], p[2] = {par[0], par[1]}, g[N];
    for (int i = 0; i < N; i++) h[i] = u[i];
    field(h, p, g);
    for (int i = 0; i < N; i++) f[i] = creal(g[i]);
    if (ijac == 0) return 0;
    for (int j = 0; j < N; j++) {
        h[j] = u[j] + I * e;
        field(h, p, g);
        h[j] = u[j];
        for (int i = 0; i < N; i++) dfdu[i + j * ndim] = cimag(g[i]) / e;
    }
    if (ijac == 1) return 0;
    for (int k = 0; k < 2; k++) {
        p[k] = par[k] + I * e;
        field(h, p, g);
        p[k] = par[k];
        for (int i = 0; i < N; i++) dfdp[i + k * ndim] = cimag(g[i]) / e;
    }
    return 0;
}
int stpnt(integer ndim, doublereal t, doublereal *u, doublereal *par)
{
    FILE *s = fopen("start", "r");
    int ok = 1;
    for (int i = 0; i < 2; i++) ok &= fscanf(s, "%lf", &par[i]) == 1;
    for (int i = 0; i < N; i++) ok &= fscanf(s, "%lf", &u[i]) == 1;
    fclose(s);
    return !ok;
}
int bcnd(integer ndim, const doublereal *par, const integer *icp, integer nbc, const doublereal *u0,
         const doublereal *u1, integer ijac, doublereal *fb, doublereal *dbc) { return 0; }
int icnd(integer ndim, const doublereal *par, const integer *icp, integer nint, const doublereal *u,
         const doublereal *uold, const doublereal *udot, const doublereal *upold, integer ijac, doublereal *fi,
         doublereal *dint) { return 0; }
int fopt(integer ndim, const doublereal *u, const integer *icp, const doublereal *par, integer ijac, doublereal *fs,
         doublereal *dfdu, doublereal *dfdp) { return 0; }
int pvls(integer ndim, const doublereal *u, doublereal *par) { return 0; }
"""]
    return "\n".join(out)


class Auto:
    """One model with one or two parameters, compiled in a directory of its own."""

    def __init__(self, model, names):
        self.model, self.names, self.n = model, names, model["hidden_size"]
        self.dir = tempfile.mkdtemp()
        self.runs = 0
        with open(self.dir + "/eq.c", "w") as f:
            f.write(equation(model, names))
        objects = " ".join(f"{AUTO}/{o}" for o in sorted(os.listdir(AUTO)) if o.endswith(".o"))
        subprocess.run(f"cc -O2 -w -c eq.c -o eq.o && gfortran -fopenmp -L{AUTO} eq.o {objects} -lauto_c -o eq.exe",
                       shell=True, check=True, cwd=self.dir)

    def run(self, constants, start=None, restart=None):
        """Returns the rows of fort.7: dicts with ty, lab, pt, p and columns; the text of fort.8 and of fort.9."""
        d = self.dir
        for f in ("fort.2", "fort.3", "fort.7", "fort.8", "fort.9"):
            if os.path.exists(f"{d}/{f}"):
                os.remove(f"{d}/{f}")
        base = dict(NDIM=self.n, IPS=1, IRS=0, ILP=1, ICP=[1], NTST=100, NCOL=4, IAD=3, ISP=2, ISW=1, IPLT=0, NBC=0,
                    NINT=0, NMX=4000, NPR=0, MXBF=0, IID=2, ITMX=20, ITNW=9, NWTN=3, JAC=1, EPSL=1e-11, EPSU=1e-11,
                    EPSS=1e-10, DS=0.005, DSMIN=1e-8, DSMAX=0.02, IADS=1, NPAR=11)
        base.update(constants)
        with open(d + "/fort.2", "w") as f:
            f.write("\n".join(f"{k}={v}" for k, v in base.items()) + "\n")
        if start:
            with open(d + "/start", "w") as f:
                f.write(" ".join(repr(float(x)) for x in start))
        if restart:
            with open(d + "/fort.3", "w") as f:
                f.write(restart)
        self.runs += 1
        try:
            subprocess.run(["./eq.exe"], cwd=d, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120,
                           env={**os.environ, "OMP_NUM_THREADS": "1"})
        except subprocess.TimeoutExpired:
            pass
        read = lambda f: open(f"{d}/{f}").read() if os.path.exists(f"{d}/{f}") else ""
        points = []
        for line in read("fort.7").splitlines():
            w = line.split()
            if not w or w[0] == "0":
                continue
            v = [number(x) for x in w[4:]]
            points.append(dict(pt=int(w[1]), ty=int(w[2]), lab=int(w[3]), p=v[0], v=v))
        return points, read("fort.8"), read("fort.9")


def number(text):
    try:
        return float(text)
    except ValueError:  # Fortran leaves the E out of exponents of three digits
        return float(re.sub(r"(\d)([+-]\d{3})$", r"\1e\2", text))


# The field in Python, for starting points.
def field(model, names, p, h):
    n, m = model["hidden_size"], model.get("input_size", 0)
    env = dict(model.get("parameters", {}))
    env.update({k: v for k, v in zip(names, p) if k in env})
    env.update(sin=math.sin, cos=math.cos)
    b = {k: [[eval(x, {}, env) for x in row] for row in rows(model, k)] for k in BLOCKS}
    x = [0.0] * m
    for name, v in zip(names, p):
        s = re.fullmatch(r"scale\((\w+)\)", name)
        if s:
            b[s[1]] = [[v * y for y in row] for row in b[s[1]]]
        elif "[" in name:
            s = re.fullmatch(r"(\w+)\[(\d+)(?:,(\d+))?\]", name)
            if s[1] == "input":
                x[int(s[2])] = v
            else:
                b[s[1]][int(s[2])][int(s[3] or 0)] = v

    def f(h):
        g = {}
        for k in "zr":
            u = [b["b_" + k][i][0] + sum(b["W_" + k][i][j] * x[j] for j in range(m)) +
                 sum(b["U_" + k][i][j] * h[j] for j in range(n)) for i in range(n)]
            g[k] = [0.5 * (1 + math.tanh(q / 2)) for q in u]
        out = []
        for i in range(n):
            u = b["b_h"][i][0] + sum(b["W_h"][i][j] * x[j] for j in range(m))
            if model["reset"] == "before":
                u += sum(b["U_h"][i][j] * g["r"][j] * h[j] for j in range(n))
            else:
                u += g["r"][i] * (b["c_h"][i][0] + sum(b["U_h"][i][j] * h[j] for j in range(n)))
            out.append((1 - g["z"][i]) * (math.tanh(u) - h[i]))
        return out

    return f


def solve(a, b):
    n = len(b)
    a = [row[:] + [y] for row, y in zip(a, b)]
    for c in range(n):
        k = max(range(c, n), key=lambda i: abs(a[i][c]))
        a[c], a[k] = a[k], a[c]
        if a[c][c] == 0:
            return None
        for i in range(n):
            if i != c:
                q = a[i][c] / a[c][c]
                a[i] = [u - q * w for u, w in zip(a[i], a[c])]
    return [a[i][n] / a[i][i] for i in range(n)]


def fixed_points(model, names, p, starts, rng):
    """Newton in pre-activations from random starts."""
    f, n, found = field(model, names, p, None), model["hidden_size"], []
    for _ in range(starts):
        a = [rng.uniform(-3, 3) for _ in range(n)]
        for _ in range(30):
            h = [math.tanh(q) for q in a]
            g = f(h)
            e = 1e-6
            J = [[0.0] * n for _ in range(n)]
            for j in range(n):
                c = [math.tanh(a[i] + (e if i == j else 0)) for i in range(n)]
                d = [math.tanh(a[i] - (e if i == j else 0)) for i in range(n)]
                for i, (u, w) in enumerate(zip(f(c), f(d))):
                    J[i][j] = (u - w) / (2 * e)
            s = solve(J, [-q for q in g])
            if not s:
                break
            size = max(map(abs, s))
            a = [max(-15, min(15, q + t * min(1, 1 / (size + 1e-300)))) for q, t in zip(a, s)]
            if size < 1e-10:
                break
        h = [math.tanh(q) for q in a]
        if max(map(abs, f(h))) < 1e-11 and all(max(abs(u - w) for u, w in zip(h, q)) > 1e-6 for q in found):
            found.append(h)
    return found
