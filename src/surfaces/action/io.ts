// Inputs and outputs of the Action, in one typed table; action.yml is held against it by a test.

export interface ActionInput {
  readonly description: string;
  readonly default: string;
}

export const inputs = {
  mode: {
    description: 'What to do: check judges the pull request of the event.',
    default: 'check',
  },
  'github-token': {
    description:
      'Token to read the repository with; contents: read and pull-requests: read are enough.',
    default: '${{ github.token }}',
  },
  'app-slug': {
    description:
      'Slug of the coord App, if one runs here: phases and grants recorded by it count. Without it only the policy and signed records permit.',
    default: '',
  },
} as const satisfies Readonly<Record<string, ActionInput>>;

export type InputName = keyof typeof inputs;

export const outputs = {
  conclusion: { description: 'success, failure, neutral or action_required.' },
  passed: { description: '"true" when the job did not fail, else "false".' },
  findings: { description: 'How many places fail a check.' },
  verdict: { description: 'The whole verdict as one line of JSON.' },
} as const;

export type OutputName = keyof typeof outputs;
