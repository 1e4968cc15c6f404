// The languages whose functions can be measured, by the names that a policy gives them.

export const languageNames = ['typescript', 'python', 'go', 'java', 'rust', 'c', 'cpp'] as const;

/** `typescript` is JavaScript too. */
export type LanguageName = (typeof languageNames)[number];
