// `coord serve`: runs the GitHub App until it is told to stop.
import { z } from 'zod';
import { tool } from '../tool.ts';

export const serve = tool({
  name: 'serve',
  summary: 'Run the GitHub App; without credentials the page that creates it.',
  input: () => z.object({}),
  positional: [],
  examples: [{ text: 'serve', means: {} }],
  async run(shell) {
    await shell.launch.app();
    return { ok: true, result: {}, text: 'Stopped.' };
  },
});
