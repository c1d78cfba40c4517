"""Writes corpus/demo/sst.pkl: three months of sea-surface temperature with the land masked, as MaskedArray.dumps() writes it.

The field is made up: warm at the equator, cold at the poles, a seasonal swing, a warm pool, a cold tongue and some
eddies. The outlines of the continents are rough polygons drawn for this script.
"""
import json
import os
import pickle

import numpy as np

import reading
from writing import CORPUS, Folder

# (longitude, latitude) corners, in degrees
CONTINENTS = {
    "North America": [(-168, 66), (-156, 71), (-128, 70), (-110, 73), (-95, 72), (-82, 69), (-94, 60), (-82, 54), (-78, 62), (-65, 59),
                      (-56, 52), (-66, 45), (-70, 42), (-76, 36), (-81, 31), (-80, 26), (-84, 30), (-94, 29), (-97, 22), (-91, 19),
                      (-87, 21), (-88, 16), (-83, 14), (-82, 9), (-78, 8), (-83, 8), (-92, 15), (-105, 20), (-112, 29), (-117, 33),
                      (-124, 40), (-124, 48), (-134, 58), (-150, 60), (-164, 55), (-160, 60)],
    "South America": [(-78, 9), (-72, 12), (-62, 10), (-51, 4), (-44, -3), (-35, -6), (-39, -15), (-41, -22), (-48, -27), (-58, -37),
                      (-65, -42), (-68, -50), (-69, -55), (-75, -51), (-73, -38), (-70, -20), (-76, -14), (-81, -5), (-80, 1)],
    "Greenland": [(-73, 78), (-60, 82), (-30, 83), (-18, 78), (-22, 70), (-40, 65), (-45, 60), (-52, 65), (-55, 72)],
    "Africa": [(-6, 35), (10, 37), (20, 32), (32, 31), (37, 21), (43, 12), (51, 12), (40, -3), (40, -15), (35, -22), (31, -30),
               (20, -35), (17, -29), (12, -17), (13, -6), (9, 4), (-4, 5), (-13, 9), (-17, 15), (-16, 22), (-10, 30)],
    "Eurasia": [(-9, 37), (-9, 43), (-1, 44), (-2, 49), (8, 54), (8, 58), (5, 61), (14, 68), (25, 71), (40, 67), (60, 69), (70, 73),
                (100, 77), (115, 74), (140, 73), (160, 70), (180, 69), (180, 65), (170, 60), (162, 57), (157, 51), (156, 57),
                (143, 59), (135, 54), (140, 48), (130, 42), (128, 35), (122, 40), (121, 31), (116, 23), (108, 21), (109, 12),
                (104, 9), (100, 13), (104, 2), (98, 8), (97, 16), (91, 22), (80, 15), (77, 8), (72, 20), (66, 25), (57, 26),
                (48, 30), (56, 24), (59, 22), (52, 16), (44, 13), (35, 28), (36, 36), (27, 37), (23, 37), (19, 42), (13, 45),
                (16, 39), (10, 44), (3, 43), (0, 39), (-5, 36)],
    "Britain": [(-6, 50), (2, 51), (0, 54), (-3, 58), (-6, 57), (-4, 54)],
    "Japan": [(130, 32), (136, 34), (141, 36), (142, 43), (145, 44), (141, 45), (139, 39), (132, 35)],
    "Borneo": [(109, 1), (117, 7), (119, 2), (116, -4), (110, -2)],
    "Sumatra": [(95, 6), (104, -1), (106, -6), (101, -3)],
    "New Guinea": [(131, -1), (141, -3), (148, -7), (150, -11), (141, -9), (134, -4)],
    "Australia": [(114, -22), (122, -18), (130, -12), (136, -12), (140, -18), (142, -11), (146, -19), (153, -27), (150, -37),
                  (144, -39), (138, -35), (131, -32), (124, -33), (115, -35)],
    "New Zealand": [(173, -35), (178, -38), (174, -42), (170, -46), (167, -46), (172, -41)],
    "Madagascar": [(44, -17), (50, -15), (48, -25), (44, -25)],
    "Antarctica": [(-180, -78), (-150, -77), (-120, -74), (-75, -73), (-58, -63), (-62, -75), (-30, -77), (-10, -71), (30, -69),
                   (60, -67), (100, -66), (140, -67), (170, -72), (180, -78), (180, -90), (-180, -90)],
}
MISSING = -999.0


def inside(lon, lat, corners):
    """Which points are in the polygon: an odd number of its edges is crossed going east."""
    found = np.zeros(lon.shape, bool)
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1]):
        if y1 != y2:
            crosses = (lat > min(y1, y2)) & (lat <= max(y1, y2))
            found ^= crosses & (lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1))
    return found


def field(months=3, rows=36, columns=72):
    """Degrees Celsius, float32 of shape (months, rows, columns): north at the top, 180 W at the left."""
    lat = 90 - (np.arange(rows) + 0.5) * 180.0 / rows
    lon = -180 + (np.arange(columns) + 0.5) * 360.0 / columns
    lon, lat = np.meshgrid(lon, lat)
    land = np.zeros(lon.shape, bool)
    for corners in CONTINENTS.values():
        land |= inside(lon, lat, corners)
    made = np.ma.masked_all((months, rows, columns), dtype="<f4")
    for month in range(months):
        thermal = lat - 8 * np.sin((month - 2.5) * np.pi / 6)
        warmth = 31 * np.exp(-((thermal / 38) ** 2)) - 2
        warmth += 1.6 * np.exp(-(((lon - 150) / 40) ** 2) - (lat / 14) ** 2)
        warmth -= 3.2 * np.exp(-(((lon + 95) / 25) ** 2) - (lat / 6) ** 2)
        warmth += 4.0 * np.exp(-(((lon + 25) / 30) ** 2) - ((lat - 55) / 14) ** 2)
        warmth += 0.7 * np.sin(lon / 11 + month) * np.cos(lat / 7 - month)
        made.data[month] = np.round(np.maximum(warmth, -1.8), 2)
        made.mask[month] = land
    # What lies beneath the mask differs from cell to cell, as in real files: it must survive as well.
    hidden = made.data[made.mask]
    hidden[:] = np.where(np.arange(hidden.size) % 3 == 0, MISSING, np.round(hidden - 5, 1))
    hidden[7] = np.nan
    made.data[made.mask] = hidden
    made.fill_value = MISSING
    return made


def main():
    written = field()
    data = written.dumps()
    folder = Folder("demo", "", "numpy")
    folder.add("sst.pkl", data, "pickle", "sea-surface temperature (month, latitude, longitude) in degrees Celsius, land masked",
               reading.agreed(written, pickle.loads(data)), protocol=2, method="dumps", identical=True,
               numpy=int(np.__version__[0]))
    folder.finish()


def picture(values):
    shades = " .:-=+*%@"
    for row in values[::2].filled(np.nan):
        print("".join("#" if np.isnan(v) else shades[min(int((v + 2) / 4), 8)] for v in row))


if __name__ == "__main__":
    main()
