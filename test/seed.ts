// Property tests draw the same examples in every run, so that a green run stays green; COORD_SEED tries others.
import fc from 'fast-check';

const usualSeed = 20_261_120;

fc.configureGlobal({ seed: Number(process.env['COORD_SEED'] ?? usualSeed) });
