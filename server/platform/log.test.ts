import { expect, test } from 'vitest';
import { createLog } from './log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown> {
  let line = '';
  const log = createLog(
    { level: 'info', role: 'test', region: 'EU' },
    {
      write(text: string) {
        line += text;
      },
    },
  );
  write(log);
  return JSON.parse(line) as Record<string, unknown>;
}

test('a line carries role, region and the ids of its request', () => {
  const line = logged((log) => log.child({ requestId: 'r-1', traceId: 't-1' }).info({ orderId: 'o-1' }, 'placed'));
  expect(line).toMatchObject({
    level: 'info',
    message: 'placed',
    role: 'test',
    region: 'EU',
    requestId: 'r-1',
    traceId: 't-1',
    orderId: 'o-1',
  });
});

test('secrets and personal data are hidden under telling names, at any depth', () => {
  const line = logged((log) =>
    log.info(
      {
        headers: { authorization: 'Bearer wb_live_1', Cookie: 'a=b', 'x-api-key': 'k', host: 'shop' },
        user: { emailNormalized: 'x', phone: '+49', accounts: [{ passwordHash: 'h', id: 7 }] },
        resetToken: 't',
        amount: 5n,
        token: null,
      },
      'asked',
    ),
  );
  expect(line).toMatchObject({
    headers: { authorization: '[redacted]', Cookie: '[redacted]', 'x-api-key': '[redacted]', host: 'shop' },
    user: { emailNormalized: '[redacted]', phone: '[redacted]', accounts: [{ passwordHash: '[redacted]', id: 7 }] },
    resetToken: '[redacted]',
    amount: '5',
    token: null,
  });
});

test('an error keeps what helps, without the values that PostgreSQL quotes and without addresses', () => {
  const error = Object.assign(new Error('duplicate key for jane.doe@example.com', { cause: new Error('inner') }), {
    code: '23505',
    constraint: 'users_email_normalized_key',
    detail: 'Key (email_normalized)=(jane.doe@example.com) already exists.',
  });
  const line = logged((log) => log.error({ err: error }, 'failed'));
  expect(line.err).toMatchObject({
    type: 'Error',
    code: '23505',
    constraint: 'users_email_normalized_key',
    cause: { message: 'inner' },
  });
  expect(JSON.stringify(line)).not.toContain('jane.doe');
});
