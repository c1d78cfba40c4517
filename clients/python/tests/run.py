"""Runs the tests and writes how they went. usage: run.py REPORT.json"""

import json
import sys
import unittest
from pathlib import Path

suite = unittest.defaultTestLoader.discover(str(Path(__file__).parent))
result = unittest.TextTestRunner(verbosity=1).run(suite)
failed = len(result.failures) + len(result.errors)
report = {
    "numPassedTests": result.testsRun - failed - len(result.skipped),
    "numFailedTests": failed,
    "numPendingTests": len(result.skipped),
    "numTodoTests": 0,
    "testResults": [],
}
Path(sys.argv[1]).write_text(json.dumps(report))
sys.exit(failed > 0)
