import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';

/** 256 random bits as URL-safe text: too many to guess, so one SHA-256 is enough to store them by. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** How secrets are stored and looked up. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/**
 * Tells two secrets apart without keeping either: an HMAC under WAYBILL_DATA_KEY, so that whoever reads the database alone cannot guess a
 * password from it.
 */
export function digestSecret(secret: string, purpose: string, key: string): string {
  return createHmac('sha256', dataKey(key)).update(`${purpose}\n${secret}`).digest('hex');
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Reads WAYBILL_DATA_KEY. Throws a sentence where it is not 32 bytes. */
function dataKey(base64: string): Buffer {
  const key = Buffer.from(base64, 'base64');
  if (key.length !== 32) throw new Error('WAYBILL_DATA_KEY must be 32 bytes in base64. Make one with: openssl rand -base64 32');
  return key;
}

/** Encrypts with AES-256-GCM. `purpose` is authenticated, so that a value cannot be moved to another use. */
export function seal(plain: string, purpose: string, key: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', dataKey(key), iv);
  cipher.setAAD(Buffer.from(purpose));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return `v1.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
}

/** Opens what `seal` made for the same purpose. Throws where the key or purpose differ or a bit has changed. */
export function open(sealed: string, purpose: string, key: string): string {
  const [version, text] = sealed.split('.', 2);
  if (version !== 'v1' || text === undefined) throw new Error('This is not a sealed secret');
  const bytes = Buffer.from(text, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', dataKey(key), bytes.subarray(0, IV_BYTES));
  decipher.setAAD(Buffer.from(purpose));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
}
