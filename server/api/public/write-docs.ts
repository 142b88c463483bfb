import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { incompatibilities } from './compatibility.ts';
import type { JsonObject } from './document.ts';
import { ERRORS_FILE, errorsPage, OPENAPI_FILE, openApiText } from './generated-docs.ts';

/**
 * `npm run api:docs` writes docs/openapi.json and docs/api/errors.md anew. It refuses a change that would break
 * clients, and says which; --breaking writes it all the same, for a new version of the API.
 */
const { values } = parseArgs({ options: { breaking: { type: 'boolean', default: false } } });
const text = openApiText();
const broken = existsSync(OPENAPI_FILE)
  ? incompatibilities(JSON.parse(readFileSync(OPENAPI_FILE, 'utf8')) as JsonObject, JSON.parse(text) as JsonObject)
  : [];
if (broken.length > 0) {
  process.stderr.write(
    `This breaks clients that were written against docs/openapi.json:\n${broken.map((each) => `  ${each}\n`).join('')}`,
  );
  if (!values.breaking) process.exit(1);
}
writeFileSync(OPENAPI_FILE, text);
writeFileSync(ERRORS_FILE, errorsPage());
