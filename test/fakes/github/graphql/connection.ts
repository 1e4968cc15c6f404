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

/** One page of a list that is at hand as a whole; cursors are positions. */
export function connection(
  name: string,
  typename: string,
  items: readonly GraphNode[],
  page: PageArguments,
): GraphNode {
  checkPage(name, page);
  const start = page.after == null ? 0 : Number(page.after) + 1;
  const end = page.before == null ? items.length : Number(page.before);
  const window = items.slice(start, end);
  const isForward = typeof page.first === 'number';
  const count = (isForward ? page.first : page.last) ?? 0;
  const from = isForward ? start : Math.max(end - count, start);
  const nodes = isForward
    ? window.slice(0, count)
    : window.slice(Math.max(window.length - count, 0));
  return {
    __typename: typename,
    nodes,
    edges: nodes.map((node, index) => ({
      __typename: `${typename.replace(/Connection$/, '')}Edge`,
      node,
      cursor: String(from + index),
    })),
    totalCount: items.length,
    pageInfo: {
      __typename: 'PageInfo',
      hasNextPage: from + nodes.length < items.length,
      hasPreviousPage: from > 0,
      startCursor: nodes.length === 0 ? null : String(from),
      endCursor: nodes.length === 0 ? null : String(from + nodes.length - 1),
    },
  };
}
