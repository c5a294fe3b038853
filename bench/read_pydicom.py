"""Times pydicom on one file, for `mhcnn bench read`: python read_pydicom.py FILE. Prints seconds, or why it cannot.
As a user of pydicom would: read, decode, modality LUT, VOI LUT."""
import resource
import sys
import time

import pydicom
from pydicom.pixels import apply_modality_lut, apply_voi_lut

try:
    start = time.perf_counter()
    ds = pydicom.dcmread(sys.argv[1])
    apply_voi_lut(apply_modality_lut(ds.pixel_array, ds), ds)
    print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
except Exception as error:
    print("error", str(error).splitlines()[0][:90])
