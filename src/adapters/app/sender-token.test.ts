// Which token goes where: one that is good for more than the App never to an address that a repository names.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { senderToken } from './sender-token.ts';

const url = 'https://coord.example.com';
const github = { GITHUB_TOKEN: 'of-github' };

it.each([
  [{ COORD_TOKEN: 'named', ...github, COORD_APP_URL: url }, 'named'],
  [{ ...github, COORD_APP_URL: url }, 'of-github'],
  [{ GH_TOKEN: 'of-gh', COORD_APP_URL: url }, 'of-gh'],
])('%j', async (environment, token) => {
  expect(await senderToken(environment, url)).toBe(token);
});

it.each([
  [github, `set COORD_APP_URL=${url} if you trust it`],
  [{ COORD_APP_URL: url, GITHUB_TOKEN: '' }, 'Set COORD_TOKEN'],
])('%j is no token for it', async (environment, said) => {
  const fault = await senderToken(environment, url).catch((error: unknown) => error);
  expect(fault).toMatchObject({ code: 'token-missing' });
  expect(String(fault)).toContain(said);
  expect(String(fault)).not.toContain('of-github');
});

it('asks GitHub Actions for one that is good for this App', async () => {
  const asked: (string | undefined)[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    asked.push(request.url, request.headers.authorization);
    response.writeHead(status).end(JSON.stringify(status === 200 ? { value: 'signed' } : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const environment = {
    ...{ ...github, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'run' },
    ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?v=2`,
  };
  expect(await senderToken(environment, url)).toBe('signed');
  expect(asked).toEqual([`/token?v=2&audience=${encodeURIComponent(url)}`, 'Bearer run']);
  status = 403;
  await expect(senderToken(environment, url)).rejects.toThrow('id-token: write');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await expect(senderToken(environment, url)).rejects.toThrow('it did not answer');
});
