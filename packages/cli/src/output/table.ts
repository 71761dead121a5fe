// Small aligned tables: a title line, columns two spaces apart, numbers to the right, nothing drawn around them.
// The last column is cut to the width of the terminal, so that a row stays a row.
import { printableLine } from './printable.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

export interface TableOptions {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** Width of the terminal. */
  readonly width?: number;
  readonly indent?: number;
  /** Paints a finished cell; must not change its width. */
  paint?(cell: string, where: { readonly row: number | 'title'; readonly column: number }): string;
}

export function renderTable({
  columns,
  rows,
  width = 200,
  indent = 0,
  paint = (cell) => cell,
}: TableOptions): string {
  const clean = rows.map((row) => columns.map((_, index) => printableLine(row[index] ?? '')));
  const widths = columns.map((column, index) =>
    Math.max(cells(column.title), ...clean.map((row) => cells(row[index] ?? ''))),
  );
  const line = (row: readonly string[], which: number | 'title'): string => {
    let text = ' '.repeat(indent);
    for (const [index, column] of columns.entries()) {
      const isLast = index === columns.length - 1;
      const room = Math.max(
        8,
        width - indent - widths.slice(0, index).reduce((sum, each) => sum + each + 2, 0),
      );
      const raw = isLast ? cut(row[index] ?? '', room) : (row[index] ?? '');
      const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - cells(raw)));
      const aligned = column.align === 'right' ? padding + raw : isLast ? raw : raw + padding;
      text += paint(aligned, { row: which, column: index }) + (isLast ? '' : '  ');
    }
    return text.trimEnd();
  };
  const title = line(
    columns.map((column) => column.title),
    'title',
  );
  return [title, ...clean.map((row, index) => line(row, index))]
    .map((text) => `${text}\n`)
    .join('');
}

function cut(text: string, room: number): string {
  return cells(text) <= room
    ? text
    : `${Array.from(text)
        .slice(0, room - 1)
        .join('')}…`;
}

/** Cells of a terminal: code points, and two for the wide ones of East Asia. */
function cells(text: string): number {
  let sum = 0;
  for (const character of text)
    sum +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
        character,
      )
        ? 2
        : 1;
  return sum;
}
