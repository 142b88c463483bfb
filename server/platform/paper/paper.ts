/**
 * A printed page as data: what stands on it, not where. It crosses to the press's thread, so it is plain text and numbers, already in
 * the reader's language. Knows no domain; views/documents writes papers, render-paper.ts sets them.
 */
export interface Paper {
  /** The document's title, in its metadata and on the reader's tab. */
  readonly title: string;
  readonly author: string;
  /** BCP 47, for screen readers. */
  readonly language: string;
  readonly at: Date;
  readonly blocks: readonly Block[];
  /** In small at the bottom of every page, left of the page number. */
  readonly foot: string;
}

export type Block = Head | Columns | Table | Sums | Note;

/** What the paper is. `barcode` is printed as Code 128 with its text below, so it is ASCII. */
export interface Head {
  readonly kind: 'head';
  readonly title: string;
  readonly lines: readonly string[];
  readonly barcode?: string;
}

/** Labelled paragraphs side by side: addresses, facts. */
export interface Columns {
  readonly kind: 'columns';
  readonly columns: readonly { readonly label: string; readonly lines: readonly string[] }[];
}

export interface TableColumn {
  readonly header: string;
  /** Its share of the width, against the other columns' shares. */
  readonly share: number;
  readonly right?: boolean;
  readonly strong?: boolean;
  /** Digits of one width, so that figures stand below each other. */
  readonly tabular?: boolean;
}

/** Rows of cells; a header is repeated on each page that the table reaches. */
export interface Table {
  readonly kind: 'table';
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly string[])[];
}

/** Labels and amounts at the right edge, the last one usually strong. */
export interface Sums {
  readonly kind: 'sums';
  readonly rows: readonly { readonly label: string; readonly value: string; readonly strong?: boolean }[];
}

/**
 * A paper around a table too long to be handed over at once: `head` stands above it, then come its rows, each on one line, then `tail`.
 * How many rows there will be is said beforehand, so that every page can say how many pages there are.
 */
export interface Roll extends Omit<Paper, 'blocks'> {
  readonly head: readonly Block[];
  readonly columns: readonly TableColumn[];
  readonly rows: number;
  readonly tail: readonly Block[];
}

export interface Note {
  readonly kind: 'note';
  readonly text: string;
}
