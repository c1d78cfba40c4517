"""Runs code sent as JSON lines and answers with seconds: {"run": code} once, {"value": code} evaluated, {"time": code, "loops": n} timed, {"peak": code}."""
import gc
import json
import os
import sys
import time

space = {}


def resident(field):
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
    return 0


def peak_of(code):
    """Bytes resident at most while `code` runs, beyond what was resident before."""
    for name in ("r", "b"):  # what earlier rounds left
        space.pop(name, None)
    gc.collect()
    with open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")
    before = resident("VmRSS")
    exec(code, space)
    return resident("VmHWM") - before


for line in sys.stdin:
    asked = json.loads(line)
    try:
        if "run" in asked:
            exec(compile(asked["run"], "<bench>", "exec"), space)
            answer = None
        elif "value" in asked:
            answer = eval(asked["value"], space)
        elif "peak" in asked:
            answer = peak_of(compile(asked["peak"], "<bench>", "exec"))
        else:
            code = compile("for _ in range(%d):\n  %s" % (asked["loops"], asked["time"]), "<bench>", "exec")
            start = time.perf_counter()
            exec(code, space)
            answer = (time.perf_counter() - start) / asked["loops"]
        print(json.dumps({"answer": answer}), flush=True)
    except Exception as error:
        print(json.dumps({"error": "%s: %s" % (type(error).__name__, error)}), flush=True)
