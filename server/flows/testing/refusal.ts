import { DomainError } from '../../kernel/errors.ts';

/** What somebody was told who was refused; anything else that happens is thrown. */
export async function refusalOf(promise: Promise<unknown>): Promise<DomainError> {
  const error = await promise.then(
    () => new Error('It was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof DomainError) return error;
  throw error;
}
