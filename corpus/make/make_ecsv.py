"""Writes corpus/ecsv with astropy: what astropy itself reads back is what each file is said to hold."""
import io
import warnings

import astropy
import numpy as np
from astropy.table import MaskedColumn, QTable, Table
from astropy.time import Time
from astropy.units import Quantity

import expect
from writing import Folder

VERSIONS = {"astropy": astropy.__version__}


def as_array(table, hidden):
    """A table as NumPy's array of records, masked where a column is; what a mixin (a Time, a Quantity) is made of as its plain values."""
    columns, masked = [], False
    for name in table.colnames:
        column = table[name]
        if isinstance(column, Time):
            column = column.value
        elif isinstance(column, Quantity):
            column = column.value
        masked = masked or isinstance(column, np.ma.MaskedArray)
        columns.append((name, np.ma.asarray(column) if isinstance(column, np.ma.MaskedArray) else np.asarray(column)))
    dtype = np.dtype([(name, column.dtype, column.shape[1:]) for name, column in columns])
    array = np.ma.zeros(len(table), dtype) if masked else np.zeros(len(table), dtype)
    for name, column in columns:
        if masked:
            array.data[name] = np.ma.getdata(column)
            array.mask[name] = np.ma.getmaskarray(column)
            if not hidden:  # what lies beneath is not in the file: both sides have zeros there
                array.data[name][np.ma.getmaskarray(column)] = np.zeros((), column.dtype)
        else:
            array[name] = column
    if masked:
        array._fill_value = None
    elif len(array):
        # The six bytes behind an extended float are left to chance by NumPy.
        raw = array.view(np.uint8).reshape(len(array), dtype.itemsize)
        for inner, offset in dtype.fields.values():
            if inner == np.longdouble:
                raw[:, offset + 10:offset + 16] = 0
    return array


def add(folder, name, what, table, **options):
    text = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table.write(text, format="ascii.ecsv", **options)
        back = Table.read(text.getvalue(), format="ascii.ecsv")
    described = expect.describe(as_array(back, "serialize_method" in options))
    if "fillValue" in described:
        described["fillValue"] = None
    folder.add(name + ".ecsv", text.getvalue().encode("utf-8"), "ecsv", what, described)


def numbers():
    table = Table()
    for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"):
        info = np.iinfo(name)
        table[name] = np.array([info.min, 0, info.max], name)
    for name in ("float16", "float32", "float64"):
        info = np.finfo(name)
        table[name] = np.array([info.tiny, np.nan, -info.max], name)
    table["float128"] = np.array([1, 2, -np.inf], np.longdouble) / 3
    table["complex64"] = np.array([1 + 2j, -1j, 0.1], np.complex64)
    table["complex128"] = np.array([1 + 2j, -0.0, complex(np.nan, np.inf)])
    table["bool"] = [True, False, True]
    table["y"] = ["a", "bc", "é𝄞"]
    table["datetime"] = np.array(["2020-01-01", "NaT", "1969-12-31"], "M8[D]")
    return table


def masked():
    table = Table()
    table["i"] = MaskedColumn([1, 2, 2**62 + 1], mask=[0, 1, 0], unit="m", description="a # b", format="%d")
    table["f"] = MaskedColumn(np.array([1.5, np.nan, 3], "f4"), mask=[0, 0, 1])
    table["s"] = MaskedColumn(["x, y", "two words", 'say "hi"'], mask=[0, 1, 0])
    table["b"] = MaskedColumn([True, False, True], mask=[1, 0, 0])
    table["plain"] = [0.1, 0.2, 0.3]
    table["a b"] = [1, 2, 3]
    table.meta = {"telescope": "X", "list": [1, 2.5, None, "no"], "nested": {"yes": True, "12": 3}, "t": (1, 2)}
    return table


def cells():
    table = Table()
    table["m"] = MaskedColumn(np.arange(12.0).reshape(2, 3, 2), mask=np.arange(12).reshape(2, 3, 2) % 5 == 0)
    table["i"] = np.array([[2**60 + 1, -1], [0, 5]])
    table["s"] = np.array([["a", "b,c"], ["", 'd"']])
    table["n"] = np.array([[np.nan, np.inf], [-0.0, 1e300]])
    table["none"] = np.zeros((2, 0))
    return table


if __name__ == "__main__":
    ecsv = Folder("ecsv", "", "astropy", VERSIONS)
    for label, delimiter in (("space", " "), ("comma", ",")):
        add(ecsv, "numbers-" + label, "every datatype", numbers(), delimiter=delimiter)
        add(ecsv, "masked-" + label, "masked columns, units, metadata", masked(), delimiter=delimiter)
        add(ecsv, "cells-" + label, "arrays in cells", cells(), delimiter=delimiter)
        add(ecsv, "data-mask-" + label, "masks as columns, with the values beneath", masked(), delimiter=delimiter,
            serialize_method="data_mask")
    one = Table({"only": MaskedColumn([1, 2, 3], mask=[1, 0, 1])})
    add(ecsv, "one-column", "a missing value alone in its row", one)
    add(ecsv, "no-rows", "a table without rows", numbers()[:0])
    mixins = QTable({"q": [1.5, 2.5] * astropy.units.m, "t": Time([58849.0, 58850.5], format="mjd")})
    add(ecsv, "mixins", "a Quantity and a Time, as the columns they are made of", mixins)
    add(ecsv, "text", "line breaks, quotes, texts that look like other things",
        Table({"s": ["a\nb", '""', "--", "NA", "1", " x"], "k": [1, 2, 3, 4, 5, 6]}))
    ecsv.finish()
