import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isOlder, judgeVersions, type Lockfile } from './pinned-minimums.ts';
import { ROOT } from './project.ts';

const lockfile = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lockfile;
const withPackage = (path: string, version: string): Lockfile => ({ packages: { ...lockfile.packages, [path]: { version } } });

test('the lockfile as it is passes', () => {
  expect(judgeVersions(lockfile)).toEqual([]);
});

test.each([
  ['node_modules/next', '16.3.2'],
  ['node_modules/next-auth', '4.24.14'],
  ['node_modules/nodemailer', '9.0.0'],
  ['node_modules/nodemailer', '9.0.1-beta.1'],
  ['node_modules/next-auth/node_modules/nodemailer', '7.0.6'],
  ['node_modules/next-auth/node_modules/jose', '4.15.4'],
  ['node_modules/some/node_modules/@trpc/server', '11.0.0'],
])('%s of version %s fails, whoever brought it along', (path, version) => {
  expect(judgeVersions(withPackage(path, version))).toEqual([expect.stringContaining(`${path} is ${version}`)]);
});

test('a package that is gone from the lockfile is told, not taken for safe', () => {
  const { 'node_modules/next-auth': _gone, ...packages } = lockfile.packages;
  expect(judgeVersions({ packages })).toEqual([expect.stringContaining('next-auth')]);
});

test('another package whose name only ends the same is not judged', () => {
  expect(judgeVersions(withPackage('node_modules/@some/next', '0.0.1'))).toEqual([]);
  expect(judgeVersions(withPackage('node_modules/not-next', '0.0.1'))).toEqual([]);
});

test('versions are compared by their numbers, a pre-release before its release, and nonsense is old', () => {
  const older = (version: string): boolean => isOlder(version, '9.10.1');
  expect(['9.9.9', '9.10.0', '8.99.99', '9.10.1-rc.1', 'latest', ''].map(older)).toEqual(Array(6).fill(true));
  expect(['9.10.1', '9.10.2', '9.11.0', '10.0.0', '9.10.2-rc.1'].map(older)).toEqual(Array(5).fill(false));
});
