import { ERRORS, type ErrorCode } from '../../kernel/errors.ts';
import { openApiDocument } from './document.ts';
import { ERROR_ADVICE } from './error-advice.ts';

/** The pages under docs/ that are made from the code; a test compares them. */
export const OPENAPI_FILE: URL = new URL('../../../docs/openapi.json', import.meta.url);
export const ERRORS_FILE: URL = new URL('../../../docs/api/errors.md', import.meta.url);

export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`;
}

/** docs/api/errors.md. */
export function errorsPage(): string {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  const rows = codes.map(
    (code) =>
      `| [\`${code}\`](#${code}) | ${ERRORS[code].status} | ${ERRORS[code].retryable ? 'yes' : 'no'} | ${ERRORS[code].title} |`,
  );
  const entries = codes.map(
    (code) => `### ${code}\n\n${ERRORS[code].title} (HTTP ${ERRORS[code].status})\n\n${ERROR_ADVICE[code]}\n`,
  );
  return `# Errors

<!-- Generated from server/kernel/errors.ts by server/api/public/write-docs.ts. -->

Every refusal is a problem document (RFC 9457), sent as \`application/problem+json\`:

\`\`\`json
{
  "type": "/problems/out_of_stock",
  "title": "There is not enough stock.",
  "status": 422,
  "code": "out_of_stock",
  "detail": "MUG-RED: 3 are available.",
  "retryable": false,
  "instance": "urn:waybill:request:019ab0c2-7b0e-7cc1-9d4f-1a2b3c4d5e6f",
  "request_id": "019ab0c2-7b0e-7cc1-9d4f-1a2b3c4d5e6f"
}
\`\`\`

Decide on \`code\`, show \`detail\` to a person, tell \`request_id\` to support. \`errors\`, where it is there, names each wrong field by JSON
Pointer (RFC 6901). \`type\` is an address on the same server that explains the error. Retryable errors carry \`Retry-After\`: repeat the
same request under the same Idempotency-Key. New codes may be added; treat one you do not know by its status.

| code | status | retryable | what it means |
|---|---|---|---|
${rows.join('\n')}

${entries.join('\n')}`;
}
