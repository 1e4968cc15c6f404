// updateRefs: refs move from where they are known to be, also to what does not continue them, all or none.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, graphql, textAt } from './client.ts';
import type { FakeGitHub } from './fake-github.ts';
import { startFakeGitHub } from './fake-github.ts';
import { git } from './git/run.ts';
import type { RepositoryHandle } from './repository-handle.ts';

const mutation = `mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }`;
const archive = 'refs/coord/archive/1';
const zero = '0'.repeat(40);
let fake: FakeGitHub;
let demo: RepositoryHandle;
let token: string;
let weak: string;
let id: string;
let first: string;
let second: string;
/** Begins a history of its own. */
let root: string;

beforeAll(async () => {
  fake = await startFakeGitHub();
  demo = await fake.addRepository('octo/demo');
  const app = await fake.createApp({
    ...{ name: 'coord', permissions: { contents: 'write' } as const, events: [] },
  });
  token = app.createToken();
  weak = app.createToken({ permissions: { contents: 'read' } });
  const found = await graphql(fake, token, '{ repository(owner: "octo", name: "demo") { id } }');
  id = textAt(found.body, 'data.repository.id');
  first = (await demo.head()) ?? '';
  second = await demo.seed({ branch: 'next', files: { a: '1' } });
  const tree = (await git(demo.gitDir, 'rev-parse', `${first}^{tree}`)).trim();
  const person = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];
  root = (await git(demo.gitDir, ...person, 'commit-tree', tree, '-m', 'root')).trim();
});
afterAll(async () => {
  expect(fake.violations).toEqual([]);
  await fake.stop();
});

type Update = readonly [name: string, before: string | null, after: string, force?: boolean];

/** Why it was refused; undefined where it was done. */
async function move(updates: readonly Update[], as = token): Promise<unknown> {
  const refUpdates = updates.map(([name, beforeOid, afterOid, force = false]) => {
    return { name, beforeOid, afterOid, force };
  });
  const { body } = await graphql(fake, as, mutation, { input: { repositoryId: id, refUpdates } });
  return at(body, 'errors.0.message');
}

describe('updateRefs', () => {
  it('moves a branch to what does not continue it, with force and from where it was', async () => {
    await demo.setBranch('coord', first);
    expect(await move([['refs/heads/coord', first, root]])).toContain('not a fast forward');
    expect(await move([['refs/heads/coord', second, root, true]])).toContain('was expected');
    expect(await demo.head('coord')).toBe(first);
    expect(await move([['refs/heads/coord', first, root, true]])).toBeUndefined();
    expect(await demo.head('coord')).toBe(root);
  });

  it('moves all or none, makes refs of any kind, and takes them away', async () => {
    await demo.setBranch('both', first);
    const made: Update = [archive, zero, first];
    expect(await move([made, ['refs/heads/both', root, second]])).toContain('was expected');
    expect(await git(demo.gitDir, 'for-each-ref', archive)).toBe('');
    expect(await move([made, ['refs/heads/both', null, second]])).toBeUndefined();
    expect(await git(demo.gitDir, 'rev-parse', archive)).toBe(`${first}\n`);
    expect(await move([made])).toContain('was expected');
    expect(await move([[archive, first, zero]])).toBeUndefined();
    expect(await git(demo.gitDir, 'for-each-ref', archive)).toBe('');
  });

  it('heeds a rule against force pushes, and what the caller may', async () => {
    await demo.setBranch('ruled', first);
    demo.setRules('ruled', [{ type: 'non_fast_forward' }]);
    expect(await move([['refs/heads/ruled', first, root, true]])).toContain('Cannot force-push');
    expect(await move([['refs/heads/ruled', first, second, true]], weak)).toContain('accessible');
    expect(await move([['refs/heads/ruled', first, 'f'.repeat(40)]])).toContain('cannot be made');
    expect(await move([['refs/heads/ruled', first, second, true]])).toBeUndefined();
  });

  it('is answered as stale, or cut off, where that is planned', async () => {
    await demo.setBranch('planned', first);
    fake.faults.next({ kind: 'stale', match: { operation: 'updateRefs' } });
    expect(await move([['refs/heads/planned', first, second]])).toContain('was expected');
    fake.faults.next({ kind: 'timeout-after-commit', match: { operation: 'updateRefs' } });
    await expect(move([['refs/heads/planned', first, second]])).rejects.toThrow();
    expect(await demo.head('planned')).toBe(second);
    expect(fake.faults.pending).toBe(0);
  });
});
