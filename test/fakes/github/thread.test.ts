// Issues, comments and reactions over REST: shapes, lengths, roles, pages.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, list, numberAt, rest, textAt } from './client.ts';
import type { FakeGitHub } from './fake-github.ts';
import { startFakeGitHub } from './fake-github.ts';
import type { RepositoryHandle } from './repository-handle.ts';

const issues = '/repos/octo/demo/issues';
let fake: FakeGitHub;
let demo: RepositoryHandle;
let token: string;

beforeAll(async () => {
  fake = await startFakeGitHub();
  demo = await fake.addRepository('octo/demo', { roles: { ada: 'write', tim: 'triage' } });
  const app = await fake.createApp({
    name: 'coord',
    permissions: { issues: 'write', contents: 'read' },
    events: ['issue_comment'],
  });
  token = app.createToken();
});
afterAll(() => fake.stop());

describe('comments', () => {
  it('are created as the bot, listed in order, changed and deleted', async () => {
    const issue = demo.openIssue({ author: 'ada', title: 'Broken' });
    demo.comment({ issue, user: 'ada', body: 'first' });
    const made = await rest(fake, `POST ${issues}/${issue}/comments`, {
      token,
      body: { body: 'second' },
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      user: { login: 'coord[bot]', type: 'Bot' },
      performed_via_github_app: { slug: 'coord' },
    });
    const id = numberAt(made.body, 'id');
    const changed = await rest(fake, `PATCH ${issues}/comments/${id}`, {
      token,
      body: { body: 'third' },
    });
    expect(textAt(changed.body, 'body')).toBe('third');
    const listed = await rest(fake, `GET ${issues}/${issue}/comments`, { token });
    expect(list(listed.body).map((each) => textAt(each, 'body'))).toEqual(['first', 'third']);
    const gone = await rest(fake, `DELETE ${issues}/comments/${id}`, { token });
    expect(gone.status).toBe(204);
    expect(demo.comments(issue).map((each) => each.body)).toEqual(['first']);
    expect(fake.violations).toEqual([]);
  });

  it('take 65,536 characters and refuse one more, and refuse to be blank', async () => {
    const issue = demo.openIssue({ author: 'ada', title: 'Long' });
    const write = async (body: string): Promise<string> => {
      const answer = await rest(fake, `POST ${issues}/${issue}/comments`, {
        token,
        body: { body },
      });
      return `${answer.status} ${JSON.stringify(at(answer.body, 'errors') ?? '')}`;
    };
    expect(await write('x'.repeat(65_536))).toContain('201');
    expect(await write('x'.repeat(65_537))).toContain(
      'body is too long (maximum is 65536 characters)',
    );
    expect(await write(' ')).toContain('422');
  });

  it('answer 403 on a locked conversation and 404 on an unknown one', async () => {
    const issue = demo.openIssue({ author: 'ada', title: 'Locked' });
    demo.lock(issue);
    const body = { body: 'too late' };
    expect((await rest(fake, `POST ${issues}/${issue}/comments`, { token, body })).status).toBe(
      403,
    );
    expect((await rest(fake, `POST ${issues}/999/comments`, { token, body })).status).toBe(404);
  });

  it('come 30 a page by default, 100 at most, and lead on by Link', async () => {
    const issue = demo.openIssue({ author: 'ada', title: 'Busy' });
    for (let index = 0; index < 101; index += 1)
      demo.comment({ issue, user: 'ada', body: `c${index}` });
    const first = await rest(fake, `GET ${issues}/${issue}/comments`, { token });
    expect(list(first.body)).toHaveLength(30);
    const wide = await rest(fake, `GET ${issues}/${issue}/comments?per_page=500`, { token });
    expect(list(wide.body)).toHaveLength(100);
    const link = /<([^>]+)>; rel="next"/.exec(wide.headers.get('link') ?? '')?.[1] ?? '';
    expect(link.startsWith(`${fake.url}/api/v3/`)).toBe(true);
    const rest2 = await rest(fake, `GET ${link.slice(`${fake.url}/api/v3`.length)}`, { token });
    expect(list(rest2.body).map((each) => textAt(each, 'body'))).toEqual(['c100']);
    expect(rest2.headers.get('link')).not.toContain('rel="next"');
  });

  it('can be changed by their author and by writers, not by other readers', async () => {
    const issue = demo.openIssue({ author: 'eve', title: 'Mine' });
    const comment = demo.comment({ issue, user: 'eve', body: 'mine' });
    const change = async (login: string): Promise<number> => {
      const ask = { token: fake.createUserToken(login), body: { body: `by ${login}` } };
      return (await rest(fake, `PATCH ${issues}/comments/${comment}`, ask)).status;
    };
    expect(await change('mallory')).toBe(403);
    expect(await change('eve')).toBe(200);
    expect(await change('ada')).toBe(200);
  });
});

describe('reactions', () => {
  it('are added once per person and content, listed and taken back', async () => {
    const issue = demo.openIssue({ author: 'ada', title: 'React' });
    const comment = demo.comment({ issue, user: 'ada', body: '/coord status' });
    const address = `${issues}/comments/${comment}/reactions`;
    const eyes = { token, body: { content: 'eyes' } };
    const first = await rest(fake, `POST ${address}`, eyes);
    const again = await rest(fake, `POST ${address}`, eyes);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(numberAt(again.body, 'id')).toBe(numberAt(first.body, 'id'));
    await rest(fake, `POST ${address}`, { token, body: { content: 'rocket' } });
    const gone = await rest(fake, `DELETE ${address}/${numberAt(first.body, 'id')}`, { token });
    expect(gone.status).toBe(204);
    expect(demo.comments(issue)[0]?.reactions.map((each) => each.content)).toEqual(['rocket']);
    const shown = await rest(fake, `GET ${issues}/comments/${comment}`, { token });
    expect(shown.body).toMatchObject({ reactions: { rocket: 1, eyes: 0, total_count: 1 } });
    expect((await rest(fake, `POST ${issues}/${issue}/reactions`, eyes)).status).toBe(201);
    const own = await rest(fake, `GET ${issues}/${issue}/reactions`, { token });
    expect(list(own.body)).toHaveLength(1);
  });

  it('refuse a content GitHub does not know', async () => {
    const issue = demo.openIssue({ author: 'ada', title: 'Odd' });
    const bad = await rest(fake, `POST ${issues}/${issue}/reactions`, {
      token,
      body: { content: 'check' },
    });
    expect(bad.status).toBe(422);
    expect(fake.violations.at(-1)).toMatchObject({ operation: 'reactions/create-for-issue' });
  });
});

describe('issues', () => {
  it('are created, assigned, closed by those who may, and show pull requests as such', async () => {
    const made = await rest(fake, `POST ${issues}`, {
      token,
      body: { title: 'New', labels: ['bug'] },
    });
    const number = numberAt(made.body, 'number');
    expect(made.body).toMatchObject({ state: 'open', labels: [{ name: 'bug' }], assignees: [] });
    const ask = { token, body: { assignees: ['tim'] } };
    const assigned = await rest(fake, `POST ${issues}/${number}/assignees`, ask);
    expect(assigned.body).toMatchObject({ assignee: { login: 'tim' } });
    const close = { state: 'closed' };
    const reader = await rest(fake, `PATCH ${issues}/${number}`, {
      token: fake.createUserToken('eve'),
      body: close,
    });
    expect(reader.status).toBe(403);
    const triager = await rest(fake, `PATCH ${issues}/${number}`, {
      token: fake.createUserToken('tim'),
      body: close,
    });
    expect(triager.body).toMatchObject({ state: 'closed' });
    await demo.seed({ branch: 'topic', files: { 'a.txt': 'a' } });
    const pull = await demo.openPullRequest({ head: 'topic', author: 'ada' });
    const asIssue = await rest(fake, `GET ${issues}/${pull}`, { token });
    expect(textAt(asIssue.body, 'pull_request.url')).toContain(`/pulls/${pull}`);
    const listed = await rest(fake, `GET ${issues}?state=all&per_page=100`, { token });
    expect(list(listed.body).length).toBe(pull);
  });
});
