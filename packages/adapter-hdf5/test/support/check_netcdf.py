"""Reads files of the layout cf with netCDF4-python and xarray and compares them with what cases.json says. Prints what differs as JSON."""
import json
import sys
import warnings

import netCDF4
import numpy as np
import xarray

from check import wanted


def by_netcdf4(variable, want, mask):
    got = variable[...]
    if want.ndim == 0 and mask is not None and mask.all():
        return None if got is np.ma.masked else "not masked"
    if not isinstance(got, np.ma.MaskedArray):
        return "%s, not a masked array" % type(got).__name__
    if variable.dtype != want.dtype or got.dtype.newbyteorder("=") != want.dtype.newbyteorder("=") or got.shape != want.shape:
        return "%r %r, not %r %r" % (got.dtype, got.shape, want.dtype, want.shape)
    flags = np.zeros(want.shape, bool) if mask is None else mask
    if not np.array_equal(np.ma.getmaskarray(got), flags):
        return "the mask differs"
    # Bit for bit: NaNs with their payloads, negative zeros.
    return None if got.data.astype(want.dtype)[~flags].tobytes() == want[~flags].tobytes() else "the elements differ"


def by_xarray(variable, want, mask):
    got = variable.values
    if got.shape != want.shape:
        return "shape %r" % (got.shape,)
    flags = np.zeros(want.shape, bool) if mask is None else mask
    if not flags.any() and "_FillValue" not in variable.encoding:
        return None if got.astype(want.dtype).tobytes() == want.tobytes() else "the elements differ"
    # Where something may be missing xarray has floats, NaN for what is masked. 64-bit integers that are the fill value's float are lost on it.
    if want.dtype.kind in "iu" and want.dtype.itemsize == 8:
        flags = flags | (want.astype("f8") == np.float64(variable.encoding["_FillValue"]))
    if not np.isnan(got[flags]).all():
        return "not NaN where masked"
    return None if np.array_equal(got[~flags], want.astype(got.dtype)[~flags], equal_nan=True) else "the elements differ"


def main():
    found, seen = [], 0
    warnings.simplefilter("ignore")
    for file in json.load(open(sys.argv[1])):
        with netCDF4.Dataset(file["path"]) as opened, xarray.open_dataset(file["path"], engine="netcdf4", decode_times=False) as data:
            for case in file["cases"]:
                want = wanted(case["data"])
                mask = None if case["mask"] is None else wanted(case["mask"])
                for tool, run in [("netCDF4", lambda: by_netcdf4(opened[case["name"]], want, mask)),
                                  ("xarray", lambda: by_xarray(data[case["name"]].load(), want, mask))]:
                    seen += 1
                    try:
                        problem = run()
                    except Exception as error:
                        problem = "%s: %s" % (type(error).__name__, error)
                    if problem is not None:
                        found.append("%s %s by %s: %s" % (file["path"], case["what"], tool, problem))
    print(json.dumps({"found": found, "read": seen}))


if __name__ == "__main__":
    main()
