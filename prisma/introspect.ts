import { withSchemaEngine } from '../server/platform/schema-engine.ts';

const HEAD = `// Written by "npm run db:pull" from the migrated database; "npm run check" fails when the two differ.
generator client {
  provider            = "prisma-client"
  output              = "../server/platform/prisma"
  runtime             = "nodejs"
  importFileExtension = "ts"
  moduleFormat        = "esm"
  previewFeatures     = ["partialIndexes"]
}

datasource db {
  provider = "postgresql"
}
`;

/**
 * The schema of a migrated database as Prisma reads it, with our names: table order_lines is model OrderLine, column
 * merchant_id is field merchantId. The same database always gives the same text.
 */
export async function introspect(ownerUrl: string): Promise<string> {
  const result = await withSchemaEngine(ownerUrl, [['schema.prisma', HEAD]], (engine) =>
    engine.introspect({
      schema: { files: [{ path: 'schema.prisma', content: HEAD }] },
      baseDirectoryPath: import.meta.dirname,
      force: true,
      compositeTypeDepth: 0,
      namespaces: null,
    }),
  );
  const content = result.schema.files[0]?.content;
  if (!content) throw new Error('The schema engine found no tables. Run npm run migrate first.');
  return HEAD + rename(content.slice(content.indexOf('model ')));
}

const camel = (snake: string) => snake.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const singular = (word: string) =>
  word.endsWith('ies') ? `${word.slice(0, -3)}y` : /(?:ses|xes)$/.test(word) ? word.slice(0, -2) : word.replace(/(?<!s)s$/, '');
const modelName = (table: string) => camel(`_${singular(table)}`);

/** Gives every model and field its name in code and maps it to its name in the database. */
function rename(schema: string): string {
  const tables = new Set([...schema.matchAll(/^model (\w+) \{$/gm)].map((match) => match[1] ?? ''));
  const lines: string[] = [];
  let table = '';
  for (const line of schema.split('\n')) {
    const head = /^model (\w+) \{$/.exec(line);
    if (line.startsWith('///')) continue; // the engine's remarks on CHECKs, which SQL migrations keep
    if (head?.[1]) {
      table = head[1];
      lines.push(`model ${modelName(table)} {`);
    } else if (line === '}') {
      if (modelName(table) !== table) lines.push('', `  @@map("${table}")`);
      lines.push(line);
    } else {
      lines.push(line.trimStart().startsWith('@@') ? renameLists(line) : renameField(line, tables));
    }
  }
  return `\n${lines.join('\n').trim()}\n`;
}

/** Field lists of @@id, @@index, @relation: the words inside brackets, and never what follows a colon inside them. */
function renameLists(line: string): string {
  return line.replace(/\[([^\]"]*)\]/g, (_, list: string) => `[${list.replace(/\b[a-z][a-z0-9_]*\b(?!:)/g, camel)}]`);
}

function renameField(line: string, tables: ReadonlySet<string>): string {
  const field = /^ {2}(\w+)\s+(\w+)(\S*)\s*(.*)$/.exec(line);
  if (!field) return line;
  const [, name = '', type = '', suffix = '', rest = ''] = field;
  if (tables.has(type)) {
    const many = suffix === '[]';
    const named = camel(many || name !== type ? name : singular(name));
    return `  ${named} ${modelName(type)}${suffix} ${renameLists(rest)}`.trimEnd();
  }
  const mapped = camel(name) === name ? '' : ` @map("${name}")`;
  return `  ${camel(name)} ${type}${suffix} ${rest}${mapped}`.trimEnd().replace(/ {2,}@/g, ' @');
}
