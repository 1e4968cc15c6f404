// The policy of a branch on GitHub, at the commit that is the branch's head now.
import { Fault } from '../../kernel/fault.ts';
import { limits } from '../../kernel/limits.ts';
import type { PolicyInForce } from '../../policy/in-force.ts';
import { defaultPolicy } from '../../policy/default.ts';
import { parsePolicy, policyPath, policyProblemsText } from '../../policy/load.ts';
import { githubFault } from './client.ts';
import type { GitHubClient, RepositoryName } from './client.ts';

const fields = `
  name
  target { ... on Commit { oid file(path: "${policyPath}") { object { ... on Blob { oid text isTruncated byteSize } } } } }
`;
const branchQuery = `
  query CoordPolicy($owner: String!, $repo: String!, $ref: String!) {
    repository(owner: $owner, name: $repo) { ref(qualifiedName: $ref) { ${fields} } }
  }
`;
const defaultQuery = `
  query CoordDefaultPolicy($owner: String!, $repo: String!) {
    repository(owner: $owner, name: $repo) { ref: defaultBranchRef { ${fields} } }
  }
`;

interface BranchNode {
  readonly name: string;
  readonly target: {
    readonly oid: string;
    readonly file: {
      readonly object: { oid: string; text: string | null; byteSize: number } | null;
    } | null;
  };
}

/** The policy of a branch: in force, or what is wrong with it. */
export interface BranchPolicy {
  readonly branch: string;
  /** Head of the branch when it was read. */
  readonly commit: string;
  readonly inForce: PolicyInForce | null;
  /** One sentence a problem; empty when it is in force. */
  readonly problems: readonly string[];
}

function judged(node: BranchNode): BranchPolicy {
  const { oid: commit, file } = node.target;
  const place = { branch: node.name, commit };
  const blob = file?.object ?? null;
  if (blob === null) {
    return { ...place, inForce: { oid: 'none', policy: defaultPolicy() }, problems: [] };
  }
  if (blob.text === null || blob.byteSize > limits.policyBytesMax) {
    const problem = `${policyPath} is no text of at most ${limits.policyBytesMax} bytes.`;
    return { ...place, inForce: null, problems: [problem] };
  }
  const parsed = parsePolicy(blob.text, policyPath);
  if (parsed.ok) {
    return { ...place, inForce: { oid: blob.oid, policy: parsed.policy }, problems: [] };
  }
  return { ...place, inForce: null, problems: policyProblemsText(parsed).split('\n') };
}

/** Reads the policy of a branch, of the default branch when none is named. Fault when GitHub does not answer. */
export async function branchPolicy(
  client: GitHubClient,
  repository: RepositoryName,
  branch: string | null,
): Promise<BranchPolicy> {
  const query = branch === null ? defaultQuery : branchQuery;
  const variables = branch === null ? {} : { ref: `refs/heads/${branch}` };
  const data = (await client
    .graphql(query, { ...repository, ...variables })
    .catch((error: unknown) => {
      throw githubFault('read the policy', error);
    })) as { repository: { ref: BranchNode | null } | null };
  const node = data.repository?.ref ?? null;
  if (node !== null) return judged(node);
  throw new Fault('github-refused', `GitHub shows no branch ${branch ?? ''} to us.`, { branch });
}

/** The policy that commands are decided under; Fault `policy-invalid` when it cannot be used. */
export function usable({ inForce, problems }: BranchPolicy): PolicyInForce {
  if (inForce !== null) return inForce;
  throw new Fault(
    'policy-invalid',
    `The policy cannot be used; mend it on the default branch. ${problems.join(' ')}`,
    { problems },
  );
}
