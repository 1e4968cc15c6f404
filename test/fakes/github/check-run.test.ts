// Check runs: what GitHub refuses, what it cuts, what an update replaces, and who may write.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, list, numberAt, rest, textAt } from './client.ts';
import type { FakeGitHub } from './fake-github.ts';
import { startFakeGitHub } from './fake-github.ts';
import type { RepositoryHandle } from './repository-handle.ts';

const runs = '/repos/octo/demo/check-runs';
let fake: FakeGitHub;
let demo: RepositoryHandle;
let token: string;
let sha: string;

beforeAll(async () => {
  fake = await startFakeGitHub();
  demo = await fake.addRepository('octo/demo');
  const permissions = { checks: 'write', contents: 'read' } as const;
  const app = await fake.createApp({ name: 'coord', permissions, events: [] });
  token = app.createToken();
  sha = (await demo.head()) ?? '';
});
afterAll(() => fake.stop());

function annotations(count: number): unknown[] {
  return Array.from({ length: count }, (_, line) => ({
    path: 'a.ts',
    start_line: line + 1,
    end_line: line + 1,
    annotation_level: 'failure',
    message: 'Too complex.',
  }));
}

async function create(more: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const body = { name: 'coord / gate', head_sha: sha, ...more };
  const answer = await rest(fake, `POST ${runs}`, { token, body });
  expect(answer.status).toBe(201);
  return numberAt(answer.body, 'id');
}

/** Sends an output that must be refused, and takes the note of it from the violations. */
async function refused(
  output: unknown,
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const body = { name: 'coord / gate', head_sha: sha, output, ...more };
  const answer = await rest(fake, `POST ${runs}`, { token, body });
  expect(answer.status).toBe(422);
  return textAt(answer.body, 'message') + JSON.stringify(at(answer.body, 'errors') ?? '');
}

describe('a check run', () => {
  it('is created, completed and listed with its app and suite', async () => {
    const id = await create({ status: 'in_progress', external_id: 'pr:7' });
    const done = await rest(fake, `PATCH ${runs}/${id}`, {
      token,
      body: { conclusion: 'failure', output: { title: 'No', summary: 'Two findings.' } },
    });
    expect(done.body).toMatchObject({
      id,
      status: 'completed',
      conclusion: 'failure',
      external_id: 'pr:7',
      app: { slug: 'coord' },
    });
    const listed = await rest(fake, `GET /repos/octo/demo/commits/main/check-runs`, { token });
    expect(at(listed.body, 'total_count')).toBe(1);
    expect(at(listed.body, 'check_runs.0.output.summary')).toBe('Two findings.');
    expect(fake.violations).toEqual([]);
  });

  it('has its whole output replaced by an update, but its annotations appended', async () => {
    const id = await create({
      output: { title: 'a', summary: 'b', text: 'c', annotations: annotations(50) },
    });
    const output = { summary: 'd', annotations: annotations(50) };
    const updated = await rest(fake, `PATCH ${runs}/${id}`, { token, body: { output } });
    expect(at(updated.body, 'output')).toMatchObject({ title: null, summary: 'd', text: null });
    expect(at(updated.body, 'output.annotations_count')).toBe(100);
    const page = await rest(fake, `GET ${runs}/${id}/annotations?per_page=100&page=1`, { token });
    expect(list(page.body)).toHaveLength(100);
    expect(fake.violations).toEqual([]);
  });

  it('shows only the latest run of a name unless all are asked for', async () => {
    const head = await demo.seed({ branch: 'names', files: { 'n.txt': 'n' } });
    const body = { name: 'twice', head_sha: head };
    await rest(fake, `POST ${runs}`, { token, body });
    await rest(fake, `POST ${runs}`, { token, body });
    const address = `GET /repos/octo/demo/commits/${head}/check-runs`;
    expect(at((await rest(fake, address, { token })).body, 'total_count')).toBe(1);
    expect(at((await rest(fake, `${address}?filter=all`, { token })).body, 'total_count')).toBe(2);
    expect(fake.violations).toEqual([]);
  });
});

describe('the bounds of an output', () => {
  it('allows 65,535 characters of summary and text and refuses one more', async () => {
    await create({ output: { title: 't', summary: 's'.repeat(65_535), text: 'x'.repeat(65_535) } });
    expect(await refused({ title: 't', summary: 's'.repeat(65_536) })).toContain(
      'Only 65535 characters are allowed; 65536 were supplied.',
    );
    expect(await refused({ title: 't', summary: 's', text: 'x'.repeat(65_536) })).toContain(
      '65536',
    );
  });

  it('refuses a summary of few characters but too many bytes', async () => {
    expect(await refused({ title: 't', summary: 'é'.repeat(40_000) })).toContain('65535 bytes');
  });

  it('silently cuts a text of too many bytes, at a whole character', async () => {
    const id = await create({
      output: { title: 't', summary: 's', text: `a${'é'.repeat(40_000)}` },
    });
    const run = await rest(fake, `GET ${runs}/${id}`, { token });
    const text = textAt(run.body, 'output.text');
    expect(Buffer.byteLength(text)).toBe(65_535);
    expect(text.endsWith('é')).toBe(true);
  });

  it('refuses 51 annotations in one request and takes 50', async () => {
    await create({ output: { title: 't', summary: 's', annotations: annotations(50) } });
    expect(await refused({ title: 't', summary: 's', annotations: annotations(51) })).toContain(
      'No more than 50 items are allowed; 51 were supplied.',
    );
  });

  it('refuses columns over several lines and messages beyond 64 KB', async () => {
    const [one] = annotations(1);
    const wide = { ...(one as object), end_line: 9, start_column: 1, end_column: 2 };
    expect(await refused({ title: 't', summary: 's', annotations: [wide] })).toContain(
      'start_line',
    );
    const long = { ...(one as object), message: 'm'.repeat(65_537) };
    expect(await refused({ title: 't', summary: 's', annotations: [long] })).toContain('64 KB');
  });

  it('refuses a fourth button and a label of 21 characters', async () => {
    const button = { label: 'Fix', description: 'Fix it', identifier: 'fix' };
    const output = { title: 't', summary: 's' };
    expect(await refused(output, { actions: [button, button, button, button] })).toContain(
      'No more than 3 items are allowed',
    );
    expect(await refused(output, { actions: [{ ...button, label: 'x'.repeat(21) }] })).toContain(
      '20',
    );
  });

  it('refuses an unknown commit, a completion without a conclusion, and the conclusion stale', async () => {
    const output = { title: 't', summary: 's' };
    expect(await refused(output, { head_sha: '1'.repeat(40) })).toContain('No commit found');
    expect(await refused(output, { status: 'completed' })).toContain(
      '"conclusion" wasn\'t supplied.',
    );
    expect(await refused(output, { conclusion: 'stale' })).toContain('only GitHub can set this');
    expect(await refused(output, { conclusion: 'green' })).toContain('is not a member of');
  });

  it('notes what GitHub refuses by its schema, so that a caller sees its own mistakes', () => {
    expect(fake.violations.length).toBeGreaterThan(0);
    expect(new Set(fake.violations.map((each) => each.kind))).toEqual(new Set(['request']));
  });
});

describe('who may write check runs', () => {
  it('refuses people, Apps without the permission, and other Apps', async () => {
    const body = { name: 'forged', head_sha: sha };
    demo.setRole('ada', 'admin');
    const person = await rest(fake, `POST ${runs}`, { token: fake.createUserToken('ada'), body });
    expect(person.status).toBe(403);
    expect(textAt(person.body, 'message')).toBe('You must authenticate via a GitHub App.');
    const readOnly = fake.createActionsToken({
      repository: 'octo/demo',
      permissions: { checks: 'read' },
    });
    const denied = await rest(fake, `POST ${runs}`, { token: readOnly, body });
    expect(denied.status).toBe(403);
    expect(textAt(denied.body, 'message')).toBe('Resource not accessible by integration');
    expect(denied.headers.get('x-accepted-github-permissions')).toBe('checks=write');
    const id = await create();
    const other = fake.createActionsToken({
      repository: 'octo/demo',
      permissions: { checks: 'write' },
    });
    const stranger = await rest(fake, `PATCH ${runs}/${id}`, {
      token: other,
      body: { name: 'mine' },
    });
    expect(stranger.status).toBe(403);
    expect(textAt(stranger.body, 'message')).toContain('can only be modified by the GitHub App');
  });

  it('overwrites the details address of a workflow', async () => {
    const actions = fake.createActionsToken({
      repository: 'octo/demo',
      permissions: { checks: 'write' },
    });
    const body = { name: 'job', head_sha: sha, details_url: 'https://example.com/mine' };
    const made = await rest(fake, `POST ${runs}`, { token: actions, body });
    expect(textAt(made.body, 'details_url')).toContain(`${demo.htmlUrl}/runs/`);
    const own = await rest(fake, `POST ${runs}`, { token, body });
    expect(textAt(own.body, 'details_url')).toBe('https://example.com/mine');
  });
});
