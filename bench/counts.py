#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Negative binomial regression beside statsmodels: counts.py BENCH_COUNTS FOLDER [ROWS] [PAIRS]

Draws the table once (200 units by week for 100,000 rows, eleven coefficients), runs both programs in turn, compares their answers, and prints
the ratios of CPU time. Needs numpy, pandas and statsmodels."""
import json
import os
import statistics
import subprocess
import sys
import time
import warnings

import numpy as np
import pandas as pd
import statsmodels
import statsmodels.api as sm

warnings.filterwarnings("ignore")
TERMS = ["post", "t", "tpost", "s", "c", "x1", "x2", "x3", "x4", "x5"]


def table(path, rows):
    """Weekly counts of units whose rates follow a season and fall by a third halfway, each with a gamma variable of shape 0.8."""
    if not os.path.exists(path):
        random = np.random.default_rng(3)
        units = max(10, rows // 500)
        unit, week = np.arange(rows) % units, np.arange(rows) // units
        half = (week.max() + 1) // 2
        post = (week >= half).astype(int)
        x = random.normal(size=(rows, 5))
        wave = 2 * np.pi * week / 52
        log_mean = (0.3 + 0.15 * x[:, 0] - 0.1 * x[:, 1] + 0.05 * x[:, 2] + 0.3 * np.sin(wave) - 0.4 * post
                    + 0.1 * (unit % 20 - 10) / 10 + 0.0005 * week)
        y = random.poisson(np.exp(log_mean) * random.gamma(0.8, 1 / 0.8, rows))
        columns = dict(y=y, unit=unit, t=week, post=post, tpost=post * (week - half), s=np.sin(wave), c=np.cos(wave))
        columns |= {f"x{i + 1}": x[:, i] for i in range(5)}
        pd.DataFrame(columns).round(6).to_csv(path, index=False)
    return pd.read_csv(path)


def cpu(work):
    start = time.process_time()
    return work(), time.process_time() - start


def close(a, b, tolerance):
    return abs(a - b) <= tolerance * max(abs(a), abs(b))


def main():
    program, folder = sys.argv[1], sys.argv[2]
    rows = int(sys.argv[3]) if len(sys.argv) > 3 else 100_000
    pairs = int(sys.argv[4]) if len(sys.argv) > 4 else 5
    path = os.path.join(folder, f"counts-{rows}.csv")
    seen = table(path, rows)
    x = sm.add_constant(seen[TERMS])
    plain, clustered, ours_clustered = [], [], []
    for _ in range(pairs):
        ours = json.loads(subprocess.run([program, path, "5"], capture_output=True, check=True, text=True).stdout)
        model = sm.NegativeBinomial(seen.y, x)
        theirs, took = cpu(lambda: model.fit(disp=0, maxiter=500))
        robust, took_robust = cpu(lambda: sm.NegativeBinomial(seen.y, x).fit(
            disp=0, maxiter=500, cov_type="cluster", cov_kwds={"groups": seen.unit}))
        plain.append(took / ours["plain"])
        clustered.append(took_robust / ours["clustered"])
        ours_clustered.append(ours["clustered"] / ours["plain"])
    # Their optimiser stops short of the summit; Newton's method from where it stopped is what both are held to.
    summit = sm.NegativeBinomial(seen.y, x).fit(start_params=theirs.params, method="newton", disp=0, maxiter=50, tol=1e-12)
    wrong = [name for name, a, b in zip(["const", *TERMS], ours["coefficients"], summit.params) if not close(a, b, 1e-6)]
    if not close(ours["theta"], 1 / summit.params["alpha"], 1e-6):
        wrong.append("theta")
    if not close(ours["log_likelihood"], summit.llf, 1e-9):
        wrong.append("log-likelihood")
    if wrong:
        sys.exit(f"no figures: the answers differ in {', '.join(wrong)}: {ours} {summit.params.to_dict()} {summit.llf}")

    def line(name, ratios):
        print(f"{name}: {statistics.median(ratios):.2f} times [{min(ratios):.2f}-{max(ratios):.2f}]")

    print(f"{rows} rows, 11 coefficients, theta {ours['theta']:.8f}, log-likelihood {ours['log_likelihood']:.6f}, {ours['passes']} passes, "
          f"{ours['plain'] * 1000:.1f} ms; load {os.getloadavg()[0]:.1f}; statsmodels {statsmodels.__version__}")
    print(f"the same to 1e-6: coefficients, theta; to 1e-9: log-likelihood. Their own stop: log-likelihood {theirs.llf:.6f}")
    line("statsmodels over ours, plain fit", plain)
    line("statsmodels over ours, with errors by unit", clustered)
    line("ours with errors by unit over our plain fit", ours_clustered)
    print(f"error by unit of `post`: {ours['cluster_error']:.6f}, statsmodels {robust.bse['post']:.6f} (it lets theta vary as well)")


main()
