/**
 * Starts a program as root that file modes apply to as to everybody else: without these two capabilities a folder of
 * mode 0500 takes no file, and a socket of mode 0 is not opened.
 */
export const bareRoot = [
  'setpriv',
  '--inh-caps=-dac_override,-dac_read_search',
  '--bounding-set=-dac_override,-dac_read_search',
  '--',
] as const
