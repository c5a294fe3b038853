"""What the experiments on pictures share. Needs NumPy."""
import numpy as np


def gaussian(values, sigma, edges):
    """Blurred by the Fourier transform; `edges` is a mode of numpy.pad ("edge", "symmetric")."""
    pad = int(4 * sigma) + 1
    wide = np.pad(values, pad, mode=edges)
    fy, fx = np.fft.fftfreq(wide.shape[0])[:, None], np.fft.rfftfreq(wide.shape[1])[None]
    wide = np.fft.irfft2(np.fft.rfft2(wide) * np.exp(-2 * (np.pi * sigma) ** 2 * (fx**2 + fy**2)), wide.shape)
    return wide[pad:-pad, pad:-pad]
