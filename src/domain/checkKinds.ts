/** What ids of built-in checks begin with, up to the first colon. */
export const builtInKinds = [
  'engine',
  'container',
  'image',
  'mongo',
  'backup',
  'rpo',
  'rto',
  'slices',
  'disk',
  'memory',
  'clock',
  'cut-off',
  'history',
] as const
