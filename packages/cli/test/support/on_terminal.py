"""A program on a pseudo-terminal.   usage: on_terminal.py < JSON: {argv, env, rows, columns, steps: [[wait for this text, type this], …]}

Prints, as JSON, everything the program wrote and its exit status. What is typed waits until its text has come; the whole takes 50 s at most.
"""
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

task = json.load(sys.stdin)
size = struct.pack("HHHH", task["rows"], task["columns"], 0, 0)
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, size)
    os.execvpe(task["argv"][0], task["argv"], task["env"])
written = b""
seen = 0
steps = list(task["steps"])
deadline = time.monotonic() + 50
while time.monotonic() < deadline:
    while steps:
        at = written.find(steps[0][0].encode(), seen)
        if at < 0:
            break
        seen = at + len(steps[0][0].encode())
        os.write(terminal, steps.pop(0)[1].encode())
    ready, _, _ = select.select([terminal], [], [], 0.2)
    if not ready:
        continue
    try:
        chunk = os.read(terminal, 65536)
    except OSError:  # EIO: the program has ended
        break
    if not chunk:
        break
    written += chunk
else:
    os.kill(child, 9)
_, status = os.waitpid(child, 0)
print(json.dumps({"written": written.decode("utf-8", "replace"), "code": os.waitstatus_to_exitcode(status), "left": steps}))
