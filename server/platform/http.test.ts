import type { IncomingMessage } from 'node:http';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { DomainError } from '../kernel/errors.ts';
import { admitRequest, pathForLog, problemOf, trustedProxies } from './http.ts';
import { linkToken } from './link-token.ts';

const log = pino({ level: 'silent' });

function from(remoteAddress: string, headers: Record<string, string> = {}, url = '/'): IncomingMessage {
  return { headers, url, socket: { remoteAddress } } as unknown as IncomingMessage;
}

test('X-Forwarded-For counts only as far as trusted proxies wrote it', () => {
  const trusted = trustedProxies('10.0.0.0/8, ::1');
  const ipOf = (address: string, forwarded: string): string =>
    admitRequest(from(address, { 'x-forwarded-for': forwarded }), log, trusted).ip;
  expect(ipOf('203.0.113.9', '1.1.1.1')).toBe('203.0.113.9'); // not a proxy of ours
  expect(ipOf('10.0.0.2', '6.6.6.6, 198.51.100.7')).toBe('198.51.100.7'); // the client made up the first
  expect(ipOf('::ffff:10.0.0.2', '198.51.100.7, 10.0.0.3')).toBe('198.51.100.7'); // through two of ours
  expect(ipOf('::1', 'nonsense')).toBe('::1');
  expect(ipOf('10.0.0.2', '')).toBe('10.0.0.2');
  expect(() => trustedProxies('10.0.0.0/8, proxy.internal')).toThrow('"proxy.internal" is not an address');
});

test('a path is logged without its query and without the secrets in it', () => {
  expect(pathForLog(from('::1', {}, '/track/kJ3nV9sQ0aBcDeFgHiJkLm?x=1'))).toBe('/track/[secret]');
  const token = linkToken('track', '01900000-0000-7000-8000-000000000001', 'a secret of the tests, long enough');
  expect(pathForLog(from('::1', {}, `/track/${token}`))).toBe('/track/[secret]');
  expect(pathForLog(from('::1', {}, '/_next/static/chunks/a-chunk-with-a-long-name.js'))).toBe(
    '/_next/static/chunks/a-chunk-with-a-long-name.js',
  );
  expect(pathForLog(from('::1', {}, '/orders/01900000-0000-7000-8000-000000000001'))).toBe(
    '/orders/01900000-0000-7000-8000-000000000001',
  );
});

test('a problem carries the data of its refusal but can not be made to say another status', () => {
  const problem = problemOf(
    new DomainError('state_refuses', 'It has shipped.', { status: 200, shippedAt: 'now', cause: 'inside' }),
    'r-1',
  );
  expect(problem).toMatchObject({ status: 409, code: 'state_refuses', detail: 'It has shipped.', shippedAt: 'now' });
  expect(problem).not.toHaveProperty('cause');
  expect(problemOf(new Error('inside'), 'r-1')).toMatchObject({ status: 500, code: 'internal', retryable: true });
});
