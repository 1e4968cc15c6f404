// The files of the demo: a small repository with a plan, and what two agents make of it.

export const policy = `# Who works here, on what, and what their pull requests are held to.
version: 1
enforce: require
agents:
  codex: { github: "codex-bot[bot]", tier: implementer, capabilities: [ts] }
  opus:  { github: "opus-bot[bot]",  tier: implementer, capabilities: [ts] }
plan:
  phases:
    - id: rpc
      title: The network layer
      status: active
      scopes:
        codex: { write: ["src/network/**"] }
        opus:  { write: ["src/network/**"] }
checks:
  complexity: { max: 8, variant: classic, mode: ratchet }
`;

export const beginning = {
  '.github/coord.yml': policy,
  'README.md': '# demo\n\nA repository that two agents work on.\n',
  'src/network/retry.ts':
    'export function delayMs(attempt: number): number {\n  return 100 * 2 ** attempt;\n}\n',
  'src/server/name.ts': "export const name = 'demo';\n",
};

/** What the task asks for: inside the scope, simple enough. */
export const inside = {
  'src/network/backoff.ts': `import { delayMs } from './retry.ts';

export function backoff(attempt: number, maxMs: number): number {
  return Math.min(delayMs(attempt), maxMs);
}
`,
};

/** Beside the lock, but outside the scope, and a function of complexity 12. */
export const astray = {
  'src/server/route.ts': `export function route(method: string, path: string, isAdmin: boolean): string {
  if (method === 'GET' && path === '/') return 'home';
  if (method === 'GET' && path === '/users') return 'users';
  if (method === 'POST' && path === '/users' && isAdmin) return 'create';
  if (method === 'PUT' && isAdmin) return 'update';
  return path === '/health' || path === '/ping' ? 'health' : 'missing';
}
`,
};
