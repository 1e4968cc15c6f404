import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defaultPolicy } from './default.ts';
import { parsePolicy, policyProblemsText } from './load.ts';
import { notFollowed } from './not-followed.ts';
import { policySchema } from './schema.ts';

function keysOf(text: string): string[] {
  const parsed = parsePolicy(`version: 1\n${text}`, 'p');
  if (!parsed.ok) throw new Error(policyProblemsText(parsed));
  return notFollowed(parsed.policy);
}

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
}

/** Every key whose documentation says that it is accepted and no more. */
function acceptedOnly(node: Node, path: string): string[] {
  const own = node.description?.includes('Accepted, not') === true ? [path] : [];
  const inner = Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
    acceptedOnly(child, path === '' ? key : `${path}.${key}`),
  );
  return [...own, ...inner];
}

/** A policy that sets all of them. */
const everything = `
checks: { separate: true }
triggers: [{ cron: daily }]
log: { writers: app, repository: octo/log }
retention: { closedTasks: 1d, ackedMessages: 1d }
`;

describe('what a policy sets and nothing follows', () => {
  it.each([
    ['nothing', 'enforce: require', []],
    ['one part', 'checks: { separate: true }', ['checks.separate']],
    ['parts that say what is so anyway', 'log: { writers: anyone }\ntriggers: []', []],
  ])('%s', (_title, text, keys) => {
    expect(keysOf(text)).toEqual(keys);
  });

  it('is empty without a policy', () => {
    expect(notFollowed(defaultPolicy())).toEqual([]);
  });

  it('is every key that the reference calls accepted', () => {
    const schema = z.toJSONSchema(policySchema, { io: 'input', reused: 'inline' }) as Node;
    const documented = acceptedOnly(schema, '');
    expect(documented.length).toBeGreaterThan(0);
    expect(keysOf(everything).sort()).toEqual(documented.sort());
  });
});
