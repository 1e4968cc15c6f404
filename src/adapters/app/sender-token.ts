// The token that commands are sent to the App with: one that was named for it, a workflow's, or GitHub's own.
import { Fault } from '../../kernel/fault.ts';

type Environment = Readonly<Record<string, string | undefined>>;

function filled(environment: Environment, name: string): string | null {
  const text = environment[name] ?? '';
  return text === '' ? null : text;
}

const timeoutMs = 10_000;

/** Asks GitHub Actions for a token of this run that is good for one App only. */
async function workflowToken(requestUrl: string, secret: string, audience: string) {
  const url = new URL(requestUrl);
  url.searchParams.set('audience', audience);
  const failed = (said: string): Fault =>
    new Fault(
      'workflow-token',
      `GitHub Actions gave no token for ${audience}: ${said}. Has the job \`permissions: id-token: write\`?`,
    );
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${secret}` },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { value } = (await response.json()) as { value?: unknown };
    if (typeof value === 'string') return value;
    throw failed(`it answered ${response.status}`);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw failed('it did not answer');
  }
}

/**
 * A token for the App at `url`. `COORD_TOKEN` was named for it. A workflow's is good for this App only, so it may go
 * wherever the policy says. `GITHUB_TOKEN` and `GH_TOKEN` are good for more, so they go only where the user said
 * (`COORD_APP_URL`), never to an address that a repository names. Fault `token-missing` without any.
 */
export async function senderToken(environment: Environment, url: string): Promise<string> {
  const named = filled(environment, 'COORD_TOKEN');
  if (named !== null) return named;
  const requestUrl = filled(environment, 'ACTIONS_ID_TOKEN_REQUEST_URL');
  const secret = filled(environment, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN');
  if (requestUrl !== null && secret !== null) return workflowToken(requestUrl, secret, url);
  const ofGitHub = filled(environment, 'GITHUB_TOKEN') ?? filled(environment, 'GH_TOKEN');
  const isWanted = filled(environment, 'COORD_APP_URL') !== null;
  if (ofGitHub !== null && isWanted) return ofGitHub;
  const hint =
    ofGitHub === null
      ? 'Set COORD_TOKEN to a token of GitHub that may write this repository.'
      : `GITHUB_TOKEN is not sent to an address that the repository names; set COORD_APP_URL=${url} if you trust it.`;
  throw new Fault(
    'token-missing',
    `The policy has commands sent to ${url}, and there is no token for it. ${hint}`,
    {
      url,
    },
  );
}
