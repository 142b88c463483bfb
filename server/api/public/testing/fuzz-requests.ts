import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** What of a request is not its JSON: bytes, headers, and the ways to write one body or address in another form. */
export interface RawRequest {
  readonly raw: string | Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const bytes = (...parts: (string | readonly number[])[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part)))));
const MEGABYTES_OF_NOTHING = gzipSync(Buffer.alloc(16 * 1024 * 1024));
const DEEP = 20_000;

/** Each takes a fitting body and sends it as nobody should. */
const TWISTS: readonly ((body: string) => RawRequest)[] = [
  (body) => ({ raw: body, headers: JSON_TYPE }),
  // Another type, or the right one in disguise.
  (body) => ({ raw: body, headers: { 'content-type': 'text/plain' } }),
  (body) => ({ raw: body, headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
  (body) => ({ raw: body, headers: { 'content-type': 'multipart/form-data; boundary=x' } }),
  (body) => ({ raw: body, headers: { 'content-type': 'application/json, text/html' } }),
  (body) => ({ raw: body, headers: { 'content-type': 'APPLICATION/JSON; charset=utf-16' } }),
  // Another encoding.
  (body) => ({
    raw: new Uint8Array(Buffer.from(body, 'utf16le')),
    headers: { 'content-type': 'application/json; charset=utf-16' },
  }),
  (body) => ({ raw: bytes([0xef, 0xbb, 0xbf], body), headers: JSON_TYPE }),
  (body) => ({ raw: bytes(body.slice(0, -1), ',"a":"', [0xc0, 0x80], '"}'), headers: JSON_TYPE }),
  (body) => ({ raw: bytes(body.slice(0, -1), ',"a":"', [0xe9], '"}'), headers: JSON_TYPE }),
  (body) => ({ raw: new Uint8Array(gzipSync(body)), headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } }),
  () => ({ raw: new Uint8Array(MEGABYTES_OF_NOTHING), headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } }),
  // Another shape.
  (body) => ({ raw: body.replace('{', '{"currency":"USD","currency":"EUR","lines":1,'), headers: JSON_TYPE }),
  (body) => ({ raw: body.replace('{', '{"__proto__":{"isAdmin":true,"merchantId":null},'), headers: JSON_TYPE }),
  (body) => ({ raw: body.replace('{', '{"constructor":{"prototype":{"isAdmin":true}},'), headers: JSON_TYPE }),
  (body) => ({ raw: body.replace(/:\d+/, ':1e400'), headers: JSON_TYPE }),
  (body) => ({ raw: body.replace(/:\d+/, ':-9007199254740993'), headers: JSON_TYPE }),
  (body) => ({ raw: body.replace(/:"[^"]*"/, ':"\\ud800"'), headers: JSON_TYPE }),
  (body) => ({ raw: body.replace(/:"[^"]*"/, ':"\\u0000"'), headers: JSON_TYPE }),
  (body) => ({ raw: body.slice(0, Math.floor(body.length / 2)), headers: JSON_TYPE }),
  (body) => ({ raw: `${body}${body}`, headers: JSON_TYPE }),
  (body) => ({ raw: `)]}',\n${body}`, headers: JSON_TYPE }),
  () => ({ raw: `{"a":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`, headers: JSON_TYPE }),
  () => ({ raw: `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`, headers: JSON_TYPE }),
  () => ({ raw: `{"a":"${'x'.repeat(900_000)}"}`, headers: JSON_TYPE }),
  () => ({ raw: `{"a":"${'x'.repeat(1_100_000)}"}`, headers: JSON_TYPE }),
  () => ({ raw: '', headers: JSON_TYPE }),
];

/** One body, twisted. What is not a JSON object is sent as it is. */
export const twisted = (body: fc.Arbitrary<unknown>): fc.Arbitrary<RawRequest> =>
  fc.tuple(body, fc.constantFrom(...TWISTS)).map(([value, twist]) => twist(JSON.stringify(value ?? {}) ?? '{}'));

/** Headers that have talked servers into things. None of them may change what an operation does, but for the key and what is preferred. */
export const headers: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Record<string, string>>({}) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Record<string, string>>(
      { 'idempotency-key': 'k'.repeat(255) },
      { 'idempotency-key': 'k'.repeat(256) },
      { 'idempotency-key': 'two words' },
      { 'idempotency-key': '\u00e9' },
      { 'idempotency-key': '4242424242424242' },
      { prefer: 'wait=0' },
      { prefer: 'wait=999999999999999999999' },
      { prefer: ',;=wait=-1' },
      { 'x-http-method-override': 'DELETE' },
      { 'x-method-override': 'PUT', 'x-http-method': 'PATCH' },
      { 'x-original-url': '/api/trpc/people.list', 'x-rewrite-url': '/metrics' },
      { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': 'evil.example', forwarded: 'for=127.0.0.1;host=evil.example' },
      { accept: 'text/html', 'accept-language': '*'.repeat(2_000) },
      { 'x-request-id': '../../etc/passwd' },
      { 'x-request-id': '4242424242424242' },
      { traceparent: `00-${'f'.repeat(32)}-${'f'.repeat(16)}-ff` },
      { origin: 'null', referer: 'https://evil.example/' },
      { cookie: 'next-auth.session-token=eyJhbGciOiJub25lIn0..; a=%zz' },
      { range: 'bytes=0-1,1-2', 'if-none-match': '*', 'if-modified-since': 'never' },
    ),
  },
);

/** Ways to write a segment of a path that is no name of anything. Dots alone are another address to fetch; wire.test.ts sends those. */
export const EVIL_SEGMENTS: readonly string[] = [
  '%',
  '%zz',
  '%ff',
  '%00',
  '%c0%af',
  '%ed%a0%80',
  '..%5c..',
  '%252e%252e%252f',
  ';a=b',
  '%0d%0aSet-Cookie:%20a=b',
  '__proto__',
  'constructor',
  'a'.repeat(6_000),
  '%F0%9F%92%A5',
  '4242424242424242',
];

/** Queries beside those of the operation: unknown, twice, malformed, of many, with the names that every object has. */
export const EVIL_QUERIES: readonly string[] = [
  '',
  '&',
  'limit=%zz',
  'limit=1&limit=2',
  'limit[]=1',
  'limit=1e2',
  'limit=99999999999999999999',
  '__proto__=1',
  'constructor=1&toString=2',
  'a=b;c=d',
  'cursor=%00',
  `cursor=${'A'.repeat(5_000)}`,
  `${'a=1&'.repeat(1_500)}b=2`,
  'status=&status=',
  'merchant_id=00000000-0000-7000-8000-000000000000',
];
