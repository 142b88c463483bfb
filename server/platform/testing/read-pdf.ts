import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** For tests: what a reader finds on each page of a PDF, line by line from the top, cells of a line joined by " | ". */
export async function readPdf(
  pdf: Uint8Array,
): Promise<{ readonly pages: readonly (readonly string[])[]; readonly title: string }> {
  const task = getDocument({ data: new Uint8Array(pdf), verbosity: 0 });
  const document = await task.promise;
  const pages: string[][] = [];
  for (let number = 1; number <= document.numPages; number++) {
    const { items } = await (await document.getPage(number)).getTextContent();
    const texts = items.flatMap((item) => ('str' in item && item.str.trim() !== '' ? [item] : []));
    const lines = Map.groupBy(texts, (item) => Math.round(item.transform[5] as number));
    pages.push([...lines].sort(([a], [b]) => b - a).map(([, cells]) => joined(cells)));
  }
  const { info } = (await document.getMetadata()) as { info: { Title?: string } };
  await task.destroy();
  return { pages, title: info.Title ?? '' };
}

interface Cell {
  readonly str: string;
  readonly width: number;
  readonly transform: number[];
}

/** Kerning cuts a word into pieces that touch; what lies apart is another cell. */
const GAP_POINTS = 3;

function joined(cells: readonly Cell[]): string {
  const left = (cell: Cell): number => cell.transform[4] as number;
  let text = '';
  let end = Number.POSITIVE_INFINITY;
  for (const cell of [...cells].sort((a, b) => left(a) - left(b))) {
    text += left(cell) - end > GAP_POINTS ? ` | ${cell.str.trimStart()}` : cell.str;
    end = left(cell) + cell.width;
  }
  return text.trim();
}
