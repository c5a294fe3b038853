"""The published percents of each category: DM-Scan, three readers (SpringerPlus 2:242)."""
import math
from statistics import NormalDist

PUBLISHED = {"a": (7.4, 0, 18), "b": (21.3, 10, 37), "c": (34.5, 23, 49), "d": (48.8, 32, 66)}  # mean, 5th and 95th percentile


def percent_at(category, quantile):
    """The percent of this quantile: a normal distribution of the root of the percent."""
    centre, low, high = PUBLISHED[category]
    sd = (math.sqrt(high) - math.sqrt(low)) / 3.29
    root = math.sqrt(max(centre - sd * sd, 0.5)) + sd * NormalDist().inv_cdf(quantile)
    return max(root, 0) ** 2
