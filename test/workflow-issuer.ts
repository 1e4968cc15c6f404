// GitHub Actions as far as it signs tokens for runs of workflows: an issuer with its keys on a loopback port.
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WorkflowIssuer {
  readonly url: string;
  /** `ACTIONS_ID_TOKEN_REQUEST_URL` of a run with these claims; the audience is added by who asks. */
  readonly requestUrl: (claims: Readonly<Record<string, unknown>>) => string;
  /** A token as a run of a workflow gets it; claims can be spoiled, and `isForged` signs it with a key of somebody else. */
  token(claims: Readonly<Record<string, unknown>>, isForged?: boolean): Promise<string>;
  stop(): Promise<void>;
}

/** The secret that a run shows when it asks for its token. */
export const requestSecret = 'only the run knows';

/** Starts the issuer. */
export async function startWorkflowIssuer(): Promise<WorkflowIssuer> {
  const [own, other] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const sign = (claims: Readonly<Record<string, unknown>>, isForged = false): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: url, sub: 'repo:octo/demo', iat: now, nbf: now - 60, exp: now + 300 };
    return new SignJWT({ ...usual, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'JWT' })
      .sign((isForged ? other : own).privateKey);
  };
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? '/', 'http://issuer');
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (asked.pathname === '/.well-known/jwks') answer(200, { keys: [jwk] });
    else if (request.headers.authorization !== `Bearer ${requestSecret}`) answer(401, {});
    else {
      const claims = JSON.parse(asked.searchParams.get('claims') ?? '{}') as Record<
        string,
        unknown
      >;
      void sign({ ...claims, aud: asked.searchParams.get('audience') }).then((value) =>
        answer(200, { value }),
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requestUrl: (claims) => `${url}/token?claims=${encodeURIComponent(JSON.stringify(claims))}`,
    token: sign,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A free loopback port, for a server whose address has to be known before it starts. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
