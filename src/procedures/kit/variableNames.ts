/** Names of the variables that a configuration text asks for, in order; `$$` stands for a plain dollar sign. */
export function variableNames(text: string): readonly string[] {
  const withoutComments = text.replaceAll(/^\s*#.*$/gm, '')
  const found = withoutComments.matchAll(/\$\$|\$\{?([A-Za-z_]\w*)/g)
  return [...new Set([...found].flatMap(([, name]) => name ?? []))].sort()
}
