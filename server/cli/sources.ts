import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What is read through: everything that people of this project write. */
const FOLDERS = ['.ci', 'app', 'bench', 'components', 'docs', 'e2e', 'jobs', 'prisma', 'server'];
const WRITTEN = /\.(ts|tsx|mjs|cjs|js|css|sql|md|json|yaml)$|(^|\/)(Dockerfile|run)$/;
const CODE = /\.(ts|tsx|mjs|cjs|js|css)$/;
/** Made by a tool. */
const GENERATED = /(^|\/)(package-lock\.json|openapi\.json|next-env\.d\.ts)$|^server\/platform\/prisma\/|(^|\/)node_modules\//;

/** A file longer than this tells two stories. Past the soft limit it is only mentioned. */
const HARD_LINES = 400;
const SOFT_LINES = 250;

export interface Source {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every file somebody wrote, without what tools make. */
export function readSources(root: string): Source[] {
  const inFolder = (folder: string) => {
    const entries = readdirSync(join(root, folder), { withFileTypes: true, recursive: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name)));
  };
  const top = readdirSync(root, { withFileTypes: true });
  const folders = top.filter((entry) => entry.isDirectory() && FOLDERS.includes(entry.name)).map((entry) => entry.name);
  const files = top.filter((entry) => entry.isFile()).map((entry) => entry.name);
  return [...files, ...folders.flatMap(inFolder)]
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => WRITTEN.test(path) && !GENERATED.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** Files of code past a number of lines, the longest first. */
function longerThan(sources: readonly Source[], limit: number): { path: string; lines: number }[] {
  return sources
    .filter(({ path }) => CODE.test(path))
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > limit)
    .sort((a, b) => b.lines - a.lines);
}

/** What is too long, as lines of a report, and how many are long. */
export function judgeSizes(sources: readonly Source[]): { readonly tooLong: readonly string[]; readonly long: number } {
  const tooLong = longerThan(sources, HARD_LINES);
  return {
    tooLong: tooLong.map(({ path, lines }) => `${path} has ${lines} lines; at most ${HARD_LINES}. Split it by what it is about.`),
    long: longerThan(sources, SOFT_LINES).length - tooLong.length,
  };
}

/** Written in pieces, so that this file passes its own check. */
const UNFINISHED = new RegExp(`\\b(TO${'DO'}|FIX${'ME'}|XX${'X'})\\b|not ${'implemented'}|coming ${'soon'}`, 'i');
/** Where some developer's clone lies: nowhere on another machine. */
const SOMEBODYS_FOLDER = /(?:^|[\s"'`(=:,])\/(?:root|work|home|Users)\/[\w.-]+/;

/** Lines that promise what is not there, or that work on one machine only. */
export function judgeWords(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const found = UNFINISHED.exec(line) ?? SOMEBODYS_FOLDER.exec(line);
      return found ? [`${path}:${index + 1}: ${found[0].trim()}`] : [];
    }),
  );
}
