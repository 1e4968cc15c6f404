// Git over smart HTTP: authenticates, streams through `git http-backend`, and tells the world of pushes.
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import type { Credential } from '../state/credential.ts';
import { actorOf } from '../state/credential.ts';
import type { Repository } from '../state/repository.ts';
import type { World } from '../state/world.ts';
import { zeroOid } from '../git/ref.ts';
import { gitEnvironment } from '../git/run.ts';
import { refMoved } from '../change/push-change.ts';
import { authorize } from '../rest/authorize.ts';
import { on } from '../rest/call.ts';
import { notFound, Problem } from '../rest/problem.ts';

export interface GitRequest {
  readonly repository: Repository;
  /** `git-upload-pack` or `git-receive-pack`. */
  readonly service: string;
  /** Below the repository, e.g. `/info/refs`. */
  readonly path: string;
  readonly query: string;
}

const gitPath =
  /^\/([^/]+)\/([^/]+?)\.git(\/info\/refs|\/git-upload-pack|\/git-receive-pack|\/HEAD)$/;

/** True for the addresses git asks for; a file called `x.git/y` in a REST path is none. */
export function isGitPath(path: string): boolean {
  return gitPath.test(path);
}

/** Recognises a git request; null for everything else. */
export function gitRequestOf(world: World, path: string, query: string): GitRequest | null {
  const match = gitPath.exec(path);
  if (match === null) return null;
  const repository = world.repository(`${match[1] ?? ''}/${match[2] ?? ''}`);
  if (repository === null) throw notFound('Repository not found.');
  const below = match[3] ?? '';
  const asked = new URLSearchParams(query).get('service') ?? below.slice(1);
  const service = asked === 'git-receive-pack' ? asked : 'git-upload-pack';
  return { repository, service, path: below, query };
}

/** Throws what git hears: 401 to ask for a password, 403 or 404 when the password is not enough. */
export function authorizeGit(credential: Credential, request: GitRequest): void {
  const level = request.service === 'git-receive-pack' ? 'write' : 'read';
  const needsPassword = request.repository.isPrivate || level === 'write';
  if (credential.kind === 'anonymous' && needsPassword) {
    throw new Problem(401, 'Authentication required', {
      headers: { 'www-authenticate': 'Basic realm="GitHub"' },
    });
  }
  authorize(credential, on('contents', level), request.repository);
}

interface PushedRef {
  readonly before: string;
  readonly after: string;
  readonly ref: string;
}

const pushCommand = /^([0-9a-f]{40}) ([0-9a-f]{40}) ([^\0\n]+)/;

/** Reads the commands at the start of a receive-pack request: `old new ref`, up to the flush packet. */
export function parsePushCommands(start: Buffer): PushedRef[] {
  const commands: PushedRef[] = [];
  let at = 0;
  for (;;) {
    const size = parseInt(start.toString('latin1', at, at + 4), 16);
    if (!(size > 4) || at + size > start.length) return commands;
    const match = pushCommand.exec(start.toString('utf8', at + 4, at + size));
    if (match !== null) {
      const [, before, after, ref] = match;
      commands.push({ before: String(before), after: String(after), ref: String(ref) });
    }
    at += size;
  }
}

function environment(
  world: World,
  request: GitRequest,
  message: IncomingMessage,
  user: string,
): NodeJS.ProcessEnv {
  const { headers } = message;
  const single = (name: string): string => {
    const value = headers[name];
    return typeof value === 'string' ? value : '';
  };
  const length = single('content-length');
  return gitEnvironment({
    GIT_PROJECT_ROOT: dirname(dirname(request.repository.gitDir)),
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${request.repository.fullName}.git${request.path}`,
    QUERY_STRING: request.query,
    REQUEST_METHOD: message.method ?? 'GET',
    CONTENT_TYPE: single('content-type'),
    HTTP_CONTENT_ENCODING: single('content-encoding'),
    GIT_PROTOCOL: single('git-protocol'),
    REMOTE_ADDR: '127.0.0.1',
    ...(user === '' ? {} : { REMOTE_USER: user }),
    ...(length === '' ? {} : { CONTENT_LENGTH: length }),
    GIT_COMMITTER_EMAIL: 'noreply@github.com',
    SERVER_NAME: new URL(world.url).host,
  });
}

/** Splits CGI output into its headers and what follows; null until the headers are complete. */
function splitHeaders(output: Buffer): {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly rest: Buffer;
} | null {
  const end = output.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of output.toString('latin1', 0, end).split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'status') status = parseInt(value, 10);
    else headers[name] = value;
  }
  return { status, headers, rest: output.subarray(end + 4) };
}

/** Streams the answer out; resolves once http-backend has ended, with the body where it is to be kept. */
async function relay(
  child: ChildProcessWithoutNullStreams,
  response: ServerResponse,
  { isAnswered, isKept }: { readonly isAnswered: boolean; readonly isKept: boolean },
): Promise<{ readonly status: number; readonly output: Buffer }> {
  const collected: Buffer[] = [];
  let waiting: Buffer | null = Buffer.alloc(0);
  let status = 500;
  const write = (chunk: Buffer): void => {
    if (isKept) collected.push(chunk);
    if (isAnswered) response.write(chunk);
  };
  for await (const chunk of child.stdout) {
    if (waiting === null) {
      write(chunk as Buffer);
      continue;
    }
    waiting = Buffer.concat([waiting, chunk as Buffer]);
    const split = splitHeaders(waiting);
    if (split === null) continue;
    ({ status } = split);
    if (isAnswered) response.writeHead(split.status, split.headers);
    write(split.rest);
    waiting = null;
  }
  return { status, output: Buffer.concat(collected) };
}

/** Which of the commands git reports as done. */
function accepted(commands: readonly PushedRef[], output: Buffer): PushedRef[] {
  return commands.filter(({ ref }) => output.includes(`ok ${ref}\n`));
}

/**
 * Serves one git request. With `isAnswered` false everything happens but nothing is sent,
 * which is how a connection lost after the push looks from the outside.
 */
export async function serveGit(
  world: World,
  request: GitRequest,
  exchange: {
    readonly message: IncomingMessage;
    readonly response: ServerResponse;
    readonly credential: Credential;
    readonly isAnswered: boolean;
  },
): Promise<number> {
  const { message, response, credential, isAnswered } = exchange;
  const actor = actorOf(credential);
  const child = spawn('git', ['http-backend'], {
    env: environment(world, request, message, actor?.login ?? ''),
  });
  child.stderr.resume();
  child.stdin.on('error', () => undefined);
  const isPush = message.method === 'POST' && request.service === 'git-receive-pack';
  let start = Buffer.alloc(0);
  message.on('data', (chunk: Buffer) => {
    if (isPush && start.length < 65_536) start = Buffer.concat([start, chunk]);
  });
  message.pipe(child.stdin);
  const { status, output } = await relay(child, response, { isAnswered, isKept: isPush });
  if (isPush && actor !== null) {
    for (const { before, after, ref } of accepted(parsePushCommands(start), output)) {
      const ends = { before: orNull(before), after: orNull(after) };
      await refMoved(world, request.repository, { ref, ...ends, sender: actor });
    }
  }
  if (isAnswered) response.end();
  return status;
}

function orNull(oid: string): string | null {
  return oid === zeroOid ? null : oid;
}
