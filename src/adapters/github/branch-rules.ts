// What GitHub enforces on the branch of the log, asked for with a token over the REST API.
import { branch } from '../../log/format.ts';

/** Where a repository lives on GitHub. */
export interface GitHubPlace {
  readonly owner: string;
  readonly repository: string;
}

/** Owner and repository of a remote's URL on `host`; null where it lies elsewhere. */
export function placeOf(url: string, host: string): GitHubPlace | null {
  const pattern =
    /^(?:https?:\/\/|ssh:\/\/)?(?:[^@/]+@)?([^/:]+)(?::\d+)?[:/]([^/]+)\/([^/]+?)(?:\.git)?\/?$/;
  const [, found, owner, repository] = pattern.exec(url) ?? [];
  if (found?.toLowerCase() !== host || owner === undefined || repository === undefined) return null;
  return { owner, repository };
}

const waitMilliseconds = 10_000;

/** Types of the rules that are active on the branch, such as `deletion`; a sentence where they cannot be read. */
export async function branchRules(
  { owner, repository }: GitHubPlace,
  apiUrl: string,
  token: string,
): Promise<readonly string[] | string> {
  try {
    const response = await fetch(
      `${apiUrl}/repos/${owner}/${repository}/rules/branches/${branch}`,
      {
        headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' },
        signal: AbortSignal.timeout(waitMilliseconds),
      },
    );
    if (!response.ok) return `GitHub answers ${response.status}.`;
    const rules = (await response.json()) as readonly { readonly type?: unknown }[];
    return rules.map(({ type }) => String(type));
  } catch (error) {
    return `GitHub cannot be asked: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
