"""Reads the field sst, subtracts its mean, stores the result as anomaly. usage: anomaly.py HOST PORT"""
import io
import sys

import numpy as np
import psycopg

host, port = sys.argv[1:]
# PGlite wants a user and a password, and takes any.
where = dict(host=host, port=port, user="postgres", password="any", dbname="postgres", sslmode="disable")
with psycopg.connect(**where) as db:
    (raw,) = db.execute("select npz from fields where name = 'sst'").fetchone()
    f = np.load(io.BytesIO(raw))
    sst = np.ma.MaskedArray(f["data"], f["mask"], fill_value=f["fill_value"])

    anomaly = sst - sst.mean(dtype="f8").astype("f4")
    file = io.BytesIO()
    np.savez(file, data=anomaly.data, mask=np.ma.getmaskarray(anomaly), fill_value=anomaly.fill_value)
    row = ("anomaly", str(anomaly.dtype), list(anomaly.shape), file.getvalue())
    db.execute("insert into fields values (%s, %s, %s, %s)", row)
    print(f"{sst.count()} visible of {sst.size}, fill value {sst.fill_value}")
