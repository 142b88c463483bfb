/**
 * A value that JSON, logs and request hashes see only as "concealed". Idempotency keys keep a hash of each request: a plain
 * SHA-256 over a password would be easy to guess it from.
 */
export class Concealed<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toJSON(): string {
    return 'concealed';
  }
}
