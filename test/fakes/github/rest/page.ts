// Pages of lists and the `Link` header that leads through them.
import type { RestAnswer, RestCall } from './call.ts';

export const perPageDefault = 30;
export const perPageMax = 100;

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly headers: Readonly<Record<string, string>>;
}

function linkHeader(call: RestCall, page: number, last: number): string {
  const link = (target: number, rel: string): string => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(call.query)) query.set(name, String(value));
    query.set('page', String(target));
    return `<${call.address}?${query.toString()}>; rel="${rel}"`;
  };
  const links: string[] = [];
  if (page > 1) links.push(link(page - 1, 'prev'), link(1, 'first'));
  if (page < last) links.push(link(page + 1, 'next'), link(last, 'last'));
  return links.join(', ');
}

/** The page a request asks for: 30 a page by default, never more than 100. */
export function pageOf<Item>(call: RestCall, all: readonly Item[]): Page<Item> {
  const perPage = Math.min(Number(call.query['per_page'] ?? perPageDefault) || 30, perPageMax);
  const page = Math.max(Number(call.query['page'] ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(all.length / perPage), 1);
  const link = linkHeader(call, page, last);
  return {
    items: all.slice((page - 1) * perPage, page * perPage),
    headers: link === '' ? {} : { link },
  };
}

/** Answers one page of a list of views. */
export async function answerPage<Item>(
  call: RestCall,
  all: readonly Item[],
  view: (item: Item) => unknown,
): Promise<RestAnswer> {
  const { items, headers } = pageOf(call, all);
  return { status: 200, body: await Promise.all(items.map((item) => view(item))), headers };
}
