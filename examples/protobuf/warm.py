"""Masks what is colder than 20 degrees. usage: warm.py FROM TO"""
import sys

import masquerade
import numpy as np

source, target = sys.argv[1:]
sst = masquerade.load(source)
sst[sst < 20] = np.ma.masked
masquerade.save(target, sst)
print(f"{type(sst).__name__} {sst.dtype} {sst.shape}, coldest {sst.min():.2f}")
