// An https server on this machine in front of an http one, with a certificate that is made for it and that nobody trusts yet.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface TlsFront {
  readonly port: number;
  /** The certificate in a file, for whoever is to trust it. */
  readonly certificate: string;
  stop(): Promise<void>;
}

/** A certificate of a day for these names, signed by itself; written to `folder` with its key. */
function selfSigned(
  folder: string,
  names: readonly string[],
): { key: string; certificate: string } {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const made = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
  ];
  const about = [
    '-subj',
    '/CN=coord test',
    '-days',
    '1',
    '-addext',
    `subjectAltName=${names.join(',')}`,
  ];
  execFileSync('openssl', [...made, ...about, '-keyout', key, '-out', certificate], {
    stdio: 'ignore',
  });
  return { key, certificate };
}

/** Forwards every request to `origin`, as a host ends TLS before its servers. */
export async function startTlsFront(
  folder: string,
  origin: string,
  names: readonly string[],
): Promise<TlsFront> {
  const { key, certificate } = selfSigned(folder, names);
  const forward = (from: IncomingMessage, to: ServerResponse): void => {
    const onward = request(`${origin}${from.url ?? '/'}`, {
      ...{ method: from.method, headers: from.headers, agent: false },
    });
    onward.on('response', (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    });
    onward.on('error', () => to.writeHead(502).end());
    from.pipe(onward);
  };
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, forward);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ port, certificate },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
