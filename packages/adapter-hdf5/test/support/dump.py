"""Everything h5py finds in HDF5 files, as JSON: dump.py FOLDER NAME..."""
import hashlib
import json
import os
import sys

import h5py
import numpy as np


def digest(value):
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return [str(value.dtype), list(value.shape), hashlib.sha256(value.tobytes()).hexdigest()]
    return repr(value) if not isinstance(value, np.ndarray) else [repr(x) for x in value.ravel()[:1000] if not isinstance(x, h5py.Reference)]


def attempt(get):
    try:
        return digest(get())
    except Exception as error:
        return type(error).__name__


def attrs(o):
    return {k: attempt(lambda: o.attrs[k]) for k in o.attrs if k not in ("DIMENSION_LIST", "REFERENCE_LIST")}


def dump(path):
    out = {}
    with h5py.File(path) as f:
        seen = {}

        def walk(g, at):
            info = h5py.h5o.get_info(g.id)
            if info.addr in seen:
                out[at] = ["again", seen[info.addr]]
                return
            seen[info.addr] = at
            out[at] = ["group", attrs(g)]
            for k in g:
                link, here = g.get(k, getlink=True), f"{at}/{k}"
                if isinstance(link, h5py.SoftLink):
                    out[here] = ["soft", link.path]
                elif isinstance(link, h5py.ExternalLink):
                    out[here] = ["external", link.filename, link.path]
                else:
                    try:
                        o = g[k]
                    except Exception as error:
                        out[here] = type(error).__name__
                        continue
                    if isinstance(o, h5py.Group):
                        walk(o, here)
                    elif isinstance(o, h5py.Dataset):
                        about = attempt(lambda: str(o.dtype)), o.shape, o.maxshape, o.chunks, o.compression
                        scales = [[s.name for s in d.values()] for d in o.dims] if o.shape else []
                        out[here] = [*about, attempt(lambda: o[()]), attrs(o), scales, h5py.h5o.get_info(o.id).rc]
                    else:
                        out[here] = ["type", attempt(lambda: str(o.dtype))]

        walk(f, "")
    return out


print(json.dumps({name: dump(os.path.join(sys.argv[1], name)) for name in sys.argv[2:]}))
