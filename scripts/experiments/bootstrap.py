"""Bootstrap intervals for the tables of the experiments."""
import random
from statistics import fmean


def interval(values, resamples=2000):
    """95 % percentile interval of the mean, resampling `values`; the same for the same values."""
    draw = random.Random(1)
    means = sorted(fmean(draw.choices(values, k=len(values))) for _ in range(resamples))
    return means[round(0.025 * (resamples - 1))], means[round(0.975 * (resamples - 1))]
