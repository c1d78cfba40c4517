import { expect, test } from "vitest";
import { count, type Report } from "../count.mjs";

const report = (passed: number, failed: number, more: Partial<Report> = {}): Report => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: failed > 0 ? "failed" : "passed", assertionResults: [{}] }],
  ...more,
});

test.each<[string, boolean, (Report | undefined)[], number, number, string]>([
  ["a step without tests", true, [], 0, 0, "ok"],
  ["a step without tests that fails", false, [], 0, 1, "failed"],
  ["two suites", true, [report(3, 0), report(4, 0)], 7, 0, "7 passed, 0 failed"],
  ["failing tests count once each", false, [report(3, 2)], 3, 2, "3 passed, 2 failed"],
  ["a suite that wrote no report", false, [undefined], 0, 1, "0 passed, 1 failed"],
  ["a break outside the tests", false, [report(3, 0)], 3, 1, "3 passed, 1 failed"],
  [
    "a file that does not load",
    false,
    [report(3, 0, { testResults: [{ status: "failed", assertionResults: [] }] })],
    3,
    1,
    "3 passed, 1 failed",
  ],
  ["skipped tests are named", true, [report(3, 0, { numPendingTests: 2 })], 3, 0, "3 passed, 0 failed, 2 NOT RUN"],
])("%s", (_, succeeded, reports, passed, failed, line) => {
  expect(count(succeeded, reports)).toEqual({ passed, failed, line });
});
