// A verdict is what the checks said of one head of a pull request; check runs expire on GitHub, the log keeps it.
import { evolution } from '../../kernel/decider.ts';
import type { Event } from '../../kernel/decider.ts';
import { verdictShapes } from './event-shape.ts';

/** The newest verdict of one pull request. */
export interface RecordedVerdict {
  readonly pullRequest: number;
  readonly head: string;
  readonly base: string;
  /** Blob id of the policy it was judged under, `none` without a file. */
  readonly policy: string;
  /** Seq of the log's head that the checks read. */
  readonly readSeq: number;
  readonly author: string;
  readonly conclusion: string;
  readonly checks: readonly { readonly name: string; readonly conclusion: string }[];
  readonly at: string;
  readonly seq: number;
}

export interface Verdicts {
  /** By number of the pull request. */
  readonly byPullRequest: Map<number, RecordedVerdict>;
}

export type VerdictEvent = Event<'verdict.recorded', Omit<RecordedVerdict, 'at' | 'seq'>>;

export const verdicts = evolution<Verdicts, VerdictEvent>({
  name: 'verdict',
  shapes: verdictShapes,
  initial: () => ({ byPullRequest: new Map() }),
  evolve: {
    'verdict.recorded': (state, data, meta) => {
      state.byPullRequest.set(data.pullRequest, { ...data, at: meta.at, seq: meta.seq });
    },
  },
});
