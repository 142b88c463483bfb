import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENV_NAMES, readEnv } from '../server/platform/env.ts';

const page = readFileSync(join(import.meta.dirname, 'environment.md'), 'utf8');

describe('the environment', () => {
  it('is explained in docs/environment.md, name by name', () => {
    expect(ENV_NAMES.filter((name) => !new RegExp(`^\\|.*\`${name}\`.*\\|.*\\|`, 'm').test(page))).toEqual([]);
  });

  const complete = {
    NODE_ENV: 'production',
    DATABASE_URL: 'postgres://waybill_app@db/waybill',
    WAYBILL_SECRET: 'x'.repeat(32),
    WAYBILL_DATA_KEY: 'x'.repeat(44),
  };

  it('of production takes no secret that is published here', () => {
    expect(() => readEnv(complete)).toThrow(/set PSP_SECRET_KEY, PSP_WEBHOOK_SECRET, CARRIER_API_KEY, CARRIER_WEBHOOK_SECRET/);
    const own = { PSP_SECRET_KEY: 'a', PSP_WEBHOOK_SECRET: 'b', CARRIER_API_KEY: 'c', CARRIER_WEBHOOK_SECRET: 'd' };
    expect(readEnv({ ...complete, ...own }).PSP_SECRET_KEY).toBe('a');
    expect(readEnv({ ...complete, WAYBILL_DEMO: '1' }).WAYBILL_DEMO).toBe('1');
  });

  it('is refused with the names of what is missing', () => {
    expect(() => readEnv({ ...complete, WAYBILL_SECRET: 'short', DATABASE_URL: undefined })).toThrow(
      /DATABASE_URL.*WAYBILL_SECRET/,
    );
  });
});
