import { access } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../../docs/generator/files.js'
import { allPages, prose } from './pages.js'

const link = /\]\((?!https?:)([^)\s]+)\)/g

test('every link of the documentation leads somewhere', async () => {
  const pages = await allPages()
  const anchors = new Map(pages.map(({ path, text }) => [path, anchorsOf(text)]))
  const broken: string[] = []
  for (const { path, text } of pages) {
    for (const [, target = ''] of prose(text).matchAll(link)) {
      const [file = '', anchor] = target.split('#')
      const leads = file === '' ? path : normalize(join(dirname(path), file))
      const there = await access(join(root, leads)).then(
        () => true,
        () => false,
      )
      const known = anchor === undefined || anchors.get(leads)?.has(anchor) === true
      if (!there || !known) broken.push(`${path}: ${target}`)
    }
  }
  expect(broken).toEqual([])
})

/** Headings as the usual viewers name them, and anchors that are written out. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...prose(text).matchAll(/^#{1,6} +(.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  )
  const written = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)
  return new Set([...headings, ...written])
}
