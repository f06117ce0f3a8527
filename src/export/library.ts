/** What the software calls itself in the documents that it writes; a test compares the version with package.json. */
export const LIBRARY = { name: 'provtrail', version: '0.1.0' } as const
