// The version, in one place for every surface; a test holds it against package.json.
export const version = '0.1.0';
