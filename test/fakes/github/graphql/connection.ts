// Connections: pages by cursor, with the bounds GitHub puts on `first` and `last`.
import type { GraphNode } from './context.ts';
import { graphError } from './context.ts';

const pageMax = 100;

export interface PageArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

/** Throws what GitHub answers to a page without bounds or beyond 100 records. */
export function checkPage(name: string, { first, last }: PageArguments): void {
  for (const [bound, count] of [
    ['first', first],
    ['last', last],
  ] as const) {
    if (typeof count !== 'number') continue;
    if (count > pageMax) {
      const message = `Requesting ${count} records on the \`${name}\` connection exceeds the \`${bound}\` limit of ${pageMax} records.`;
      throw graphError('EXCESSIVE_PAGINATION', message);
    }
    if (count < 0) {
      throw graphError(
        'INVALID_PAGINATION',
        `\`${bound}\` on the \`${name}\` connection cannot be less than zero.`,
      );
    }
    return;
  }
  const message = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`;
  throw graphError('MISSING_PAGINATION_BOUNDARIES', message);
}

/** The positions a page covers, from the first to behind the last. */
function windowOf(length: number, page: PageArguments): readonly [number, number] {
  const start = page.after == null ? 0 : Number(page.after) + 1;
  const end = page.before == null ? length : Number(page.before);
  if (typeof page.first === 'number') return [start, Math.min(start + page.first, end)];
  return [Math.max(end - (page.last ?? 0), start), end];
}

/** One page of a list that is at hand as a whole; cursors are positions. */
export function connection(
  name: string,
  typename: string,
  items: readonly GraphNode[],
  page: PageArguments,
): GraphNode {
  checkPage(name, page);
  const [from, to] = windowOf(items.length, page);
  const nodes = items.slice(from, to);
  const edgeType = `${typename.replace(/Connection$/, '')}Edge`;
  const cursors = nodes.map((_, index) => String(from + index));
  return {
    __typename: typename,
    nodes,
    edges: nodes.map((node, index) => ({ __typename: edgeType, node, cursor: cursors[index] })),
    totalCount: items.length,
    pageInfo: {
      __typename: 'PageInfo',
      hasNextPage: to < items.length,
      hasPreviousPage: from > 0,
      startCursor: cursors[0] ?? null,
      endCursor: cursors.at(-1) ?? null,
    },
  };
}
