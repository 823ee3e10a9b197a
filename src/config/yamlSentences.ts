/** YAML's own error codes in words. None repeats text of the file: it could be a password. */
const sentences: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias (*name) cannot have a tag or an anchor of its own',
  BAD_ALIAS: 'this alias (*name) is not usable: its anchor (&name) must stand before it',
  BAD_COLLECTION_TYPE: 'the tag does not fit the value',
  BAD_DIRECTIVE: 'a line that starts with % is not usable here',
  BAD_DQ_ESCAPE:
    'a backslash in double quotes starts an escape that does not exist; double it, or use single quotes',
  BAD_INDENT: 'the indentation does not fit the lines around it',
  BAD_PROP_ORDER: 'anchors and tags must stand before the value',
  BAD_SCALAR_START: 'text cannot start with this character: put it in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a section cannot start on this line: is a line break or are quotes missing?',
  BLOCK_IN_FLOW: 'a section in indented style cannot stand inside { } or [ ]',
  DUPLICATE_KEY: 'this key is there twice',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR:
    'a character is missing here: a closing quote, a bracket, a comma, or a space after a colon',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line: is the colon missing?',
  MULTIPLE_ANCHORS: 'a value can have one anchor only',
  MULTIPLE_DOCS: 'a second document starts here (---); one file holds one configuration',
  MULTIPLE_TAGS: 'a value can have one tag only',
  NON_STRING_KEY: 'keys must be plain text',
  RESOURCE_EXHAUSTION: 'this is nested too deeply or refers to itself too often',
  TAB_AS_INDENT: 'a tab is used for indentation; YAML wants spaces',
  TAG_RESOLVE_FAILED: 'tags (!name) are not supported',
  UNEXPECTED_TOKEN:
    'this does not belong here: is a quote, a colon, a comma or a bracket missing before it?',
}

/** What is wrong, for a code of the YAML reader. */
export function yamlSentence(code: string): string {
  return sentences[code] ?? 'this is not valid YAML'
}
