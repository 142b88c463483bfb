import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { listMessages, loadCatalogue, translate } from './ui/messages/catalogue.ts';
import { de } from './ui/messages/de.ts';
import { en } from './ui/messages/en.ts';

const ROOT = join(import.meta.dirname, '..');
const english = listMessages(en);
const german = listMessages(de);
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

describe('the catalogues', () => {
  it('German says everything English says', () => {
    expect([...english.keys()].filter((key) => !german.has(key))).toEqual([]);
  });

  it('German says nothing English does not', () => {
    expect([...german.keys()].filter((key) => !english.has(key))).toEqual([]);
  });

  it('a message names the same values in both languages', () => {
    const differing = [...english].filter(([key, text]) => {
      const other = german.get(key);
      return other !== undefined && placeholders(text).join() !== placeholders(other).join();
    });
    expect(differing.map(([key]) => key)).toEqual([]);
  });

  it('chooses plurals and fills in values; a language speaks English until it was loaded', async () => {
    expect(translate('de', 'ui.changedBy', { name: 'Ana' })).toBe('Changed by Ana');
    await loadCatalogue('de');
    expect(loadCatalogue('de')).toBeNull();
    expect(translate('en', 'ui.selected', { count: 1 })).toBe('1 selected');
    expect(translate('de', 'ui.changedBy', { name: 'Ana' })).toBe('Geändert von Ana');
  });
});

/** Attributes that people read or hear. */
const READ = new Set(['label', 'title', 'placeholder', 'aria-label', 'alt', 'description']);
/** Codes of currencies and countries are the same in every language. */
const CODE = /^[A-Z]{2,3}$/;
/** The kit page is for those who build pages, in English. */
const EXEMPT = [join('app', 'design')];

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.tsx') && !entry.name.endsWith('.test.tsx'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((path) => !EXEMPT.some((exempt) => path.startsWith(exempt)));
}

/** A literal directly in an attribute or in braces; a variable or t(…) is fine. */
function literalIn(node: ts.Node | undefined): string | undefined {
  if (!node) return undefined;
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  return ts.isJsxExpression(node) ? literalIn(node.expression) : undefined;
}

/** Each piece of visible text that is written into the code, as "line: text". */
export function hardCodedText(source: string, path = 'page.tsx'): string[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const note = (node: ts.Node, text: string) => {
    if (!/\p{L}/u.test(text) || CODE.test(text)) return;
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${path}:${line + 1}: ${text.trim()}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) note(node, node.text);
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) note(node, literalIn(node) ?? '');
    if (ts.isJsxAttribute(node) && READ.has(node.name.getText())) note(node, literalIn(node.initializer) ?? '');
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

describe('no page carries words of its own', () => {
  it('finds text, attributes and literals in braces, and leaves t(…) and figures alone', () => {
    const bad = `<div title="Orders">Hello {"there"} <input placeholder={\`Search\`} /></div>`;
    expect(hardCodedText(bad)).toEqual(['page.tsx:1: Orders', 'page.tsx:1: Hello', 'page.tsx:1: there', 'page.tsx:1: Search']);
    expect(hardCodedText(`<p title={t('a.b')} key="x" className="y">{t('a.c')} · 3 {name}</p>`)).toEqual([]);
  });

  it.each(['app', 'components'])('in %s/', (folder) => {
    const found = filesBelow(folder).flatMap((path) => hardCodedText(readFileSync(join(ROOT, path), 'utf8'), path));
    expect(found).toEqual([]);
  });
});
