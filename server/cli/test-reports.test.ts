import { describe, expect, it } from 'vitest';
import { playwrightCounts, vitestCounts } from './test-reports.ts';

const vitest = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, testResults: [] };

describe('totals of a test run', () => {
  it('are those of the reports', () => {
    expect(vitestCounts(vitest, 1)).toEqual({ passed: 5, failed: 1, skipped: 2 });
    const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 3 };
    expect(playwrightCounts({ stats }, 1)).toEqual({ passed: 4, failed: 2, skipped: 3 });
  });

  it('count a file that could not be loaded', () => {
    const report = { ...vitest, numFailedTests: 0, testResults: [{ status: 'failed', assertionResults: [] }] };
    expect(vitestCounts(report, 1).failed).toBe(1);
  });

  it('are never clean when the runner ended badly or wrote nothing', () => {
    expect(vitestCounts({ ...vitest, numFailedTests: 0 }, 1).failed).toBe(1);
    expect(vitestCounts(undefined, 0).failed).toBe(1);
    expect(playwrightCounts(undefined, 0).failed).toBe(1);
    expect(playwrightCounts({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 } }, 1).failed).toBe(1);
  });
});
