export interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}
export declare function count(
  succeeded: boolean,
  reports: (Report | undefined)[],
): { passed: number; failed: number; line: string };
