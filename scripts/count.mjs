/**
 * What a step came to, from its success and the JSON reports it should have written (undefined: it did not).
 * Tests that did not run are named in the line: nothing is skipped in silence.
 */
export function count(succeeded, reports) {
  let passed = 0;
  let failed = 0;
  let idle = 0;
  for (const report of reports) {
    if (!report) {
      failed++; // the suite did not get as far as a report
      continue;
    }
    passed += report.numPassedTests;
    failed += report.numFailedTests;
    idle += report.numPendingTests + report.numTodoTests;
    // A file that breaks before its first test.
    failed += report.testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.length === 0,
    ).length;
  }
  if (!succeeded && failed === 0) failed = 1;
  const tests =
    reports.length > 0 ? `${passed} passed, ${failed} failed${idle > 0 ? `, ${idle} NOT RUN` : ""}` : undefined;
  return { passed, failed, line: tests ?? (failed > 0 ? "failed" : "ok") };
}
