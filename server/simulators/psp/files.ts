import { newPspId } from './psp-id.ts';
import { Refusal } from './refusal.ts';

const MAX_BYTES = 5 * 1024 * 1024;

/** `POST /v1/files`: a multipart upload. What is in it is not kept: only that it came whole, and what it is for. */
export function uploadedFile(body: string, created: number): Record<string, unknown> {
  const part = (name: string): string | undefined =>
    new RegExp(`name="${name}"[^\\r\\n]*\\r?\\n(?:[^\\r\\n]+\\r?\\n)*\\r?\\n([^\\r]*)`).exec(body)?.[1];
  const filename = /name="file"; filename="([^"]*)"/.exec(body)?.[1];
  if (part('purpose') !== 'dispute_evidence' || filename === undefined || body.length > MAX_BYTES)
    throw new Refusal(400, 'invalid_request_error', 'Send a file, and what it is for.', { param: 'file' });
  const id = newPspId('file');
  const type = filename.split('.').at(-1) ?? null;
  const links = { object: 'list', data: [], has_more: false, url: `/v1/file_links?file=${id}` };
  const about = { created, expires_at: created + 214 * 86_400, filename, links, purpose: 'dispute_evidence' };
  return {
    id,
    object: 'file',
    ...about,
    size: body.length,
    title: null,
    type,
    url: `https://files.stripe.com/v1/files/${id}/contents`,
  };
}
